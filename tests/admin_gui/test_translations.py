"""The program in other languages: nothing is left out, nothing is left in English, files fit the sources."""

from __future__ import annotations

import ast
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QTranslator
from pytestqt.qtbot import QtBot

from admin_gui.shell.main_window import MainWindow
from admin_gui.text import formats
from admin_gui.translations import update
from admin_gui.translations.compiled import compiled, release
from tests.admin_gui.speaking import speaking

NOT_SAVED = "Not saved: "
PLACES = re.compile(r"%[n1-9]")


def messages(language: str) -> list[ElementTree.Element]:
    return ElementTree.parse(update.FOLDER / f"{language}.ts").getroot().findall(".//message")


@pytest.mark.parametrize("language", update.LANGUAGES)
def test_no_text_is_left_untranslated(language: str) -> None:
    unfinished = []
    for message in messages(language):
        translation = message.find("translation")
        assert translation is not None
        texts = [form.text or "" for form in translation.findall("numerusform")] or [translation.text or ""]
        if translation.get("type") == "unfinished" or not all(texts):
            unfinished.append(message.findtext("source"))
    assert unfinished == []


@pytest.mark.parametrize("language", update.LANGUAGES)
def test_a_translation_has_the_same_places_as_its_text(language: str) -> None:
    for message in messages(language):
        source = message.findtext("source", "")
        translation = message.find("translation")
        assert translation is not None
        for text in [form.text or "" for form in translation.findall("numerusform")] or [translation.text or ""]:
            assert sorted(PLACES.findall(text)) == sorted(PLACES.findall(source)), source


def test_the_files_are_what_the_sources_make_of_them(tmp_path: Path) -> None:
    program = tmp_path / "admin_gui"
    shutil.copytree(update.PROGRAM, program, ignore=shutil.ignore_patterns("__pycache__"))
    update.update(program)
    for language in update.LANGUAGES:
        kept, made = update.FOLDER / f"{language}.ts", program / f"translations/{language}.ts"
        assert kept.read_bytes() == made.read_bytes(), "run python -m admin_gui.translations.update"


@pytest.mark.parametrize("language", update.LANGUAGES)
def test_what_qt_loads_is_made_once_and_anew_when_the_texts_change(tmp_path: Path, language: str) -> None:
    folder, cache = tmp_path / "translations", tmp_path / "cache"
    shutil.copytree(update.FOLDER, folder)
    first = compiled(language, cache, folder)
    assert first is not None
    assert QTranslator().load(str(first))
    made_at = first.stat().st_mtime_ns
    assert compiled(language, cache, folder) == first
    assert first.stat().st_mtime_ns == made_at
    (folder / f"{language}.ts").write_text((folder / f"{language}.ts").read_text() + "\n")
    assert compiled(language, cache, folder) not in (first, None)
    assert sorted(one.suffix for one in cache.iterdir()) == [".qm", ".qm"]


def test_a_bundle_has_what_qt_loads_beside_the_program(tmp_path: Path) -> None:
    carried = tmp_path / "bundle"
    carried.mkdir()
    release(update.FOLDER / "de.ts", carried / "de.qm")
    assert compiled("de", tmp_path / "cache", carried) == carried / "de.qm"
    assert compiled("fr", tmp_path / "cache", carried) is None
    assert not (tmp_path / "cache").exists()


def test_texts_that_cannot_be_made_are_told_in_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "cache").write_text("no folder")
    assert compiled("de", tmp_path / "cache") is None
    (line,) = caplog.messages
    assert line.startswith("the texts in de cannot be made: ")


def test_the_wheel_carries_the_texts() -> None:
    settings = tomllib.loads((update.PROGRAM.parent / "pyproject.toml").read_text())
    patterns = settings["tool"]["setuptools"]["package-data"]["admin_gui"]
    carried = {file.name for pattern in patterns for file in update.PROGRAM.glob(pattern)}
    assert {f"{language}.ts" for language in update.LANGUAGES} <= carried


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


def test_what_was_not_saved_is_said_in_the_same_words_everywhere() -> None:
    """Of several places that say one thing the next change reaches the first alone."""
    said = [text for message in messages("de") if (text := message.findtext("source") or "").startswith(NOT_SAVED)]
    assert sorted(said) == sorted(set(said))


def _is_tr(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "tr"


@pytest.fixture
def german(qtbot: QtBot) -> Iterator[None]:
    """The program in German, until the test ends."""
    with speaking("de_DE"):
        yield


def test_the_window_speaks_german(german: None, empty_window: MainWindow) -> None:
    assert empty_window.connection_text == "Nicht verbunden"
    titles = [command.title for command in empty_window.commands.all()]
    assert "Anrufe öffnen" in titles
    assert "Beenden" in titles


def test_numbers_are_written_as_the_language_does(german: None) -> None:
    assert formats.number(1234567.5, 1) == "1.234.567,5"
