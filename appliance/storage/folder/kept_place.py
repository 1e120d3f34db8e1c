"""How far a file was authenticated, kept beside it: who is cut off, or stops, goes on from there.

It is sealed under a key that the file's own key stands behind, with what tells this very file: whoever can only write
there can neither claim a place nor bring one of another file, or of what stood in this one before.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
KEEP_EVERY_SECONDS = 5.0


class KeptPlace:
    """Of one open file; `cipher` is for this purpose and file alone. What cannot be written is not kept."""

    def __init__(self, path: Path, descriptor: int, cipher: AESGCM) -> None:
        self._kept = path.with_name(f".{path.name}.verifying")
        self._cipher = cipher
        self._identity = _identity(descriptor)
        self._kept_at = time.monotonic()

    def read(self) -> tuple[int, int] | None:
        """Part and chunk at which to go on; None where nothing is kept for this file as it is."""
        try:
            sealed = self._kept.read_bytes()
            part, chunk = json.loads(self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self._identity))
        except (OSError, InvalidTag, ValueError):
            return None
        return int(part), int(chunk)

    def passed(self, part: int, chunk: int) -> None:
        """All before this chunk is authenticated. It is kept every few seconds."""
        if time.monotonic() - self._kept_at >= KEEP_EVERY_SECONDS:
            self._kept_at = time.monotonic()
            self.keep(part, chunk)

    def keep(self, part: int, chunk: int) -> None:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, json.dumps([part, chunk]).encode(), self._identity)
        new = self._kept.with_name(f"{self._kept.name}.new")
        with contextlib.suppress(OSError):
            new.write_bytes(sealed)
            new.replace(self._kept)

    def forget(self) -> None:
        with contextlib.suppress(OSError):
            self._kept.unlink(missing_ok=True)


def _identity(descriptor: int) -> bytes:
    """Whoever changes the file changes the moment of its last change (ctime), which nobody can set."""
    found = os.fstat(descriptor)
    return json.dumps([found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]).encode()
