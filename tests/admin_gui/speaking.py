"""The program in a language, and afterwards as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QLocale

from admin_gui import translations


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """There must be an application: whoever asks for `qtbot` has one."""
    application, former = QCoreApplication.instance(), QLocale()
    assert application is not None
    installed = translations.install(application, language)
    yield
    for translator in installed:
        application.removeTranslator(translator)
    QLocale.setDefault(former)
