"""Our own look at a WAV file: what its header claims against the bytes that are there.

PBXs leave headers with sizes of zero (still recording, or crashed), of 0xFFFFFFFF (streamed), or of half the file, and
libraries silently believe them. The chunks are walked here, so that the samples are found where they are, and what was
put right is reported in a sentence.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from engine.audio.wave_format import Encoding, WaveFormat, parse_format
from engine.errors import EmptyRecording, UnreadableRecording

MISPLACED = "A chunk of the header has a wrong size; the samples were found behind it."  # and nothing is missing
_LARGEST_HEADER_WALK = 1024  # chunks; a longer walk is no recording but an attack or noise
_LARGEST_SEARCH_BYTES = 1024 * 1024  # where chunk sizes lie, the samples are looked for in so many bytes
# Recorders that do not know the length yet write 0, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF or a little less. No recording
# that we take is as long as that.
_LEAST_UNKNOWN_SIZE = 0x7FFF_0000
# Chunks that stand in recordings; an unknown name counts as a chunk only where its size fits.
_KNOWN_CHUNKS = frozenset(
    b"fmt |data|fact|LIST|JUNK|junk|PAD |bext|ds64|iXML|axml|chna|id3 |ID3 |cue |plst|labl|note|ltxt|smpl|inst|PEAK|"
    b"cart|levl|wavl|slnt|FLLR|filr|afsp|DISP|acid|umid|minf|elm1|regn|DGDA|_PMX|strc|Tdat".split(b"|")
)


@dataclass(frozen=True, slots=True)
class WaveLayout:
    """Where a WAV file's samples lie, and what was put right to find them."""

    format: WaveFormat
    data_start: int
    data_size: int  # bytes, whole blocks
    repairs: tuple[str, ...]
    cut_off: bool

    @property
    def frames(self) -> int:
        return self.data_size // self.format.block_bytes * self.format.block_frames


@dataclass(frozen=True, slots=True)
class _Chunk:
    name: bytes
    start: int  # of its body
    size: int  # as the header claims


def is_wave(head: bytes) -> bool:
    """True when the first 12 bytes are those of a WAV file with little-endian numbers."""
    return head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE"


def read_layout(path: Path) -> WaveLayout:
    """Find the format and the samples of a WAV file; or raise UnreadableRecording or EmptyRecording."""
    total = path.stat().st_size
    with path.open("rb") as file:
        return _Header(file, total).layout()


class _Header:
    """The chunks up to the samples."""

    def __init__(self, file: BinaryIO, total: int) -> None:
        self._file, self._total = file, total
        self._repairs: list[str] = []
        file.seek(0)
        self._has_sizes_of_64_bits = file.read(4) in (b"RF64", b"BW64")
        self._format: bytes | None = None
        self._data: _Chunk | None = None
        self._data_size_64 = 0

    def layout(self) -> WaveLayout:
        self._look()
        if self._ends_in_format():
            raise UnreadableRecording("The WAV file ends in the middle of its header.")
        if self._format is None:
            raise UnreadableRecording("The WAV file has no format chunk: its header is damaged.")
        form = parse_format(self._format)
        if self._data is None:
            if self._holds_what_nobody_can_read():
                raise UnreadableRecording("The WAV file has no data chunk: what stands behind its header is no sound.")
            raise EmptyRecording("The WAV file ends before its samples begin.")
        claimed, start = self._data.size, self._data.start
        if self._has_sizes_of_64_bits and claimed == 0xFFFFFFFF:
            claimed = self._data_size_64
        present = self._total - start
        believed = 0 < claimed <= present and self._chunks_follow(start + claimed)
        size = claimed if believed else present
        size -= size % form.block_bytes
        if size <= 0:
            raise EmptyRecording("The recording holds no samples: it ends where its header does.")
        cut_off = self._tell_of_size(form, claimed, size)
        return WaveLayout(form, start, size, tuple(self._repairs), cut_off)

    def _ends_in_format(self) -> bool:
        """True when the file is too short for any header, or stops within the format chunk."""
        if self._format is None:
            return self._total < 12 + 8 + 16
        return len(self._format) < 16 and self._file.seek(0, 1) == self._total

    def _holds_what_nobody_can_read(self) -> bool:
        """True when something stands behind the header that is no chunk, and more than zeros that fill a block."""
        for chunk in self._chunks(12):
            begin = chunk.start - 8
            if chunk.name == b"fmt " and chunk.start + chunk.size > self._total:
                begin = chunk.start + 16  # its size is wrong: of what it is, so much is known
            elif chunk.name in _KNOWN_CHUNKS:
                continue
            self._file.seek(begin)
            return any(iter(lambda: self._file.read(_LARGEST_SEARCH_BYTES).strip(b"\0"), b""))
        return False

    def _look(self) -> None:
        for chunk in self._chunks(12):
            self._note(chunk)
            if self._format is not None and self._data is not None:
                return
        found = self._searched()
        if found:
            self._repairs.append(MISPLACED)
            for chunk in found:
                self._note(chunk)

    def _note(self, chunk: _Chunk) -> None:
        self._file.seek(chunk.start)
        if chunk.name == b"fmt " and self._format is None:
            self._format = self._file.read(min(chunk.size, 64))
        elif chunk.name == b"data" and self._data is None:
            self._data = chunk
        elif chunk.name == b"ds64":
            self._data_size_64 = struct.unpack("<QQQ", self._file.read(24).ljust(24, b"\0"))[1]

    def _chunks(self, position: int) -> Iterator[_Chunk]:
        for _ in range(_LARGEST_HEADER_WALK):
            self._file.seek(position)
            head = self._file.read(8)
            if len(head) < 8:
                return
            chunk = _Chunk(head[:4], position + 8, struct.unpack("<I", head[4:])[0])
            yield chunk
            position = self._after(chunk)

    def _after(self, chunk: _Chunk) -> int:
        """Where the next chunk begins: a chunk of odd length has a pad byte, unless its writer forgot it."""
        end = chunk.start + chunk.size
        if chunk.size % 2 == 0:
            return end
        self._file.seek(end)
        following = self._file.read(5)
        forgot = following[:4] in _KNOWN_CHUNKS and following[1:] not in _KNOWN_CHUNKS
        return end if forgot else end + 1

    def _searched(self) -> list[_Chunk]:
        """Format and samples where the sizes lead nowhere: only at places where everything fits."""
        self._file.seek(0)
        head = self._file.read(_LARGEST_SEARCH_BYTES)
        found: list[_Chunk] = []
        if self._format is None:
            found += [chunk for chunk in _named(head, b"fmt ") if chunk.size in (16, 18, 20, 40, 50)][:1]
        if self._data is None and (found or self._format is not None):
            found += [
                chunk
                for chunk in _named(head, b"data")
                if chunk.start + chunk.size in (self._total, self._total - 1)
                or (chunk.size in (0, 0xFFFFFFFF) and chunk.start < self._total)
            ][:1]
        return found

    def _chunks_follow(self, position: int) -> bool:
        """True when after the claimed samples come the file's end, padding or further chunks, not more samples."""
        if self._total - position < 8:
            return True
        self._file.seek(position)
        following = self._file.read(5)
        if position % 2 and following[:4] not in _KNOWN_CHUNKS:
            position += 1
        for _ in range(_LARGEST_HEADER_WALK):
            if self._total - position < 8:
                return True
            self._file.seek(position)
            head = self._file.read(8)
            if head[:4] in _KNOWN_CHUNKS:
                return True
            if not all(32 <= byte < 127 for byte in head[:4]):
                return self._only_padding(position)
            position += 8 + struct.unpack("<I", head[4:])[0]
            position += position % 2
            if position > self._total + 1:
                return False
        return False

    def _only_padding(self, position: int) -> bool:
        """A block device's or tape's zero filling, up to 4 KiB, is not sound; more zeros may well be silence."""
        if self._total - position > 4096:
            return False
        self._file.seek(position)
        return not any(self._file.read(self._total - position))

    def _tell_of_size(self, form: WaveFormat, claimed: int, size: int) -> bool:
        """Tell where the header's length is not the true one; True when samples are missing."""
        if claimed - claimed % form.block_bytes == size:
            return False
        if form.encoding is Encoding.OTHER:  # how long a block lasts is not known here
            if size < claimed < _LEAST_UNKNOWN_SIZE:
                self._repairs.append(f"The recording is cut off: of {claimed} bytes of samples, {size} are there.")
                return True
            return False
        there = f"{form.seconds(size):.1f} s"
        if claimed == 0 or claimed >= _LEAST_UNKNOWN_SIZE:
            self._repairs.append(f"The header does not say how long the recording is; all {there} of it are read.")
            return False
        if claimed > size:
            self._repairs.append(
                f"The recording is cut off: its header tells of {form.seconds(claimed):.1f} s, {there} are there."
            )
            return True
        self._repairs.append(f"The header claims {form.seconds(claimed):.1f} s, {there} are there and are read.")
        return False


def _named(head: bytes, name: bytes) -> Iterator[_Chunk]:
    at = head.find(name, 12)
    while 0 <= at <= len(head) - 8:
        yield _Chunk(name, at + 8, struct.unpack_from("<I", head, at + 4)[0])
        at = head.find(name, at + 1)
