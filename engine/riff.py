"""Our own look at a WAV file: what its header claims against the bytes that are there.

PBXs leave headers with sizes of zero (still recording, or crashed), of 0xFFFFFFFF (streamed), or of half the file, and
libsndfile silently believes them. `true_wave` finds the sample data by walking the chunks and gives a file object in
which a corrected header stands before the same bytes, without copying them.
"""

from __future__ import annotations

import io
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from engine.errors import EmptyRecording, UnreadableRecording

GSM_610 = 0x31
EXTENSIBLE = 0xFFFE
# bits per sample where each sample stands alone, by format tag: PCM and float say it, u-law and A-law are 8.
_PLAIN_TAGS = {0x1: None, 0x3: None, 0x6: 8, 0x7: 8}
_LARGEST_HEADER_WALK = 1024  # chunks; a longer walk is no recording but an attack or noise


@dataclass(frozen=True, slots=True)
class WaveLayout:
    """Where a WAV file's samples lie, and how many bytes of them the header claims."""

    format_chunk: bytes
    tag: int
    channels: int
    sample_rate: int
    block_align: int
    data_start: int
    data_size: int
    claimed_size: int

    @property
    def faulty(self) -> bool:
        """The header tells something else than is there."""
        return self.data_size != self.claimed_size


def is_wave(path: Path) -> bool:
    """True when the first bytes say RIFF, RF64 or RIFX WAVE."""
    with path.open("rb") as file:
        head = file.read(12)
    return head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE"


def read_layout(path: Path) -> WaveLayout:
    """Find the format and the samples of a WAV file; or raise UnreadableRecording or EmptyRecording."""
    total = path.stat().st_size
    format_chunk = b""
    with path.open("rb") as file:
        sizes64 = file.read(4) == b"RF64"
        position, data_size_64 = 12, 0
        for _ in range(_LARGEST_HEADER_WALK):
            file.seek(position)
            head = file.read(8)
            if len(head) < 8:
                break
            name, size = head[:4], struct.unpack("<I", head[4:])[0]
            if name == b"data":
                claimed = data_size_64 if sizes64 and size == 0xFFFFFFFF else size
                return _layout(file, format_chunk, position + 8, claimed, total)
            if name == b"fmt ":
                format_chunk = file.read(min(size, 1024))
            elif name == b"ds64":
                data_size_64 = struct.unpack("<QQQ", file.read(24).ljust(24, b"\0"))[1]
            position += 8 + size + size % 2
    if format_chunk:
        raise EmptyRecording("The WAV file ends before its samples begin.")
    raise UnreadableRecording("The WAV file has no format chunk: its header is damaged.")


def _layout(file: BinaryIO, format_chunk: bytes, start: int, claimed: int, total: int) -> WaveLayout:
    if len(format_chunk) < 16:
        raise UnreadableRecording("The WAV file's format chunk is missing or cut short.")
    tag, channels, rate, _, block, bits = struct.unpack("<HHIIHH", format_chunk[:16])
    if tag == EXTENSIBLE and len(format_chunk) >= 26:
        tag = struct.unpack("<H", format_chunk[24:26])[0]
    if not 1 <= channels <= 64:
        raise UnreadableRecording(f"The WAV header claims {channels} channels.")
    if not 2000 <= rate <= 768_000:
        raise UnreadableRecording(f"The WAV header claims a sample rate of {rate} Hz.")
    if tag in _PLAIN_TAGS:
        block = channels * ((_PLAIN_TAGS[tag] or bits) + 7 >> 3)
    if block == 0:
        raise UnreadableRecording("The WAV header claims samples of no size.")
    present = total - start
    size = claimed if 0 < claimed <= present and _chunks_follow(file, start + claimed, total) else present
    size -= size % block
    if size <= 0:
        raise EmptyRecording("The recording holds no samples: it ends where its header does.")
    return WaveLayout(format_chunk, tag, channels, rate, block, start, size, claimed)


def _chunks_follow(file: BinaryIO, position: int, total: int) -> bool:
    """True when what lies after the claimed samples is the file's end, padding or further chunks, not more samples."""
    if total - position < 8:
        return True
    position += position % 2
    for _ in range(_LARGEST_HEADER_WALK):
        if total - position < 8:
            return True
        file.seek(position)
        head = file.read(8)
        if not all(32 <= byte < 127 for byte in head[:4]):
            return _only_padding(file, position, total)
        position += 8 + struct.unpack("<I", head[4:])[0]
        position += position % 2
        if position > total + 1:
            return False
    return False


def _only_padding(file: BinaryIO, position: int, total: int) -> bool:
    """A block device's or tape's zero filling, up to 4 KiB, is not sound; more zeros may well be silence."""
    if total - position > 4096:
        return False
    file.seek(position)
    return not any(file.read(total - position))


def true_wave(path: Path, layout: WaveLayout, channels: int | None = None) -> BinaryIO:
    """A readable file: a right header, then the recording's own sample bytes. `channels` overrides the header's."""
    count = channels or layout.channels
    chunk = bytearray(layout.format_chunk)
    block = layout.block_align * count // layout.channels
    if layout.tag in _PLAIN_TAGS:
        struct.pack_into("<HIIH", chunk, 2, count, layout.sample_rate, layout.sample_rate * block, block)
        if layout.tag in (0x6, 0x7):
            struct.pack_into("<H", chunk, 14, 8)
    size = layout.data_size - layout.data_size % block
    body = b"WAVEfmt " + struct.pack("<I", len(chunk)) + bytes(chunk) + b"\0" * (len(chunk) % 2)
    claimed = min(size, 0xFFFFFFFF - len(body) - 64)
    header = b"RIFF" + struct.pack("<I", len(body) + 8 + claimed) + body + b"data" + struct.pack("<I", claimed)
    return _SplicedFile(header, path.open("rb"), layout.data_start, size)


class _SplicedFile(io.RawIOBase, BinaryIO):
    """Some bytes of our own, then a stretch of a file."""

    def __init__(self, header: bytes, file: BinaryIO, offset: int, size: int) -> None:
        super().__init__()
        self._header, self._file, self._offset = header, file, offset
        self._length = len(header) + size
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._length}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: memoryview | bytearray) -> int:  # type: ignore[override]
        wanted = min(len(buffer), self._length - self._position)
        if wanted <= 0:
            return 0
        if self._position < len(self._header):
            piece = self._header[self._position : self._position + wanted]
        else:
            self._file.seek(self._offset + self._position - len(self._header))
            piece = self._file.read(wanted)
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    def close(self) -> None:
        self._file.close()
        super().close()
