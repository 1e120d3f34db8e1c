"""The database and the recordings: whether the disk gives back what was written, and whether this version reads it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from appliance.commands.checks.data_folder import WITHHELD, key_is_withheld
from appliance.commands.checks.finding import Doubtful, NotLookedAt, State, Wrong, command_in
from appliance.commands.checks.machine import what_takes_room
from appliance.domain.plurals import counted
from appliance.domain.system import DISK_LOSES_BITS
from appliance.errors import ConfigurationError

if TYPE_CHECKING:
    from appliance.commands.checks.box import Box
    from appliance.storage.folder.data_folder import DataFolder
    from appliance.storage.repair.verification import Verified

# A big one is not looked at to its end: who asks waits for the answer.
DATABASE_SECONDS = 60.0
RECORDINGS_SECONDS = 20.0
MOST_NAMED = 5
MEGABYTE = 1024**2


def check_database(box: Box) -> str:
    """That of a stopped appliance is looked through; of a running one the api is asked."""
    from appliance.storage.database_keys import DatabaseKeys, is_encrypted  # noqa: PLC0415
    from appliance.storage.folder.keys import Keys  # noqa: PLC0415
    from appliance.storage.repair.verification import verify  # noqa: PLC0415

    folder = box.folder
    if not box.is_set_up:
        return "none yet"
    _refuse_unfinished(folder)
    if box.api.obstacle is not None:
        raise NotLookedAt("it is in the hands of the api, which does not answer")
    if box.api.system is not None:
        return _of_the_running_api(box)
    _refuse_held(box)
    key = None
    if is_encrypted(folder.database):
        if key_is_withheld(folder):
            return f"it is encrypted, and was not looked at: {WITHHELD}"
        key = DatabaseKeys(Keys.of(folder)).of(folder.database)
    try:
        seen = verify(folder.database, DATABASE_SECONDS, key)
    except ConfigurationError:
        _refuse_held(replace(box))  # an api that came meanwhile has it for itself
        raise
    return _described(seen, is_encrypted=key is not None)


def _refuse_held(box: Box) -> None:
    """An api that is starting has the file for itself: that is no fault of either."""
    if box.holder is not None:
        state = ", whose api is starting or ending" if box.holder.keeps_an_api else ""
        raise NotLookedAt(f"it is in the hands of {box.holder}{state}: ask again", "vbot doctor")


def _refuse_unfinished(folder: DataFolder) -> None:
    if (interrupted := folder.interrupted()) is not None:
        raise Wrong(interrupted)


def _described(seen: Verified, *, is_encrypted: bool) -> str:
    found = f"{counted(seen.calls, 'call', 'calls')}; "
    if not seen.looked_at:
        found += (
            f"DuckDB opens it; its {seen.bytes / MEGABYTE:.1f} MB were not looked through, for this DuckDB is new to us"
        )
    elif seen.looked_at < seen.bytes:
        share = f"the first {seen.looked_at // MEGABYTE} of {seen.bytes // MEGABYTE} MB"
        found += f"{share} are whole, as much as {DATABASE_SECONDS:.0f} s allow"
    else:
        found += f"all {seen.bytes / MEGABYTE:.1f} MB are whole"
    if seen.log_bytes:
        found += f", and {seen.log_bytes / MEGABYTE:.1f} MB of log"
    if not is_encrypted:
        found += "; it is not encrypted yet: the api does that in the background once it runs"
    if seen.pending:
        found += f"; the next start makes a backup of it and migrates it by {seen.pending} steps"
    return found


def _of_the_running_api(box: Box) -> str:
    component = box.api.component("database")
    if component is None:
        raise NotLookedAt("the running api, of another version, says nothing of it")
    disk = box.api.component("disk")
    is_full = disk is not None and disk.state is State.FAILED
    shows = what_takes_room(box.folder.root) if is_full else box.log("vbot-api")
    command = command_in(component.reason) or shows
    if component.state is State.WARNING:
        raise Doubtful(f"in the hands of the running api: {component.reason}", command)
    if component.state is not State.OK:
        raise Wrong(component.reason, command)
    return f"in the hands of the running api: {component.reason}"


def check_recordings(box: Box) -> str:
    """The newest are read whole."""
    from appliance.storage.folder.keys import Keys  # noqa: PLC0415
    from appliance.storage.repair.recording_verification import verify_recordings  # noqa: PLC0415

    folder = box.folder
    if not box.is_set_up or not folder.recordings.is_dir():
        return "none yet"
    if key_is_withheld(folder):
        return f"they were not read: {WITHHELD}"
    try:
        seen = verify_recordings(folder.recordings, Keys.of(folder), RECORDINGS_SECONDS)
    except OSError as error:
        raise Wrong(f"cannot read {error.filename or folder.recordings}: {error.strerror}") from error
    if not seen.files:
        return "none is kept"
    which = f"all {seen.files}" if seen.read == seen.files else f"the newest {seen.read} of {seen.files}"
    read = f"{which} were read ({seen.bytes / MEGABYTE:.1f} MB)"
    if seen.read < seen.files:
        read += f", as many as {RECORDINGS_SECONDS:.0f} s allow"
    if seen.damaged:
        named = "; ".join(seen.damaged[:MOST_NAMED])
        unnamed = len(seen.damaged) - MOST_NAMED
        more = f"; and {counted(unnamed, 'other', 'others')}" if unnamed > 0 else ""
        raise Wrong(f"{read}, {len(seen.damaged)} damaged: {named}{more}. {DISK_LOSES_BITS}")
    unproven = f"; {seen.unproven} are of an earlier version and cannot be compared with anything"
    return f"{read}, none damaged{unproven if seen.unproven else ''}"
