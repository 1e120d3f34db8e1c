"""The tiles of the overview: one number each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from admin_gui.app_context import AppContext
from admin_gui.client.activity import MOST_CALLS, OwnCalls, today_since
from admin_gui.client.stats import Stats
from admin_gui.client.system import System
from admin_gui.links import Link
from admin_gui.text import formats
from admin_gui.widgets.card import Tile

COLUMNS, COLUMNS_OF_CALLS = 4, 3
NARROW = 700  # less wide than this, "57 s ago" would be cut in a row of four
# Older than this, a backup is one to look at: they are made every day.
OLD_BACKUP_HOURS = 36
CERTIFICATE_BAD_DAYS = 7
LONG_WAIT_SECONDS = 300
DISK_WARN_FLOORS = 5
_FAILED, _ENDPOINTS = "webhooks?state=failed&time=day", "webhooks?view=endpoints"


class Tiles(QWidget):
    """Rows of four; of three in a narrow window, and where only some customers' calls are seen."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.calls = self._tile(self.tr("Calls today"), "calls", today="since")
        self.waiting = self._tile(self.tr("Waiting"), "calls?state=queued")
        self.work = self._tile(self.tr("In work"), "calls?state=processing")
        self.result = self._tile(self.tr("Time to result"), None)
        self.failed = self._tile(self.tr("Failed today"), "calls?state=failed", today="finished_since")
        self.webhooks = Tile(self.tr("Not delivered"), clickable=True)
        self._to_webhooks = _FAILED
        self.webhooks.clicked.connect(lambda: context.go(self._to_webhooks))
        self.disk = self._tile(self.tr("Disk free"), "system")
        self.backup = self._tile(self.tr("Last backup"), "system?tab=backups")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(12)
        self._of_calls = (self.calls, self.waiting, self.work, self.result, self.failed, self.webhooks)
        self._of_the_box = (self.disk, self.backup)
        self._shown: Sequence[Tile] = (*self._of_calls, *self._of_the_box)
        self._lay_out()

    def show_system(self, system: System, now: datetime) -> None:
        """What /api/system tells, every few seconds."""
        colors, today = self._context.theme.colors, system.calls_today
        completed = self.tr("%n completed", "", today.completed)
        self.calls.show_number(formats.number(today.accepted), completed, tooltip=self._since_midnight(today.empty))
        oldest = system.queue.oldest_age_seconds
        first = self.tr("the first for %1").replace("%1", formats.span(oldest))
        too_long = oldest is not None and oldest > LONG_WAIT_SECONDS
        note = self.tr("none waits") if oldest is None else first
        self.waiting.show_number(formats.number(today.waiting), note, colors.warn if too_long else "")
        ready = sum(worker.state == "ready" for worker in system.workers)
        workers = self.tr("%n worker(s) ready", "", ready)
        self.work.show_number(formats.number(today.processing), workers, "" if ready else colors.bad)
        self.failed.show_number(formats.number(today.failed), "", colors.bad if today.failed else "")
        self._show_webhooks(system)
        self._show_disk(system)
        self._show_backup(system, now)

    def show_own(self, own: OwnCalls, day: Stats) -> None:
        """Of a token that sees some customers alone: what their calls come to. Nothing of the box is shown."""
        colors, today, sent = self._context.theme.colors, own.today.calls, day.totals.deliveries
        if not self.disk.isHidden():
            for tile in self._of_the_box:
                tile.hide()
            self._shown = self._of_calls
            self._lay_out()
        completed = self.tr("%n completed", "", today.completed)
        self.calls.show_number(formats.number(today.accepted), completed, tooltip=self._since_midnight(today.empty))
        self.waiting.show_number(_at_least(own.waiting))
        self.work.show_number(_at_least(own.in_work))
        self.failed.show_number(formats.number(today.failed), "", colors.bad if today.failed else "")
        parts = [self.tr("%n failed", "", sent.failed)] if sent.failed else []
        parts += [self.tr("%n retrying", "", sent.retrying)] if sent.retrying else []
        self._show_undelivered((sent.failed, sent.retrying), parts, is_stopped=False)

    def _since_midnight(self, empty: int) -> str:
        since = self.tr("Since midnight UTC, with those that were erased since")
        if not empty:
            return since
        more = self.tr("In %n more nothing was recorded: nobody answered", "", empty)
        return f"{since}. {more}"

    def show_last_day(self, day: Stats) -> None:
        """What /api/stats tells of the last 24 hours."""
        totals = day.totals
        slow = totals.time_to_result_p95_seconds
        note = "" if slow is None else self.tr("95 % take at most %1").replace("%1", formats.span(slow))
        typical = formats.span(totals.time_to_result_p50_seconds)
        self.result.show_number(typical, note, tooltip=self.tr("Of the last 24 hours"))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        if (event.size().width() < NARROW) is not (event.oldSize().width() < NARROW):
            self._lay_out()
        super().resizeEvent(event)

    def _lay_out(self) -> None:
        """As many beside each other as there is room for."""
        all_of_them = len(self._shown) > len(self._of_calls)
        columns = COLUMNS if all_of_them and self.width() >= NARROW else COLUMNS_OF_CALLS
        for tile in (*self._of_calls, *self._of_the_box):
            self._grid.removeWidget(tile)
        for place, tile in enumerate(self._shown):
            self._grid.addWidget(tile, place // columns, place % columns)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    def _show_webhooks(self, system: System) -> None:
        """What failed, is on hold or tried again: none of it has come to its customer. A click leads to it."""
        seen, disabled = system.deliveries, system.deliveries.disabled_endpoints
        held = sum(one.waiting for one in disabled)
        customer = f"&customer_id={disabled[0].customer_id}" if len(disabled) == 1 else ""
        kinds = [
            (seen.failed_last_24_hours, self.tr("%n failed", "", seen.failed_last_24_hours), _FAILED),
            (held, self.tr("%n on hold", "", held), f"webhooks?state=disabled{customer}"),
            (seen.retrying, self.tr("%n retrying", "", seen.retrying), "webhooks?state=retrying"),
        ]
        there = [(words, link) for count, words, link in kinds if count]
        parts = [words for words, _link in there]
        if disabled:
            parts.append(self.tr("%n endpoint(s) disabled", "", len(disabled)))
        self._to_webhooks = there[0][1] if len(there) == 1 else _ENDPOINTS if parts else _FAILED
        self._show_undelivered([count for count, _words, _link in kinds], parts, is_stopped=bool(disabled))

    def _show_undelivered(self, counts: Sequence[int], parts: Sequence[str], *, is_stopped: bool) -> None:
        """`counts`: the failed ones first."""
        colors, total = self._context.theme.colors, sum(counts)
        color = colors.bad if counts[0] or is_stopped else colors.warn if total else ""
        tooltip = self.tr("Those that failed are of the last 24 hours")
        self.webhooks.show_number(formats.number(total), ", ".join(parts), color, tooltip)

    def _show_disk(self, system: System) -> None:
        disk, colors = system.disk, self._context.theme.colors
        if not disk.total_bytes:
            self.disk.show_number(formats.DASH)
            return
        color = ""
        if disk.free_bytes < disk.floor_bytes * DISK_WARN_FLOORS:
            color = colors.bad if disk.free_bytes < disk.floor_bytes else colors.warn
        of = self.tr("of %1").replace("%1", formats.size(disk.total_bytes))
        used = self.tr("%1 of recordings").replace("%1", formats.size(disk.data_folder.recordings_bytes))
        self.disk.show_number(formats.size(disk.free_bytes), of, color, used)

    def _show_backup(self, system: System, now: datetime) -> None:
        colors, backups, certificate = self._context.theme.colors, system.backups, system.certificate
        done = backups.last_done_at
        old = done is not None and (now - done).total_seconds() > OLD_BACKUP_HOURS * 3600
        note, color = "", colors.warn if old or backups.last_error else ""
        if certificate is not None:
            note = self.tr("certificate: %Ln day(s) left", "", certificate.days_left)
            if certificate.needs_renewal:
                color = colors.bad if certificate.days_left < CERTIFICATE_BAD_DAYS else colors.warn
        self.backup.show_number(formats.rough_age(done, now), note, color, formats.utc_tooltip(done))

    def _tile(self, name: str, link: str | None, *, today: str = "") -> Tile:
        """`today`: what the link calls the moment from which on the number counts."""
        tile = Tile(name, clickable=link is not None)
        if link is not None:
            tile.clicked.connect(lambda: self._open(Link.parse(link), today))
        return tile

    def _open(self, link: Link, today: str) -> None:
        if today and self.disk.isHidden():
            today = "since"  # of some customers alone calls are counted by when they came
        since = {today: today_since(self._context.session.now()).isoformat()} if today else {}
        self._context.go(replace(link, query={**link.query, **since}))


def _at_least(counted: int) -> str:
    """Of many only so many are counted."""
    return formats.number(counted) + ("+" if counted >= MOST_CALLS else "")
