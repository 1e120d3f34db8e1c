"""How the appliance is: its workers, the models in use, its parts, the room on its disk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout

from admin_gui.app_context import AppContext
from admin_gui.appearance.colors import Tone
from admin_gui.client.system import Disk, System, Worker
from admin_gui.local_storage.first_steps import KNOWN
from admin_gui.models.health import component_name, component_words
from admin_gui.models.states import word
from admin_gui.models.system.texts import death_text, worker_state
from admin_gui.models.table.columns import Column
from admin_gui.pages.system.tab import SystemTab
from admin_gui.session import Snapshot
from admin_gui.text import formats
from admin_gui.widgets.banner import Banner
from admin_gui.widgets.card import Card
from admin_gui.widgets.charts.disk_bar import DiskBar
from admin_gui.widgets.info_grid import InfoGrid
from admin_gui.widgets.layout.two_column import TwoColumn
from admin_gui.widgets.pill import StatusPill
from admin_gui.widgets.plain_label import PlainLabel
from admin_gui.widgets.table.paged_table import PagedTable

translate = QCoreApplication.translate

TABLE_HEIGHT = 190
NARROW_BELOW = 900
_COMPONENT_TONES: dict[str, Tone] = {"ok": "good", "warning": "warn", "failed": "bad"}


class StatusTab(SystemTab):
    """Everything that tells whether the box is well."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.workers = PagedTable(
            context,
            "workers",
            self.tr("Workers"),
            worker_columns(context.session.now),
            lambda worker: worker.name,
            empty=(
                "system",
                self.tr("No worker has been heard of"),
                self.tr("Calls are accepted, and wait until one comes."),
            ),
            searchable=False,
        )
        self.workers.setFixedHeight(TABLE_HEIGHT)
        self.workers.opened.connect(self._open_call)
        workers = PlainLabel(self.tr("Workers"))
        workers.setObjectName("sectionTitle")
        self.workers.add_filter(workers)
        self.dying = Banner(context.theme)
        self.models = ModelsCard()
        self.parts = PartsCard(context)
        self.storage = StorageCard(context)
        columns = TwoColumn(NARROW_BELOW)
        columns.left.addWidget(self.models)
        columns.left.addWidget(self.storage)
        columns.left.addStretch(1)
        columns.right.addWidget(self.parts)
        columns.right.addStretch(1)
        column = self.scrolled()
        column.addWidget(self.dying)
        column.addWidget(self.workers)
        column.addWidget(columns)
        column.addStretch(1)

    def refresh(self) -> None:
        """All of it comes with the session's snapshots: no call is opened for it, which the audit would tell."""
        self.ready.emit()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        system = snapshot.system
        if system is None:
            return
        known = [worker.name for worker in self.workers.model.rows]
        if sorted(known) == sorted(worker.name for worker in system.workers):
            self.workers.merge(system.workers)
        else:
            self.workers.model.set_rows(system.workers)
        self._show_deaths(system.workers)
        self.models.show_system(system)
        self.parts.show_system(system)
        self.storage.show_disk(system.disk)

    def _show_deaths(self, workers: Sequence[Worker]) -> None:
        """In full: the row has no room for what a worker said last."""
        died = "\n".join(text for text in map(death_text, workers) if text)
        if died:
            self.dying.show_message(died, "bad")
        else:
            self.dying.clear()

    def _open_call(self, worker: Worker) -> None:
        if worker.current_call is not None:
            self.context.go(f"call/{worker.current_call.call_id}")


def worker_columns(now: Callable[[], datetime]) -> list[Column[Worker]]:
    """`now` tells the appliance's clock."""

    def ago(worker: Worker) -> str:
        return formats.age(worker.last_heartbeat_at, now())

    def tone(worker: Worker) -> Tone:
        tones: dict[str, Tone] = {
            "ready": "good",
            "processing": "busy",
            "loading": "warn",
            "outdated": "warn",
            "gone": "bad",
        }
        return tones.get(worker_state(worker), "calm")

    def joined(worker: Worker) -> str:
        if worker.joined_by is None:
            return ""
        text = translate("workers", "On another machine, %1: joined by the token “%2”")
        return text.replace("%1", worker.address or formats.DASH).replace("%2", worker.joined_by)

    def at_work(worker: Worker) -> str:
        return "\n".join(f"{formats.percent(call.progress)}  {call.call_id}" for call in worker.calls_in_hand)

    def progress(worker: Worker) -> str:
        return ", ".join(formats.percent(call.progress) for call in worker.calls_in_hand) or formats.DASH

    return [
        Column("worker", translate("workers", "Worker"), lambda one: one.name, sort=lambda one: one.name, width=130),
        Column(
            "state",
            translate("workers", "State"),
            lambda one: word(worker_state(one)),
            tone=tone,
            tooltip=death_text,
            width=130,
        ),
        Column(
            "host",
            translate("workers", "Machine"),
            lambda one: one.host or formats.DASH,
            tooltip=joined,
            sort=lambda one: one.host,
            width=110,
            yields=6,
        ),
        Column("device", translate("workers", "Device"), lambda one: one.device or formats.DASH, width=75, yields=5),
        Column("model", translate("workers", "Model"), lambda one: one.model or formats.DASH, width=120, yields=4),
        Column("call", translate("workers", "In hand"), progress, tooltip=at_work, typical="10 %, 20 %, 30 %"),
        Column(
            "speed",
            translate("workers", "Speed"),
            lambda one: speed(one.measured_speed),
            tooltip=lambda _one: translate("workers", "Seconds of recording worked on in a second"),
            sort=lambda one: one.measured_speed,
            right=True,
            typical=speed(8888.8),
            yields=8,
        ),
        Column(
            "since",
            translate("workers", "Since"),
            lambda one: formats.DASH if one.since is None else formats.moment(one.since),
            tooltip=lambda one: formats.utc_tooltip(one.since),
            sort=lambda one: one.since,
            width=165,
            yields=3,
        ),
        Column(
            "heartbeat",
            translate("workers", "Last heard"),
            ago,
            tooltip=lambda one: formats.utc_tooltip(one.last_heartbeat_at),
            sort=lambda one: one.last_heartbeat_at,
            typical=formats.age(now() - timedelta(minutes=9, seconds=58), now()),
            yields=7,
        ),
        Column(
            "done",
            translate("workers", "Calls done"),
            lambda one: formats.number(one.calls_done),
            sort=lambda one: one.calls_done,
            right=True,
            width=115,
            yields=2,
        ),
        Column("version", translate("workers", "Version"), lambda one: one.version or formats.DASH, width=75, yields=1),
    ]


def speed(measured: float | None) -> str:
    """How many seconds of recording are worked on in one."""
    if measured is None:
        return formats.DASH
    return translate("workers", "%1 × real time").replace("%1", formats.number(measured, 1))


class ModelsCard(Card):
    """What calls are worked on with."""

    def __init__(self) -> None:
        super().__init__(self.tr("Models in use"))
        self.grid = InfoGrid()
        self.content.addWidget(self.grid)

    def show_system(self, system: System) -> None:
        """What is set, and what the workers say."""
        in_use: dict[str, list[str]] = {}
        for worker in system.workers:
            if worker.model and worker.state != "gone":
                in_use.setdefault(worker.model, []).append(worker.name)
        loaded = "; ".join(f"{model} ({', '.join(sorted(names))})" for model, names in sorted(in_use.items()))
        self.grid.put("set", self.tr("Speech recognition, as set"), str(system.settings.get("asr_model", formats.DASH)))
        self.grid.put("workers", self.tr("Loaded by workers"), loaded or formats.DASH)
        code = sorted({pack for worker in system.workers if worker.state != "gone" for pack in worker.code_packs})
        self.grid.put("code", self.tr("Run as code"), ", ".join(code) or formats.DASH)


class PartsCard(Card):
    """Each part of the appliance, with what it says of itself."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(self.tr("Parts"))
        self._context = context
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(2, 1)
        self.content.addLayout(self._grid)
        self._lines: dict[str, tuple[StatusPill, PlainLabel]] = {}

    def show_system(self, system: System) -> None:
        """One line for each."""
        words = {"ok": self.tr("ok"), "warning": self.tr("look"), "failed": self.tr("failed"), KNOWN: self.tr("known")}
        now = self._context.session.now()
        for component in system.components:
            if component.name not in self._lines:
                self._add(component.name)
            pill, reason = self._lines[component.name]
            pill.show_state(words.get(component.state, component.state), _COMPONENT_TONES.get(component.state, "calm"))
            reason.setText(component_words(component, system, now))

    def state(self, name: str) -> str:
        """What the part's pill says."""
        return self._lines[name][0].text

    def text(self, name: str) -> str:
        """What is said of the part."""
        return self._lines[name][1].text()

    def _add(self, name: str) -> None:
        pill, reason = StatusPill(self._context.theme), PlainLabel()
        reason.setWordWrap(True)
        reason.setProperty("muted", True)
        row = self._grid.rowCount()
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(PlainLabel(component_name(name)), row, 0, top)
        self._grid.addWidget(pill, row, 1, top)
        self._grid.addWidget(reason, row, 2, top)
        self._lines[name] = (pill, reason)


class StorageCard(Card):
    """The disk, what of it is whose, and what must stay free."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(self.tr("Storage"))
        self.bar = DiskBar(context.theme)
        self.grid = InfoGrid()
        self.content.addWidget(self.bar)
        self.content.addWidget(self.grid)

    def show_disk(self, disk: Disk) -> None:
        """In figures, and as a bar."""
        folder = disk.data_folder
        ours = folder.recordings_bytes + folder.database_bytes + folder.backups_bytes
        other = max(0, disk.total_bytes - disk.free_bytes - ours)
        self.bar.show_shares(
            disk.total_bytes,
            [
                (self.tr("Recordings"), folder.recordings_bytes, "busy"),
                (self.tr("Database"), folder.database_bytes, "good"),
                (self.tr("Backups"), folder.backups_bytes, "warn"),
                (self.tr("Everything else"), other, "calm"),
            ],
            disk.floor_bytes,
        )
        share = disk.free_bytes / disk.total_bytes if disk.total_bytes else None
        free = self.tr("%1 of %2 (%3)").replace("%1", formats.size(disk.free_bytes))
        free = free.replace("%2", formats.size(disk.total_bytes)).replace("%3", formats.percent(share))
        self.grid.put("free", self.tr("Free"), free)
        floor = self.tr("%1; with less free no calls are accepted").replace("%1", formats.size(disk.floor_bytes))
        self.grid.put("floor", self.tr("Must stay free"), floor)
        self.grid.put("recordings", self.tr("Recordings"), formats.size(folder.recordings_bytes))
        self.grid.put("database", self.tr("Database"), formats.size(folder.database_bytes))
        self.grid.put("backups", self.tr("Backups"), formats.size(folder.backups_bytes))
        self.grid.put("other", self.tr("Everything else"), formats.size(other))
