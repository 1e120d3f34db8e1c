"""A new key, or a new secret: for how long the old one works beside it, and the question before."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from admin_gui.app_context import AppContext
from admin_gui.text import formats
from admin_gui.widgets.confirm_erase import ConfirmErase
from admin_gui.widgets.focus_wheel import FocusWheelComboBox
from admin_gui.widgets.layout.layouts import row
from admin_gui.widgets.layout.sight import bring_into_sight

translate = QCoreApplication.translate

HOUR, DAY, WEEK = 3600, 86_400, 604_800


class Rotation(QWidget):
    """A choice and a button. What stops when is said first, and asked about: it cannot be taken back."""

    wanted = Signal(int)  # seconds that the old one works beside the new one

    def __init__(self, context: AppContext, words: str, title: str, stops: str, ends: str, grace_name: str) -> None:
        """`words` are the button's; `title` asks, and `stops` says what works no more as soon as it is pressed.

        `ends` says what works no more once the time of grace is over, at %1. `grace_name` is what the choice is called
        by a screen reader: two of them stand on one page.
        """
        super().__init__()
        self._context = context
        self._title, self._stops, self._ends = title, stops, ends
        self.grace = FocusWheelComboBox()
        for label, seconds in (
            (translate("customer", "The old one stops at once"), 0),
            (translate("customer", "The old one works for 1 hour more"), HOUR),
            (translate("customer", "The old one works for 1 day more"), DAY),
            (translate("customer", "The old one works for 1 week more"), WEEK),
        ):
            self.grace.addItem(label, seconds)
        self.grace.setAccessibleName(grace_name)
        self.grace.currentIndexChanged.connect(lambda _place: self.dismiss())
        self.button = QPushButton(words)
        self.button.clicked.connect(lambda _checked: self.ask())
        for part in (self.grace, self.button):
            context.only_admin(part)
        self.confirm = ConfirmErase(context.theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row(self.grace, self.button, stretch_after=1))
        layout.addWidget(self.confirm)
        self.forget()

    def forget(self) -> None:
        """Another customer: nothing breaks by a click, for that the old one stops at once is chosen on purpose."""
        self.grace.setCurrentIndex(self.grace.findData(DAY))
        self.dismiss()

    def dismiss(self) -> None:
        """The question was about something else."""
        self.confirm.dismiss()

    def ask(self) -> None:
        """What it means, before."""
        seconds: int = self.grace.currentData()
        if seconds:
            end = formats.moment(self._context.session.now() + timedelta(seconds=seconds))
            lines = [self._ends.replace("%1", end), translate("customer", "The choice above says for how long.")]
        else:
            later = translate("customer", "While the old one still works, there is time to hand over the new one.")
            lines = [self._stops, later]
        lines.append(translate("customer", "It cannot be taken back."))
        yes = translate("customer", "Replace it now")
        self.confirm.ask(self._title, lines, yes, lambda: self.wanted.emit(seconds))
        # The question is below the button: once it is laid out.
        QTimer.singleShot(0, self, lambda: bring_into_sight(self.confirm))
