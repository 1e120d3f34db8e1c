"""Files are saved where somebody saved last, and can be looked at from the message that says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS
from tests.admin_gui.driving import click, opened


@pytest.fixture
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this user's downloads lie."""
    folder = tmp_path / "Downloads"
    folder.mkdir()
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _which: str(folder))
    return folder


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What the system was asked to open."""
    places: list[Path] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: places.append(Path(url.toLocalFile())))
    return places


def chooser_of(window: MainWindow) -> QFileDialog:
    """The question that is open."""
    return next(one for one in window.findChildren(QFileDialog) if one.isVisible())


def save(qtbot: QtBot, window: MainWindow, file: Path) -> None:
    """Into this file, and wait for the message."""
    chooser = chooser_of(window)
    chooser.fileSelected.emit(str(file))
    chooser.reject()
    qtbot.waitUntil(window.status_line.offer_button.isVisible, timeout=WAIT_MS)
    assert file.exists()


@pytest.mark.parametrize("link", ["insights", "system?tab=support"])
def test_files_are_saved_among_the_downloads_at_first(
    qtbot: QtBot, window: MainWindow, downloads: Path, link: str
) -> None:
    page = opened(qtbot, window, link)
    command = next(one for one in page.commands() if one.title.startswith("Save"))
    command.run()
    assert Path(chooser_of(window).directory().path()) == downloads


def test_the_next_file_is_saved_where_the_last_one_was_and_its_folder_is_shown(
    qtbot: QtBot, window: MainWindow, downloads: Path, looked_at: list[Path], tmp_path: Path
) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    page = opened(qtbot, window, "insights")
    click(page.csv_button)
    save(qtbot, window, folder / "week.csv")
    assert window.status_line.offer_button.text() == "Show in folder"
    click(window.status_line.offer_button)
    assert looked_at == [folder]
    opened(qtbot, window, "customers").table.ask_where_to_export()
    assert Path(chooser_of(window).directory().path()) == folder


def test_a_folder_that_is_gone_is_not_looked_for(
    qtbot: QtBot, window: MainWindow, downloads: Path, tmp_path: Path
) -> None:
    window.context.memory.remember("saved in", str(tmp_path / "stick"))
    click(opened(qtbot, window, "insights").csv_button)
    assert Path(chooser_of(window).directory().path()) == downloads


def test_the_report_is_opened_from_its_message_and_its_name_says_one_day_once(
    qtbot: QtBot, window: MainWindow, downloads: Path, looked_at: list[Path]
) -> None:
    page = opened(qtbot, window, "insights?since=2026-01-05&until=2026-01-05")
    click(page.report_button)
    assert Path(chooser_of(window).selectedFiles()[0]).name == "vbot-insights-2026-01-05.pdf"
    save(qtbot, window, downloads / "report.pdf")
    assert window.status_line.offer_button.text() == "Open"
    click(window.status_line.offer_button)
    assert looked_at == [downloads / "report.pdf"]
