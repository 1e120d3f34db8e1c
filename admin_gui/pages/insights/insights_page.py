"""What the office's calls say: figures beside those of before, moods, busy hours, keywords; each leads to its calls."""

from __future__ import annotations

from datetime import UTC
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QPushButton, QScrollArea, QVBoxLayout, QWidget

from admin_gui.app_context import AppContext
from admin_gui.client.calls import MOODS
from admin_gui.client.events import Event
from admin_gui.client.insights import CustomerInsights, Insights, Keyword, QueueInsights, Span
from admin_gui.commands import Command
from admin_gui.links import Link
from admin_gui.models.insights import (
    MOOD_TONES,
    Period,
    end_of_day,
    figures,
    hours_in,
    hours_of,
    mood_words,
    note_of,
    office_zone,
)
from admin_gui.pages.insights.choices import CUSTOM, LAST_WEEK, YESTERDAY, Choices
from admin_gui.pages.insights.export import InsightsExport
from admin_gui.pages.insights.hours_card import HoursCard
from admin_gui.pages.insights.tables import CustomersTable, KeywordsTable, QueuesTable
from admin_gui.pages.page import SPACING, Page
from admin_gui.text import error_messages, formats
from admin_gui.widgets.banner import Banner
from admin_gui.widgets.card import Tile
from admin_gui.widgets.charts.drawn_series import Series
from admin_gui.widgets.charts.heat_map import hour
from admin_gui.widgets.charts.plot import Plot
from admin_gui.widgets.charts.scale import WHOLE_STEPS
from admin_gui.widgets.charts.time_axis import DAY_SECONDS
from admin_gui.widgets.layout.tile_rows import TileRows
from admin_gui.widgets.layout.two_column import TwoColumn

translate = QCoreApplication.translate

# Events come in swarms, and to count costs the appliance something.
LOOK_AGAIN_MS = 15_000
NARROW_CHARTS, NARROW_TABLES = 760, 1400
NARROWEST_TILE = 180  # for a time of hours and minutes
# What the calls behind a figure have in common, or by what they add up to it: those that add most stand first, those
# that add nothing last. None: they are all calls of the time.
_OF_TILE = {
    "minutes": {"sort": "duration_seconds", "order": "desc"},
    "talk": {"sort": "speech_seconds", "order": "desc"},
    "dissatisfied": {"sentiment": "negative"},
    "outside": {"sort": "outside_talk_share", "order": "desc"},
    "silence": {"sort": "silence_seconds", "order": "desc"},
}


class InsightsPage(Page):
    """`insights?days=90&customer_id=7&queue=sales&compare=none`, `insights?since=2026-11-01&until=2026-11-15`."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._found: Insights | None = None
        self._shown: Link | None = None  # of which choices that is
        self.choices = Choices(context)
        self.choices.changed.connect(self._narrow)
        self.choices.refused.connect(self._show_nothing)
        self.problem = Banner(context.theme)
        self.export = InsightsExport(context, self, self.choices.customer.name_of)
        self.csv_button = QPushButton(self.tr("CSV …"))
        self.csv_button.clicked.connect(self.export.ask_for_csv)
        self.report_button = QPushButton(self.tr("PDF report …"))
        self.report_button.clicked.connect(self.export.ask_for_report)
        self.tiles = {figure.key: Tile(figure.name, clickable=True) for figure in figures()}
        for key, tile in self.tiles.items():
            tile.clicked.connect(partial(self._open_calls, None, **_OF_TILE.get(key, {})))
        self.moods = Plot(context, self.tr("Mood per day"), "bars", formats.number, WHOLE_STEPS)
        self.moods.let_open(self._calls_with_mood)
        self.moods.show_legend(list(zip(mood_words(), MOOD_TONES, strict=True)))
        self.moods.opened.connect(self._open_day)
        self.moods.loaded.connect(self._look_whether_ready)
        self.hours = HoursCard(context)
        self.hours.opened.connect(self._open_hour)
        self.keywords = KeywordsTable(context)
        self.keywords.opened.connect(self._open_keyword)
        self.customers = CustomersTable(context, self.choices.customer.name_of)
        self.customers.opened.connect(self._open_customer)
        self.queues = QueuesTable(context)
        self.queues.opened.connect(self._open_queue)
        self.choices.customer.named.connect(self.customers.table.view.viewport().update)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(LOOK_AGAIN_MS)
        self._again.timeout.connect(self._ask)
        self._lay_out()

    def title(self) -> str:
        return self.tr("Insights")

    def header_widgets(self) -> list[QWidget]:
        return [self.csv_button, self.report_button]

    def visit(self, link: Link) -> None:
        self.choices.show_link(link)
        if not {"days", "since"} & link.query.keys() and self.choices.period != Period():
            # It came by the menu: the time is the one that was chosen last. Once the page is there: by then whoever
            # has something to do here knows it by the link that they came with.
            QTimer.singleShot(0, self, self._note_link)
        self.refresh()

    def refresh(self) -> None:
        self.choices.customer.load()
        self._ask()

    def on_events(self, events: list[Event]) -> None:
        if any(event.kind == "call" for event in events) and not self._again.isActive():
            self._again.start()

    def commands(self) -> list[Command]:
        group = self.title()
        choose = self.choices.choose
        times = {
            1: self.tr("Insights of today"),
            YESTERDAY: self.tr("Insights of yesterday"),
            LAST_WEEK: self.tr("Insights of last week"),
            7: self.tr("Insights over 7 days"),
            30: self.tr("Insights over 30 days"),
            90: self.tr("Insights over 90 days"),
            CUSTOM: self.tr("Insights from one day to another"),
        }
        return [
            *(
                Command(words, partial(choose, days), f"Alt+{number}", group, button=self.choices.buttons[days])
                for number, (days, words) in enumerate(times.items(), 1)
            ),
            Command(
                self.tr("Compare with the time before, or do not"),
                self.choices.compare.click,
                "",
                group,
                button=self.choices.compare,
            ),
            Command(self.tr("Save the insights as CSV …"), self.export.ask_for_csv, "", group, button=self.csv_button),
            Command(
                self.tr("Save the insights as a PDF report …"),
                self.export.ask_for_report,
                "Ctrl+S",
                group,
                also="Ctrl+P",
                button=self.report_button,
                synonyms=translate("palette", "print paper"),
            ),
        ]

    # Asking

    def _narrow(self) -> None:
        self._note_link()
        self._ask()

    def _note_link(self) -> None:
        self.link = self.choices.link
        self.context.stay(self.link)

    def _ask(self) -> None:
        self._again.stop()
        if self.choices.days_problem:
            self.ready.emit()
            return
        now, choices = self.context.session.now(), self.choices
        insights, zone = self.context.appliance.insights, office_zone()
        span = choices.period.span(now)
        before = choices.period.span_before(now) if choices.compare.isChecked() else None
        customer_id, direction, chosen = choices.customer.value, choices.direction.value, choices.link
        queue = choices.queue.value

        def done(told: tuple[Insights, list[str]]) -> None:
            choices.queue.show_queues(told[1])
            self._show(told[0], chosen)

        self.context.calls.start(
            self,
            lambda: insights.with_queues(span, before, zone, customer_id=customer_id, direction=direction, queue=queue),
            done,
            lambda error: self._failed(error, chosen),
            latest="insights",
        )

    def _failed(self, error: Exception, chosen: Link) -> None:
        if chosen != self._shown:  # what is there would stand under choices that are not its own
            self._show_nothing()
        self.problem.show_message(error_messages.message_of(error), "bad", (self.tr("Try again"), self._ask))
        self.ready.emit()

    def _show_nothing(self) -> None:
        self._found = self.export.shown = self._shown = None
        self._allow()

    def _allow(self) -> None:
        there = self._found is not None
        self._figures.setVisible(there)
        for button in (self.csv_button, self.report_button):
            button.setEnabled(there)

    def _show(self, found: Insights, chosen: Link) -> None:
        if self.choices.days_problem:  # since then others were typed, which cannot be had
            self.ready.emit()
            return
        self.problem.clear()
        self._found = self.export.shown = found
        self._shown = chosen
        self.export.narrowed = self.choices.narrowed
        self._allow()
        now, before = found.totals.now, found.totals.before
        colors = self.context.theme.colors
        for figure in figures():
            tone = figure.tone(now, before)
            color = colors.tone(tone) if tone in ("good", "bad") else ""
            tile = self.tiles[figure.key]
            tile.show_number(figure.write(figure.of(now)), note_of(figure, now, before), color, figure.meaning)
        moods = [day.mood for day in found.days]
        satisfied, neutral, dissatisfied = mood_words()
        self.moods.show_series(
            [day.since.astimezone(UTC) for day in found.days],
            DAY_SECONDS,
            (
                Series(satisfied, [one.satisfied for one in moods], "good"),
                Series(neutral, [one.neutral for one in moods], "calm"),
                Series(dissatisfied, [one.dissatisfied for one in moods], "bad"),
            ),
            self._sum_up(found),
        )
        self.hours.show_counts(found.hours, hours_in((found.since, found.until)))
        self.keywords.show_rows(found.keywords)
        self.customers.show_rows(found.customers)
        # Of one customer's calls alone it would say once more what the tiles say.
        self.customers.setVisible(self.choices.customer.value is None)
        self.queues.show_insights(found)
        self.queues.setVisible(bool(found.queues) and self.choices.queue.value is None)
        self._look_whether_ready()

    def _sum_up(self, found: Insights) -> str:
        mood = found.totals.now.mood
        if not mood.known:
            return self.tr("No mood is known of these calls")
        words = self.tr("%1 of %2 with a mood: dissatisfied").replace("%1", formats.number(mood.dissatisfied))
        return words.replace("%2", formats.number(mood.known))

    def _look_whether_ready(self) -> None:
        if self._found is not None and self.moods.is_loaded:
            self.ready.emit()

    # The calls behind a mark

    def _open_calls(self, span: Span | None = None, **more: str) -> None:
        if self._found is None:
            return
        # What is counted up to now ends a little after it: the day is named whole, and calls that come still are in it.
        since, until = span or (self._found.since, end_of_day(self._found.until))
        query = {name: moment.astimezone(UTC).isoformat() for name, moment in (("since", since), ("until", until))}
        choices = self.choices
        chosen = {"customer_id": choices.customer.value, "direction": choices.direction.value}
        chosen["queue"] = choices.queue.value
        query |= {name: str(value) for name, value in chosen.items() if value is not None}
        self.context.go(Link("calls", query={**query, **more}))

    def _open_day(self, place: int, mood: int | None) -> None:
        if self._found is not None and place < len(self._found.days):
            day = self._found.days[place]
            chosen = {} if mood is None else {"sentiment": MOODS[mood]}
            self._open_calls((day.since, end_of_day(day.until)), **chosen)

    def _calls_with_mood(self, mood: int, count: int) -> str:
        told = (
            self.tr("%n satisfied call(s)", "", count),
            self.tr("%n neutral call(s)", "", count),
            self.tr("%n dissatisfied call(s)", "", count),
        )
        return told[mood]

    def _open_hour(self, day: int, at: int) -> None:
        """Of the time that is shown there may be several such hours: which one is asked."""
        if self._found is None:
            return
        spans = hours_of(day, at, (self._found.since, self._found.until))
        if len(spans) == 1:
            self._open_calls(spans[0])
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for span in spans:
            action = menu.addAction(f"{formats.date(span[0])}, {hour(at)}")
            action.triggered.connect(partial(self._open_calls, span))
        menu.popup(QCursor.pos())

    def _open_keyword(self, row: Keyword) -> None:
        self._open_calls(keyword=row.keyword)

    def _open_customer(self, row: CustomerInsights) -> None:
        self._open_calls(customer_id=str(row.customer_id))

    def _open_queue(self, row: QueueInsights) -> None:
        self._open_calls(queue=row.queue)

    # What is seen

    def _lay_out(self) -> None:
        self._figures = inner = QWidget()
        inner.setObjectName("scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(SPACING)
        charts, tables = TwoColumn(NARROW_CHARTS), TwoColumn(NARROW_TABLES)
        charts.left.addWidget(self.moods)
        charts.left.addWidget(self.hours)
        charts.right.addWidget(self.keywords)
        tables.left.addWidget(self.customers)
        tables.right.addWidget(self.queues)
        column.addWidget(TileRows(tuple(self.tiles.values()), NARROWEST_TILE))
        column.addWidget(charts)
        column.addWidget(tables)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        self.content.addWidget(self.choices)
        self.content.addWidget(self.problem)
        self.content.addWidget(area, 1)
        self.setFocusProxy(area)
