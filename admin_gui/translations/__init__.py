"""The program in the user's language: the system's, or the one that was asked for."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

FOLDER = Path(__file__).parent


def install(application: QCoreApplication, language: str | None = None) -> list[QTranslator]:
    """Load our words and Qt's own, and write numbers and dates as that language does. Returns what was loaded."""
    installed = []
    locale = QLocale(language) if language else QLocale.system()
    QLocale.setDefault(locale)
    qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    spoken = locale.name().partition("_")[0]
    # What is loaded later is asked first; English knows the plurals that every other language falls back to.
    for name in dict.fromkeys(("en", spoken)):
        for file in (Path(qt) / f"qtbase_{name}.qm", *sorted(FOLDER.glob(f"*_{name}.qm"))):
            translator = QTranslator(application)
            if translator.load(str(file)):
                application.installTranslator(translator)
                installed.append(translator)
    return installed
