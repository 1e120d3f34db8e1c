"""What the user wants to be told of, and when."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt, QTime, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QGridLayout, QPushButton, QTimeEdit, QVBoxLayout, QWidget

from admin_gui.local_storage.notification_settings import NotificationSettings, OnClose, QuietHours
from admin_gui.widgets.layout.layouts import row, section_title
from admin_gui.widgets.plain_label import PlainLabel

WIDTH = 520
_ON_CLOSE: tuple[OnClose, ...] = ("", "keep", "quit")


class NotificationDialog(QDialog):
    """`saved` with the new settings."""

    saved = Signal(object)

    def __init__(self, settings: NotificationSettings, parent: QWidget, *, has_tray: bool) -> None:
        """`has_tray`: whether the desktop has a place for the icon."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Notifications"))
        self._settings = settings
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
        self.on_close = QComboBox()
        self.on_close.setAccessibleName(self.tr("When the window is closed"))
        words = (self.tr("ask me"), self.tr("keep running, with an icon beside the clock"), self.tr("quit"))
        for choice, text in zip(_ON_CLOSE, words, strict=True):
            self.on_close.addItem(text, choice)
        self.on_close.setCurrentIndex(_ON_CLOSE.index(settings.on_close))
        self.on_close.setEnabled(has_tray)
        self.save_button = QPushButton(self.tr("Save"))
        self.save_button.setProperty("primary", True)
        self.save_button.clicked.connect(self._save)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.clicked.connect(self.close)
        self._lay_out(cancel, has_tray=has_tray)
        self.on.toggled.connect(self._look)
        self.quiet.toggled.connect(self._look)
        self._look()

    def _lay_out(self, cancel: QPushButton, *, has_tray: bool) -> None:
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
        layout.setContentsMargins(20, 18, 20, 18)
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
        layout.addSpacing(6)
        closing = PlainLabel(self.tr("When the window is closed"))
        closing.setBuddy(self.on_close)
        layout.addWidget(closing)
        layout.addWidget(self.on_close)
        if not has_tray:
            layout.addWidget(
                _muted(
                    self.tr(
                        "This desktop has no place for an icon beside the clock: what is wrong is told at the foot of "
                        "the window, and only while the program runs."
                    )
                )
            )
        layout.addSpacing(6)
        layout.addLayout(row(self.save_button, cancel, stretch_after=1))
        self.setFixedWidth(WIDTH)

    def _look(self) -> None:
        self.quiet.setEnabled(self.on.isChecked())
        for widget in (self.begin, self.end, self.weekends, *self.days):
            widget.setEnabled(self.on.isChecked() and self.quiet.isChecked())

    def _save(self) -> None:
        hours = QuietHours(
            begin=_minutes(self.begin),
            end=_minutes(self.end),
            days=tuple(day for day, box in enumerate(self.days) if box.isChecked()),
            weekends=self.weekends.isChecked(),
        )
        self.saved.emit(
            NotificationSettings(
                are_on=self.on.isChecked(),
                quiet_hours=hours if self.quiet.isChecked() else None,
                paused_until=self._settings.paused_until,
                on_close=_ON_CLOSE[self.on_close.currentIndex()],
            )
        )
        self.close()


def _time_edit(minutes: int, name: str) -> QTimeEdit:
    edit = QTimeEdit(QTime(minutes // 60, minutes % 60))
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
