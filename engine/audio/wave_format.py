"""The format chunk of a WAV file: how its samples are written, checked, and by name where we cannot read them."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.errors import UnreadableRecording

MOST_CHANNELS = 64
LOWEST_RATE, HIGHEST_RATE = 2_000, 768_000  # Hz
_EXTENSIBLE = 0xFFFE


class Encoding(StrEnum):
    """How one sample is written. What is none of these needs another program."""

    PCM = "PCM"
    FLOAT = "float"
    ULAW = "u-law"
    ALAW = "A-law"
    GSM_610 = "GSM 6.10"
    IMA_ADPCM = "IMA ADPCM"
    MS_ADPCM = "Microsoft ADPCM"
    OTHER = "other"


_ENCODINGS = {
    0x0001: Encoding.PCM,
    0x0002: Encoding.MS_ADPCM,
    0x0003: Encoding.FLOAT,
    0x0006: Encoding.ALAW,
    0x0007: Encoding.ULAW,
    0x0011: Encoding.IMA_ADPCM,
    0x0031: Encoding.GSM_610,
}
PLAIN = frozenset({Encoding.PCM, Encoding.FLOAT, Encoding.ULAW, Encoding.ALAW})
# What telephone systems and recorders are known to write besides.
_NAMES = {
    0x0010: "OKI ADPCM",
    0x0014: "G.723 ADPCM",
    0x0017: "Dialogic OKI ADPCM",
    0x0022: "TrueSpeech",
    0x0038: "NMS VBX ADPCM",
    0x0040: "G.721 ADPCM",
    0x0042: "G.723.1",
    0x0045: "G.726",
    0x0055: "MP3",
    0x0064: "G.726",
    0x0065: "G.722",
    0x0083: "G.729",
    0x00FF: "AAC",
    0x0133: "G.729",
    0x0161: "Windows Media Audio",
    0x028F: "G.722",
    0x1600: "AAC",
    0x674F: "Vorbis",
    0x704F: "Opus",
    0xA106: "AAC",
    0xA107: "AMR",
    0xA109: "Speex",
    0xA10C: "G.726",
    0xA116: "G.729",
}


@dataclass(frozen=True, slots=True)
class WaveFormat:
    """A checked format chunk; a block is the least stretch that can be decoded alone (plain samples: one frame)."""

    encoding: Encoding
    tag: int
    channels: int
    sample_rate: int
    sample_bytes: int  # of one plain sample; 0 for the others
    block_bytes: int
    block_frames: int

    @property
    def name(self) -> str:
        """For people: `PCM 16 bit`, `u-law`, `G.729 (format tag 0x0083)`."""
        if self.encoding in (Encoding.PCM, Encoding.FLOAT):
            return f"{self.encoding} {8 * self.sample_bytes} bit"
        if self.encoding is not Encoding.OTHER:
            return str(self.encoding)
        tag = f"format tag 0x{self.tag:04x}"
        return f"{_NAMES[self.tag]} ({tag})" if self.tag in _NAMES else f"an unknown encoding ({tag})"

    def seconds(self, size: int) -> float:
        """How long so many bytes of samples last."""
        return size / self.block_bytes * self.block_frames / self.sample_rate

    def with_channels(self, channels: int) -> WaveFormat:
        """The same plain samples, dealt to so many channels."""
        return replace(self, channels=channels, block_bytes=self.sample_bytes * channels)


def parse_format(chunk: bytes) -> WaveFormat:
    """Read a format chunk; raise UnreadableRecording naming what is impossible in it."""
    if len(chunk) < 16:
        raise UnreadableRecording("The WAV file's format chunk is missing or cut short.")
    tag, channels, rate, _, block, bits = struct.unpack("<HHIIHH", chunk[:16])
    if tag == _EXTENSIBLE:
        if len(chunk) < 26:
            raise UnreadableRecording("The WAV file's format chunk is cut short before it names the encoding.")
        tag = struct.unpack("<H", chunk[24:26])[0]
    check_shape(channels, rate)
    encoding = _ENCODINGS.get(tag, Encoding.OTHER)
    if encoding in PLAIN:
        size = _sample_bytes(encoding, bits, channels, block)
        return WaveFormat(encoding, tag, channels, rate, size, size * channels, 1)
    block_bytes, block_frames = _block(encoding, channels, block, bits)
    return WaveFormat(encoding, tag, channels, rate, 0, block_bytes, block_frames)


def check_shape(channels: int, rate: int) -> None:
    """Raise UnreadableRecording for a number of channels or a sample rate that no recording has."""
    if not 1 <= channels <= MOST_CHANNELS:
        raise UnreadableRecording(f"The header claims {channels} channels.")
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise UnreadableRecording(f"The header claims a sample rate of {rate} Hz.")


def _sample_bytes(encoding: Encoding, bits: int, channels: int, block: int) -> int:
    if encoding in (Encoding.ULAW, Encoding.ALAW):
        return 1
    if encoding is Encoding.FLOAT:
        if bits not in (32, 64):
            raise UnreadableRecording(f"The WAV header claims float samples of {bits} bits.")
        return bits // 8
    whole, rest = divmod(block, channels)
    # 24 bits may lie in four bytes each; the block tells, where it is a possible one.
    if rest == 0 and (bits + 7) // 8 <= whole <= 4 and whole:
        return whole
    if not 1 <= bits <= 32:
        raise UnreadableRecording(f"The WAV header claims PCM samples of {bits} bits.")
    return (bits + 7) // 8


def _block(encoding: Encoding, channels: int, block: int, bits: int) -> tuple[int, int]:
    """Bytes and frames of a block; the frames follow from the bytes, whatever the header says."""
    frames = 0
    if encoding is Encoding.GSM_610 and channels == 1:
        return 65, 320
    if encoding is Encoding.IMA_ADPCM and bits in (0, 4) and block % (4 * channels) == 0:
        frames = (block - 4 * channels) * 2 // channels + 1
    elif encoding is Encoding.MS_ADPCM and bits in (0, 4) and block % channels == 0:
        frames = (block - 7 * channels) * 2 // channels + 2
    elif encoding is Encoding.OTHER:
        return max(block, 1), 1
    if frames <= 2:
        raise UnreadableRecording(
            f"The WAV header claims {encoding} in blocks of {block} bytes for {channels} channels."
        )
    return block, frames


# The seven pairs of predictor coefficients that every encoder of Microsoft ADPCM uses.
_MS_COEFFICIENTS = (256, 0, 512, -256, 0, 0, 192, 64, 240, 0, 460, -208, 392, -232)


def block_wave_header(form: WaveFormat, data_size: int) -> bytes:
    """A whole, true header for samples in blocks: nothing in it is the file's own word."""
    extra = struct.pack("<H", form.block_frames)
    bits = 4
    if form.encoding is Encoding.GSM_610:
        bits = 0
    elif form.encoding is Encoding.MS_ADPCM:
        extra += struct.pack("<H14h", 7, *_MS_COEFFICIENTS)
    per_second = form.sample_rate * form.block_bytes // form.block_frames
    chunk = struct.pack("<HHIIHH", form.tag, form.channels, form.sample_rate, per_second, form.block_bytes, bits)
    chunk += struct.pack("<H", len(extra)) + extra
    frames = data_size // form.block_bytes * form.block_frames
    body = b"WAVEfmt " + struct.pack("<I", len(chunk)) + chunk + b"fact" + struct.pack("<II", 4, frames & 0xFFFFFFFF)
    claimed = min(data_size, 0xFFFFFFFF - len(body) - 64)
    return b"RIFF" + struct.pack("<I", len(body) + 8 + claimed) + body + b"data" + struct.pack("<I", claimed)
