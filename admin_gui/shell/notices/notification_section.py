"""What the user wants to be told of, and when."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QLocale, Qt, QTime, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QTimeEdit, QVBoxLayout, QWidget

from admin_gui.local_storage.notification_settings import NotificationSettings, QuietHours
from admin_gui.widgets.focus_wheel import FocusWheelTimeEdit
from admin_gui.widgets.layout.layouts import row, section_title
from admin_gui.widgets.plain_label import PlainLabel


class NotificationSection(QWidget):
    """`changed` when something else is chosen."""

    changed = Signal()

    def __init__(self, settings: NotificationSettings) -> None:
        super().__init__()
        hours = settings.quiet_hours or QuietHours()
        self.on = QCheckBox(self.tr("Tell me when something is wrong with an appliance"))
        self.on.setChecked(settings.are_on)
        self.quiet = QCheckBox(self.tr("Quiet hours"))
        self.quiet.setChecked(settings.quiet_hours is not None)
        self.begin = _time_edit(hours.begin, self.tr("Quiet from"))
        self.end = _time_edit(hours.end, self.tr("Quiet until"))
        self.days = [QCheckBox(QLocale().dayName(day + 1, QLocale.FormatType.ShortFormat)) for day in range(7)]
        for day, box in enumerate(self.days):
            box.setChecked(day in hours.days)
            box.setAccessibleName(self.tr("Quiet on: %1").replace("%1", QLocale().dayName(day + 1)))
        self.weekends = QCheckBox(self.tr("Saturday and Sunday all day"))
        self.weekends.setChecked(hours.weekends)
        self._lay_out()
        for box in (self.on, self.quiet, self.weekends, *self.days):
            box.toggled.connect(self._look)
            box.toggled.connect(lambda _checked: self.changed.emit())
        for edit in (self.begin, self.end):
            edit.timeChanged.connect(lambda _time: self.changed.emit())
        self._look()

    def put_into(self, settings: NotificationSettings) -> NotificationSettings:
        """The same with what is chosen here."""
        hours = QuietHours(
            begin=_minutes(self.begin),
            end=_minutes(self.end),
            days=tuple(day for day, box in enumerate(self.days) if box.isChecked()),
            weekends=self.weekends.isChecked(),
        )
        chosen = hours if self.quiet.isChecked() else None
        return msgspec.structs.replace(settings, are_on=self.on.isChecked(), quiet_hours=chosen)

    def _lay_out(self) -> None:
        about = _muted(self.tr("Each trouble is told once when it begins, and once when it is over."))
        held = _muted(
            self.tr(
                "What comes in these hours is told in one line afterwards. A night belongs to the day on which it "
                "begins."
            )
        )
        span = row(PlainLabel(self.tr("from")), self.begin, PlainLabel(self.tr("until")), self.end, stretch_after=3)
        days = QGridLayout()
        days.setHorizontalSpacing(14)
        for column, box in enumerate(self.days):
            days.addWidget(box, 0, column)
        days.setColumnStretch(len(self.days), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(section_title(self.tr("Notifications")))
        layout.addWidget(self.on)
        layout.addWidget(about)
        layout.addSpacing(6)
        layout.addWidget(self.quiet)
        layout.addLayout(span)
        layout.addLayout(days)
        layout.addWidget(self.weekends)
        layout.addWidget(held)

    def _look(self) -> None:
        self.quiet.setEnabled(self.on.isChecked())
        for widget in (self.begin, self.end, self.weekends, *self.days):
            widget.setEnabled(self.on.isChecked() and self.quiet.isChecked())


def _time_edit(minutes: int, name: str) -> QTimeEdit:
    edit = FocusWheelTimeEdit(QTime(minutes // 60, minutes % 60))
    edit.setDisplayFormat("HH:mm")
    edit.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    edit.setFixedWidth(96)
    edit.setAccessibleName(name)
    return edit


def _minutes(edit: QTimeEdit) -> int:
    return edit.time().hour() * 60 + edit.time().minute()


def _muted(text: str) -> PlainLabel:
    label = PlainLabel(text)
    label.setProperty("muted", True)
    label.setWordWrap(True)
    return label
