"""Where files go: the system's question where to, which opens where somebody saved last; and what is said then."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from admin_gui.app_context import AppContext, Offer

translate = QCoreApplication.translate

FOLDER = "saved in"  # what the memory calls it
_Location = QStandardPaths.StandardLocation
_AT_FIRST = (_Location.DownloadLocation, _Location.DocumentsLocation, _Location.HomeLocation)


def ask_where_to_save(
    context: AppContext, owner: QWidget, title: str, name: str, kinds: str, save: Callable[[Path], object]
) -> QFileDialog:
    """Ask for a file, with `name` put forward; `kinds` as Qt writes them: "CSV files (*.csv)"."""
    chooser = _chooser(context, owner, title)
    chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    if kinds:
        chooser.setNameFilter(kinds)
    chooser.setDefaultSuffix(Path(name).suffix.removeprefix("."))
    chooser.selectFile(name)

    def chosen(file: str) -> None:
        context.memory.remember(FOLDER, str(Path(file).parent))
        save(Path(file))

    chooser.fileSelected.connect(chosen)
    chooser.open()
    return chooser


def ask_for_folder(context: AppContext, owner: QWidget, title: str, take: Callable[[Path], object]) -> QFileDialog:
    """Ask for a folder, to save several files in it."""
    chooser = _chooser(context, owner, title)
    chooser.setFileMode(QFileDialog.FileMode.Directory)
    chooser.setOption(QFileDialog.Option.ShowDirsOnly)

    def chosen(folder: str) -> None:
        context.memory.remember(FOLDER, folder)
        take(Path(folder))

    chooser.fileSelected.connect(chosen)
    chooser.open()
    return chooser


def folder_to_begin_in(context: AppContext) -> Path:
    """Where somebody saved last, while that is there; else where browsers put what is downloaded."""
    last = context.memory.text(FOLDER)
    usual = (QStandardPaths.writableLocation(one) for one in _AT_FIRST)
    return next((Path(one) for one in (last, *usual) if one and Path(one).is_dir()), Path.home())


def tell_saved(context: AppContext, text: str, file: Path, *, to_read: bool = False) -> None:
    """Say it, and offer to show the file's folder; of one `to_read` (a PDF) to open the file itself."""
    if to_read:
        offer = Offer(translate("saving", "Open"), partial(_open, file))
    else:
        folder = file if file.is_dir() else file.parent
        offer = Offer(translate("saving", "Show in folder"), partial(_open, folder))
    context.say(text, "good", offer)


def _chooser(context: AppContext, owner: QWidget, title: str) -> QFileDialog:
    chooser = QFileDialog(owner, title, str(folder_to_begin_in(context)))
    chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return chooser


def _open(place: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(place)))
