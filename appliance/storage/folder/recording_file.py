"""A recording as it lies on the disk: in chunks, encrypted and authenticated under a key that is its file's alone.

mark      what tells it from a recording of an earlier version, which lies there as it came
key       32 random bytes, sealed under the master key's
chunks    64 KB of the recording each, the last one as much as is left, each with its tag: AES-256-GCM

A chunk's nonce is its number and whether it is the last one (STREAM; Hoang, Reyhanitabar, Rogaway, Vizár 2015), so
none is taken out, moved or cut off unseen. The key is made with the file and used for nothing else: no nonce is used
twice.
"""

from __future__ import annotations

import errno
import io
import os
import secrets
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from appliance.errors import ConfigurationError
from appliance.storage.folder.keys import WRAPPED_KEY_BYTES, Keys

MARK = b"\x89vBotR\x01\n"
HEAD_BYTES = len(MARK) + WRAPPED_KEY_BYTES
CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
_KEY_BYTES = 32
_NUMBER_BYTES = 11
_SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES
_COPY_BYTES = 1024 * 1024


class RecordingWriter:
    """Writes a recording that comes piece by piece; it is one only once it is finished."""

    def __init__(self, file: BinaryIO, keys: Keys) -> None:
        key = secrets.token_bytes(_KEY_BYTES)
        self._file = file
        self._cipher = AESGCM(key)
        self._waiting = b""
        self._number = 0
        file.write(MARK + keys.wrap(key))

    def write(self, data: bytes) -> None:
        """The next bytes of the recording."""
        # At least a byte waits: the last chunk has another nonce. To grow and cut a buffer would take longer than AES.
        with memoryview(data) as coming:
            at = CHUNK_BYTES - len(self._waiting)
            if at >= len(coming):
                self._waiting += data
                return
            self._seal(self._waiting + bytes(coming[:at]), is_last=False)
            while len(coming) - at > CHUNK_BYTES:
                self._seal(coming[at : at + CHUNK_BYTES], is_last=False)
                at += CHUNK_BYTES
            self._waiting = bytes(coming[at:])

    def finish(self, behind: bytes = b"") -> None:
        """End the recording, write what is to stand `behind` it as it is, and make both durable."""
        self._seal(self._waiting, is_last=True)
        self._file.write(behind)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def close(self) -> None:
        """Give up; harmless once it is finished."""
        self._file.close()

    def _seal(self, chunk: bytes | memoryview, *, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, is_last=is_last), chunk, None))
        self._number += 1


class RecordingReader(io.RawIOBase):
    """The `size` bytes of a recording in an open file.

    Reading raises OSError where the file does not hold what was written.
    """

    def __init__(self, file: BinaryIO, keys: Keys, size: int) -> None:
        self._file = file
        head = file.read(HEAD_BYTES)
        try:
            key = keys.unwrap(head[len(MARK) :])
        except ConfigurationError as error:
            raise OSError(errno.EIO, str(error)) from error
        self._cipher = AESGCM(key)
        self._size = size
        self._at = 0
        self._chunk = -1
        self._plain = b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._file.fileno()

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(base + offset, 0)
        return self._at

    def readinto(self, buffer: Any) -> int:
        with memoryview(buffer).cast("B") as target:
            done = 0
            while done < len(target) and self._at < self._size:
                number, begin = divmod(self._at, CHUNK_BYTES)
                piece = self._opened(number)[begin : begin + len(target) - done]
                target[done : done + len(piece)] = piece
                done += len(piece)
                self._at += len(piece)
            return done

    def close(self) -> None:
        self._file.close()
        super().close()

    def _opened(self, number: int) -> bytes:
        """What a chunk holds; the last one that was asked for is kept."""
        if number != self._chunk:
            begin = number * CHUNK_BYTES
            expected = min(self._size - begin, CHUNK_BYTES)
            self._file.seek(HEAD_BYTES + number * _SEALED_CHUNK_BYTES)
            sealed = self._file.read(expected + TAG_BYTES)
            if len(sealed) < expected + TAG_BYTES:
                raise OSError(errno.EIO, "its end is gone")
            try:
                nonce = _nonce(number, is_last=begin + expected == self._size)
                self._plain = self._cipher.decrypt(nonce, sealed, None)
            except InvalidTag:
                raise OSError(errno.EIO, f"it is damaged between byte {begin} and {begin + expected}") from None
            self._chunk = number
        return self._plain


def open_recording(path: Path, keys: Keys, size: int) -> BinaryIO:
    """The recording of this size in a file, to be read; raises OSError.

    One of an earlier version is the file itself: it does not end where the recording does.
    """
    file = path.open("rb")
    try:
        if not _is_sealed(file):
            return file
        return RecordingReader(file, keys, size)  # type: ignore[return-value]
    except BaseException:
        file.close()
        raise


def is_sealed(path: Path) -> bool:
    """Whether a file holds an encrypted recording. Raises OSError."""
    with path.open("rb") as file:
        return _is_sealed(file)


def encrypt_recording(source: Path, writer: RecordingWriter, size: int) -> None:
    """Write the recording of this size, and what stands behind it, of a file as it came. Raises OSError."""
    with source.open("rb") as file:
        left = size
        while chunk := file.read(min(left, _COPY_BYTES)):
            writer.write(chunk)
            left -= len(chunk)
        writer.finish(file.read())


def most_bytes(path: Path) -> int:
    """How long the recording in a file is at most: what stands behind it is counted, too. Raises OSError."""
    with path.open("rb") as file:
        return recording_before(file, os.fstat(file.fileno()).st_size)


def recording_before(file: BinaryIO, end: int) -> int:
    """How long the recording of a file is that ends there."""
    if not _is_sealed(file):
        return end
    whole, rest = divmod(end - HEAD_BYTES, _SEALED_CHUNK_BYTES)
    return whole * CHUNK_BYTES + max(rest - TAG_BYTES, 0)


def end_of_recording(file: BinaryIO, size: int) -> int:
    """Where in its file a recording of this size ends."""
    if not _is_sealed(file):
        return size
    chunks = max(-(-size // CHUNK_BYTES), 1)
    return HEAD_BYTES + size + chunks * TAG_BYTES


def _is_sealed(file: BinaryIO) -> bool:
    """Whether the file begins with the mark; it is read from its beginning again then."""
    file.seek(0)
    found = file.read(len(MARK)) == MARK
    file.seek(0)
    return found


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(_NUMBER_BYTES, "big") + (b"\x01" if is_last else b"\x00")
