"""The steps of an upgrade, each written down before it is done: whoever is killed in one is followed by a `resume`.

Until `stopping` nothing that runs was touched. From there on it ends in one of two ways: the new version has been well
for two minutes, or the old one runs again.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from appliance.commands.upgrade.owner import done_by_owner
from appliance.commands.upgrade.packages import Packages, Staged, discard, stage, staged
from appliance.commands.upgrade.rehearsal import Refused, Rehearsal, needed_room
from appliance.commands.upgrade.services import Services
from appliance.commands.upgrade.standing_in import standing_in
from appliance.commands.upgrade.watching import NotWell, Patience, Watch
from appliance.domain.clock import Clock
from appliance.errors import ApplianceError, ConfigurationError
from appliance.services.upgrade.installation import Installation
from appliance.services.upgrade.kept_database import KEPT, keep, kept_folder, opens_here, put_back
from appliance.services.upgrade.record import (
    Ending,
    Step,
    UpgradeOutcome,
    UpgradeRecord,
    end,
    read_outcome,
    read_record,
    write_record,
)
from appliance.settings import Settings
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys

KEPT_BY_DPKG = ".kept"


@dataclass(frozen=True)
class UpgradedBox:
    """What an upgrade works on. `make_backup` returns the path of a new backup of this moment."""

    settings: Settings
    installation: Installation
    services: Services
    packages: Packages
    make_backup: Callable[[], str]
    now: Clock
    tell: Callable[[str], None]
    patience: Patience = field(default_factory=Patience)

    @property
    def folder(self) -> DataFolder:
        return DataFolder(self.settings.data_dir)

    @property
    def watch(self) -> Watch:
        return self.watch_with(())

    def watch_with(self, ailed_before: Collection[str]) -> Watch:
        """The same, for which these parts are as they were."""
        return Watch(self.folder, self.services, self.patience, ailed_before)


class Upgrade:
    """One upgrade of one box; whoever calls holds `only_upgrade`."""

    def __init__(self, box: UpgradedBox) -> None:
        self._box = box
        self._installation = box.installation
        self._stands_in = False

    # What is asked for

    def begin(self, files: list[Path]) -> UpgradeOutcome:
        """Upgrade to the version in these packages. Raises ConfigurationError where it cannot begin."""
        if (begun := read_record(self._installation)) is not None:
            raise ConfigurationError(
                f"the upgrade to {begun.new} was interrupted: `vbot upgrade --resume` or `vbot upgrade --back` first"
            )
        self._tidy_up()
        needed_room(self._box.folder)
        new = stage(self._installation, files)
        # What dpkg keeps while it replaces a version, and a power cut has left: its own name comes back.
        old = self._installation.current.removesuffix(KEPT_BY_DPKG)
        if new.version == old:
            discard(self._installation)
            raise ConfigurationError(f"{old} runs already")
        record = UpgradeRecord(
            step=Step.PREPARING,
            old=old,
            new=new.version,
            began_at=self._box.now(),
            health_before=self._box.watch.health(),
            ailed_before=sorted(self._box.watch.ailing()),
        )
        write_record(self._installation, record)
        return self._refusing(record, lambda: self._prepare(record, new))

    def resume(self) -> UpgradeOutcome | None:
        """Finish what was interrupted, or undo it; None where nothing was."""
        record = read_record(self._installation)
        if record is None:
            return None
        self._rehearsal(Path()).discard()
        self._box.tell(f"The upgrade from {record.old} to {record.new} was interrupted while {record.step}.")
        if record.step is Step.PREPARING:
            return self._refuse(record, "it was interrupted while the new version was tried: begin again")
        if record.step is Step.INSTALLING:
            return self._refusing(record, lambda: self._install(record, staged(self._installation)))
        if record.step in (Step.STOPPING, Step.SWITCHING):
            return self._switch(record)
        if record.step is Step.WATCHING:
            return self._look_after(record)
        return self._go_back(record, record.reason or "it was interrupted")

    def back(self) -> UpgradeOutcome:
        """Undo what was interrupted, or the last upgrade. Raises ConfigurationError where that cannot be."""
        record = read_record(self._installation)
        reason = "an administrator wants it"
        if record is not None and record.step in (Step.PREPARING, Step.INSTALLING):
            return self._refuse(record, reason)
        if record is not None:
            return self._go_back(record, record.reason or reason)
        return self._go_back(self._undone(), reason)

    def _undone(self) -> UpgradeRecord:
        last = read_outcome(self._installation)
        if last is None or last.ending is not Ending.DONE or not self._installation.has(last.old):
            raise ConfigurationError("there is no upgrade that could be undone")
        if not last.additive:
            raise ConfigurationError(
                f"{last.old} cannot open the database any more: `vbot backup unpack {last.backup}` makes a folder for "
                "it (README, Back to the version before)"
            )
        return UpgradeRecord(
            step=Step.WATCHING,
            old=last.old,
            new=last.new,
            began_at=last.at,
            backup=last.backup,
            workers=self._box.services.workers(),
        )

    # Step by step

    def _prepare(self, record: UpgradeRecord, new: Staged) -> UpgradeOutcome:
        tell = self._box.tell
        tell(f"Making a backup before {record.new} ...")
        backup = self._box.make_backup()
        rehearsal = self._rehearsal(new.unpacked)
        tell(f"Trying {record.new} on a copy: its doctor, the migration, its start ...")
        rehearsal.compare_doctors()
        unknown = rehearsal.migrate_copy(Path(backup))
        kept = None if opens_here(unknown) else str(kept_folder(self._box.folder, record.began_at))
        return self._install(record.at(Step.INSTALLING, backup=backup, kept_database=kept), new)

    def _install(self, record: UpgradeRecord, new: Staged) -> UpgradeOutcome:
        write_record(self._installation, record.at(Step.INSTALLING))
        self._box.tell(f"Installing {record.new} beside {record.old} ...")
        self._box.packages.install(new.files, new.unpacked)
        if not self._installation.has(record.new) or not self._installation.has(record.old):
            raise Refused("its packages do not leave both versions side by side")
        if self._installation.current != record.old:
            self._installation.turn_to(record.old)
        return self._switch(record.at(Step.STOPPING, workers=self._box.services.workers()))

    def _switch(self, record: UpgradeRecord) -> UpgradeOutcome:
        """From `stopping` or `switching` on. In the first the new version has not run: it is the old one's database."""
        write_record(self._installation, record)
        self._box.tell(f"Switching to {record.new} ...")
        with self._stand_in():
            try:
                if record.step is Step.STOPPING:
                    self._stop_and_keep(record)
                    record = record.at(Step.SWITCHING)
                    write_record(self._installation, record)
                self._installation.turn_to(record.new)
                self._box.services.start(record.workers)
                self._watch(record).until_accepting()
            except (NotWell, ConfigurationError, OSError) as error:  # a full disk, too: what was stopped is started
                return self._go_back(record, str(error))
        return self._look_after(record.at(Step.WATCHING))

    def _stop_and_keep(self, record: UpgradeRecord) -> None:
        self._box.services.stop_workers()
        self._box.services.stop()
        if record.kept_database is not None:
            folder, kept = self._box.folder, Path(record.kept_database)
            done_by_owner(folder, lambda: keep(folder, Keys.of(folder), kept), type(None))

    def _look_after(self, record: UpgradeRecord) -> UpgradeOutcome:
        write_record(self._installation, record)
        self._box.tell(f"{record.new} accepts calls; watching it for {self._box.patience.watched:.0f} s ...")
        try:
            self._watch(record).stays_as_well_as(record.health_before)
        except NotWell as error:
            return self._go_back(record, str(error))
        return self._end(record, Ending.DONE, None)

    def _go_back(self, record: UpgradeRecord, reason: str) -> UpgradeOutcome:
        """Raises ConfigurationError where the old version does not come back, either; then it can be tried again."""
        record = record.at(Step.GOING_BACK, reason=reason)
        with contextlib.suppress(
            OSError
        ):  # where nothing can be written any more, the old version is to run all the same
            write_record(self._installation, record)
        self._box.tell(f"Going back to {record.old}: {reason}")
        services = self._box.services
        with self._stand_in():
            services.stop_workers()
            services.stop()
            aside = self._put_database_back(record)
            self._installation.turn_to(record.old)
            services.start(record.workers)
            try:
                self._watch(record).until_accepting()
            except NotWell as error:
                raise ConfigurationError(
                    f"{record.old} does not come back: {error} (`vbot doctor`, then `vbot upgrade --back`); "
                    f"the upgrade to {record.new} had failed: {reason}"
                ) from error
        told = reason if aside is None else f"{reason}; the newer database is in {aside}"
        return self._end(record, Ending.WENT_BACK, told)

    # How it ends

    def _refusing(self, record: UpgradeRecord, work: Callable[[], UpgradeOutcome]) -> UpgradeOutcome:
        """What is raised there is raised before anything that runs was touched."""
        try:
            return work()
        except ApplianceError as error:
            now = read_record(self._installation)
            if now is None or now.step not in (Step.PREPARING, Step.INSTALLING):
                raise
            return self._refuse(record, str(error))

    def _refuse(self, record: UpgradeRecord, reason: str) -> UpgradeOutcome:
        if self._installation.current != record.old and self._installation.has(record.old):
            self._installation.turn_to(record.old)
        return self._end(record, Ending.REFUSED, reason)

    def _end(self, record: UpgradeRecord, ending: Ending, reason: str | None) -> UpgradeOutcome:
        outcome = UpgradeOutcome(
            ending=ending,
            old=record.old,
            new=record.new,
            at=self._box.now(),
            reason=None if reason is None else " ".join(reason.split()),
            backup=record.backup,
            additive=record.kept_database is None,
        )
        end(self._installation, outcome)
        self._tidy_up()
        return outcome

    def _tidy_up(self) -> None:
        """What an upgrade needs and is of no use to anybody once it has ended."""
        discard(self._installation)
        for kept in self._box.folder.root.glob(f"{KEPT}*"):
            shutil.rmtree(kept, ignore_errors=True)

    # What they do it with

    def _watch(self, record: UpgradeRecord) -> Watch:
        return self._box.watch_with(record.ailed_before)

    def _rehearsal(self, unpacked: Path) -> Rehearsal:
        """Until the switch the link leads to the old version."""
        old = self._installation.link / "bin/vbot"
        return Rehearsal(self._box.folder, self._box.settings.config_file, old, unpacked / "bin/vbot")

    def _put_database_back(self, record: UpgradeRecord) -> str | None:
        folder = self._box.folder
        kept = Path(record.kept_database) if record.kept_database is not None else None
        if kept is None or not kept.exists():
            return None

        def work() -> str:
            aside = put_back(folder, Keys.of(folder), kept)
            return "" if aside is None else str(aside)

        return done_by_owner(folder, work, str) or None

    @contextlib.contextmanager
    def _stand_in(self) -> Iterator[None]:
        """While nothing else listens, a sender is told when to try again. One is enough."""
        if self._stands_in:
            yield
            return
        self._stands_in = True
        try:
            with standing_in(self._box.settings, self._box.folder):
                yield
        finally:
            self._stands_in = False
