"""The program in other languages: nothing is left out, nothing is left in English, files fit the sources."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QCoreApplication, QLocale
from pytestqt.qtbot import QtBot

from admin_gui import translations
from admin_gui.shell.main_window import MainWindow
from admin_gui.text import formats
from admin_gui.translations import update

FILES = [(area, language) for area in update.AREAS for language in update.LANGUAGES]
PLACES = re.compile(r"%[n1-9]")


def messages(area: str, language: str) -> list[ElementTree.Element]:
    return ElementTree.parse(update.text_file(area, language)).getroot().findall(".//message")


@pytest.mark.parametrize(("area", "language"), FILES)
def test_no_text_is_left_untranslated(area: str, language: str) -> None:
    unfinished = []
    for message in messages(area, language):
        translation = message.find("translation")
        assert translation is not None
        texts = [form.text or "" for form in translation.findall("numerusform")] or [translation.text or ""]
        if translation.get("type") == "unfinished" or not all(texts):
            unfinished.append(message.findtext("source"))
    assert unfinished == []


@pytest.mark.parametrize(("area", "language"), FILES)
def test_a_translation_has_the_same_places_as_its_text(area: str, language: str) -> None:
    for message in messages(area, language):
        source = message.findtext("source", "")
        translation = message.find("translation")
        assert translation is not None
        for text in [form.text or "" for form in translation.findall("numerusform")] or [translation.text or ""]:
            assert sorted(PLACES.findall(text)) == sorted(PLACES.findall(source)), source


@pytest.mark.parametrize("area", update.AREAS)
def test_the_files_are_what_the_sources_make_of_them(
    area: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "admin_gui"
    shutil.copytree(update.PROGRAM, program, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(update, "PROGRAM", program)
    monkeypatch.setattr(update, "FOLDER", program / "translations")
    update.update([area])
    for language in update.LANGUAGES:
        for made in (update.text_file(area, language), update.text_file(area, language).with_suffix(".qm")):
            kept = translations.FOLDER / made.name
            assert kept.read_bytes() == made.read_bytes(), f"run python -m admin_gui.translations.update {area}"


def test_no_text_hides_in_a_place_where_qt_does_not_look_for_it() -> None:
    hidden = []
    for module in sorted(update.PROGRAM.rglob("*.py")):
        tree = ast.parse(module.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and any(_is_tr(inner) for inner in ast.walk(node)):
                hidden.append(f"{module.name}:{node.lineno}: tr within an f-string")
            if _is_tr(node) and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = node.func.value
                if node.func.attr == "tr" and not (isinstance(owner, ast.Name) and owner.id == "self"):
                    hidden.append(f"{module.name}:{node.lineno}: tr of another object than self")
                if node.args and not isinstance(node.args[-1 if len(node.args) == 1 else 0], ast.Constant):
                    hidden.append(f"{module.name}:{node.lineno}: a text that is made while the program runs")
    assert hidden == []


def _is_tr(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "tr"


@pytest.fixture
def german(qtbot: QtBot) -> Iterator[object]:
    """The program in German, until the test ends."""
    application = QCoreApplication.instance()
    assert application is not None
    former = QLocale()
    installed = translations.install(application, "de_DE")
    yield installed
    for translator in installed:
        application.removeTranslator(translator)
    QLocale.setDefault(former)


def test_the_window_speaks_german(german: object, empty_window: MainWindow) -> None:
    assert empty_window.connection_text == "Nicht verbunden"
    titles = [command.title for command in empty_window.commands.all()]
    assert "Gehe zu Anrufe" in titles
    assert "Beenden" in titles


def test_numbers_are_written_as_the_language_does(german: object) -> None:
    assert formats.number(1234567.5, 1) == "1.234.567,5"
