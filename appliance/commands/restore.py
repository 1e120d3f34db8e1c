"""`vbot restore`: bring a data folder back from a backup."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.domain.plurals import counted
from appliance.errors import ConfigurationError

if TYPE_CHECKING:
    from appliance.services.upkeep.restore import Restored
    from appliance.settings import Settings
    from appliance.storage.folder.data_folder import DataFolder
    from appliance.storage.tables.withdrawals import Withdrawn

FILE_HELP = "a backup; a bare name that is not in the present folder is looked for among the data folder's backups"
CREDENTIAL = "/etc/credstore.encrypted/vbot.master-key"
REST = (
    "they rest until they are sent again (the desktop's Webhooks, state `disabled`; or POST /api/deliveries/redeliver)"
)
SENT = "they are sent, and what was sent since comes a second time under the same webhook-id"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "restore",
        help="bring the data folder back from a backup",
        description="The appliance must be stopped. What is in the data folder is moved aside inside it, recordings "
        "that the backup does not know go to lost+found/. Calls erased, customers deleted and tokens revoked since the "
        "backup are so again, and keys changed since stay the newer ones, as far as that state can be read.",
    )
    parser.add_argument("file", metavar="FILE", type=Path, help=FILE_HELP)
    parser.add_argument(
        "--recovery-key-file", metavar="F", type=Path, required=True, help="a file that holds the recovery key"
    )
    parser.add_argument(
        "--secrets-only",
        action="store_true",
        help="bring back keys and certificate alone, the same in every backup of the folder: the database stays",
    )
    parser.add_argument(
        "--hold-webhooks",
        action="store_true",
        help="let the webhooks that waited when the backup was made rest until an administrator sends them; else they "
        "are sent, under their ids, and those that the appliance had sent since come a second time",
    )
    parser.add_argument(
        "--credentials-as-then",
        action="store_true",
        help="let tokens that were revoked, customers that were deleted and keys that were changed since the backup "
        "be as they were then: to take such a change back",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    from appliance.services.upkeep.backup_verification import NOT_SEALED  # noqa: PLC0415
    from appliance.services.upkeep.restore import restore  # noqa: PLC0415
    from appliance.storage.folder.data_folder import DataFolder, become_owner, master_key_is_credential  # noqa: PLC0415
    from appliance.storage.folder.folder_lock import hold_as_owner  # noqa: PLC0415

    recovery_key = read_recovery_key(arguments.recovery_key_file)
    backup = backup_at(arguments.file, DataFolder(settings.data_dir)).absolute()
    key_is_credential = master_key_is_credential()  # as root: nobody else may look
    become_owner(settings.data_dir)
    folder = DataFolder(settings.data_dir)
    if folder.root.exists():
        hold_as_owner(folder, "vbot restore")
    if arguments.secrets_only:
        return _restore_secrets(folder, backup, recovery_key, key_is_credential)
    done = restore(
        folder,
        backup,
        recovery_key,
        key_is_credential=key_is_credential,
        hold_webhooks=arguments.hold_webhooks,
        credentials_as_then=arguments.credentials_as_then,
    )
    print(
        f"restored {folder.root} as of {done.created_at:%Y-%m-%d %H:%M:%S} UTC: {counted(done.calls, 'call', 'calls')}"
    )
    if not done.authenticated:
        print(
            f"vbot: WARNING: {backup} {NOT_SEALED}; whoever could write where it lay may have made himself an "
            "administrator: look at `vbot token list` and at each customer's webhook address, and make a new backup",
            file=sys.stderr,
        )
    if key_is_credential:
        _tell_of_key(folder, stays=done.key_stays_credential)
    for sentence in _told(done, folder.root, rests=arguments.hold_webhooks):
        print(sentence)
    return 0


def _told(done: Restored, root: Path, *, rests: bool) -> Iterator[str]:
    """What it came to, a sentence each."""
    if done.aside is not None:
        yield f"what was there before is in {done.aside}"
    else:
        yield "tokens and keys are those of that time: revoke or change again what was since"
    if done.erased_again:
        yield f"erased again what was erased since: {counted(done.erased_again, 'call', 'calls')}"
    if done.erasures_unknown:
        yield (
            f"{root} held no database of this box that tells of all that was erased since: calls erased and customers "
            "deleted since then are here again; erase and delete them again: the receipts of the erasures name the "
            "calls, and so does the audit where a copy of it was kept"
        )
    yield from _withdrawn(done.withdrawn)
    if done.waiting_webhooks:
        yield f"webhooks that waited then: {done.waiting_webhooks}; {REST if rests else SENT}"
    if done.unknown_recordings:
        yield f"recordings that the backup does not know: {done.unknown_recordings}, in {root / 'lost+found'}"
    if done.left_out_recordings:
        yield (
            f"recordings of finished calls: {done.left_out_recordings} are not here, for a backup leaves them out; "
            "the calls' texts are"
        )
    if done.missing_recordings:
        yield f"recordings of calls still to be analysed that were nowhere to be found: {done.missing_recordings}"
    for unreadable in done.unreadable:
        yield (
            f"{unreadable} is damaged beyond reading: calls that were erased on demand since the backup, and tokens, "
            "keys and customers that were withdrawn since, are there again: erase and withdraw them again"
        )
    if done.aside is not None:
        yield "calls that were accepted since are taken in again by `vbot repair`, as far as the disk holds them"


def _withdrawn(withdrawn: Withdrawn) -> Iterator[str]:
    if withdrawn.tokens:
        revoked = counted(withdrawn.tokens, "token", "tokens")
        yield f"revoked again what was revoked since: {revoked}"
    if withdrawn.customers:
        deleted = counted(withdrawn.customers, "customer", "customers")
        yield f"deleted again what was deleted since: {deleted}"
    if withdrawn.keys:
        kept = counted(withdrawn.keys, "customer keeps", "customers keep")
        yield f"keys, secrets and webhook addresses that were changed since stay so: {kept} the newer ones"
    if withdrawn.unreadable:
        lost = counted(withdrawn.unreadable, "customer has", "customers have")
        yield (
            f"the later keys and addresses belong to another master key: {lost} those of that time, change them again; "
            "nothing is sent to an address that was changed since"
        )
    if withdrawn.tokens or withdrawn.customers or withdrawn.keys:
        yield "(`--credentials-as-then` takes back what was withdrawn by mistake)"


def backup_at(file: Path, folder: DataFolder) -> Path:
    """The file that is meant: a bare name that is not here is that of one of the folder's own backups."""
    is_bare = str(file) == file.name
    kept = folder.backups / file.name
    return kept if is_bare and not os.path.lexists(file) and os.path.isfile(kept) else file  # noqa: PTH113 - never raises


def read_recovery_key(file: Path) -> str:
    """As a person keeps it. Raises ConfigurationError."""
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read {file}: {error}") from error


def _restore_secrets(folder: DataFolder, backup: Path, recovery_key: str, key_is_credential: bool) -> int:
    from appliance.services.upkeep.restore_secrets import restore_secrets  # noqa: PLC0415

    created_at, aside = restore_secrets(folder, backup, recovery_key, key_is_credential=key_is_credential)
    print(f"restored keys and certificate of {folder.root} from a backup of {created_at:%Y-%m-%d %H:%M:%S} UTC")
    if key_is_credential:
        _tell_of_key(folder, stays=True)
    print(f"what was there before is in {aside}")
    return 0


def _tell_of_key(folder: DataFolder, *, stays: bool) -> None:
    """Of a machine whose systemd keeps a master key for the service."""
    if stays:
        print(
            f"the master key stays the machine's credential; if its TPM opens that no more, remove {CREDENTIAL} and "
            "run this again"
        )
        return
    print(
        f"vbot: WARNING: the master key lies in {folder.master_key}, beside the recordings that it opens: the "
        f"credential of this machine is of another data folder. Until it holds this key the api does not start: "
        f"`systemd-creds encrypt --name=vbot.master-key {folder.master_key} {CREDENTIAL}`, and then empty that file "
        '(systemd/README.md, "The master key")',
        file=sys.stderr,
    )
