"""The program in the user's language: the system's, or the one that was asked for."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QStandardPaths, QTranslator

from admin_gui.translations.compiled import compiled


def install(application: QCoreApplication, language: str | None = None) -> list[QTranslator]:
    """Load our words and Qt's own, and write numbers and dates as that language does. Returns what was loaded."""
    installed = []
    system = QLocale.system()
    # Who chose the system's own language has its country's dates, too: "en" alone is that of the United States.
    is_systems = not language or system.name().partition("_")[0] == language
    locale = system if is_systems else QLocale(language or "")
    QLocale.setDefault(locale)
    qt = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    cache = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.CacheLocation)) / "translations"
    # What is loaded later is asked first; English knows the plurals that every other language falls back to.
    for name in dict.fromkeys(("en", locale.name().partition("_")[0])):
        for file in (qt / f"qtbase_{name}.qm", compiled(name, cache)):
            translator = QTranslator(application)
            if file is not None and translator.load(str(file)):
                application.installTranslator(translator)
                installed.append(translator)
    return installed
