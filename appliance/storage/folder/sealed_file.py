"""A file of parts that only one key opens: what is not as it was written is refused, and its part named.

A plain head holds the file's own random key, wrapped by the key that opens it. Each part follows in chunks that are
sealed one by one (the STREAM construction, as age and Tink have it): a nonce tells part, place and whether it is the
last one, so that a chunk which was changed, moved, repeated or left out does not open, and nothing is handed on before
it is authenticated. The first part lists the others and how long they are. A SHA-256 at the end tells who has no key
of accidents, and of nothing else.

Why not a library: see appliance/decisions/sealed-backups.md.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from appliance.errors import ApplianceError

MAGIC = b"\x93vBot sealed\r\n\x1a\n"
VERSION = 1
CHUNK_BYTES = 256 * 1024
TAG_BYTES = 16
KEY_BYTES = 32
SALT_BYTES = 16
CHECKSUM_BYTES = 32
_NONCE_BYTES = 12
_WRAPPED_BYTES = _NONCE_BYTES + KEY_BYTES + TAG_BYTES
# Magic, version, salt, bytes of the first part and of the whole file; then the wrapped key, which covers these.
_FIELDS = struct.Struct(f">{len(MAGIC)}sB{SALT_BYTES}sIQ")
_HEAD_CHECK_BYTES = 8
HEAD_BYTES = _FIELDS.size + _WRAPPED_BYTES + _HEAD_CHECK_BYTES
# Part, place in it, whether it is the last of its part.
_NONCE = struct.Struct(">IQ")
_LAST = 1 << 63

# Makes of the salt in the head the cipher that wraps the file's key.
Wrapping = Callable[[bytes], AESGCM]


class NotSealed(ApplianceError):
    """The file is none of this form."""


class NewerForm(ApplianceError):
    """The file is of a form that we do not know yet."""


class WrongKey(ApplianceError):
    """The key does not open the file."""


class PartDamaged(ApplianceError):
    """A part, by its number, is not what was written; `cut_off`: it ends before its end."""

    def __init__(self, part: int, *, cut_off: bool = False) -> None:
        super().__init__(f"part {part} is damaged")
        self.part = part
        self.cut_off = cut_off


HEAD, CHECKSUM = -1, -2


@dataclass(frozen=True, slots=True)
class Head:
    """What stands in front, in plain."""

    salt: bytes
    first_bytes: int
    file_bytes: int
    wrapped: bytes
    version: int = VERSION

    def encode(self) -> bytes:
        head = self.fields + self.wrapped
        return head + hashlib.sha256(head).digest()[:_HEAD_CHECK_BYTES]

    @property
    def fields(self) -> bytes:
        return _FIELDS.pack(MAGIC, self.version, self.salt, self.first_bytes, self.file_bytes)


def sealed_bytes(plain_bytes: int) -> int:
    """How long a part is once it is sealed: the least has one chunk."""
    return plain_bytes + TAG_BYTES * max(1, -(-plain_bytes // CHUNK_BYTES))


def write_sealed(target: IO[bytes], wrapping: Wrapping, sizes: Sequence[int], sources: Iterable[IO[bytes]]) -> None:
    """Write the parts, which are open files of these sizes, the first one the list of the others.

    Raises OSError, also when a file holds less or more than that.
    """
    salt, key = os.urandom(SALT_BYTES), AESGCM.generate_key(KEY_BYTES * 8)
    file_bytes = HEAD_BYTES + sum(map(sealed_bytes, sizes)) + CHECKSUM_BYTES
    head = Head(salt, sizes[0], file_bytes, b"")
    nonce = os.urandom(_NONCE_BYTES)
    wrapped = nonce + wrapping(salt).encrypt(nonce, key, head.fields)
    digest, cipher = hashlib.sha256(), AESGCM(key)

    def write(content: bytes) -> None:
        digest.update(content)
        target.write(content)

    write(Head(salt, sizes[0], file_bytes, wrapped).encode())
    for number, (size, source) in enumerate(zip(sizes, sources, strict=True)):
        for place, plain in enumerate(_plain_chunks(source, size)):
            write(cipher.encrypt(_nonce(number, place, size), plain, None))
    target.write(digest.digest())


def _plain_chunks(source: IO[bytes], size: int) -> Iterator[bytes]:
    left = size
    while True:
        chunk = source.read(min(left, CHUNK_BYTES))
        if len(chunk) < min(left, CHUNK_BYTES):
            break
        yield chunk
        left -= len(chunk)
        if not left:
            break
    if left or source.read(1):
        raise OSError(f"{getattr(source, 'name', 'a file')} was changed while it was read")


def _nonce(part: int, place: int, size: int) -> bytes:
    last = place == max(0, size - 1) // CHUNK_BYTES
    return _NONCE.pack(part, place | (_LAST if last else 0))


def read_head(file: IO[bytes]) -> Head:
    """The head of an open file. Raises NotSealed, NewerForm, PartDamaged, and OSError."""
    file.seek(0)
    content = file.read(HEAD_BYTES)
    if not content.startswith(MAGIC):
        raise NotSealed("it is not sealed")
    if len(content) < HEAD_BYTES:
        raise PartDamaged(HEAD, cut_off=True)
    plain, check = content[:-_HEAD_CHECK_BYTES], content[-_HEAD_CHECK_BYTES:]
    if hashlib.sha256(plain).digest()[:_HEAD_CHECK_BYTES] != check:
        raise PartDamaged(HEAD)
    _, version, salt, first_bytes, file_bytes = _FIELDS.unpack(plain[: _FIELDS.size])
    if version != VERSION:
        raise NewerForm("it is of a newer form")
    return Head(salt, first_bytes, file_bytes, plain[_FIELDS.size :], version)


class SealedFile:
    """An open file and its key. `sizes` are those of the parts that are known: at first of the first one alone."""

    def __init__(self, file: IO[bytes], head: Head, wrapping: Wrapping) -> None:
        """Raises WrongKey."""
        self._file = file
        self._head = head
        nonce, wrapped = head.wrapped[:_NONCE_BYTES], head.wrapped[_NONCE_BYTES:]
        try:
            self._cipher = AESGCM(wrapping(head.salt).decrypt(nonce, wrapped, head.fields))
        except InvalidTag:
            raise WrongKey("the key does not open it") from None
        self._sizes: list[int] = []
        self._begins: list[int] = []
        self._set_sizes([head.first_bytes])

    def know(self, sizes: Sequence[int]) -> None:
        """Be told by the first part how long the others are. Raises PartDamaged when the file is not so long."""
        self._set_sizes([self._head.first_bytes, *sizes])
        found = os.fstat(self._file.fileno()).st_size
        if self._begins[-1] + CHECKSUM_BYTES != self._head.file_bytes:
            raise PartDamaged(0)
        for part, end in enumerate(self._begins[1:]):
            if found < end:
                raise PartDamaged(part, cut_off=True)
        if found != self._head.file_bytes:
            raise PartDamaged(CHECKSUM, cut_off=found < self._head.file_bytes)

    def chunks(self, part: int, read: Callable[[bytes], object] = len, begin: int = 0) -> Iterator[bytes]:
        """A part, authenticated chunk by chunk; `read` is given each as it lies there. Raises PartDamaged."""
        size = self._sizes[part]
        self._file.seek(self._begins[part] + begin * (CHUNK_BYTES + TAG_BYTES))
        for place in range(begin, self._chunks_of(part)):
            plain_bytes = min(CHUNK_BYTES, size - place * CHUNK_BYTES)
            sealed = self._file.read(plain_bytes + TAG_BYTES)
            if len(sealed) < plain_bytes + TAG_BYTES:
                raise PartDamaged(part, cut_off=True)
            read(sealed)
            try:
                yield self._cipher.decrypt(_nonce(part, place, size), sealed, None)
            except InvalidTag:
                raise PartDamaged(part) from None

    def read_whole(
        self,
        read: Callable[[int, int], object],
        begin: tuple[int, int] = (0, 0),
        passed: Callable[[int, int], object] = lambda _part, _place: None,
    ) -> None:
        """Authenticate every part as they lie, and the end; `read` is told part and bytes of each chunk.

        `begin`: part and chunk before which all was authenticated; `passed` is told the next such place, again and
        again. The checksum at the end, which proves nothing to whoever has the key, can then not be compared.
        """
        digest = hashlib.sha256(self._head.encode())
        for part in range(len(self._sizes)):
            first = 0 if part > begin[0] else self._chunks_of(part) if part < begin[0] else begin[1]
            if first:
                read(part, min(self._sizes[part], first * CHUNK_BYTES))
            if first >= self._chunks_of(part):
                continue
            for place, chunk in enumerate(self.chunks(part, digest.update, first), start=first + 1):
                read(part, len(chunk))
                passed(part, place)
        self._file.seek(self._begins[-1])
        found = self._file.read(CHECKSUM_BYTES + 1)
        if len(found) != CHECKSUM_BYTES or (begin == (0, 0) and found != digest.digest()):
            raise PartDamaged(CHECKSUM)

    def _chunks_of(self, part: int) -> int:
        return max(1, -(-self._sizes[part] // CHUNK_BYTES))

    def _set_sizes(self, sizes: list[int]) -> None:
        self._sizes = sizes
        self._begins = [*accumulate(map(sealed_bytes, sizes), initial=HEAD_BYTES)]


def look(file: IO[bytes], read: Callable[[int], object]) -> None:
    """Look at an open file without a key: whether no accident has changed it. Who changes it on purpose is not seen.

    Raises NotSealed, NewerForm and PartDamaged.
    """
    head = read_head(file)
    left = os.fstat(file.fileno()).st_size - CHECKSUM_BYTES
    if left + CHECKSUM_BYTES != head.file_bytes:
        raise PartDamaged(CHECKSUM, cut_off=left + CHECKSUM_BYTES < head.file_bytes)
    digest = hashlib.sha256()
    file.seek(0)
    while left and (chunk := file.read(min(left, CHUNK_BYTES))):
        digest.update(chunk)
        left -= len(chunk)
        read(len(chunk))
    if file.read() != digest.digest():
        raise PartDamaged(CHECKSUM)
