"""The question before what was typed is left: save it, discard it, or stay."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from admin_gui.app_context import AppContext
from admin_gui.pages.page import Unsaved
from admin_gui.widgets.banner import Banner


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

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._unsaved: Unsaved | None = None
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

    def ask_about(self, unsaved: Unsaved, leaving: Leaving, go_on: Callable[[], object]) -> None:
        """`go_on` is what was about to be done; it is done after saving or discarding."""
        self._unsaved, self._go_on = unsaved, go_on
        self.show_message(unsaved.description, "busy" if unsaved.is_being_saved else "warn")
        self.save_button.setText(self._save_words(leaving))
        self.save_button.setVisible(unsaved.save is not None and not unsaved.is_being_saved)
        self.discard_button.setText(self._discard_words(unsaved, leaving))
        self._once_saved = go_on if unsaved.is_being_saved else None
        if unsaved.is_being_saved and unsaved.save is not None:
            unsaved.save(self._saved)
        self.stay_button.show()
        self.stay_button.setFocus()

    def clear(self) -> None:
        self._unsaved = None
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

    def _save_words(self, leaving: Leaving) -> str:
        match leaving:
            case Leaving.PAGE:
                return self.tr("Save")
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
                return self.tr("Discard")
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
        unsaved, go_on = self._unsaved, self._go_on
        self.clear()
        if unsaved is not None and unsaved.save is not None:
            unsaved.save(go_on)

    def _discard(self) -> None:
        unsaved, go_on = self._unsaved, self._go_on
        self._once_saved = None
        self.clear()
        if unsaved is not None:
            unsaved.drop()
            go_on()
