"""DuckDB's own encryption of its files: who looks at them byte by byte has to decrypt them first.

AES-256-GCM, a nonce and a tag for each block of the file and for each entry of the log. Plain are the file's first
head, which holds the database's id, and of the log its head and how long each entry is. The key that DuckDB is given
is hashed with that id.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

SECRET_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
# In front of a block: its nonce, its tag, and what brings that to a whole number of words.
BLOCK_HEAD_BYTES = 32
# By which DuckDB sees that a key is the right one: a word that is encrypted in the file's first head.
_CANARY = b"DUCKKEY\0"
# The counter of GCM's content begins behind that of its tag.
_FIRST_COUNTER = (2).to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class Sealed:
    """A block or an entry as it lies in the file."""

    nonce: bytes
    content: bytes
    tag: bytes


class FileCipher:
    """What one file's blocks and entries are encrypted with."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._gcm = AESGCM(key)

    def open(self, sealed: Sealed) -> bytes | None:
        """What was written; None when it is not as it was written."""
        try:
            return self._gcm.decrypt(sealed.nonce, sealed.content + sealed.tag, None)
        except InvalidTag:
            return None

    def turn(self, nonce: bytes, content: bytes) -> bytes:
        """Plain content encrypted, or encrypted content in plain, whether it is as it was written or not."""
        return Cipher(AES(self._key), CTR(nonce + _FIRST_COUNTER)).encryptor().update(content)

    def tag(self, nonce: bytes, plain: bytes) -> bytes:
        return self._gcm.encrypt(nonce, plain, None)[-TAG_BYTES:]

    def canary(self) -> bytes:
        """The word by which DuckDB knows the key: encrypted, its nonce, its tag."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._gcm.encrypt(nonce, _CANARY, None)
        return sealed[: len(_CANARY)] + nonce + sealed[len(_CANARY) :]


@dataclass(frozen=True, slots=True)
class DatabaseKey:
    """What opens one file, and of which database that is; before the file is made it is of none."""

    secret: bytes = field(repr=False)
    database_id: bytes = b""

    @classmethod
    def new(cls) -> DatabaseKey:
        return cls(secrets.token_bytes(SECRET_BYTES))

    @classmethod
    def of_text(cls, text: str) -> DatabaseKey:
        return cls(base64.b64decode(text))

    @property
    def text(self) -> str:
        """As DuckDB is given it."""
        return base64.b64encode(self.secret).decode()

    @property
    def cipher(self) -> FileCipher:
        return FileCipher(hashlib.sha256(self.database_id + self.secret).digest())


def cipher_of(key: DatabaseKey | None) -> FileCipher | None:
    """None of a file that is not encrypted."""
    return None if key is None else key.cipher


def sealed_block(content: bytes) -> Sealed:
    """A block, or a head of the content, as it lies in the file."""
    tag_end = NONCE_BYTES + TAG_BYTES
    return Sealed(content[:NONCE_BYTES], content[BLOCK_HEAD_BYTES:], content[NONCE_BYTES:tag_end])
