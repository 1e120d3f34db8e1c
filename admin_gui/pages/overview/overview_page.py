"""All at one glance: is it well, what does it do, what needs a look."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from admin_gui.app_context import AppContext
from admin_gui.client.activity import RANGES, Activity, OwnCalls, Range, activity, own_calls
from admin_gui.client.events import Event
from admin_gui.client.stats import Stats
from admin_gui.commands import Command
from admin_gui.models.health import hidden_verdict, verdict
from admin_gui.pages.overview.cards import AttentionCard, HealthCard, WorkersCard
from admin_gui.pages.overview.setup_line import SetupLine
from admin_gui.pages.overview.tiles import Tiles
from admin_gui.pages.page import Page
from admin_gui.session import Snapshot
from admin_gui.text import formats
from admin_gui.widgets.charts.drawn_series import Series
from admin_gui.widgets.charts.plot import Plot
from admin_gui.widgets.charts.scale import NUMBER_STEPS, TIME_STEPS, WHOLE_STEPS
from admin_gui.widgets.charts.time_axis import DAY_SECONDS
from admin_gui.widgets.layout.layouts import section_title

# Events come in swarms: what is shown is asked for at most so often.
LOOK_AGAIN_MS = 1_000
PLOT_AGAIN_MS = 10_000
LAST_DAY = timedelta(hours=24)

_Figures = tuple[Activity, Stats, OwnCalls | None]


class OverviewPage(Page):
    """Health, tiles, plots, workers; live by events, and by asking every few seconds."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._range: Range = _range_of(context.memory.text("overview-range"))
        self._shown_range: Range | None = None
        self._have_plots = False
        self.setup = SetupLine(context)
        self.health = HealthCard(context)
        self.tiles = Tiles(context)
        self.calls_plot = Plot(context, self.tr("Calls"), "bars", _tidy, WHOLE_STEPS)
        self.audio_plot = Plot(context, self.tr("Minutes of audio"), "bars", _tidy, NUMBER_STEPS)
        self.result_plot = Plot(context, self.tr("Time to result, typical"), "line", formats.span, TIME_STEPS)
        self._plots = (self.calls_plot, self.audio_plot, self.result_plot)
        for plot in self._plots:
            plot.loaded.connect(self._look_whether_ready)
        self.workers = WorkersCard(context)
        self.attention = AttentionCard(context)
        self._look = _soon(self, LOOK_AGAIN_MS, context.session.poll_now)
        self._plot_again = _soon(self, PLOT_AGAIN_MS, self._ask_for_plots)
        self._lay_out()
        context.session.polled.connect(self._show_snapshot)

    def title(self) -> str:
        return self.tr("Overview")

    def refresh(self) -> None:
        snapshot = self.context.session.last_snapshot
        if snapshot is not None:
            self._show_snapshot(snapshot)
        self.setup.look()
        self._ask_for_plots()
        self.context.session.poll_now()

    def on_events(self, events: list[Event]) -> None:
        if not self._look.isActive():
            self._look.start()
        if any(event.kind in ("call", "delivery") for event in events):
            self.setup.look_again()
            if not self._plot_again.isActive():
                self._plot_again.start()

    def commands(self) -> list[Command]:
        group = self.title()
        return [
            Command(self.tr("Plots over the last hour"), lambda: self._choose("hour"), "Alt+1", group),
            Command(self.tr("Plots over 24 hours"), lambda: self._choose("day"), "Alt+2", group),
            Command(self.tr("Plots over 30 days"), lambda: self._choose("month"), "Alt+3", group),
        ]

    # What the appliance said last

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        now = self.context.session.now()
        if snapshot.system_is_hidden:
            self._show_hidden(snapshot)
            return
        found = verdict(snapshot.health, snapshot.system, now)
        self.health.show_verdict(found, snapshot, self.context.session)
        if snapshot.system is not None:
            self.tiles.show_system(snapshot.system, now)
            self.workers.show_workers(snapshot.system.workers, now)
        self.attention.show_findings(tuple(one for one in found.findings if one.tone != "calm"))
        self._look_whether_ready()

    def _show_hidden(self, snapshot: Snapshot) -> None:
        """What the token may not see is not there; its customers' calls are counted with the plots."""
        self.health.show_verdict(hidden_verdict(snapshot.health), snapshot, self.context.session)
        self.workers.hide()
        self.attention.hide()
        self._look_whether_ready()

    # Plots

    def _choose(self, reach: Range) -> None:
        self._range = reach
        self.context.memory.remember("overview-range", reach)
        self._buttons[reach].setChecked(True)
        self._ask_for_plots()

    def _ask_for_plots(self) -> None:
        appliance, reach, now = self.context.appliance, self._range, self.context.session.now()

        sees_appliance = self.context.session.sees_appliance

        def ask() -> _Figures:
            day = appliance.stats.between(now - LAST_DAY, now, bucket="range")
            own = None if sees_appliance else own_calls(appliance, now)
            return activity(appliance, reach, now), day, own

        def show(found: _Figures) -> None:
            self._shown_range = reach
            self._show_activity(found)

        self.context.calls.start(self, ask, show, lambda error: self._no_activity(error, reach), latest="plots")

    def _no_activity(self, error: Exception, reach: Range) -> None:
        self.context.say_error(error)
        if reach != self._shown_range:  # those of another time would stand under the one that is chosen
            self._shown_range = None
            for plot in self._plots:
                plot.show_series((), DAY_SECONDS, (), self.tr("This could not be loaded"))
        self._have_plots = True
        self._look_whether_ready()

    def _show_activity(self, found: _Figures) -> None:
        seen, day, own = found
        done = [all_ - failed for all_, failed in zip(seen.calls, seen.failed, strict=True)]
        failed = int(sum(seen.failed))
        sum_up = self.tr("%n call(s)", "", int(sum(seen.calls)))
        if failed:
            sum_up += ", " + self.tr("%n failed", "", failed)
        self.calls_plot.show_series(
            seen.starts,
            seen.bucket_seconds,
            (Series(self.tr("calls"), done), Series(self.tr("failed"), seen.failed, "bad")),
            sum_up,
        )
        minutes = sum(seen.audio_minutes)
        self.audio_plot.show_series(
            seen.starts,
            seen.bucket_seconds,
            (Series(self.tr("minutes"), seen.audio_minutes, "good"),),
            self.tr("%1 min").replace("%1", formats.number(minutes, 1 if minutes < 100 else 0)),
        )
        known = [value for value in seen.seconds_to_result if value is not None]
        self.result_plot.show_series(
            seen.starts,
            seen.bucket_seconds,
            (Series("", seen.seconds_to_result),),
            formats.span(known[-1]) if known else formats.DASH,
        )
        self.tiles.show_last_day(day)
        if own is not None:
            self.tiles.show_own(own, day)
        self._have_plots = True
        self._look_whether_ready()

    def _look_whether_ready(self) -> None:
        if self._have_plots and all(plot.is_loaded for plot in self._plots):
            self.ready.emit()

    # What is seen

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setObjectName("scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        column.addWidget(self.setup)
        column.addWidget(self.health)
        column.addWidget(self.tiles)
        column.addLayout(self._range_buttons())
        column.addLayout(_beside(*self._plots))
        column.addLayout(_beside(self.workers, self.attention))
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        self.content.addWidget(area)
        self.setFocusProxy(area)

    def _range_buttons(self) -> QHBoxLayout:
        group = QButtonGroup(self)
        made = QHBoxLayout()
        made.setSpacing(6)
        made.addWidget(section_title(self.tr("Activity")))
        made.addStretch(1)
        words = {"hour": self.tr("1 h"), "day": self.tr("24 h"), "month": self.tr("30 d")}
        self._buttons: dict[Range, QPushButton] = {}
        for reach in RANGES:
            button = QPushButton(words[reach])
            button.setCheckable(True)
            button.setAutoExclusive(True)  # told as one of several
            button.setProperty("segment", True)
            button.setChecked(reach == self._range)
            button.clicked.connect(lambda _checked, one=reach: self._choose(one))
            group.addButton(button)
            made.addWidget(button)
            self._buttons[reach] = button
        return made


def _tidy(value: float) -> str:
    return formats.number(value, 0 if value >= 10 or value == int(value) else 1)


def _beside(*widgets: QWidget) -> QHBoxLayout:
    made = QHBoxLayout()
    made.setSpacing(12)
    for widget in widgets:
        made.addWidget(widget, 1)
    return made


def _soon(page: Page, milliseconds: int, run: object) -> QTimer:
    timer = QTimer(page)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(run)
    return timer


def _range_of(text: str) -> Range:
    return next((reach for reach in RANGES if reach == text), "day")
