"""What the window's close button does: end the program, or leave it in the tray, as the user said when first asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QVBoxLayout, QWidget

from admin_gui.local_storage.notification_settings import OnClose
from admin_gui.shell.notices.announcer import Announcer
from admin_gui.shell.notices.tray_icon import Tray
from admin_gui.widgets.layout.layouts import row, section_title
from admin_gui.widgets.plain_label import PlainLabel

if TYPE_CHECKING:
    from admin_gui.shell.main_window import MainWindow

WIDTH = 460


class ClosingQuestion(QDialog):
    """Asked once; Esc is no answer, and the window stays."""

    answered = Signal(str)  # OnClose

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Close the window"))
        text = PlainLabel(
            self.tr(
                "If the program keeps running, its icon stays beside the clock, and you are told when something is "
                "wrong with an appliance. If you quit, you are told nothing. You can change this at any time under "
                "“Program”."
            )
        )
        text.setWordWrap(True)
        self.keep_button = QPushButton(self.tr("Keep running"))
        self.keep_button.setProperty("primary", True)
        self.keep_button.clicked.connect(lambda: self._answer("keep"))
        self.quit_button = QPushButton(self.tr("Quit"))
        self.quit_button.clicked.connect(lambda: self._answer("quit"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(14)
        layout.addWidget(section_title(self.tr("Keep running in the background?")))
        layout.addWidget(text)
        layout.addLayout(row(self.keep_button, self.quit_button, stretch_after=1))
        self.setFixedWidth(WIDTH)
        self.keep_button.setFocus()

    def _answer(self, choice: OnClose) -> None:
        self.close()
        self.answered.emit(choice)


class Closing(QObject):
    """Of one window."""

    def __init__(self, window: MainWindow, tray: Tray, announcer: Announcer) -> None:
        super().__init__(window)
        self._window = window
        self._tray = tray
        self._announcer = announcer
        self._quits = False

    def quit(self) -> None:
        """End the program, whatever the close button does; it asks first if something that was typed would be lost."""
        was_hidden = self._window.isHidden()
        self._quits = True
        is_closed = self._window.close()
        self._quits = False
        if is_closed and was_hidden:
            QApplication.exit(0)  # the last window was closed long ago

    def stays(self) -> bool:
        """The window is to be closed: whether the program goes on, with its window hidden, or asks first."""
        if self._quits or not self._tray.is_there or self._is_the_end or not self._window.appliances.watch.profiles:
            return False
        match self._announcer.settings.on_close:
            case "keep":
                self._hide()
                return True
            case "quit":
                return False
            case _:
                self._ask()
                return True

    def come_forward(self) -> None:
        """The window is to be seen again."""
        QApplication.setQuitOnLastWindowClosed(True)
        window = self._window
        window.appliances.watch.ask_keyring_again()  # somebody is there who can unlock it
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()

    @property
    def _is_the_end(self) -> bool:
        """Whether the desktop itself ends: it must not wait for us."""
        application = QGuiApplication.instance()
        return isinstance(application, QGuiApplication) and application.isSavingSession()

    def _hide(self) -> None:
        QApplication.setQuitOnLastWindowClosed(False)
        self._window.context.memory.sync()  # it may be weeks until it ends
        self._window.hide()

    def _ask(self) -> None:
        if self._window.findChild(ClosingQuestion) is None:
            question = ClosingQuestion(self._window)
            question.answered.connect(self._answered)
            question.open()

    def _answered(self, choice: OnClose) -> None:
        self._announcer.change(msgspec.structs.replace(self._announcer.settings, on_close=choice))
        self._window.close()
