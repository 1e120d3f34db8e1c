"""A secret: masked until it is asked for, and on the clipboard for half a minute only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from admin_gui.app_context import CLIPBOARD_SECONDS, AppContext, Subject
from admin_gui.text.plain_text import plain_tooltip
from admin_gui.widgets import icons

MASK = "****"  # in the place of what the appliance does not tell; the last four characters follow


class SecretField(QWidget):
    """Shows a secret that can be revealed and copied, not edited."""

    copied = Signal()
    wanted = Signal()  # all of it, where only its end is known: whoever has it gives it to `set_secret`

    def __init__(self, context: AppContext, what: str, parent: QWidget | None = None) -> None:
        """`what` names it in messages: "API key"."""
        super().__init__(parent)
        self._context = context
        self._what = what
        self._secret = ""
        self._is_revealed = False
        self.subject: Callable[[], Subject | None] = lambda: None  # whose it is, where its page shows one of many
        self._then: Callable[[], object] | None = None  # what it was wanted for
        self._line = QLineEdit()
        self._line.setReadOnly(True)
        self._line.setProperty("mono", True)
        self._line.setAccessibleName(what)
        self.reveal_button = QToolButton()
        # Its name says what it does now: were it one to be ticked, a screen reader would tell "Hide, ticked".
        self.reveal_button.clicked.connect(self._toggle)
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

    def set_secret(self, secret: str, *, can_be_asked_for: bool = False) -> None:
        """What a viewer gets is masked by the appliance, and of no use: it can be neither revealed nor copied.

        Of one that `can_be_asked_for` the rest is `wanted` as soon as somebody reveals or copies it.
        """
        if self._secret and secret == f"{MASK}{self._secret[-4:]}":
            return  # so much, or all of it, is known already; the rest may be on its way
        then, self._then = self._then, None
        self._secret = secret
        usable = bool(secret) and (not self._is_masked or can_be_asked_for)
        self.reveal_button.setEnabled(usable)
        self.copy_button.setEnabled(usable)
        self._show(False)
        if then is not None and secret and not self._is_masked:
            then()

    def not_to_be_had(self) -> None:
        """It was wanted in vain."""
        self._then = None

    @property
    def _is_masked(self) -> bool:
        return self._secret.startswith(MASK)

    @property
    def shown(self) -> str:
        """What stands in the field."""
        return self._line.text()

    def copy(self) -> None:
        """Put it on the clipboard for half a minute."""
        if self._is_masked:
            self._want(self.copy)
            return
        self._context.copy_secret(self._secret, self._what, self.subject())
        self.copied.emit()

    def _toggle(self) -> None:
        if self._is_masked:
            self._want(lambda: self._show(True))
        else:
            self._show(not self._is_revealed)

    def _want(self, then: Callable[[], object]) -> None:
        self._then = then
        self.wanted.emit()

    def _show(self, reveal: bool) -> None:
        self._is_revealed = reveal
        self._line.setText(self._secret if reveal or self._is_masked else "•" * 24 if self._secret else "")
        self._line.setCursorPosition(0)
        text = self.tr("Hide %1") if reveal else self.tr("Show %1")
        self.reveal_button.setToolTip(plain_tooltip(text.replace("%1", self._what)))
        self.reveal_button.setAccessibleName(text.replace("%1", self._what))
        self._paint_icons()

    def _paint_icons(self) -> None:
        color = self._context.theme.colors.muted
        self.reveal_button.setIcon(icons.icon("hide" if self._is_revealed else "show", color))
        self.copy_button.setIcon(icons.icon("copy", color))
