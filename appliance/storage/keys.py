"""The keys that the data folder holds, and what is done with them.

One master key (256 random bits, 0600) from which HKDF derives a key for each purpose, so that a leak of one use
tells nothing about another. AES-256-GCM and HMAC-SHA-256 from `cryptography` and the standard library.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from appliance.errors import ConfigurationError

NONCE_BYTES = 12


class Keys:
    """Hashing, sealing and signing under keys that never leave this object."""

    def __init__(self, master: bytes) -> None:
        self._credential_key = _derive(master, b"credential hash")
        self._recording_key = _derive(master, b"recording url")
        self._seal = AESGCM(_derive(master, b"seal"))

    @classmethod
    def load(cls, path: Path) -> Keys:
        """Read the master key.

        Raises ConfigurationError when it is missing or damaged: without it no credential can be checked.
        """
        try:
            master = bytes.fromhex(path.read_text(encoding="ascii").strip())
        except OSError as error:
            raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
        except ValueError as error:
            raise ConfigurationError(f"{path} is damaged: restore it from a backup") from error
        if len(master) != 32:
            raise ConfigurationError(f"{path} is damaged: restore it from a backup")
        return cls(master)

    def credential_hash(self, credential: str) -> str:
        """The keyed hash under which a token or API key is looked up."""
        return hmac.new(self._credential_key, credential.encode(), hashlib.sha256).hexdigest()

    def seal(self, text: str) -> bytes:
        """Encrypt a secret that must be shown again later."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._seal.encrypt(nonce, text.encode(), None)

    def unseal(self, sealed: bytes) -> str:
        """Decrypt what `seal` made; raises ConfigurationError when it was made under another key."""
        try:
            return self._seal.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None).decode()
        except (InvalidTag, ValueError) as error:
            raise ConfigurationError("a stored secret does not belong to this master key") from error

    def sign_recording(self, call_id: str, revision: int, attempt: int, expires: int) -> str:
        """The signature of a recording's address: who has it may claim this one attempt until `expires` (Unix time)."""
        text = f"{call_id}/{revision}/{attempt}/{expires}".encode()
        return hmac.new(self._recording_key, text, hashlib.sha256).hexdigest()

    def recording_signature_matches(
        self, signature: str, call_id: str, revision: int, attempt: int, expires: int
    ) -> bool:
        expected = self.sign_recording(call_id, revision, attempt, expires)
        return hmac.compare_digest(signature.encode(), expected.encode())


def _derive(master: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"vbot " + purpose).derive(master)


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
