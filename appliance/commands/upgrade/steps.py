"""The steps of an upgrade, each written down before it is done: whoever is killed in one is followed by a `resume`.

Until `stopping` nothing that runs was touched. From there on it ends in one of two ways: the new version has been well
for two minutes, or the old one runs again. So whatever is raised from there on, foreseen or not, leads back.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from appliance.commands.upgrade.box import UpgradedBox
from appliance.commands.upgrade.first_release import check_is_laid_out, command, listen_alone, listen_beside, ways_on
from appliance.commands.upgrade.interruptions import Interruptions, in_a_line
from appliance.commands.upgrade.owner import done_by_owner
from appliance.commands.upgrade.packages import Staged, discard, stage, staged
from appliance.commands.upgrade.rehearsal import Refused, Rehearsal
from appliance.commands.upgrade.room import check_room
from appliance.commands.upgrade.standing_in import standing_in
from appliance.commands.upgrade.watching import Watch
from appliance.errors import ApplianceError, ConfigurationError
from appliance.services.upgrade.first_release import make_readable
from appliance.services.upgrade.installation import KEPT_BY_DPKG
from appliance.services.upgrade.kept_database import forget_kept, keep, kept_folder, opens_here, put_back
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
from appliance.storage.folder.keys import Keys


class Upgrade:
    """One upgrade of one box; whoever calls holds `only_upgrade`."""

    def __init__(self, box: UpgradedBox) -> None:
        self._box = box
        self._installation = box.installation
        self._stands_in = False
        self._interruptions = Interruptions(box.tell)

    # What is asked for

    def begin(self, files: list[Path]) -> UpgradeOutcome:
        """Upgrade to the version in these packages. Raises ConfigurationError where it cannot begin."""
        if (begun := read_record(self._installation)) is not None:
            raise ConfigurationError(f"the upgrade to {begun.new} was interrupted: {ways_on(begun)} first")
        check_is_laid_out(self._box)
        self._tidy_up()
        check_room(self._box.folder, self._installation, files)
        new = stage(self._installation, files)
        try:
            record = self._begun(new)
            write_record(self._installation, record)
        except BaseException:
            discard(self._installation)
            raise
        with self._interruptions:
            return self._refusing(record, lambda: self._prepare(record, new))

    def _begun(self, new: Staged) -> UpgradeRecord:
        # What dpkg keeps while it replaces a version, and a power cut has left: its own name comes back.
        old = self._installation.current.removesuffix(KEPT_BY_DPKG)
        if new.version == old:
            raise ConfigurationError(f"{old} runs already")
        watch = self._box.watch()
        return UpgradeRecord(
            step=Step.PREPARING,
            old=old,
            new=new.version,
            began_at=self._box.now(),
            health_before=watch.health(),
            ailed_before=sorted(watch.ailing()),
            old_is_first=self._box.runs_first_release,
            was_a_box=not self._box.services.work_for_another(),
        )

    def resume(self) -> UpgradeOutcome | None:
        """Finish what was interrupted, or undo it; None where nothing was."""
        if (record := read_record(self._installation)) is None:
            return None
        self._box.services.remember(was_a_box=record.was_a_box)
        self._rehearsal(Path(), record).discard()
        self._box.tell(f"The upgrade from {record.old} to {record.new} was interrupted while {record.step}.")
        with self._interruptions:
            return self._resumed(record)

    def _resumed(self, record: UpgradeRecord) -> UpgradeOutcome:
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
        reason = "an administrator wants it"
        with self._interruptions:
            if (record := read_record(self._installation)) is None:
                return self._go_back(self._undone(), reason)
            self._box.services.remember(was_a_box=record.was_a_box)
            if record.step is Step.PREPARING:
                return self._refuse(record, reason)
            if record.step is Step.INSTALLING:
                return self._refusing(record, lambda: self._back_from_installing(record, reason))
            return self._go_back(record, record.reason or reason)

    def _back_from_installing(self, record: UpgradeRecord, reason: str) -> UpgradeOutcome:
        """What dpkg has half way it has to bring to an end: beside what runs, the new version does no harm."""
        self._interruptions.ignore()
        if self._box.packages.unfinished():
            new = staged(self._installation)
            self._box.packages.install(new.files, new.unpacked)
        raise Refused(reason)

    def _undone(self) -> UpgradeRecord:
        last = read_outcome(self._installation)
        if last is None or last.ending is not Ending.DONE or not self._installation.has(last.old):
            raise ConfigurationError("there is no upgrade that could be undone")
        if not last.additive:
            raise ConfigurationError(
                f"{last.old} cannot open the database any more: `vbot backup unpack {last.backup} --to FOLDER` "
                "makes a folder for it (README, Back to the version before)"
            )
        return UpgradeRecord(
            step=Step.WATCHING,
            old=last.old,
            new=last.new,
            began_at=last.at,
            backup=last.backup,
            workers=self._box.services.workers(),
            was_a_box=not self._box.services.work_for_another(),
        )

    # Step by step

    def _prepare(self, record: UpgradeRecord, new: Staged) -> UpgradeOutcome:
        self._box.tell(f"Making a backup before {record.new} ...")
        backup = self._box.make_backup()
        rehearsal = self._rehearsal(new.unpacked, record)
        self._box.tell(f"Trying {record.new} on a copy: its doctor, the migration, its start ...")
        rehearsal.compare_doctors()
        unknown = rehearsal.migrate_copy(Path(backup))
        keeps = record.old_is_first or not opens_here(unknown)
        kept = str(kept_folder(self._box.folder, record.began_at)) if keeps else None
        return self._install(record.at(Step.INSTALLING, backup=backup, kept_database=kept), new)

    def _install(self, record: UpgradeRecord, new: Staged) -> UpgradeOutcome:
        self._interruptions.ignore()
        write_record(self._installation, record.at(Step.INSTALLING))
        self._box.tell(f"Installing {record.new} beside {record.old} ...")
        if record.old_is_first:
            self._box.services.keep_units(self._units)
        self._box.packages.install(new.files, new.unpacked)
        self._installation.bring_back(record.old)
        if not self._installation.has(record.new) or not self._installation.has(record.old):
            raise Refused("its packages do not leave both versions side by side")
        return self._switch(record.at(Step.STOPPING, workers=self._box.services.workers()))

    def _switch(self, record: UpgradeRecord) -> UpgradeOutcome:
        """From `stopping` or `switching` on. In the first the new version has not run: it is the old one's database."""
        self._interruptions.ignore()
        write_record(self._installation, record)
        self._box.services.start_guard(self._installation.lock)
        self._box.tell(f"Switching to {record.new} ...")
        with self._stand_in():
            try:
                self._stop()
                if record.step is Step.STOPPING:
                    self._keep_database(record)
                    record = record.at(Step.SWITCHING, switched=True)
                    write_record(self._installation, record)
                self._installation.turn_to(record.new)
                self._box.services.start(record.workers)
                self._watch(record).until_accepting()
            except Exception as error:  # noqa: BLE001 - whatever it is: what was stopped is started
                return self._go_back(record, in_a_line(error))
        return self._look_after(record.at(Step.WATCHING))

    def _stop(self) -> None:
        """Once more where it did not end in time: then systemd has killed it meanwhile."""
        for _ in range(2):
            try:
                self._box.services.stop_workers()
                self._box.services.stop()
            except ConfigurationError as error:
                stumbled = error
            else:
                return
        raise stumbled

    def _keep_database(self, record: UpgradeRecord) -> None:
        if record.kept_database is not None:
            folder, kept = self._box.folder, Path(record.kept_database)
            done_by_owner(folder, lambda: keep(folder, Keys.of(folder), kept), type(None), with_key=True)

    def _look_after(self, record: UpgradeRecord) -> UpgradeOutcome:
        self._interruptions.ignore()
        try:
            write_record(self._installation, record)
            self._box.services.start_guard(self._installation.lock)
            self._box.tell(f"{record.new} accepts calls; watching it for {self._box.patience.watched:.0f} s ...")
            self._watch(record).stays_as_well_as(record.health_before)
        except Exception as error:  # noqa: BLE001 - as above: what nobody could watch is not trusted
            return self._go_back(record, in_a_line(error))
        return self._end(record, Ending.DONE, None)

    def _go_back(self, record: UpgradeRecord, reason: str) -> UpgradeOutcome:
        """Raises ConfigurationError where the old version does not come back, either; then it can be tried again."""
        self._interruptions.ignore()
        record = record.at(Step.GOING_BACK, reason=reason, switched=record.may_be_migrated)
        # Where nothing can be written any more, the old version is to run all the same.
        with contextlib.suppress(OSError):
            write_record(self._installation, record)
        self._box.services.start_guard(self._installation.lock)
        self._box.tell(f"Going back to {record.old}: {reason}")
        with self._stand_in():
            try:
                aside = self._put_old_back(record)
                self._watch_old(record).until_accepting()
            except Exception as error:
                raise ConfigurationError(
                    f"{record.old} does not come back: {in_a_line(error)} (`vbot doctor`, then "
                    f"`{command(record)} --back`); the upgrade to {record.new} had failed: {reason}"
                ) from error
        told = reason if aside is None else f"{reason}; the newer database is in {aside}"
        return self._end(record, Ending.WENT_BACK, told)

    def _put_old_back(self, record: UpgradeRecord) -> str | None:
        """Start the old version; where that cannot be, what the link leads to: a box that is off helps nobody."""
        try:
            self._stop()
            aside = self._put_database_back(record)
            self._installation.bring_back(record.old)
        except Exception:
            with contextlib.suppress(Exception):
                self._box.services.start(record.workers)
            raise
        if record.old_is_first:
            self._box.services.bring_units_back(self._units)
            listen_beside(self._installation.folder(record.old))
        self._box.services.start(record.workers)
        return aside

    # How it ends

    def _refusing(self, record: UpgradeRecord, work: Callable[[], UpgradeOutcome]) -> UpgradeOutcome:
        """What is raised there is raised before anything that runs was touched."""
        try:
            return work()
        except (ApplianceError, OSError, KeyboardInterrupt) as error:
            now = read_record(self._installation)
            if now is None or now.step not in (Step.PREPARING, Step.INSTALLING):
                raise
            half = self._box.packages.unfinished() if now.step is Step.INSTALLING else []
            if half:  # the record stays: without it the packages' scripts would switch once dpkg is brought to its end
                raise ConfigurationError(
                    f"{in_a_line(error)}; dpkg is half way with {', '.join(half)}, and {record.old} runs on: mend "
                    f"that, then {ways_on(record)}"
                ) from error
            return self._refuse(record, in_a_line(error))

    def _refuse(self, record: UpgradeRecord, reason: str) -> UpgradeOutcome:
        self._installation.bring_back(record.old)
        self._box.services.bring_units_back(self._units)
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
        done_by_owner(self._box.folder, lambda: forget_kept(self._box.folder), type(None))
        # Last: we may run from what was unpacked, or from a copy.
        discard(self._installation)
        self._installation.forget_kept_copies()
        listen_alone(self._installation)

    # What they do it with

    def _watch(self, record: UpgradeRecord) -> Watch:
        return self._box.watch(record.ailed_before, lambda version: version == record.new, record.workers)

    def _watch_old(self, record: UpgradeRecord) -> Watch:
        return self._box.watch(record.ailed_before, lambda version: version != record.new)

    @property
    def _units(self) -> Path:
        """Those under which the first release ran: with a newer version's its queue does not start."""
        return self._installation.staging / "units"

    def _rehearsal(self, unpacked: Path, record: UpgradeRecord) -> Rehearsal:
        """Until the switch the link leads to the old version."""
        old, new = self._installation.link / "bin/vbot", unpacked / "bin/vbot"
        return Rehearsal(self._box.folder, self._box.settings.config_file, old, new, record.old_is_first)

    def _put_database_back(self, record: UpgradeRecord) -> str | None:
        folder = self._box.folder
        if record.kept_database is None or not record.switched:
            return None
        kept = Path(record.kept_database)

        def work() -> str:
            keys = Keys.of(folder)
            aside = put_back(folder, keys, kept)
            if record.old_is_first:
                make_readable(folder, keys, kept)
            return "" if aside is None else str(aside)

        return done_by_owner(folder, work, str, with_key=True) or None

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
