"""What the keyboard does in a window of this program, which Qt does in dialogs only or otherwise."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QMainWindow, QWidget


class KeyboardWindow(QMainWindow):
    """Enter presses buttons, and the keyboard is never left on what is disabled."""

    def __init__(self) -> None:
        super().__init__()
        self._key_is_on: QWidget | None = None

    def focus_fallback(self) -> QWidget | None:
        """What has the keyboard when what had it can have it no more."""
        return None

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride:  # comes before the key itself
            self._key_is_on = self.focusWidget()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter presses the button that the keyboard is on, as the space bar does; Qt does so within dialogs only."""
        button, was_on = self.focusWidget(), self._key_is_on
        self._key_is_on = None
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        # Not one that the keyboard came to by this very key: Enter in a field may have moved it.
        if enter and isinstance(button, QAbstractButton) and button is was_on:
            button.click()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        """What is disabled or hidden while it has the keyboard leaves it to its page, not to whatever comes next."""
        left, taker = self.focusWidget(), self.focus_fallback()
        while taker is not None and taker.focusProxy() is not None:
            taker = taker.focusProxy()
        if left is None or taker is None or (left.isEnabled() and left.isVisible()):
            return super().focusNextPrevChild(forward)
        if not (taker.isEnabled() and taker.isVisible()):  # what stands for the page may be hidden just now
            return super().focusNextPrevChild(forward)
        taker.setFocus()
        return True
