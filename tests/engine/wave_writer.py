"""WAV files as PBXs and recorders write them, right and wrong: every byte of the header can be told."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import soundfile

from engine.audio.samples import Samples

Chunk = tuple[bytes, bytes]

LIST = (b"LIST", b"INFOISFT\x0e\0\0\0Lavf58.29.100\0")
FACT = (b"fact", struct.pack("<I", 12345))
BEXT = (b"bext", bytes(602) + b"A=PCM,F=8000,W=16,M=mono\r\n")
ODD = (b"note", b"odd")
_GUID_TAIL = b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"


@dataclass(frozen=True)
class Header:
    """What stands around the samples. None: the true value."""

    magic: bytes = b"RIFF"
    before: Sequence[Chunk] = ()
    after: Sequence[Chunk] = ()
    after_first: Sequence[Chunk] = ()  # before the format chunk
    padded: bool = True
    extensible: bool = False
    tag: int | None = None
    channels: int | None = None
    rate: int | None = None
    block: int | None = None
    bits: int | None = None
    riff_size: int | None = None
    data_size: int | None = None
    chunk_size: int | None = None  # that the first chunk before the samples claims
    ds64: int | None = None
    extra: bytes = field(default=b"")


def plain(samples: Samples, rate: int, coding: str = "pcm16", header: Header | None = None) -> bytes:
    """A WAV file of samples [frames] or [frames, channels] between −1 and 1."""
    matrix = samples if samples.ndim == 2 else samples[:, None]
    data, tag, size, bits = _coded(matrix, coding)
    return assembled(data, tag, matrix.shape[1], rate, size * matrix.shape[1], bits, header or Header())


def coded(samples: Samples, rate: int, subtype: str, header: Header) -> bytes:
    """The same for a coding in blocks, which libsndfile writes."""
    target = io.BytesIO()
    soundfile.write(target, samples, rate, format="WAV", subtype=subtype)
    content = target.getvalue()
    at = content.index(b"fmt ")
    size = struct.unpack_from("<I", content, at + 4)[0]
    tag, channels, rate, _, block, bits = struct.unpack_from("<HHIIHH", content, at + 8)
    data = content[content.index(b"data") + 8 :]
    extra = content[at + 8 + 18 : at + 8 + size]
    return assembled(data, tag, channels, rate, block, bits, header, extra)


def assembled(
    data: bytes, tag: int, channels: int, rate: int, block: int, bits: int, header: Header, extra: bytes = b""
) -> bytes:
    """Put the chunks together as the header wants them."""
    tag, channels, rate = _or(header.tag, tag), _or(header.channels, channels), _or(header.rate, rate)
    block, bits = _or(header.block, block), _or(header.bits, bits)
    shape = struct.pack("<HIIHH", channels, rate, rate * block & 0xFFFFFFFF, block, bits)
    if header.extensible:
        form = struct.pack("<H", 0xFFFE) + shape + struct.pack("<HHIH", 22, bits, 0, tag) + _GUID_TAIL
    else:
        form = struct.pack("<H", tag) + shape + (struct.pack("<H", len(extra)) + extra if extra else b"")
    chunks = [_chunk(name, body, header.padded) for name, body in header.after_first]
    if header.ds64 is not None:
        chunks.append(_chunk(b"ds64", struct.pack("<QQQI", header.ds64 + 72, header.ds64, 0, 0), padded=True))
    chunks.append(_chunk(b"fmt ", form, padded=True))
    for name, body in header.before:
        claimed = header.chunk_size if name == header.before[0][0] else None
        chunks.append(_chunk(name, body, header.padded, claimed))
    chunks.append(_chunk(b"data", data, header.padded, header.data_size))
    chunks += [_chunk(name, body, header.padded) for name, body in header.after]
    body = b"WAVE" + b"".join(chunks)
    return header.magic + struct.pack("<I", _or(header.riff_size, len(body))) + body


def _chunk(name: bytes, body: bytes, padded: bool, claimed: int | None = None) -> bytes:
    pad = b"\0" if padded and len(body) % 2 else b""
    return name + struct.pack("<I", _or(claimed, len(body))) + body + pad


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


def _coded(matrix: Samples, coding: str) -> tuple[bytes, int, int, int]:
    """The samples' bytes, their format tag, bytes and bits."""
    if coding in ("ulaw", "alaw"):
        target = io.BytesIO()
        soundfile.write(target, matrix, 8000, format="RAW", subtype=coding.upper())
        return target.getvalue(), 7 if coding == "ulaw" else 6, 1, 8
    if coding in ("float32", "float64"):
        size = int(coding[5:]) // 8
        return matrix.astype(f"<f{size}").tobytes(), 3, size, 8 * size
    bits = int(coding.removeprefix("pcm").split("in")[0])
    size = int(coding.split("in")[1]) // 8 if "in" in coding else (bits + 7) // 8
    if bits == 8:
        return (matrix * 127 + 128).round().astype(np.uint8).tobytes(), 1, 1, 8
    steps = np.rint(matrix.astype(np.float64) * (2 ** (bits - 1) - 1)).astype(np.int64) << (8 * size - bits)
    wide = steps.astype("<i8").tobytes()
    raw = np.frombuffer(wide, dtype=np.uint8).reshape(-1, 8)[:, :size].tobytes()
    return raw, 1, size, bits
