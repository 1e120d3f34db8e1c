"""The tiles of the overview: one number each."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QGridLayout, QWidget

from admin_gui.app_context import AppContext
from admin_gui.client.stats import Stats
from admin_gui.client.system import System
from admin_gui.text import formats
from admin_gui.widgets.card import Tile

COLUMNS = 4
# Older than this, a backup is one to look at: they are made every day.
OLD_BACKUP_HOURS = 36
CERTIFICATE_WARN_DAYS, CERTIFICATE_BAD_DAYS = 30, 7
LONG_WAIT_SECONDS = 300
DISK_WARN_FLOORS = 5


class Tiles(QWidget):
    """Two rows of four."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.calls = self._tile(self.tr("Calls today"), "calls")
        self.waiting = self._tile(self.tr("Waiting"), "calls?state=queued")
        self.work = self._tile(self.tr("In work"), "calls?state=processing")
        self.result = self._tile(self.tr("Time to result"), None)
        self.failed = self._tile(self.tr("Failed today"), "calls?state=failed")
        self.webhooks = self._tile(self.tr("Webhooks failed"), "webhooks?state=failed")
        self.disk = self._tile(self.tr("Disk free"), "system")
        self.backup = self._tile(self.tr("Last backup"), "system?tab=backups")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(12)
        tiles = (
            self.calls, self.waiting, self.work, self.result, self.failed, self.webhooks, self.disk, self.backup,
        )  # fmt: skip
        for place, tile in enumerate(tiles):
            grid.addWidget(tile, place // COLUMNS, place % COLUMNS)
        for column in range(COLUMNS):
            grid.setColumnStretch(column, 1)

    def show_system(self, system: System, now: datetime) -> None:
        """What /api/system tells, every few seconds."""
        colors, today = self._context.theme.colors, system.calls_today
        completed = self.tr("%n completed", "", today.completed)
        self.calls.show_number(formats.number(today.accepted), completed, tooltip=self.tr("Since midnight UTC"))
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

    def hide_system(self) -> None:
        """The token may not see what /api/system tells: a dash is no zero, and no tile leads anywhere else."""
        hidden = (self.calls, self.waiting, self.work, self.failed, self.webhooks, self.disk, self.backup)
        for tile in hidden:
            tile.show_number(formats.DASH, self.tr("not for this token"))
            tile.setToolTip(self.tr("This token may not see this number."))

    def show_last_day(self, day: Stats) -> None:
        """What /api/stats tells of the last 24 hours."""
        totals = day.totals
        slow = totals.time_to_result_p95_seconds
        note = "" if slow is None else self.tr("95 of 100 within %1").replace("%1", formats.span(slow))
        typical = formats.span(totals.time_to_result_p50_seconds)
        self.result.show_number(typical, note, tooltip=self.tr("Of the last 24 hours"))

    def _show_webhooks(self, system: System) -> None:
        seen, colors = system.deliveries, self._context.theme.colors
        parts = []
        if seen.retrying:
            parts.append(self.tr("%n retrying", "", seen.retrying))
        if seen.disabled_endpoints:
            parts.append(self.tr("%n endpoint(s) disabled", "", len(seen.disabled_endpoints)))
        failed = seen.failed_last_24_hours
        tooltip = self.tr("Of the last 24 hours")
        self.webhooks.show_number(formats.number(failed), ", ".join(parts), colors.bad if failed else "", tooltip)

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
            note = self.tr("certificate: %n day(s) left", "", certificate.days_left)
            if certificate.days_left < CERTIFICATE_WARN_DAYS:
                color = colors.bad if certificate.days_left < CERTIFICATE_BAD_DAYS else colors.warn
        self.backup.show_number(formats.rough_age(done, now), note, color, formats.utc_tooltip(done))

    def _tile(self, name: str, link: str | None) -> Tile:
        tile = Tile(name, clickable=link is not None)
        if link is not None:
            tile.clicked.connect(lambda: self._context.go(link))
        return tile
