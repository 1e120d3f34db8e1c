"""The first boot of a data folder: keys, certificate, first admin token. Done whole or begun again."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from appliance import __version__
from appliance.domain.actor import OWNER
from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind
from appliance.domain.clock import utc_now
from appliance.domain.token import Role
from appliance.errors import PermanentFailure
from appliance.services.access.certificate import create_certificate, read_certificate
from appliance.services.access.pbx_line import pbx_line
from appliance.services.access.tokens import token_created
from appliance.services.upkeep.first_boot_note import REMEDY
from appliance.settings import Listen
from appliance.storage.database import Connection, opened_database
from appliance.storage.database_keys import DatabaseKeys, KeyUnreadable
from appliance.storage.folder.data_folder import DataFolder, sync_folder, write_private
from appliance.storage.folder.keys import (
    MASTER_KEY_BYTES,
    RESTORE_SECRETS,
    Keys,
    new_admin_token,
    new_recovery_key,
    seal_recovery_key,
)
from appliance.storage.tables import audit, customers, tokens


@dataclass(frozen=True, slots=True)
class FirstBoot:
    """What is shown once. `admin_token` is None when the operator gave it, and so knows it."""

    admin_token: str | None
    recovery_key: str
    fingerprint: str
    public_key_pin: str
    pbx_line: str | None

    def text(self) -> str:
        """For a terminal."""
        token = self.admin_token or "(the one given as VBOT_ADMIN_TOKEN)"
        return (
            "vBot was set up. Keep these in a safe place. The token is shown only once; "
            "`vbot backup recovery-key` prints the recovery key again.\n\n"
            f"Admin token:             {token}\n"
            f"Recovery key:            {self.recovery_key}\n"
            f"Certificate SHA-256:     {self.fingerprint}\n"
            f"Its key's pin, for curl: {self.public_key_pin}\n"
        ) + (f"\nWhat the PBX sends, with a customer's API key:\n\n{self.pbx_line}\n" if self.pbx_line else "")

    def note(self) -> str:
        """For the note file, which is not to stay."""
        return f"{self.text()}\nOnce token and recovery key are kept elsewhere, remove this file: {REMEDY}\n"


def initialise(
    folder: DataFolder,
    given_admin_token: str | None,
    *,
    note: bool,
    listen: Listen | None = None,
    names: Iterable[str] | None = None,
) -> FirstBoot:
    """Set up a data folder; with `note` what is shown once is left in a 0600 file.

    `listen` is where the api will show the certificate; None: it will not. `names` are those of the certificate; None:
    this machine's own.

    The master key has its name last, which is the mark of a finished first boot: killed before it, the next run begins
    again with it, and what it finds is replaced. Where systemd gives the master key, the mark is an empty file.
    """
    folder.create()
    given = folder.given_master_key
    known = given or (folder.begun_master_key if folder.begun_master_key.exists() else None)
    _refuse_one_that_was_used(folder, DatabaseKeys(*([] if known is None else [Keys.load(known)])))
    keys = Keys.load(known or _begin(folder))
    recovery_key = new_recovery_key()
    write_private(folder.recovery_key, seal_recovery_key(recovery_key, keys))
    create_certificate(folder.certificate, folder.certificate_key, utc_now(), names)
    token = given_admin_token or new_admin_token()
    _store_only_token(folder, keys, keys.credential_hash(token))
    made = read_certificate(folder.certificate)
    shown = FirstBoot(
        admin_token=None if given_admin_token else token,
        recovery_key=recovery_key,
        fingerprint=made.fingerprint_sha256,
        public_key_pin=made.public_key_pin,
        pbx_line=pbx_line(made, listen) if listen else None,
    )
    if note:
        write_private(folder.first_boot_note, shown.note().encode())
    if given is None:
        folder.begun_master_key.rename(folder.master_key)
        sync_folder(folder.secrets)
    else:
        write_private(folder.master_key, b"")
    return shown


def _begin(folder: DataFolder) -> Path:
    """Make the master key; what is encrypted from now on is opened by nothing else."""
    write_private(folder.begun_master_key, secrets.token_bytes(MASTER_KEY_BYTES).hex().encode() + b"\n")
    return folder.begun_master_key


def _refuse_one_that_was_used(folder: DataFolder, keys: DatabaseKeys) -> None:
    """Without its mark a folder was not set up to the end, or lost its master key since: then nothing is replaced."""
    if folder.database.is_file() and folder.database.stat().st_size:
        used = PermanentFailure(f"{folder.master_key} is missing, but {folder.database} was used: {RESTORE_SECRETS}")
        try:
            with opened_database(folder.database, keys=keys) as database:
                sealed = database.write_blocking(customers.a_sealed_secret)
        except KeyUnreadable as error:
            raise used from error
        if sealed is not None:
            raise used


def _store_only_token(folder: DataFolder, keys: Keys, token_hash: str) -> None:
    def store(tx: Connection) -> None:
        now = utc_now()
        tokens.remove_all(tx)
        token = tokens.insert(
            tx, name="first boot", role=Role.ADMIN, token_hash=token_hash, created_at=now, expires_at=None
        )
        begun = AuditLine(
            now, OWNER, Action.INITIALISED, Subject(SubjectKind.APPLIANCE), after={"version": __version__}
        )
        audit.add(tx, begun, token_created(OWNER, token))

    with opened_database(folder.database, keys=DatabaseKeys(keys)) as database:
        database.write_blocking(store)
    folder.database.chmod(0o600)
