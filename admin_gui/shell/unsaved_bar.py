"""The question before what was typed is left: save it, discard it, or stay."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from admin_gui.app_context import AppContext
from admin_gui.pages.page import Unsaved
from admin_gui.widgets.banner import Banner


class UnsavedBar(Banner):
    """A strip over the page, no box over it: what was typed can be looked at meanwhile. Esc, or nothing, stays."""

    stayed = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._unsaved: Unsaved | None = None
        self._go_on: Callable[[], object] = lambda: None
        self.save_button = QPushButton(self.tr("Save"))
        self.save_button.clicked.connect(self._save)
        context.only_admin(self.save_button)
        self.discard_button = QPushButton(self.tr("Discard"))
        self.discard_button.clicked.connect(self._discard)
        self.stay_button = self.leave_button
        self.stay_button.setText(self.tr("Stay"))
        self.stay_button.clicked.connect(self.stayed)
        for button in (self.save_button, self.discard_button, self.stay_button):
            self.buttons.addWidget(button)  # the last one goes behind the others
        self.setTabOrder(self.save_button, self.discard_button)
        self.setTabOrder(self.discard_button, self.stay_button)

    def ask_about(self, unsaved: Unsaved, go_on: Callable[[], object]) -> None:
        """`go_on` is what was about to be done; it is done after saving or discarding."""
        self._unsaved, self._go_on = unsaved, go_on
        self.show_message(unsaved.description, "warn")
        self.save_button.setVisible(unsaved.save is not None)
        self.stay_button.show()
        self.stay_button.setFocus()

    def clear(self) -> None:
        self._unsaved = None
        super().clear()

    @property
    def is_asking(self) -> bool:
        return self._unsaved is not None

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.stay_button.click()
        else:
            super().keyPressEvent(event)

    def _save(self) -> None:
        unsaved, go_on = self._unsaved, self._go_on
        self.clear()
        if unsaved is not None and unsaved.save is not None:
            unsaved.save(go_on)

    def _discard(self) -> None:
        unsaved, go_on = self._unsaved, self._go_on
        self.clear()
        if unsaved is not None:
            unsaved.drop()
            go_on()
