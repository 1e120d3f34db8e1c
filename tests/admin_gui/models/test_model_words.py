"""What made a call's result is told in the user's language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication

from admin_gui.models.model_words import model_lines
from admin_gui.translations.compiled import compiled

MODELS = {
    "asr": "whisper-base",
    "language": "smollm2-135m",
    "sentiment": "not done: only for English",
    "keywords": "not done: for another reason",
    "new": "off",
}


@pytest.fixture
def german(qapp: QApplication, tmp_path: Path) -> Iterator[None]:
    translator = QTranslator()
    assert translator.load(str(compiled("de", tmp_path)))
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


def test_in_german_no_english_word_is_left(german: None) -> None:
    assert model_lines(MODELS).splitlines() == [
        "Spracherkennung: whisper-base",
        "Lesen: smollm2-135m",
        "Stimmung: nicht ausgeführt: nur für Englisch",
        "Stichwörter: nicht ausgeführt: for another reason",
        "new: ausgeschaltet",
    ]
