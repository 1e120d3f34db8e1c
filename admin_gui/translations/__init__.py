"""The program in the user's language: the system's, or the one that was asked for. English needs no file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

FOLDER = Path(__file__).parent


def install(application: QCoreApplication, language: str | None) -> None:
    """Load our words and Qt's own, and write numbers and dates as that language does."""
    locale = QLocale(language) if language else QLocale.system()
    QLocale.setDefault(locale)
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, folder in (("qtbase", qt_folder), ("vbot", str(FOLDER))):
        translator = QTranslator(application)
        if translator.load(locale, name, "_", folder):
            application.installTranslator(translator)
