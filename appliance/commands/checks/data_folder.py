"""The data folder: that it is set up and private, its keys, what a stolen disk would show. Nothing is changed there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from appliance import __version__
from appliance.commands.checks.finding import Doubtful, Wrong, as_root
from appliance.errors import ConfigurationError

if TYPE_CHECKING:
    from appliance.commands.checks.box import Box
    from appliance.storage.folder.data_folder import DataFolder

WITHHELD = "the master key is a credential of systemd's, which only the service is given"


def check_python(_box: Box) -> str:
    """Which versions these are."""
    return f"{sys.version.split()[0]}, of vBot {__version__}"


def check_data_folder(box: Box) -> str:
    """Whether there is one, for its owner alone."""
    root = box.folder.root
    if not box.folder.is_initialised:
        raise Wrong(f"{root} is not set up: run `vbot init`")
    if root.stat().st_mode & 0o077:
        raise Wrong(f"{root} is open to others: run `{as_root(f'chmod 700 {root}')}`")
    return str(root)


def check_keys(box: Box) -> str:
    """Whether master key and recovery key are as they were made."""
    from appliance.storage.folder.keys import Keys, recovery_key_of  # noqa: PLC0415

    if not box.is_set_up:
        return "none yet"
    if key_is_withheld(box.folder):
        return WITHHELD
    recovery_key_of(box.folder, Keys.of(box.folder))
    return "master key and recovery key belong to each other"


def check_at_rest(box: Box) -> str:
    """What a disk shows that is taken out of the box while it is off."""
    from appliance.storage.database_keys import is_encrypted  # noqa: PLC0415
    from appliance.storage.folder.at_rest import KeyPlace, is_on_encrypted_disk, place_of_key  # noqa: PLC0415

    if not box.is_set_up:
        return "none yet"
    key, encrypted = place_of_key(box.folder), is_on_encrypted_disk(box.folder.root)
    if encrypted:
        return f"the disk is encrypted; {key.value}"
    disk = "the disk is not encrypted" if encrypted is False else "whether the disk is encrypted cannot be told"
    shown = "whoever takes it can read all that is on it"
    if key is KeyPlace.TPM:
        if is_encrypted(box.folder.database):
            return f"{disk}, database, recordings and backups are; {key.value}"
        shown = "the database can be read on it until the running api has encrypted it"
    raise Doubtful(f'{disk}: {shown}; {key.value} (systemd/README.md, "A stolen disk")', "systemd-analyze has-tpm2")


def check_first_boot_note(box: Box) -> str:
    """Whether the first boot's secrets still lie there in plain."""
    from appliance.domain.clock import utc_now  # noqa: PLC0415
    from appliance.services.upkeep.first_boot_note import STILL_THERE, TIME_TO_KEEP, left_since  # noqa: PLC0415

    left = left_since(box.folder) if box.is_set_up else None
    if left is None:
        return "none of the first boot is left"
    name, written = left
    said = STILL_THERE.format(name=name)
    raise Wrong(said) if utc_now() - written > TIME_TO_KEEP else Doubtful(said)


def key_is_withheld(folder: DataFolder) -> bool:
    """Whether the master key is for the service alone."""
    from appliance.storage.folder.data_folder import master_key_is_credential  # noqa: PLC0415

    is_empty = folder.master_key.is_file() and not folder.master_key.stat().st_size
    return is_empty and folder.given_master_key is None and master_key_is_credential()


def own_recovery_key(folder: DataFolder) -> str | None:
    """The one that the data folder keeps; None where there is none, or we may not read it, or it is damaged."""
    from appliance.storage.folder.keys import Keys, recovery_key_of  # noqa: PLC0415

    try:
        return recovery_key_of(folder, Keys.of(folder)) if folder.is_initialised else None
    except (ConfigurationError, OSError):
        return None
