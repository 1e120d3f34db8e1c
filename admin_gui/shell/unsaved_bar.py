"""The question before what was typed is left: save it, discard it, or stay."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from admin_gui.app_context import AppContext
from admin_gui.pages.page import Unsaved
from admin_gui.widgets.banner import Banner
from admin_gui.widgets.layout.layouts import keep_place


class Leaving(Enum):
    """What somebody was about to leave."""

    PAGE = auto()
    APPLIANCE = auto()
    PROGRAM = auto()


class UnsavedBar(Banner):
    """A strip over the page, no box over it: what was typed can be looked at meanwhile. Esc, or nothing, stays.

    What is being saved already cannot be discarded any more: one goes on when it is saved, or without waiting for it.
    """

    stayed = Signal()
    saves = Signal()  # it was answered so

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._unsaved: Unsaved | None = None
        self._leaving = Leaving.PAGE
        self._go_on: Callable[[], object] = lambda: None
        self._once_saved: Callable[[], object] | None = None
        self.save_button = QPushButton()
        self.save_button.clicked.connect(self._save)
        context.only_admin(self.save_button)
        self.discard_button = QPushButton()
        self.discard_button.clicked.connect(self._discard)
        self.stay_button = self.leave_button
        self.stay_button.setText(self.tr("Stay"))
        self.stay_button.clicked.connect(self._stay)
        for button in (self.save_button, self.discard_button, self.stay_button):
            self.buttons.addWidget(button)  # the last one goes behind the others
        self.setTabOrder(self.save_button, self.discard_button)
        self.setTabOrder(self.discard_button, self.stay_button)
        # A second click on one of them must hit nothing of the page: in its place there is nothing for so long.
        self._move_later = QTimer(self, singleShot=True)
        self._move_later.timeout.connect(lambda: keep_place(self, kept=False))

    def ask_about(self, unsaved: Unsaved, leaving: Leaving, go_on: Callable[[], object]) -> None:
        """`go_on` is what was about to be done; it is done after saving or discarding."""
        self._show(unsaved, leaving, go_on)
        self.stay_button.setFocus()

    def ask_again(self, unsaved: Unsaved) -> None:
        """How it stands by now: it is being saved, or that was refused. Nothing moves, and the keyboard stays."""
        self._show(unsaved, self._leaving, self._go_on)

    def _show(self, unsaved: Unsaved, leaving: Leaving, go_on: Callable[[], object]) -> None:
        self._unsaved, self._leaving, self._go_on = unsaved, leaving, go_on
        text = f"{unsaved.description} {self._question(unsaved, leaving)}".strip()
        self.show_message(text, "busy" if unsaved.is_being_saved else "warn")
        self.save_button.setText(self._save_words(leaving))
        self.save_button.setVisible(unsaved.save is not None and not unsaved.is_being_saved)
        self.discard_button.setText(self._discard_words(unsaved, leaving))
        self._once_saved = go_on if unsaved.is_being_saved else None
        if unsaved.is_being_saved and unsaved.save is not None:
            unsaved.save(self._saved)
        self.stay_button.show()

    def clear(self) -> None:
        self._unsaved = None
        if self.isVisible():
            keep_place(self)
            self._move_later.start(QApplication.doubleClickInterval())
        super().clear()

    @property
    def is_asking(self) -> bool:
        return self._unsaved is not None

    @property
    def asks_of_work(self) -> bool:
        """Whether it is about work that goes on, and not about what was typed."""
        return self._unsaved is not None and self._unsaved.is_running

    @property
    def waits(self) -> bool:
        """Whether it goes on by itself once what was sent is saved."""
        return self._unsaved is not None and self._unsaved.is_being_saved

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.stay_button.click()
        else:
            super().keyPressEvent(event)

    def _question(self, unsaved: Unsaved, leaving: Leaving) -> str:
        """Of what is being saved nothing is asked: it goes on by itself."""
        match leaving:
            case _ if unsaved.is_being_saved:
                return ""
            case Leaving.PAGE:
                return self.tr("Save before you leave?") if unsaved.save else self.tr("Leave all the same?")
            case Leaving.APPLIANCE:
                return self.tr("Save before you disconnect?") if unsaved.save else self.tr("Disconnect all the same?")
            case Leaving.PROGRAM:
                return self.tr("Save before you quit?") if unsaved.save else self.tr("Quit all the same?")

    def _save_words(self, leaving: Leaving) -> str:
        match leaving:
            case Leaving.PAGE:
                return self.tr("Save and leave")
            case Leaving.APPLIANCE:
                return self.tr("Save and disconnect")
            case Leaving.PROGRAM:
                return self.tr("Save and quit")

    def _discard_words(self, unsaved: Unsaved, leaving: Leaving) -> str:
        match leaving:
            case _ if unsaved.is_being_saved:
                return self.tr("Do not wait")
            case Leaving.APPLIANCE if unsaved.is_running:
                return self.tr("Stop it and disconnect")
            case Leaving.PROGRAM if unsaved.is_running:
                return self.tr("Stop it and quit")
            case Leaving.PAGE:
                return self.tr("Discard and leave")
            case Leaving.APPLIANCE:
                return self.tr("Discard and disconnect")
            case Leaving.PROGRAM:
                return self.tr("Discard and quit")

    def _saved(self) -> None:
        go_on, self._once_saved = self._once_saved, None
        if go_on is not None:  # else somebody stays, or did not wait
            self.clear()
            go_on()

    def _stay(self) -> None:
        self._once_saved = None
        self.stayed.emit()

    def _save(self) -> None:
        unsaved = self._unsaved
        if unsaved is not None and unsaved.save is not None:
            self._once_saved = self._go_on
            unsaved.save(self._saved)
            if self.is_asking:  # else it was saved at once
                self.saves.emit()

    def _discard(self) -> None:
        unsaved, go_on = self._unsaved, self._go_on
        self._once_saved = None
        self.clear()
        if unsaved is not None:
            unsaved.drop()
            go_on()
