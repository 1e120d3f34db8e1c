"""Which calls insights are of: a time, a customer, a direction, a queue; and whether with what was before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QPushButton, QWidget

from admin_gui.app_context import AppContext
from admin_gui.links import Link
from admin_gui.models.insights import MOST_DAYS, REACHES, Narrowed, Period, today
from admin_gui.pages.insights.day_field import DayField
from admin_gui.text.plain_text import visible
from admin_gui.widgets.elided_choice import ElidedChoice
from admin_gui.widgets.layout.wrapping_row import WrappingRow
from admin_gui.widgets.plain_label import PlainLabel
from admin_gui.widgets.table.filters import CustomerChoice

CUSTOM, YESTERDAY, LAST_WEEK = 0, -1, -2  # beside the numbers of days
# Of the calendar, each a number of days of its own.
OF_CALENDAR = {YESTERDAY: Period.yesterday, LAST_WEEK: Period.last_week}


class DirectionChoice(ElidedChoice):
    """Which way calls went, or any."""

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Direction"))
        for words, value in (
            (self.tr("All directions"), None),
            (self.tr("Incoming"), "inbound"),
            (self.tr("Outgoing"), "outbound"),
            (self.tr("Internal"), "internal"),
        ):
            self.addItem(words, value)
        self.activated.connect(lambda *_: self.chosen.emit())

    @property
    def value(self) -> str | None:
        found: str | None = self.currentData()
        return found

    def set_value(self, direction: str | None) -> None:
        """Choose without telling."""
        self.setCurrentIndex(max(0, self.findData(direction)))


class QueueChoice(ElidedChoice):
    """One of the queues that calls of the time came with, or all; not there where none came with any."""

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Queue"))
        self.addItem(self.tr("All queues"), None)
        self.activated.connect(lambda *_: self.chosen.emit())
        self.hide()

    @property
    def value(self) -> str | None:
        found: str | None = self.currentData()
        return found

    def set_value(self, queue: str | None) -> None:
        """Choose without telling, also one of which nothing is known."""
        if self.findData(queue) < 0:
            self.addItem(visible(queue or ""), queue)
        self.setCurrentIndex(self.findData(queue))
        self.setVisible(self.count() > 1)

    def show_queues(self, queues: Iterable[str]) -> None:
        """Those that there are; what is chosen stays."""
        chosen = self.value
        while self.count() > 1:
            self.removeItem(1)
        for queue in sorted({*queues, *filter(None, [chosen])}, key=str.casefold):
            self.addItem(visible(queue), queue)
        self.set_value(chosen)


class Choices(QWidget):
    """The line over the insights."""

    changed = Signal()
    refused = Signal()  # the days in the fields cannot be looked at together

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.period = Period()
        self._edits_days = False  # so that the fields stay, whichever days are chosen in them
        self.customer = CustomerChoice(context)
        self.customer.chosen.connect(lambda *_: self.changed.emit())
        self.direction = DirectionChoice()
        self.direction.chosen.connect(self.changed)
        self.queue = QueueChoice()
        self.queue.chosen.connect(self.changed)
        self.first, self.last = (
            DayField(name, lambda: today(context.session.now())) for name in (self.tr("First day"), self.tr("Last day"))
        )
        for field in (self.first, self.last):
            field.dateChanged.connect(lambda *_: self._take_days())
            field.refused.connect(self._refuse_day)
        self.problem = PlainLabel()
        self.problem.setProperty("error", True)
        self.compare = QCheckBox(self.tr("Compare with the time before"))
        self.compare.setChecked(True)
        self.compare.toggled.connect(lambda *_: self.changed.emit())
        line = WrappingRow()
        self.buttons = self._make_buttons()
        days = self.first, self.last, self.problem
        for widget in (*self.buttons.values(), *days, self.customer, self.queue, self.direction, self.compare):
            line.addWidget(widget)
        self.setLayout(line)
        self._show_period()

    def choose(self, days: int) -> None:
        """So many days up to now; CUSTOM: from the first one shown to the last; YESTERDAY, LAST_WEEK: these."""
        now = self._context.session.now()
        self._edits_days = days == CUSTOM
        if days in OF_CALENDAR:
            self.period = OF_CALENDAR[days](now)
        elif days == CUSTOM:
            self.period = Period(ends=(self.period.first_day(now), self.period.last_day(now)))
        else:
            self.period = Period(days)
        self._show_period()
        self.changed.emit()

    def show_link(self, link: Link) -> None:
        """Choose what a link says, without telling; the time stays where it says none."""
        query = link.query
        self._edits_days = False
        days = query.get("days", "")
        if days in map(str, REACHES):
            self.period = Period(int(days))
        try:
            first, last = date.fromisoformat(query.get("since", "")), date.fromisoformat(query.get("until", ""))
            self.period = Period(ends=_within_a_year(first, last))
        except ValueError:
            pass  # it names no days
        customer = query.get("customer_id", "")
        self.customer.set_value(int(customer) if customer.isdigit() else None)
        self.direction.set_value(query.get("direction"))
        self.queue.set_value(query.get("queue") or None)
        self.compare.blockSignals(True)
        self.compare.setChecked(query.get("compare") != "none")
        self.compare.blockSignals(False)
        self._show_period()

    @property
    def days_problem(self) -> str:
        """Why the days in the fields cannot be looked at together; empty: they can."""
        first, last = self.first.day, self.last.day
        if last < first:
            return self.tr("The last day is before the first")
        if (last - first).days >= MOST_DAYS:
            return self.tr("At most %n day(s) at once", "", MOST_DAYS)
        return ""

    @property
    def narrowed(self) -> Narrowed:
        """The same in words, for files."""
        customer, direction = self.customer.value, self.direction
        return Narrowed(
            "" if customer is None else self.customer.name_of(customer),
            "" if direction.value is None else direction.currentText(),
            self.queue.value or "",
        )

    @property
    def link(self) -> Link:
        """What is chosen, for back and forward."""
        query: dict[str, str] = {}
        if self.period.ends is not None:
            query |= {"since": self.period.ends[0].isoformat(), "until": self.period.ends[1].isoformat()}
        else:
            query["days"] = str(self.period.days)
        if self.customer.value is not None:
            query["customer_id"] = str(self.customer.value)
        if self.direction.value is not None:
            query["direction"] = self.direction.value
        if self.queue.value is not None:
            query["queue"] = self.queue.value
        if not self.compare.isChecked():
            query["compare"] = "none"
        return Link("insights", query=query)

    def _make_buttons(self) -> dict[int, QPushButton]:
        group = QButtonGroup(self)
        words = {1: self.tr("Today"), YESTERDAY: self.tr("Yesterday"), LAST_WEEK: self.tr("Last week")}
        words |= {days: self.tr("%n day(s)", "", days) for days in REACHES if days > 1}
        made = {}
        for days, text in (words | {CUSTOM: self.tr("From … to …")}).items():
            button = QPushButton(text)
            button.setCheckable(True)
            button.setAutoExclusive(True)  # so it is told as one of several, not as something to tick
            button.setProperty("segment", True)
            button.clicked.connect(lambda _checked, one=days: self.choose(one))
            group.addButton(button)
            made[days] = button
        return made

    def _show_period(self) -> None:
        now = self._context.session.now()
        named = [] if self._edits_days else [one for one, of in OF_CALENDAR.items() if self.period == of(now)]
        is_custom = self.period.ends is not None and not named
        self._tell("")
        self.buttons[named[0] if named else CUSTOM if is_custom else self.period.days].setChecked(True)
        for field, day in ((self.first, self.period.first_day(now)), (self.last, self.period.last_day(now))):
            field.set_day(day)
            field.setVisible(is_custom)

    def _take_days(self) -> None:
        """Those in the fields. Neither is moved for the other: whoever changes both has to begin with one."""
        self._edits_days = True
        problem = self.days_problem
        if problem:
            self._tell(problem)
            self.refused.emit()
            return
        self.period = Period(ends=(self.first.day, self.last.day))
        self._show_period()
        self.changed.emit()

    def _refuse_day(self, text: str) -> None:
        no_day = self.tr("“%1” is not a day").replace("%1", text)
        self._tell(". ".join(filter(None, (no_day, self.days_problem))))

    def _tell(self, words: str) -> None:
        """What is wrong with the days; nothing: nothing is."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))


def _within_a_year(first: date, last: date) -> tuple[date, date]:
    """What a link names, in order and not too far from each other."""
    return max(min(first, last), last - timedelta(days=MOST_DAYS - 1)), last
