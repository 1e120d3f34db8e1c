"""What can be done with the selected backups: checked one after the other, saved in a folder of this machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QWidget

from admin_gui.app_context import AppContext
from admin_gui.client.backups import Backup, Verification
from admin_gui.client.many import Outcome
from admin_gui.client.transport.errors import ClientError, NothingToDo
from admin_gui.client.transport.stop import Progress, Stop, no_progress
from admin_gui.pages.many_at_once import ManyAtOnce
from admin_gui.saving import ask_for_folder
from admin_gui.text.appliance_words.sentences import translated
from admin_gui.text.file_names import safe_file_name
from admin_gui.widgets.table.paged_table import PagedTable
from admin_gui.widgets.table.selection_bar import SelectionBar

translate = QCoreApplication.translate

Check = Callable[[str, Progress, Stop], Verification]
ENDING = ".tar"


class NotWhole(NothingToDo):
    """A check found something else. `found` says what."""

    def __init__(self, found: Verification) -> None:
        super().__init__(translated(found.problem or found.state))
        self.found = found


class SelectedBackups(QObject):
    """The bar under the table of backups. The tab lays out `many.banner`, and does what is asked of one alone."""

    check_wanted = Signal(object)  # of this Backup alone
    save_wanted = Signal(object)
    checked = Signal(list)  # several, each by its name with its Verification

    def __init__(self, context: AppContext, table: PagedTable, owner: QWidget, check: Check) -> None:
        """`check` looks at a backup to its end, on a thread."""
        super().__init__(owner)
        self._context, self._table, self._owner, self._check = context, table, owner, check
        self.many = ManyAtOnce(context, owner)
        self.bar = SelectionBar(context, table)
        self.verify_button = self.bar.add(
            self.tr("Check"),
            self.verify,
            fits=self._any_done,
            why_not=self._why_not,
            meaning=self.tr(
                "Read the backup whole, prove that nobody has changed it, and see whether its database opens"
            ),
        )
        self.save_button = self.bar.add(
            self.tr("Save here …"),
            self.ask_where_to_save,
            fits=self._any_done,
            why_not=self._why_not,
            barred=self.tr("A backup holds every text and key: only an administrator saves it"),
        )

    def verify(self) -> None:
        """Let the appliance read them whole."""
        chosen = self._chosen()
        if len(chosen) == 1:
            self.check_wanted.emit(chosen[0])
        elif chosen:
            self._verify(chosen)

    def ask_where_to_save(self) -> None:
        """One to a file, several to a folder of this machine."""
        chosen = self._chosen()
        if len(chosen) == 1:
            self.save_wanted.emit(chosen[0])
        elif chosen:
            title = self.tr("Save the selected backups")
            ask_for_folder(self._context, self._owner, title, lambda folder: self.save_to(folder, chosen))

    def save_to(self, folder: Path, chosen: Sequence[Backup]) -> None:
        """Download them; of one that is stopped half-way nothing is left."""
        backups = self._context.appliance.backups

        def save(backup: Backup, stop: Stop) -> Path:
            _refuse_unfinished(backup)
            return backups.save(backup.name, folder / safe_file_name(backup.name, ENDING), no_progress, stop)

        def success(count: int) -> str:
            text = self.tr("%n backup(s) saved to %1; the recovery key alone opens them", "", count)
            return text.replace("%1", str(folder))

        title = self.tr("Saving to %1").replace("%1", folder.name)
        self.many.do(title, chosen, save, _name, success, again=lambda rest: self.save_to(folder, rest))

    def _verify(self, chosen: Sequence[Backup]) -> None:
        def look(backup: Backup, stop: Stop) -> Verification:
            _refuse_unfinished(backup)
            try:
                found = self._check(backup.name, no_progress, stop)
            except ClientError as error:
                if type(error) is ClientError:  # it is gone from the list: that is no reason to leave the others
                    raise NothingToDo(str(error)) from error
                raise
            if found.state != "whole":
                raise NotWhole(found)
            return found

        def then(outcome: Outcome[Backup, Verification]) -> None:
            found = [(one.name, seen) for one, seen in outcome.done]
            bad = [(one.name, error.found) for one, error in outcome.not_done if isinstance(error, NotWhole)]
            self.checked.emit([*found, *bad])

        self.many.do(
            self.tr("Checking backups"),
            chosen,
            look,
            _name,
            lambda count: self.tr("%n backup(s) are whole", "", count),
            then=then,
            again=self._verify,
        )

    def _chosen(self) -> list[Backup]:
        found: list[Backup] = self._table.selected()
        return found if self.save_button.isEnabled() else []

    def _any_done(self) -> bool:
        return any(one.state == "done" for one in self._table.selected())

    def _why_not(self) -> str:
        chosen: list[Backup] = self._table.selected()
        return self.tr("It is not done yet") if chosen[0].state == "running" else self.tr("It failed")


def _refuse_unfinished(backup: Backup) -> None:
    """There is nothing in it."""
    if backup.state == "running":
        raise NothingToDo(translate("backups", "it is not done yet"))
    if backup.state != "done":
        raise NothingToDo(translate("backups", "it failed"))


def _name(backup: Backup) -> str:
    return backup.name
