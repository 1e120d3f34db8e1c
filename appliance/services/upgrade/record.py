"""How far an upgrade is, on the disk: written before each step, so that whoever comes next can finish or undo it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import msgspec

from appliance.errors import ConfigurationError
from appliance.services.upgrade.installation import Installation
from appliance.storage.folder.data_folder import sync_folder, write_whole

T = TypeVar("T")

# Everybody may read it: the api tells of it, and any user's `vbot doctor`.
_MODE = 0o644
# So long somebody ought to know that an upgrade was taken back.
TOLD_FOR = timedelta(days=7)
LOCK_PATIENCE_SECONDS = 0.2
TRY_LOCK_EVERY_SECONDS = 0.02


class Step(StrEnum):
    """What is being done. Until `stopping` nothing that runs was touched."""

    PREPARING = "preparing"
    INSTALLING = "installing"
    STOPPING = "stopping"
    SWITCHING = "switching"
    WATCHING = "watching"
    GOING_BACK = "going back"


class UpgradeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An upgrade that was begun. Newer versions may only add fields, with a default: the older one reads them, too.

    `old` and `new` are folders beside the link. `kept_database`: the folder with the database as the old version left
    it, where the old version cannot open what the new one makes of it. `ailed_before`: parts that did not stay up
    before. `switched`: the new version may have run, and migrated the database. `reason`: why the way back is taken.
    `old_is_first`: the old version is the first release, which cannot upgrade itself (first_release.py).
    `was_a_box`: an api ran here, or was to, and not workers for another box alone.
    """

    step: Step
    old: str
    new: str
    began_at: datetime
    health_before: str = "healthy"
    backup: str | None = None
    kept_database: str | None = None
    workers: list[str] = []
    ailed_before: list[str] = []
    switched: bool = False
    reason: str | None = None
    old_is_first: bool = False
    was_a_box: bool = False

    @property
    def may_be_migrated(self) -> bool:
        """Whether the new version may have had the database."""
        return self.switched or self.step in (Step.SWITCHING, Step.WATCHING)

    def at(self, step: Step, **changes: object) -> UpgradeRecord:
        """The same, one step on."""
        return msgspec.structs.replace(self, step=step, **changes)


class Ending(StrEnum):
    """`refused`: nothing that runs was touched."""

    DONE = "done"
    WENT_BACK = "went back"
    REFUSED = "refused"


class UpgradeOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """How an upgrade ended. `additive`: the old version opens the database as it is now."""

    ending: Ending
    old: str
    new: str
    at: datetime
    reason: str | None = None
    backup: str | None = None
    additive: bool = True

    @property
    def sentence(self) -> str:
        """In a line, for terminal, doctor and api alike."""
        if self.ending is Ending.DONE:
            return f"upgraded from {self.old} to {self.new}"
        if self.ending is Ending.REFUSED:
            return f"the upgrade to {self.new} was refused and {self.old} runs on: {self.reason}"
        return f"the upgrade to {self.new} was taken back and {self.old} runs: {self.reason}"


def write_record(installation: Installation, record: UpgradeRecord) -> None:
    """On the disk when this returns, also after a power cut."""
    write_whole(installation.record, msgspec.json.format(msgspec.json.encode(record)), mode=_MODE)


def end(installation: Installation, outcome: UpgradeOutcome) -> None:
    """Write down how it ended, and then that it has ended."""
    write_whole(installation.outcome, msgspec.json.format(msgspec.json.encode(outcome)), mode=_MODE)
    installation.record.unlink(missing_ok=True)
    sync_folder(installation.root)


def read_record(installation: Installation) -> UpgradeRecord | None:
    """The upgrade that was begun and is not ended. Raises ConfigurationError when it cannot be read."""
    return _read(installation.record, UpgradeRecord)


def may_be_on_trial(installation: Installation | None) -> bool:
    """Whether the version that runs may be one that is taken back; anybody may ask.

    While the new one is prepared nothing of it has run, and one that was broken off then may stay so for weeks. What
    a record says that cannot be read nobody knows.
    """
    if installation is None:
        return False
    try:
        record = read_record(installation)
    except ConfigurationError:
        return True
    return record is not None and record.step is not Step.PREPARING


def read_outcome(installation: Installation) -> UpgradeOutcome | None:
    """How the last one ended, if there was one. Raises ConfigurationError when it cannot be read."""
    return _read(installation.outcome, UpgradeOutcome)


@contextlib.contextmanager
def only_upgrade(installation: Installation) -> Iterator[None]:
    """Be the only process that upgrades this machine. Raises ConfigurationError where another does."""
    try:
        descriptor = os.open(installation.lock, os.O_RDWR | os.O_CREAT, _MODE)
    except OSError as error:
        raise ConfigurationError(f"cannot write {installation.lock}: {error.strerror}: run this with sudo") from error
    try:
        _lock(descriptor)
        os.fchmod(descriptor, _MODE)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Whoever asks whether somebody holds it holds it for a moment himself."""
    until = time.monotonic() + LOCK_PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise ConfigurationError("another `vbot upgrade` is at work: wait until it has ended") from None
            time.sleep(TRY_LOCK_EVERY_SECONDS)
        else:
            return


def is_at_work(installation: Installation) -> bool:
    """Whether a process upgrades this machine now; anybody may ask."""
    try:
        descriptor = os.open(installation.lock, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def what_to_know(installation: Installation | None, now: datetime) -> str | None:
    """What somebody should look at: an upgrade that was interrupted, or one of late that did not come to pass."""
    if installation is None:
        return None
    try:
        return _what_to_know(installation, now)
    except ConfigurationError as error:
        return str(error)


def _what_to_know(installation: Installation, now: datetime) -> str | None:
    record = read_record(installation)
    if record is not None and not is_at_work(installation):
        return (
            f"the upgrade from {record.old} to {record.new} was interrupted while {record.step}: "
            "`vbot upgrade --resume` finishes it, `vbot upgrade --back` undoes it"
        )
    outcome = read_outcome(installation) if record is None else None
    if outcome is None or outcome.ending is Ending.DONE or now - outcome.at > TOLD_FOR:
        return None
    return outcome.sentence


def _read(path: Path, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigurationError(f"cannot read {path}: {error}") from error
