"""The keys that the data folder holds, and what is done with them.

One master key (256 random bits, 0600) from which HKDF derives a key for each purpose, so that a leak of one use
tells nothing about another. AES-256-GCM, AES-256-SIV and HMAC-SHA-256 from `cryptography` and the standard library.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from appliance.domain.cell import Cell
from appliance.domain.customer import SealedSecret
from appliance.domain.masks import mask_url
from appliance.domain.sealed_url import SealedUrl
from appliance.errors import ConfigurationError, PermanentFailure
from appliance.storage.folder.data_folder import MASTER_KEY_CREDENTIAL, DataFolder

NONCE_BYTES = 12
RESTORE_SECRETS = "`vbot restore BACKUP --recovery-key-file F --secrets-only` brings back what a backup has of it"
MASTER_KEY_BYTES = 32
SIV_KEY_BYTES = 64
WRAPPED_KEY_BYTES = NONCE_BYTES + 32 + 16
_RECOVERY_KEY = Cell("secrets", "recovery.key", 0)


class Keys:
    """Hashing, sealing and signing under keys that never leave this object."""

    def __init__(self, master: bytes) -> None:
        self._credential_key = _derive(master, b"credential hash")
        self._recording_key = _derive(master, b"recording url")
        self._claim_key = _derive(master, b"claim")
        self._seal = AESGCM(_derive(master, b"seal"))
        self._wrap = AESGCM(_derive(master, b"recording file"))
        self._wrap_database = AESGCM(_derive(master, b"database file"))
        self._cursor = AESSIV(_derive(master, b"list cursor", SIV_KEY_BYTES))

    @classmethod
    def load(cls, path: Path) -> Keys:
        """Read the master key.

        Raises ConfigurationError when it is missing or damaged: without it no credential can be checked.
        """
        return cls(read_master_key(path))

    @classmethod
    def of(cls, folder: DataFolder) -> Keys:
        """The keys of a data folder that is set up, from the systemd credential where there is one.

        Raises ConfigurationError when the master key is missing, damaged or another folder's.
        """
        keys = cls(master_key_of(folder))
        if folder.given_master_key is not None:
            try:
                recovery_key_of(folder, keys)
            except ConfigurationError as error:
                raise PermanentFailure(
                    f"the credential {MASTER_KEY_CREDENTIAL} does not belong to {folder.root}: {error}"
                ) from error
        return keys

    def credential_hash(self, credential: str) -> str:
        """The keyed hash under which a token or API key is looked up."""
        return hmac.new(self._credential_key, credential.encode(), hashlib.sha256).hexdigest()

    def seal(self, text: str, cell: Cell) -> bytes:
        """Encrypt a secret that must be shown again later, for the place that it is kept in."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._seal.encrypt(nonce, text.encode(), _bound_to(cell))

    def seal_for_no_place(self, text: str) -> bytes:
        """As versions of before the schema 0011 did: for a folder that one of them is to open."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._seal.encrypt(nonce, text.encode(), None)

    def unseal(self, sealed: bytes, cell: Cell) -> str:
        """Decrypt what `seal` made; raises ConfigurationError when that was under another key, or for another place."""
        return self._open(sealed, _bound_to(cell))

    def unseal_secret(self, secret: SealedSecret) -> str:
        """As `unseal`."""
        return self.unseal(secret.sealed, secret.cell)

    def bind(self, sealed: bytes, cell: Cell) -> bytes:
        """Seal for its place what a version before the schema 0011 has sealed for none. Raises ConfigurationError."""
        try:
            self.unseal(sealed, cell)
        except ConfigurationError:
            return self.seal(self._open(sealed, None), cell)
        return sealed

    def has_sealed(self, secret: SealedSecret) -> bool:
        """Whether this key has, for its place or, as before the schema 0011, for none."""
        try:
            self.bind(secret.sealed, secret.cell)
        except ConfigurationError:
            return False
        return True

    def wrap(self, key: bytes) -> bytes:
        """Encrypt the key (32 bytes) of a recording's file."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._wrap.encrypt(nonce, key, None)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Decrypt what `wrap` made; raises ConfigurationError when it was made under another key."""
        try:
            return self._wrap.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], None)
        except (InvalidTag, ValueError) as error:
            raise ConfigurationError("its key is damaged, or does not belong to this master key") from error

    def wrap_database_key(self, secret: bytes, database_id: bytes) -> bytes:
        """Encrypt the key of a database's file."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._wrap_database.encrypt(nonce, secret, database_id)

    def unwrap_database_key(self, wrapped: bytes, database_id: bytes) -> bytes:
        """Decrypt what `wrap_database_key` made; raises ConfigurationError under another key, or for another file."""
        try:
            return self._wrap_database.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], database_id)
        except (InvalidTag, ValueError) as error:
            raise ConfigurationError("it is damaged, or does not belong to this master key") from error

    def seal_cursor(self, plain: bytes, belongs_to: bytes) -> bytes:
        """Encrypt where a page of a list ended: the same place always gives the same bytes, and is nowhere kept."""
        return self._cursor.encrypt(plain, [belongs_to])

    def unseal_cursor(self, sealed: bytes, belongs_to: bytes) -> bytes:
        """Decrypt what `seal_cursor` made; raises ValueError for anything else."""
        try:
            return self._cursor.decrypt(sealed, [belongs_to])
        except InvalidTag as error:
            raise ValueError("was not sealed under this key, or not for this list") from error

    def seal_url(self, url: str, cell: Cell) -> SealedUrl:
        """An address as it is kept."""
        return SealedUrl(mask_url(url), self.seal(url, cell), cell)

    def unseal_url(self, url: SealedUrl) -> str:
        """The whole address; raises ConfigurationError when it was sealed under another key, or for another place."""
        return self.unseal(url.sealed, url.cell)

    def _open(self, sealed: bytes, bound_to: bytes | None) -> str:
        try:
            return self._seal.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to).decode()
        except (InvalidTag, ValueError) as error:
            raise ConfigurationError("a stored secret does not belong to this master key, or not here") from error

    def sign_recording(self, call_id: str, revision: int, attempt: int, expires: int) -> str:
        """The signature of a recording's address: who has it may claim this one attempt until `expires` (Unix time)."""
        text = f"{call_id}/{revision}/{attempt}/{expires}".encode()
        return hmac.new(self._recording_key, text, hashlib.sha256).hexdigest()

    def recording_signature_matches(
        self, signature: str, call_id: str, revision: int, attempt: int, expires: int
    ) -> bool:
        expected = self.sign_recording(call_id, revision, attempt, expires)
        return hmac.compare_digest(signature.encode(), expected.encode())

    def claim_token(self, call_id: str, revision: int, attempt: int, worker: str, boot: str) -> str:
        """What only this life of a worker is given, when it claims this attempt; the same in every life of ours."""
        # As JSON: worker and boot are words of others, and no two claims are to give the same text.
        text = json.dumps([call_id, revision, attempt, worker, boot]).encode()
        return hmac.new(self._claim_key, text, hashlib.sha256).hexdigest()

    def claim_token_matches(
        self, token: str, call_id: str, revision: int, attempt: int, worker: str, boot: str
    ) -> bool:
        expected = self.claim_token(call_id, revision, attempt, worker, boot)
        return hmac.compare_digest(token.encode(), expected.encode())


def master_key_of(folder: DataFolder) -> bytes:
    """The 32 bytes from which all keys are derived. Raises ConfigurationError."""
    if folder.given_master_key is not None:
        return read_master_key(folder.given_master_key)
    if folder.master_key.is_file() and folder.master_key.stat().st_size == 0:
        raise PermanentFailure(
            f"{folder.master_key} is empty: either the master key is the systemd credential {MASTER_KEY_CREDENTIAL}, "
            f"and this process was not given it; or the file was cut off, and {RESTORE_SECRETS}"
        )
    return read_master_key(folder.master_key)


def was_given_key(folder: DataFolder, master: str) -> bool:
    """Whether this process was given this very key, as a file has it, as the credential of the service that it is."""
    given = folder.given_master_key
    try:
        return given is not None and read_master_key(given) == bytes.fromhex(master.strip())
    except ConfigurationError:
        return False


def read_master_key(path: Path) -> bytes:
    """Read a master key from its file. Raises ConfigurationError, PermanentFailure when it is damaged."""
    try:
        master = bytes.fromhex(path.read_bytes().decode("ascii").strip())
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise PermanentFailure(f"{path} is damaged: {RESTORE_SECRETS}") from error
    if len(master) != MASTER_KEY_BYTES:
        raise PermanentFailure(f"{path} is damaged: {RESTORE_SECRETS}")
    return master


def seal_recovery_key(recovery_key: str, keys: Keys) -> bytes:
    """The recovery key as its file holds it."""
    return keys.seal(recovery_key, _RECOVERY_KEY)


def seal_recovery_key_for_all_versions(recovery_key: str, keys: Keys) -> bytes:
    """The same as versions of before the schema 0011 hold it, for no place; the later ones take it as well."""
    return keys.seal_for_no_place(recovery_key)


def recovery_key_of(folder: DataFolder, keys: Keys) -> str:
    """The recovery key in clear. Raises ConfigurationError, PermanentFailure when it is damaged."""
    path = folder.recovery_key
    try:
        return keys.unseal(keys.bind(path.read_bytes(), _RECOVERY_KEY), _RECOVERY_KEY)
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
    except ConfigurationError as error:
        raise PermanentFailure(
            f"{path} is damaged, or was sealed under another master key: {RESTORE_SECRETS}"
        ) from error


def _bound_to(cell: Cell) -> bytes:
    # As JSON: no two cells are written alike.
    return json.dumps([cell.table, cell.column, cell.row]).encode()


def _derive(master: bytes, purpose: bytes, length: int = 32) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=b"vbot " + purpose).derive(master)


def new_recovery_key() -> str:
    """A key that a person can write down: 160 random bits in base32, in groups of four."""
    text = base64.b32encode(secrets.token_bytes(20)).decode()
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def new_admin_token() -> str:
    """A token for an operator."""
    return "vbt_" + secrets.token_urlsafe(32)


def new_api_key() -> str:
    """A key for a customer's PBX."""
    return "vbk_" + secrets.token_urlsafe(32)
