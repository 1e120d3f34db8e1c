"""Thousands of damaged and hostile recordings: each is read, or its fault is named; nothing else may happen.

    python -m tests.fuzz_recordings [--count 10000] [--seed 1] [--only NUMBER]

Real recordings of every kind are flipped, cut, spliced, and given headers that lie. Every file has its number: the same
seed and number give the same bytes, whatever ran before (with the same ffmpeg, or none). A file that takes too long
ends the run with a traceback.
"""

from __future__ import annotations

import argparse
import faulthandler
import io
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np
import soundfile

from engine.audio.conversion import Limits
from engine.audio.recording import open_recording
from engine.errors import EngineError
from engine.turns.call_turns import find_call_turns
from engine.turns.silero import VoiceActivity
from tests.engine.fakes import TalkingAllTheTime
from tests.engine.wave_writer import BEXT, FACT, LIST, Header, coded, plain

SPEECH = Path(__file__).parent / "data" / "speech" / "austen-0880.wav"
SECONDS_PER_FILE = 60.0
LIMITS = Limits(recording_seconds=24 * 3600, decoding_seconds=20)
# What a decoder is most likely to stumble over, in any field of a header.
NUMBERS = (0, 1, 2, 3, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
RATES = (0, 1, 1999, 2000, 7999, 11025, 192_000, 767_999, 10_000_000, 0xFFFFFFFF)
FIELDS = (b"fmt ", b"data", b"fact", b"LIST", b"bext", b"ds64")

Mutate = Callable[[bytes, random.Random], bytes]


@dataclass
class Findings:
    """What became of the files."""

    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest_seconds: float = 0.0
    slowest: int = 0


def originals() -> tuple[list[bytes], list[bytes]]:
    """WAV files, which we read ourselves, and others, which other processes decode."""
    sound, rate = soundfile.read(SPEECH, dtype="float32")
    sound = sound[:: rate // 8000][4000:8000]
    pair = np.stack([sound, sound[::-1]], axis=1)
    codings = ("pcm8", "pcm16", "pcm24", "pcm32", "float32", "float64", "ulaw", "alaw")
    waves = [plain(pair, 8000, coding) for coding in codings]
    waves += [coded(sound, 8000, subtype, Header(before=[FACT])) for subtype in ("GSM610", "IMA_ADPCM", "MS_ADPCM")]
    waves += [coded(pair, 8000, subtype, Header()) for subtype in ("IMA_ADPCM", "MS_ADPCM")]
    waves += [
        plain(sound, 8000, header=Header(before=[BEXT, LIST], after=[LIST])),
        plain(pair, 8000, header=Header(extensible=True)),
        plain(pair.reshape(-1), 8000),
        plain(sound, 48000, header=Header(magic=b"RF64", data_size=0xFFFFFFFF, ds64=2 * len(sound))),
        plain(np.repeat(sound[:, None], 8, axis=1), 44100, "float32"),
        plain(np.repeat(sound[:400, None], 64, axis=1), 8000, "ulaw"),
    ]
    kinds = [("FLAC", "PCM_16"), ("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III"), ("AIFF", "PCM_16")]
    kinds += [("AU", "ULAW"), ("W64", "PCM_16"), ("WAV", "NMS_ADPCM_32"), ("AIFF", "IMA_ADPCM"), ("AU", "G723_24")]
    return waves, [_written(sound, *kind) for kind in kinds] + _by_ffmpeg(waves[1])


def _written(sound: np.ndarray, kind: str, subtype: str) -> bytes:
    target = io.BytesIO()
    soundfile.write(target, sound, 8000, format=kind, subtype=subtype)
    return target.getvalue()


def _by_ffmpeg(wave: bytes) -> list[bytes]:
    if shutil.which("ffmpeg") is None:
        return []
    made = []
    with tempfile.TemporaryDirectory() as folder:
        for suffix in ("m4a", "webm", "wma", "aac"):
            target = Path(folder) / f"call.{suffix}"
            subprocess.run(["ffmpeg", "-v", "error", "-i", "-", target], input=wave, check=True, timeout=60)
            made.append(target.read_bytes())
    return made


# -- mutations ---------------------------------------------------------------------------------------------------


def flip(content: bytes, chance: random.Random) -> bytes:
    """Some bits, more often in the header."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 2, 8, 64))):
        place = chance.randrange(len(changed) if chance.random() < 0.4 else min(len(changed), 120))
        changed[place] ^= 1 << chance.randrange(8)
    return bytes(changed)


def cut(content: bytes, chance: random.Random) -> bytes:
    """The beginning alone, or without a piece of the middle."""
    first, last = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    return content[:last] if chance.random() < 0.6 else content[:first] + content[last:]


def repeat(content: bytes, chance: random.Random) -> bytes:
    """A piece twice or often."""
    first = chance.randrange(len(content))
    piece = content[first : first + chance.choice((1, 8, 44, 300))]
    return content[:first] + piece * chance.choice((2, 3, 500)) + content[first:]


def overwrite(content: bytes, chance: random.Random) -> bytes:
    """A number of two, four or eight bytes, anywhere in the header."""
    form, size = chance.choice((("<H", 2), ("<I", 4), (">I", 4), ("<Q", 8)))
    if len(content) < size:
        return content
    number = chance.choice(NUMBERS) & (1 << 8 * size) - 1
    place = chance.randrange(min(len(content), 120) - size + 1) if len(content) > size else 0
    return content[:place] + struct.pack(form, number) + content[place + size :]


def lie_of_sizes(content: bytes, chance: random.Random) -> bytes:
    """The size of a chunk, or of the whole."""
    place = content.find(chance.choice(FIELDS), 8) if chance.random() < 0.85 else 0
    if place < 0 or len(content) < place + 8:
        return overwrite(content, chance)
    true = struct.unpack_from("<I", content, place + 4)[0]
    number = chance.choice((*NUMBERS, true + 1, true * 2, true // 2, max(0, true - 1), len(content))) & 0xFFFFFFFF
    return content[: place + 4] + struct.pack("<I", number) + content[place + 8 :]


def lie_of_format(content: bytes, chance: random.Random) -> bytes:
    """Encoding, channels, rate, block or bits."""
    place = content.find(b"fmt ")
    if place < 0 or len(content) < place + 24:
        return overwrite(content, chance)
    offset, form, numbers = chance.choice(
        (
            (0, "<H", (0, 1, 2, 3, 6, 7, 0x11, 0x31, 0x55, 0x64, 0x83, 0x161, 0xFFFE)),
            (2, "<H", (0, 1, 2, 3, 8, 63, 64, 65, 255, 65535)),
            (4, "<I", RATES),
            (12, "<H", (0, 1, 2, 3, 4, 7, 8, 13, 65, 256, 2048, 65535)),
            (14, "<H", (0, 1, 2, 3, 4, 7, 8, 12, 16, 17, 24, 31, 32, 33, 64, 65535)),
        )
    )
    place += 8 + offset
    return content[:place] + struct.pack(form, chance.choice(numbers)) + content[place + struct.calcsize(form) :]


def fill(content: bytes, chance: random.Random) -> bytes:
    """The samples become noise, zeros or ones."""
    place = chance.randrange(len(content))
    size = len(content) - place
    return content[:place] + chance.choice((bytes(size), b"\xff" * size, chance.randbytes(size)))


_WEIGHTS: dict[Mutate, int] = {flip: 2, cut: 1, repeat: 1, overwrite: 1, lie_of_sizes: 2, lie_of_format: 2, fill: 1}
MUTATIONS = tuple(mutate for mutate, weight in _WEIGHTS.items() for _ in range(weight))


def mutated(number: int, seed: int, waves: list[bytes], others: list[bytes]) -> bytes:
    """The file of this number."""
    chance = random.Random(f"{seed}/{number}")
    content = chance.choice(waves if chance.random() < 0.85 else others)
    for _ in range(chance.choice((1, 1, 2, 3, 5))):
        if chance.random() < 0.1:
            other = chance.choice(waves + others)
            content = content[: chance.randrange(len(content) + 1)] + other[chance.randrange(len(other)) :]
        if content:
            content = chance.choice(MUTATIONS)(content, chance)
    return content


# -- what is looked at -------------------------------------------------------------------------------------------


def look(path: Path) -> str:
    """Read a recording as the pipeline does; its outcome in a word. Raises what should not happen."""
    voice = cast(VoiceActivity, TalkingAllTheTime())
    try:
        with open_recording(path, limits=LIMITS) as recording:
            # A rate or a number of channels that is lied about makes much of little: seconds, not gigabytes.
            samples = recording.duration_seconds * 16_000 * recording.channel_count
            if samples > 20_000_000:
                for _ in recording.blocks():
                    pass
                return "read, long"
            heard = find_call_turns(recording, voice, lambda _: None)
            for sound in heard.sounds:
                if not np.isfinite(sound).all() or np.abs(sound).max(initial=0) > 20:
                    raise AssertionError("the sound holds what is no number")
            return "repaired" if recording.repairs else "read"
    except EngineError as error:
        text = str(error)
        if not (text[:1].isupper() and text.endswith(".") and "\n" not in text and len(text) < 400):
            raise AssertionError(f"the fault is not named in a sentence: {text!r}") from error
        return type(error).__name__


def fuzz(numbers: range, seed: int, folder: Path) -> Findings:
    """Look at the files of these numbers."""
    waves, others = originals()
    findings = Findings()
    path = folder / "recording"
    for number in numbers:
        path.write_bytes(mutated(number, seed, waves, others))
        began = time.monotonic()
        faulthandler.dump_traceback_later(SECONDS_PER_FILE, exit=True)
        try:
            findings.outcomes[look(path)] += 1
        except Exception as error:  # noqa: BLE001 - this is what is looked for
            findings.faults.append(f"file {number}: {type(error).__name__}: {error}")
        finally:
            faulthandler.cancel_dump_traceback_later()
        seconds = time.monotonic() - began
        if seconds > findings.slowest_seconds:
            findings.slowest_seconds, findings.slowest = seconds, number
    return findings


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz_recordings")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="one file's number")
    given = parser.parse_args(arguments)
    numbers = range(given.count) if given.only is None else range(given.only, given.only + 1)
    with tempfile.TemporaryDirectory(prefix="vbot-fuzz-") as name:
        tempfile.tempdir = name
        Path("/proc/self/clear_refs").write_text("5")
        findings = fuzz(numbers, given.seed, Path(name))
        left = [file.name for file in Path(name).iterdir() if file.name != "recording"]
        tempfile.tempdir = None
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    print(f"{len(numbers)} files: {', '.join(f'{count} {kind}' for kind, count in findings.outcomes.most_common())}")
    peak = int(status["VmHWM"].split()[0]) // 1024
    print(f"slowest {findings.slowest_seconds:.1f} s (file {findings.slowest}), peak {peak} MB")
    print(f"{descriptors} descriptors open, {len(left)} files left in the scratch folder")
    for fault in findings.faults:
        print(fault)
    return 1 if findings.faults or left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
