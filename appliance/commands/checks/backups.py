"""The backups: that each is whole, that the newest is not old, and that they do not lie on the disk of the data."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.commands.checks.data_folder import own_recovery_key
from appliance.commands.checks.finding import Doubtful, Wrong, as_root
from appliance.errors import ApplianceError

if TYPE_CHECKING:
    from appliance.commands.checks.box import Box
    from appliance.domain.backup import Backup

BACKUPS_SECONDS = 30.0
MAKE_ONE = "vbot backup create"
NONE_BY_ITSELF = "none is made by itself: VBOT_BACKUP_EVERY_HOURS is 0"
# In how many times the time between two backups the newest is old, and when nobody can say that the box was just off.
OLD_AFTER, WRONG_AFTER = 2, 7


def check_backups(box: Box) -> str:
    """The newest first, as many as the time allows."""
    from appliance.domain.backup import newest_first  # noqa: PLC0415
    from appliance.domain.clock import utc_now  # noqa: PLC0415
    from appliance.services.upkeep.backups import existing_backups  # noqa: PLC0415
    from appliance.storage.folder.backup_file import look_at_backup, open_backup  # noqa: PLC0415
    from appliance.storage.folder.backup_manifest import WrongRecoveryKey  # noqa: PLC0415

    folder = box.folder
    made = newest_first(existing_backups(folder), utc_now()) if box.is_set_up else []
    if not made:
        return _without(box)
    recovery_key = own_recovery_key(folder)
    until, whole, unsealed, faults = time.monotonic() + BACKUPS_SECONDS, 0, 0, []

    def in_time(_read: int) -> None:
        if time.monotonic() > until:
            raise TimeoutError

    for backup in made:
        try:
            path = folder.backups / backup.name
            if recovery_key is None:
                look_at_backup(path, in_time)
            else:
                with open_backup(path, recovery_key) as reader:
                    reader.verify(in_time)
                    unsealed += not reader.authenticated
            whole += 1
        except TimeoutError:
            break
        except WrongRecoveryKey:
            faults.append(f"{path} is sealed under another recovery key than {folder.root} has")
        except OSError as error:
            faults.append(f"{path} cannot be read: {error.strerror}")
        except ApplianceError as error:
            faults.append(str(error))
    if faults:
        raise Wrong(f"{'; '.join(faults)}: remove it, and make another by `{MAKE_ONE}`", MAKE_ONE)
    _refuse_old(box, made[0])
    if recovery_key is None:
        proven = "; whether somebody has changed one on purpose is not known, for the recovery key is not at hand"
    else:
        proven = f"; {unsealed} of them are of before backups were sealed: they show all calls" if unsealed else ""
    if whole < len(made):
        return f"the newest {whole} of {len(made)} are whole, as many as {BACKUPS_SECONDS:.0f} s allow{proven}"
    return f"all {whole} are whole, the newest of {made[0].created_at:%Y-%m-%d %H:%M:%S} UTC{proven}"


def _without(box: Box) -> str:
    """None at all is well as long as the appliance will make one."""
    if box.is_set_up and not box.settings.backup_every_hours:
        raise Doubtful(f"there is none, and {NONE_BY_ITSELF}", MAKE_ONE)
    return "there is none yet"


def _refuse_old(box: Box, newest: Backup) -> None:
    from appliance.domain.clock import utc_now  # noqa: PLC0415
    from appliance.domain.system import NO_BACKUPS_OLD_AFTER  # noqa: PLC0415

    every = timedelta(hours=box.settings.backup_every_hours)
    now = utc_now()
    age = now - newest.created_at
    if newest.is_ahead(now):
        of = f"{newest.created_at:%Y-%m-%d %H:%M:%S} UTC"
        raise Doubtful(f"the newest is of {of}, ahead of this box's clock: nobody knows how old it is", MAKE_ONE)
    if not every and age > NO_BACKUPS_OLD_AFTER:
        raise Doubtful(f"the newest is of {newest.created_at:%Y-%m-%d %H:%M:%S} UTC, and {NONE_BY_ITSELF}", MAKE_ONE)
    if every and age > every * OLD_AFTER:
        old = f"{age / timedelta(days=1):.0f} days" if age > timedelta(days=2) else f"{age / timedelta(hours=1):.0f} h"
        said = f"the newest is {old} old, and one is to be made every {box.settings.backup_every_hours} h"
        raise (Wrong if age > every * WRONG_AFTER else Doubtful)(said, MAKE_ONE)


def check_backup_disk(box: Box) -> str:
    """One disk that dies must not take both."""
    backups = box.folder.backups
    if not box.is_set_up or not backups.is_dir():
        return "no backup is there yet"
    if _disk_of(backups) != _disk_of(box.folder.root):
        return f"{backups} is on another disk than the data"
    raise Doubtful(
        f"{backups} is on the disk of the data, and dies with it: mount another disk there, or copy them away",
        as_root(f"rsync -a {backups}/ HOST:vbot-backups/"),
    )


def _disk_of(path: Path, devices: Path = Path("/sys/dev/block")) -> str:
    """The whole disk under it where that is known, else its device's number."""
    device = path.stat().st_dev
    block = devices / f"{os.major(device)}:{os.minor(device)}"
    if not block.exists():
        return str(device)
    there = block.resolve()
    return (there.parent if (there / "partition").exists() else there).name
