"""The recordings that telephone systems and people post, each with what becomes of it."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import soundfile
import soxr

from engine.audio.samples import RECOGNITION_RATE, Samples
from engine.errors import EmptyRecording, EngineError, UnreadableRecording

from .wave_writer import BEXT, FACT, LIST, ODD, Header, assembled, coded, plain


@dataclass(frozen=True)
class Speech:
    """Up to eight different stretches of speech, 2.8 s each, at any rate."""

    voices: Samples  # [samples, 8], 16 kHz

    def __call__(self, rate: int = 8000, channels: int = 1) -> Samples:
        resampled: Samples = soxr.resample(self.voices[:, :channels], RECOGNITION_RATE, rate).clip(-1, 1)
        return resampled if channels > 1 else resampled[:, 0]


@dataclass(frozen=True)
class Reads:
    """It is read: so alike to what was said (correlation), and so much is told of repairs."""

    alike: float = 0.999
    channels: int = 1
    rate: int = 8000
    repaired: str = ""
    cut_off: bool = False
    share: float = 1.0  # of the sound that is there
    voices: tuple[int, ...] = ()  # which of the voices is on each channel, if not the first on the first


@dataclass(frozen=True)
class Fails:
    """Its fault is named in one sentence that holds these words."""

    says: str
    error: type[EngineError] = UnreadableRecording


Build = Callable[[Speech], bytes]
Variants = dict[str, tuple[Build, Reads | Fails]]


def file_of(samples: Samples, rate: int, kind: str, subtype: str, endian: str = "FILE") -> bytes:
    """A file as libsndfile writes it."""
    target = io.BytesIO()
    soundfile.write(target, samples, rate, format=kind, subtype=subtype, endian=endian)
    return target.getvalue()


def _file(kind: str, subtype: str, rate: int = 8000, channels: int = 1, endian: str = "FILE") -> Build:
    return lambda speech: file_of(speech(rate, channels), rate, kind, subtype, endian)


def _wav(coding: str = "pcm16", rate: int = 8000, channels: int = 1, **header: object) -> Build:
    return lambda speech: plain(speech(rate, channels), rate, coding, Header(**header))  # type: ignore[arg-type]


def _claims(build: Callable[[Samples, Header], bytes], share: float, **header: object) -> Build:
    """A header that claims this share of the sample bytes that are there."""

    def lie(speech: Speech) -> bytes:
        size = round(share * 2 * len(speech()))
        return build(speech(), Header(data_size=size, **header))  # type: ignore[arg-type]

    return lie


def _rf64(share: float = 1.0) -> Build:
    def build(speech: Speech) -> bytes:
        samples = speech()
        header = Header(magic=b"RF64", data_size=0xFFFFFFFF, ds64=round(share * 2 * len(samples)), after=[LIST])
        return plain(samples, 8000, header=header)

    return build


def _blocks(subtype: str, channels: int = 1, **header: object) -> Build:
    return lambda speech: coded(speech(8000, channels), 8000, subtype, Header(**header))  # type: ignore[arg-type]


def _cut(build: Build, share: float) -> Build:
    def cut(speech: Speech) -> bytes:
        content = build(speech)
        return content[: round(len(content) * share)]

    return cut


def _first(build: Build, size: int) -> Build:
    return lambda speech: build(speech)[:size]


def _odd_then_list(speech: Speech) -> bytes:
    return plain(speech()[:20001], 8000, "ulaw", Header(after=[LIST], padded=False))


def mp3_in_wav(speech: Speech) -> bytes:
    content = _file("MP3", "MPEG_LAYER_III", 16000)(speech)
    return assembled(content, 0x55, 1, 16000, 1, 0, Header(before=[FACT]), bytes(12))


def _by_turns(speech: Speech) -> bytes:
    """Asterisk's option D: one party speaks, then the other."""
    pair = speech(8000, 2).copy()
    half = len(pair) // 2
    pair[half:, 0] = pair[:half, 1] = 0
    return plain(pair.reshape(-1), 8000)


def _interleaved(*legs: int, **header: object) -> Build:
    def build(speech: Speech) -> bytes:
        return plain(speech(8000, 2)[:, legs].reshape(-1), 8000, header=Header(**header))  # type: ignore[arg-type]

    return build


def _claiming(**shape: int) -> Build:
    """Something impossible in the format chunk."""
    right = {"tag": 1, "channels": 1, "rate": 8000, "block": 2, "bits": 16}
    return lambda _: assembled(bytes(4000), **(right | shape), header=Header())


def _pcm(samples: Samples, header: Header) -> bytes:
    return plain(samples, 8000, header=header)


def _bytes(content: bytes) -> Build:
    return lambda _: content


_NOT_SAID = "does not say how long"
_ALL_ONES = 0xFFFFFFFF
_LARGEST = 0x7FFFFFFF
_ULAW = Reads(alike=0.998)
_GSM = 0.93
_A_LIST = b"LIST" + struct.pack("<I", 4) + b"INFO"
_NOISE = bytes(range(1, 251)) * 8
_CUT = "cut off or damaged: of 2.8 s"

CODINGS: Variants = {
    "PCM 8 bit": (_wav("pcm8"), Reads(alike=0.995)),
    "PCM 12 bit in 16": (_wav("pcm12"), Reads()),
    "PCM 16 bit": (_wav(), Reads()),
    "PCM 20 bit in 24": (_wav("pcm20"), Reads()),
    "PCM 24 bit": (_wav("pcm24"), Reads()),
    "PCM 24 bit in 32": (_wav("pcm24in32"), Reads()),
    "PCM 32 bit": (_wav("pcm32"), Reads()),
    "float 32 bit": (_wav("float32"), Reads()),
    "float 64 bit": (_wav("float64"), Reads()),
    "u-law": (_wav("ulaw"), _ULAW),
    "A-law": (_wav("alaw"), _ULAW),
    "u-law that claims 16 bits": (_wav("ulaw", bits=16, block=2), _ULAW),
    "GSM 6.10 (wav49)": (_blocks("GSM610"), Reads(alike=_GSM)),
    "IMA ADPCM": (_blocks("IMA_ADPCM"), Reads(alike=0.99)),
    "IMA ADPCM, stereo": (_blocks("IMA_ADPCM", 2), Reads(alike=0.99, channels=2)),
    "Microsoft ADPCM": (_blocks("MS_ADPCM"), Reads(alike=0.99)),
    "Microsoft ADPCM, stereo": (_blocks("MS_ADPCM", 2), Reads(alike=0.98, channels=2)),
    "NMS VBX ADPCM": (_blocks("NMS_ADPCM_32"), Reads(alike=0.95)),
    "an encoding that does not exist": (_claiming(tag=0x6771), Fails("0x6771")),
}

RATES_AND_CHANNELS: Variants = {
    "7,999 Hz": (_wav(rate=7999), Reads(rate=7999)),
    "11,025 Hz": (_wav(rate=11025), Reads(rate=11025)),
    "16 kHz": (_wav(rate=16000), Reads(rate=16000)),
    "22,050 Hz": (_wav(rate=22050), Reads(rate=22050)),
    "32 kHz": (_wav(rate=32000), Reads(rate=32000)),
    "44.1 kHz, stereo": (_wav(rate=44100, channels=2), Reads(rate=44100, channels=2)),
    "48 kHz": (_wav(rate=48000), Reads(rate=48000)),
    "stereo, u-law": (_wav("ulaw", channels=2), Reads(alike=0.998, channels=2)),
    "three channels": (_wav(channels=3), Reads(channels=3)),
    "eight channels of float": (_wav("float32", channels=8), Reads(channels=8)),
}

KINDS_AND_CHUNKS: Variants = {
    "WAVEX, PCM": (_wav(extensible=True, channels=2), Reads(channels=2)),
    "WAVEX, float": (_wav("float32", extensible=True), Reads()),
    "WAVEX, A-law": (_wav("alaw", extensible=True), _ULAW),
    "RF64": (_rf64(), Reads()),
    "RF64 that claims twice as much": (_rf64(2), Reads(repaired="cut off: its header tells of 5.6 s", cut_off=True)),
    "BW64 without sizes": (_wav(magic=b"BW64", data_size=_ALL_ONES, ds64=0), Reads(repaired=_NOT_SAID)),
    "RIFX, big-endian": (_file("WAV", "PCM_16", endian="BIG"), Reads()),
    "Wave64": (_file("W64", "PCM_16"), Reads()),
    "LIST before the samples": (_wav(before=[LIST]), Reads()),
    "fact before the samples": (_wav("ulaw", before=[FACT]), _ULAW),
    "bext before the format": (_wav(after_first=[BEXT]), Reads()),
    "bext, LIST and fact": (_wav(before=[BEXT, LIST, FACT]), Reads()),
    "an odd chunk, padded": (_wav(before=[ODD, LIST]), Reads()),
    "an odd chunk, not padded": (_wav(before=[ODD, LIST], padded=False), Reads()),
    "an odd chunk right before the samples, not padded": (_wav(before=[ODD], padded=False), Reads()),
    "LIST after the samples": (_wav(after=[LIST]), Reads()),
    "LIST after an odd number of bytes, not padded": (_odd_then_list, Reads(alike=0.998, share=20001 / 22400)),
    "an empty chunk": (_wav(before=[(b"JUNK", b"")]), Reads()),
    "`data` inside a chunk": (_wav(before=[(b"LIST", b"INFOICMTdata\x10\0\0\0xxxx")]), Reads()),
    "a chunk that claims gigabytes": (_wav(before=[LIST], chunk_size=_LARGEST), Reads(repaired="wrong size")),
    "a chunk that claims too little": (_wav(before=[LIST], chunk_size=6), Reads(repaired="wrong size")),
}

SIZES: Variants = {
    "sizes of 0: the recorder crashed": (_wav(riff_size=0, data_size=0), Reads(repaired=_NOT_SAID)),
    "u-law with sizes of 0": (_wav("ulaw", riff_size=0, data_size=0), Reads(alike=0.998, repaired=_NOT_SAID)),
    "GSM 6.10 with sizes of 0": (_blocks("GSM610", data_size=0), Reads(alike=_GSM, repaired=_NOT_SAID)),
    "IMA ADPCM with sizes of 0": (_blocks("IMA_ADPCM", data_size=0), Reads(alike=0.99, repaired=_NOT_SAID)),
    "sizes of 0xFFFFFFFF: streamed": (_wav(riff_size=_ALL_ONES, data_size=_ALL_ONES), Reads(repaired=_NOT_SAID)),
    "sizes of 0x7FFFFFFF": (_wav(riff_size=_LARGEST, data_size=_LARGEST), Reads(repaired=_NOT_SAID)),
    "a data size of 0x80000000": (_wav(data_size=0x80000000), Reads(repaired=_NOT_SAID)),
    "a header that claims half": (_claims(_pcm, 0.5), Reads(repaired="claims 1.4 s, 2.8 s are there and are read")),
    "a header that claims twice as much": (
        _claims(_pcm, 2),
        Reads(repaired="cut off: its header tells of 5.6 s, 2.8 s are there", cut_off=True),
    ),
    "a RIFF size that is wrong alone": (_wav(riff_size=17), Reads()),
    "a byte rate of nonsense": (
        lambda speech: _wav()(speech).replace(struct.pack("<I", 16000), b"\1\2\3\4", 1),
        Reads(),
    ),
    "zero filling after the samples": (lambda speech: _wav()(speech) + bytes(512), Reads()),
    "cut off in the samples": (_cut(_wav(), 0.6), Reads(repaired="cut off", cut_off=True, share=0.6)),
    "cut off within a sample": (
        _first(_wav(channels=2), 44 + 30003),
        Reads(channels=2, repaired="cut off", cut_off=True, share=30003 / 89600),
    ),
    "GSM 6.10, cut off": (
        _cut(_blocks("GSM610"), 0.6),
        Reads(alike=_GSM, repaired="cut off", cut_off=True, share=0.6),
    ),
    "cut off after RIFF": (_first(_wav(), 12), Fails("in the middle of its header")),
    "cut off within the format": (_first(_wav(), 30), Fails("in the middle of its header")),
    "cut off before the samples' chunk": (_first(_wav(), 36), Fails("ends before its samples begin", EmptyRecording)),
    "cut off behind other chunks": (
        lambda speech: _wav()(speech)[:36] + _A_LIST,
        Fails("samples begin", EmptyRecording),
    ),
    "zeros behind the header": (
        lambda speech: _wav()(speech)[:36] + bytes(2000),
        Fails("samples begin", EmptyRecording),
    ),
    "noise behind the header": (lambda speech: _wav()(speech)[:36] + _NOISE, Fails("no data chunk")),
    "noise behind other chunks": (lambda speech: _wav()(speech)[:36] + _A_LIST + _NOISE, Fails("no data chunk")),
    "noise behind a format of a wrong size": (
        lambda speech: _wav()(speech)[:16] + b"\xff\xff\xff\x7f" + _wav()(speech)[20:36] + _NOISE,
        Fails("no data chunk"),
    ),
    "cut off right before the samples": (_first(_wav(), 44), Fails("holds no samples", EmptyRecording)),
}

# Asterisk's MixMonitor with option D and a name that ends in .wav
TWO_UNDER_ONE: Variants = {
    "stereo samples under a one-channel header": (_by_turns, Reads(alike=0.6, channels=2, repaired="those of two")),
    "the same, both parties at once": (_interleaved(0, 1), Reads(channels=2, repaired="those of two")),
    "the same, one mix on both legs": (_interleaved(0, 0), Reads(channels=2, repaired="those of two", voices=(0, 0))),
    "the same with sizes of 0": (_interleaved(0, 1, riff_size=0, data_size=0), Reads(channels=2, repaired="of two")),
}

OTHER_CONTAINERS: Variants = {
    "MP3": (_file("MP3", "MPEG_LAYER_III", 16000), Reads(alike=0.95, rate=16000)),
    "MP3 at 8 kHz": (_file("MP3", "MPEG_LAYER_III"), Reads(alike=0.9)),
    "MP3, stereo, 44.1 kHz": (_file("MP3", "MPEG_LAYER_III", 44100, 2), Reads(alike=0.95, rate=16000, channels=2)),
    "MP3, cut off": (
        _cut(_file("MP3", "MPEG_LAYER_III", 16000), 0.6),
        Reads(alike=0.95, rate=16000, repaired=_CUT, cut_off=True, share=0.6),
    ),
    "Ogg Vorbis": (_file("OGG", "VORBIS", 16000), Reads(alike=0.95, rate=16000)),
    "Ogg Opus": (_file("OGG", "OPUS", 48000), Reads(alike=0.95, rate=16000)),
    "Ogg Opus, cut off in a page": (_cut(_file("OGG", "OPUS", 48000), 0.6), Reads(alike=0.95, rate=16000, share=0.35)),
    "FLAC": (_file("FLAC", "PCM_16"), Reads()),
    "FLAC, 24 bit, stereo, 48 kHz": (_file("FLAC", "PCM_24", 48000, 2), Reads(rate=16000, channels=2)),
    "FLAC, cut off": (
        _cut(_file("FLAC", "PCM_16"), 0.6),
        Reads(repaired=_CUT, cut_off=True, share=0.6),
    ),
    "AIFF": (_file("AIFF", "PCM_16"), Reads()),
    "AIFF, u-law": (_file("AIFF", "ULAW"), _ULAW),
    "AU, u-law": (_file("AU", "ULAW"), _ULAW),
    "AU, G.721": (_file("AU", "G721_32"), Reads(alike=0.95)),
}

NO_RECORDINGS: Variants = {
    "no bytes": (_bytes(b""), Fails("holds no bytes", EmptyRecording)),
    "no samples": (_first(_wav(data_size=0), 44), Fails("no samples", EmptyRecording)),
    "a FLAC file without samples": (_first(_file("FLAC", "PCM_16"), 86), Fails("no samples", EmptyRecording)),
    "0 channels": (_claiming(channels=0), Fails("0 channels")),
    "65,535 channels": (_claiming(channels=65535), Fails("65535 channels")),
    "a rate of 0": (_claiming(rate=0), Fails("0 Hz")),
    "a rate of 10 MHz": (_claiming(rate=10_000_000), Fails("10000000 Hz")),
    "samples of 0 bits": (_claiming(block=0, bits=0), Fails("PCM samples of 0 bits")),
    "samples of 99 bits": (_claiming(block=13, bits=99), Fails("PCM samples of 99 bits")),
    "float of 16 bits": (_claiming(tag=3), Fails("float samples of 16 bits")),
    "ADPCM in blocks of 3 bytes": (_claiming(tag=0x11, block=3, bits=4), Fails("blocks of 3 bytes")),
    "no format chunk": (_bytes(b"RIFF\x24\0\0\0WAVEdata\x08\0\0\0" + bytes(99)), Fails("no format chunk")),
    "a short format chunk": (_bytes(b"RIFF\x24\0\0\0WAVEfmt \2\0\0\0\1\0data\x08\0\0\0" + bytes(99)), Fails("format")),
    "a web page": (_bytes(b"<!doctype html><title>Login</title>" + bytes(99)), Fails("text (HTML, XML or JSON)")),
    "a JSON text with a byte order mark": (_bytes(b'\xef\xbb\xbf{"segments": []}'), Fails("text (HTML, XML or JSON)")),
    "a text": (_bytes("Bitte hinterlassen Sie eine Nachricht – schönen Tag.\n".encode() * 99), Fails("is a text")),
    "a text in UTF-16": (_bytes("Good morning".encode("utf-16")), Fails("text in UTF-16")),
    "a PDF": (_bytes(b"%PDF-1.7\n" + bytes(99)), Fails("PDF")),
    "a ZIP": (_bytes(b"PK\x03\x04" + bytes(99)), Fails("ZIP")),
    "a gzip": (_bytes(b"\x1f\x8b\x08" + bytes(99)), Fails("gzip")),
    "a program": (_bytes(b"\x7fELF" + bytes(range(256)) * 9), Fails("a program")),
    "reserved space, never written": (_bytes(bytes(70_000)), Fails("nothing but zero bytes")),
    "noise": (_bytes(np.random.default_rng(5).bytes(5000)), Fails("no recording")),
    "an AVI film": (_bytes(b"RIFF\x24\0\0\0AVI LIST" + bytes(99)), Fails("no recording")),
}
