"""The cards of the overview: the light with its words, the workers, and what needs a look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from admin_gui.app_context import AppContext
from admin_gui.appearance.colors import Tone
from admin_gui.appearance.theme import Theme
from admin_gui.client.system import Worker
from admin_gui.links import Link
from admin_gui.models.health import Verdict
from admin_gui.models.states import word
from admin_gui.models.system.findings import Finding
from admin_gui.models.system.texts import death_text
from admin_gui.pages.registry import entry_of
from admin_gui.session import Session, Snapshot
from admin_gui.text import formats
from admin_gui.text.plain_text import plain_tooltip
from admin_gui.widgets.card import Card
from admin_gui.widgets.elided_label import ElidedLabel
from admin_gui.widgets.pill import StatusPill
from admin_gui.widgets.plain_label import PlainLabel

translate = QCoreApplication.translate

LIGHT_SIZE = 38
# As on the street, on light and on dark: the tones' own colours are made to be read as text.
LAMPS: dict[Tone, str] = {"good": "#2fa866", "warn": "#f0ab1d", "bad": "#dc3a3a"}


class Light(QWidget):
    """The traffic light; its words stand beside it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.tone: Tone = "calm"
        self.setFixedSize(LIGHT_SIZE, LIGHT_SIZE)
        theme.changed.connect(self.update)

    def show_tone(self, tone: Tone) -> None:
        self.tone = tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colors.wash(self.tone))
        painter.drawEllipse(self.rect())
        painter.setBrush(QColor(LAMPS.get(self.tone, self._theme.colors.muted)))
        painter.drawEllipse(self.rect().adjusted(10, 10, -10, -10))
        painter.end()


class HealthCard(Card):
    """Red, yellow or green, in words."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self.light = Light(context.theme)
        self.title = PlainLabel()
        self.title.setObjectName("sectionTitle")
        self.title.setWordWrap(True)  # the longest customer's name may be in it
        self.detail = PlainLabel()
        self.detail.setProperty("muted", True)
        self.detail.setWordWrap(True)
        self._facts = PlainLabel()
        self._facts.setProperty("muted", True)
        self._facts.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.title)
        texts.addWidget(self.detail)
        line = QHBoxLayout()
        line.setSpacing(14)
        line.addWidget(self.light)
        line.addLayout(texts, 1)
        line.addWidget(self._facts)
        self.content.addLayout(line)

    def show_verdict(self, verdict: Verdict, snapshot: Snapshot, session: Session) -> None:
        """The verdict, and since when the appliance runs."""
        self.light.show_tone(verdict.tone)
        self.title.setText(verdict.title)
        first = verdict.findings[0].text if verdict.findings else ""
        more = len(verdict.findings) - 1
        if more > 0:
            first += " " + self.tr("– and %n more", "", more)
        if not first and snapshot.system_is_hidden:
            first = self.tr(
                "With this token you see certain customers' calls and what came of them, not how the appliance itself "
                "is doing."
            )
        elif not first:
            first = self.tr("It accepts calls, works on them and delivers their results.")
        self.detail.setText(first)
        self.setAccessibleName(f"{verdict.title}. {first}")
        facts = [self.tr("vBot %1").replace("%1", snapshot.health.version)]
        if snapshot.system is not None:
            facts.append(self.tr("up for %1").replace("%1", formats.span(snapshot.system.uptime_seconds)))
        self._facts.setText("\n".join(facts))


class WorkersCard(Card):
    """Each worker with its device, what it does, and how fast it is."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(self.tr("Workers"))
        self._context = context
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(0, 1)
        self.content.addLayout(self._grid)
        self._none = PlainLabel(self.tr("No worker has been heard of."))
        self._none.setProperty("muted", True)
        self.content.addWidget(self._none)
        self.content.addStretch(1)
        self._lines: dict[str, _WorkerLine] = {}

    def show_workers(self, workers: Sequence[Worker], now: datetime) -> None:
        """Those that are there; lines of those that are not go."""
        self._none.setVisible(not workers)
        for name in set(self._lines) - {worker.name for worker in workers}:
            self._lines.pop(name).remove(self._grid)
        for worker in workers:
            if worker.name not in self._lines:
                self._lines[worker.name] = _WorkerLine(self._context, self._grid, worker.name)
            self._lines[worker.name].show_worker(worker, now)

    @property
    def names(self) -> list[str]:
        """Whose lines there are."""
        return list(self._lines)

    def text_of(self, name: str) -> str:
        """What is said of a worker."""
        return self._lines[name].detail.text()


class _WorkerLine:
    def __init__(self, context: AppContext, grid: QGridLayout, name: str) -> None:
        self.name = ElidedLabel(name)
        self.detail = ElidedLabel()
        self.detail.setProperty("muted", True)
        self.pill = StatusPill(context.theme)
        self.bar = QProgressBar()
        self.bar.setFixedWidth(90)
        self.bar.setRange(0, 100)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.name)
        texts.addWidget(self.detail)
        self._holder = QWidget()
        self._holder.setLayout(texts)
        texts.setContentsMargins(0, 0, 0, 0)
        row = grid.rowCount()
        grid.addWidget(self._holder, row, 0)
        grid.addWidget(self.bar, row, 1)
        grid.addWidget(self.pill, row, 2)

    def show_worker(self, worker: Worker, now: datetime) -> None:
        call = worker.current_call
        tones: dict[str, Tone] = {"ready": "good", "loading": "warn", "outdated": "warn", "gone": "bad"}
        tone: Tone = "busy" if call is not None and worker.state == "ready" else tones.get(worker.state, "calm")
        state = "processing" if tone == "busy" else worker.state
        self.pill.show_state(word(state), tone)
        died = death_text(worker)
        parts = [died] if died else [worker.device, worker.model]
        if worker.measured_speed is not None:
            parts.append(
                translate("WorkersCard", "%1 × real time").replace("%1", formats.number(worker.measured_speed, 1))
            )
        if worker.state == "gone":
            parts.append(formats.age(worker.last_heartbeat_at, now))
        self.detail.setText(" · ".join(part for part in parts if part))
        self.bar.setVisible(call is not None)
        if call is not None:
            self.bar.setValue(round(call.progress * 100))
            self.bar.setToolTip(plain_tooltip(call.call_id))

    def remove(self, grid: QGridLayout) -> None:
        for widget in (self._holder, self.bar, self.pill):
            grid.removeWidget(widget)
            widget.deleteLater()


class AttentionCard(Card):
    """What needs a look, each with the way there."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(self.tr("Needs a look"))
        self._context = context
        self._none = PlainLabel(self.tr("Nothing."))
        self._none.setProperty("muted", True)
        self._list = QVBoxLayout()
        self._list.setSpacing(6)
        self.content.addWidget(self._none)
        self.content.addLayout(self._list)
        self.content.addStretch(1)
        self._shown: tuple[Finding, ...] = ()
        self._lines: list[_FindingLine] = []

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        """Worst first."""
        if findings == self._shown:
            return
        self._shown = findings
        self._none.setVisible(not findings)
        for line in self._lines:
            self._list.removeWidget(line)
            line.deleteLater()
        self._lines = [_FindingLine(self._context, finding) for finding in findings]
        for line in self._lines:
            self._list.addWidget(line)

    @property
    def texts(self) -> list[str]:
        return [finding.text for finding in self._shown]


class _FindingLine(QWidget):
    def __init__(self, context: AppContext, finding: Finding) -> None:
        super().__init__()
        words = {"bad": self.tr("failed"), "calm": self.tr("some day")}
        self.light = StatusPill(context.theme, words.get(finding.shown_tone, self.tr("look")), finding.shown_tone)
        text = PlainLabel(finding.text)
        text.setWordWrap(True)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(10)
        line.addWidget(self.light, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(text, 1)
        link = finding.link
        if link is not None and entry_of(Link.parse(link).page) is not None:
            button = QPushButton(self.tr("Open"))
            button.setProperty("flat", True)
            button.setAccessibleName(self.tr("Open: %1").replace("%1", finding.text))
            button.clicked.connect(lambda: context.go(link))
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
