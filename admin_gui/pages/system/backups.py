"""Backups: what there is, making one, checking one, saving one here."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QPushButton

from admin_gui.app_context import AppContext
from admin_gui.client.appliance import Appliance
from admin_gui.client.backups import Backup, Verification
from admin_gui.client.events import Event
from admin_gui.client.system import BackupsSeen
from admin_gui.client.transport.errors import ClientError
from admin_gui.client.transport.stop import Progress, Stop
from admin_gui.commands import Command
from admin_gui.links import Link
from admin_gui.pages.page import is_looked_at
from admin_gui.pages.system.backups_columns import backup_columns
from admin_gui.pages.system.selected.backups import ENDING, SelectedBackups
from admin_gui.pages.system.tab import SystemTab
from admin_gui.saving import ask_where_to_save, tell_saved
from admin_gui.session import Snapshot
from admin_gui.text import formats
from admin_gui.text.appliance_words.sentences import translated
from admin_gui.text.file_names import safe_file_name
from admin_gui.widgets.banner import Banner
from admin_gui.widgets.card import Tile
from admin_gui.widgets.layout.layouts import row
from admin_gui.widgets.plain_label import PlainLabel
from admin_gui.widgets.table.paged_table import PagedTable
from admin_gui.widgets.table.whole_lists import show_anew

translate = QCoreApplication.translate

LOOK_SECONDS = 0.5
BAD = ("unverified", "damaged")


class BackupsTab(SystemTab):
    """How old the last one is, when the next is due, and all that are kept."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._wanted: str | None = None  # the one that a link names, or was just made, until it is there
        self.last = Tile(self.tr("Last backup"))
        self.next = Tile(self.tr("Next one"))
        self.kept = Tile(self.tr("Kept"))
        self.inside = PlainLabel(
            self.tr(
                "A backup holds customers, settings, keys and the texts of calls. "
                "The recordings of finished calls are not in it."
            )
        )
        self.inside.setProperty("muted", True)
        self.inside.setWordWrap(True)
        self.failure = Banner(context.theme)
        self.found_bad = Banner(context.theme)
        self._bad = ""  # which one that is about
        self.make_button = QPushButton(self.tr("Make a backup"))
        self.make_button.setProperty("primary", True)
        self.make_button.clicked.connect(self.make)
        context.only_admin(self.make_button)
        self.table = PagedTable(
            context,
            "backups",
            self.tr("Backups"),
            backup_columns(context.session.now),
            lambda backup: backup.name,
            empty=("save", self.tr("No backup yet"), ""),
            searchable=False,
        )
        self.table.add_filter(self.make_button)
        self.selected = SelectedBackups(
            context, self.table, self, lambda name, *task: verified(context.appliance, name, *task)
        )
        self.selected.check_wanted.connect(self.verify)
        self.selected.save_wanted.connect(self.ask_where_to_save)
        self.selected.checked.connect(self._note_checked)
        self.table.opened.connect(self._open)
        self.outer.addLayout(row(self.last, self.next, self.kept))
        self.outer.addWidget(self.inside)
        self.outer.addWidget(self.failure)
        self.outer.addWidget(self.found_bad)
        self.outer.addWidget(self.selected.many.banner)
        self.outer.addWidget(self.table, 1)

    def show_link(self, link: Link) -> None:
        self._wanted = link.query.get("name")
        self.refresh()

    def refresh(self) -> None:
        self.context.calls.start(self, self.context.appliance.backups.all, self._show, self._failed, latest="backups")

    def show_snapshot(self, snapshot: Snapshot) -> None:
        if snapshot.system is not None:
            self._show_seen(snapshot.system.backups)

    def on_events(self, events: list[Event]) -> None:
        if any(event.kind == "backup" for event in events):
            self.refresh()
            self.context.session.poll_now()

    def commands(self) -> list[Command]:
        group = self.tr("Backups")
        return [
            Command(self.tr("Make a backup"), self.make, "Ctrl+N", group, changes=True),
            Command(self.tr("Check the backup"), self.selected.verify, "Ctrl+T", group, changes=True),
            Command(self.tr("Save the backup here …"), self.selected.ask_where_to_save, "Ctrl+S", group, changes=True),
        ]

    @property
    def chosen_name(self) -> str | None:
        backup = self.table.current()
        return None if backup is None else str(backup.name)

    def make(self) -> None:
        """Begin one, and follow it to its end."""
        appliance = self.context.appliance
        self.found_bad.clear()

        def done(backup: Backup) -> None:
            self._wanted = backup.name  # what is done next, "Check" say, is meant for it
            self.refresh()
            self.context.session.poll_now()
            if backup.state == "done":
                self.context.say(self.tr("Backup made: %1").replace("%1", formats.size(backup.bytes)), "good")
            else:
                self.context.say(self.tr("The backup failed: %1").replace("%1", translated(backup.error or "?")), "bad")

        title = self.tr("Making a backup")
        self.context.run_long(self, title, lambda *task: made(appliance, *task), done, is_lost=False)

    def verify(self, backup: Backup) -> None:
        """Let the appliance read one whole, and follow it to its end."""
        appliance, name = self.context.appliance, backup.name
        title = self.tr("Checking %1").replace("%1", name)
        self.context.run_long(
            self,
            title,
            lambda *task: verified(appliance, name, *task),
            lambda found: self._say(name, found),
            is_lost=False,
        )

    def _say(self, name: str, found: Verification) -> None:
        self.refresh()
        self._note(name, found)
        if found.state == "whole":
            text = self.tr("%1 is whole: %n call(s) are in it", "", found.calls or 0)
            self.context.say(text.replace("%1", name), "good")
            return
        if found.state not in BAD:
            problem = translated(found.problem or found.state)
            self.context.say(self.tr("It could not be checked: %1").replace("%1", problem), "bad")
        elif not is_looked_at(self):  # somebody looks at something else by now, or at no window of ours
            self.context.say(self.found_bad.text, "bad")

    def _note(self, name: str, found: Verification) -> None:
        """What is to be seen over the backups, until there is one that can be relied on."""
        if found.state == "whole":
            if name >= self._bad:  # named by when they were made
                self.found_bad.clear()
            return
        if found.state not in BAD:
            return
        self._bad = name
        is_damaged = found.state == "damaged"
        text = self.tr("Make a new backup: %1")
        if is_damaged:
            text = self.tr("Do not rely on it: %1. Make a new backup, and look at the disk.")
        text = text.replace("%1", translated(found.problem or found.state))
        self.found_bad.show_message(text, "bad" if is_damaged else "warn", (self.tr("Make a backup"), self.make))

    def _note_checked(self, several: list[tuple[str, Verification]]) -> None:
        """The newest last: what it is counts."""
        for name, found in sorted(several, key=lambda one: one[0]):
            self._note(name, found)
        self.refresh()

    def _open(self, backup: Backup) -> None:
        """Enter, or a double click: there is nothing to look at but the file. Of several selected ones it is all."""
        if self.selected.save_button.isEnabled():
            self.selected.ask_where_to_save()
        elif not self.table.selected() and backup.state == "done" and self.context.session.may_change:
            self.ask_where_to_save(backup)

    def ask_where_to_save(self, backup: Backup) -> None:
        """One, to a file on this machine."""
        name, kinds = safe_file_name(backup.name, ENDING), self.tr("Backups (*.tar)")
        ask_where_to_save(self.context, self, self.tr("Save the backup"), name, kinds, partial(self.save, backup))

    def save(self, backup: Backup, file: Path) -> None:
        """Download it; stopped half-way nothing is left of it."""
        backups = self.context.appliance.backups

        def work(progress: Progress, stop: Stop) -> int:
            return backups.save(backup.name, file, progress, stop).stat().st_size

        def done(size: int) -> None:
            text = self.tr("%1 saved to %2; the recovery key alone opens it")
            tell_saved(self.context, text.replace("%1", formats.size(size)).replace("%2", str(file)), file)

        self.context.run_long(self, self.tr("Saving %1").replace("%1", backup.name), work, done)

    def _show(self, backups: list[Backup]) -> None:
        show_anew(self.table, backups)
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self.table.select(wanted)
        self.ready.emit()

    def _failed(self, error: Exception) -> None:
        self.context.say_error(error)
        self.ready.emit()

    def _show_seen(self, seen: BackupsSeen) -> None:
        now = self.context.session.now()
        colors = self.context.theme.colors
        self.last.show_number(
            formats.age(seen.last_done_at, now),
            formats.moment(seen.last_done_at),
            colors.warn if seen.last_done_at is None else "",
            formats.utc_tooltip(seen.last_done_at),
        )
        due = seen.next_due_at
        late = due is not None and (now - due).total_seconds() > 60
        self.next.show_number(
            self.tr("none by itself") if due is None else formats.age(due, now) if not late else self.tr("overdue"),
            formats.moment(due) if due is not None else self.tr("backup_every_hours is 0"),
            colors.warn if late else "",
            formats.utc_tooltip(due),
        )
        self.table.say_empty(
            self.tr("No backup yet"),
            self.tr("The appliance makes none by itself: backup_every_hours is 0.")
            if due is None
            else self.tr("The appliance makes them by itself."),
        )
        self.kept.show_number(formats.number(seen.kept), self.tr("The oldest go by themselves."))
        if seen.last_error:
            self.failure.show_message(
                self.tr("The last backup failed: %1").replace("%1", translated(seen.last_error)), "bad"
            )
        else:
            self.failure.clear()


def made(appliance: Appliance, progress: Progress, stop: Stop) -> Backup:
    """A backup from its beginning to its end, on a thread. Stopping stops the watching: it is made all the same."""
    progress(0, None)
    backup = appliance.backups.make()
    while backup.state == "running":
        if stop.wait(LOOK_SECONDS):
            stop.check()
        found = next((one for one in appliance.backups.all() if one.name == backup.name), None)
        if found is None:
            raise ClientError(translate("backups", "The backup is gone from the list"))
        backup = found
    return backup


def verified(appliance: Appliance, name: str, progress: Progress, stop: Stop) -> Verification:
    """A look at a backup to its end, on a thread. Stopping stops the watching alone."""
    seen = appliance.backups.verify(name)
    while seen.state == "running":
        progress(round(seen.progress * 100), 100)
        if stop.wait(LOOK_SECONDS):
            stop.check()
        found = next((one for one in appliance.backups.all() if one.name == name), None)
        if found is None or found.verification is None:
            raise ClientError(translate("backups", "The backup is gone from the list"))
        seen = found.verification
    return seen
