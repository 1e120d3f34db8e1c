"""A secret: masked until it is asked for, and on the clipboard for half a minute only."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from admin_gui.app_context import CLIPBOARD_SECONDS, AppContext
from admin_gui.text.plain_text import plain_tooltip
from admin_gui.widgets import icons


class SecretField(QWidget):
    """Shows a secret that can be revealed and copied, not edited."""

    copied = Signal()

    def __init__(self, context: AppContext, what: str, parent: QWidget | None = None) -> None:
        """`what` names it in messages: "API key"."""
        super().__init__(parent)
        self._context = context
        self._what = what
        self._secret = ""
        self._is_revealed = False
        self._line = QLineEdit()
        self._line.setReadOnly(True)
        self._line.setProperty("mono", True)
        self._line.setAccessibleName(what)
        self.reveal_button = QToolButton()
        # Its name says what it does now: were it one to be ticked, a screen reader would tell "Hide, ticked".
        self.reveal_button.clicked.connect(lambda: self._show(not self._is_revealed))
        self.copy_button = QToolButton()
        self.copy_button.setToolTip(self.tr("Copy; the clipboard is cleared after %n s", "", CLIPBOARD_SECONDS))
        self.copy_button.setAccessibleName(self.tr("Copy %1").replace("%1", what))
        self.copy_button.clicked.connect(self.copy)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._line, 1)
        layout.addWidget(self.reveal_button)
        layout.addWidget(self.copy_button)
        self.setFocusProxy(self.reveal_button)
        context.theme.changed.connect(self._paint_icons)
        self._paint_icons()
        self._show(False)

    def set_secret(self, secret: str) -> None:
        """What a viewer gets is masked by the appliance, and of no use: it can be neither revealed nor copied."""
        self._secret = secret
        masked = secret.startswith("****")
        self.reveal_button.setEnabled(bool(secret) and not masked)
        self.copy_button.setEnabled(bool(secret) and not masked)
        self._show(False)

    @property
    def shown(self) -> str:
        """What stands in the field."""
        return self._line.text()

    def copy(self) -> None:
        """Put it on the clipboard for half a minute."""
        self._context.copy_secret(self._secret, self._what)
        self.copied.emit()

    def _show(self, reveal: bool) -> None:
        self._is_revealed = reveal
        masked = self._secret.startswith("****")
        self._line.setText(self._secret if reveal or masked else "•" * 24 if self._secret else "")
        self._line.setCursorPosition(0)
        text = self.tr("Hide %1") if reveal else self.tr("Show %1")
        self.reveal_button.setToolTip(plain_tooltip(text.replace("%1", self._what)))
        self.reveal_button.setAccessibleName(text.replace("%1", self._what))
        self._paint_icons()

    def _paint_icons(self) -> None:
        color = self._context.theme.colors.muted
        self.reveal_button.setIcon(icons.icon("hide" if self._is_revealed else "show", color))
        self.copy_button.setIcon(icons.icon("copy", color))
