"""What the keyboard does in a window of this program, which Qt does in dialogs only or otherwise."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QMainWindow, QWidget

from admin_gui.widgets.layout.sight import bring_into_sight


class KeyboardWindow(QMainWindow):
    """Enter presses buttons, Tab comes to all that can be pressed; the keyboard is never left on what is disabled."""

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
            return self._step_to_next(left or self, forward)
        if not (taker.isEnabled() and taker.isVisible()):  # what stands for the page may be hidden just now
            return self._step_to_next(left, forward)
        taker.setFocus()
        return True

    def _step_to_next(self, here: QWidget, forward: bool) -> bool:
        """To the next in the chain that takes the keyboard.

        Qt's own step leaps from a widget with a focus proxy to the proxy: what stands in a page before its first field
        would never be reached.
        """
        other: QWidget | None = here
        while other is not None:
            other = other.nextInFocusChain() if forward else other.previousInFocusChain()
            if other is None or other is here:
                break
            if self._takes_keyboard(other):
                other.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
                bring_into_sight(other)
                return True
        return False

    def _takes_keyboard(self, widget: QWidget) -> bool:
        # Not by its `window()`: PySide makes that the owner of whatever is asked, and pages died with their windows.
        if not (self.isAncestorOf(widget) and widget.isVisible() and widget.isEnabled()):
            return False
        policy = widget.focusPolicy()
        # Qt leaves all but one of an exclusive group to the arrow keys, which choose as they go.
        is_one_of_several = isinstance(widget, QAbstractButton) and bool(policy & Qt.FocusPolicy.ClickFocus)
        return widget.focusProxy() is None and (is_one_of_several or bool(policy & Qt.FocusPolicy.TabFocus))
