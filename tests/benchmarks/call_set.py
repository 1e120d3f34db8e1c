"""Stereo telephone calls with known words and turn times, built from real and synthetic speech.

The texts are the written calls of tests/data: `calls-dev` for the tuning set, `calls-held-out` for the reported one.
They are spoken by flite's voices (Debian) and a piper voice, each party with one, and put through a telephone line: a
coding, noise, one party quieter. One call of each set is real speech: Jane Austen and card games from Debian's
pocketsphinx-testdata to tune on, the opening of "A Tale of Two Cities" from the wheel of moonshine-voice to report on.
The sets share no recording.
"""

from __future__ import annotations

import io
import json
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import soundfile
import soxr

from engine.audio.samples import Samples

Which = Literal["tuning", "reported"]

RATE = 8000
_DATA = Path(__file__).parents[1] / "data"
_TEXTS = {"tuning": _DATA / "calls-dev", "reported": _DATA / "calls-held-out"}
_POCKETSPHINX = Path("/usr/share/pocketsphinx/test/data")
_LONGEST_CALL_SECONDS = 200.0
_EDGE_DECIBELS = -40.0  # below its loudest 10 ms, a voice has not begun
_TWO_CITIES = (
    "It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness, "
    "it was the epoch of belief, it was the epoch of incredulity, it was the season of light, it was the season of "
    "darkness, it was the spring of hope, it was the winter of despair, we had everything before us, we had nothing "
    "before us, we were all going direct to heaven, we were all going direct the other way. In short, the period "
    "was so far like the present period, that some of its noisiest authorities insisted on its being received, for "
    "good or for evil, in the superlative degree of comparison only."
)


@dataclass(frozen=True)
class Line:
    """What a call went through."""

    coding: Literal["ULAW", "ALAW", "GSM610"] = "ULAW"
    noise_decibels: float | None = None  # below the louder party's speech
    left_decibels: float = 0.0
    right_decibels: float = 0.0


# As in SPEED.md: A to E.
LINES = (
    Line(),
    Line(noise_decibels=30, right_decibels=-12),
    Line(noise_decibels=20, left_decibels=-6),
    Line("GSM610"),
    Line("GSM610", noise_decibels=25, right_decibels=-15),
    Line("ALAW", noise_decibels=35),
)
# Caller and called party.
VOICES = (("slt", "rms"), ("piper", "slt"), ("rms", "piper"), ("slt", "awb"), ("piper", "rms"), ("awb", "piper"))


@dataclass(frozen=True)
class ReferenceTurn:
    """What was said on a channel, and when (seconds)."""

    channel: int
    start: float
    end: float
    text: str


@dataclass(frozen=True)
class ReferenceRecording:
    """A recording and what is known of it."""

    name: str
    path: str
    seconds: float
    turns: tuple[ReferenceTurn, ...]


@dataclass(frozen=True)
class Voices:
    """Where speech comes from: piper's program and voice, the folder of what was spoken before."""

    piper: Path
    piper_voice: Path
    spoken: Path

    def say(self, voice: str, text: str, number: int) -> Samples:
        """A text in a voice at the telephone's rate, without silence around it."""
        path = self.spoken / f"{voice}-{number}.wav"
        if not path.is_file():
            written = path.with_suffix(".part.wav")
            if voice == "piper":
                command = [str(self.piper), "--model", str(self.piper_voice), "--output-file", str(written)]
                subprocess.run(command, input=text.encode(), check=True, capture_output=True)
            else:
                subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(written)], check=True)
            written.rename(path)
        return _trimmed(_telephone_rate(path))


def build(which: Which, minutes: float, folder: Path, voices: Voices, two_cities: Path) -> list[ReferenceRecording]:
    """Build (or find again) calls of this many minutes in all."""
    folder.mkdir(parents=True, exist_ok=True)
    listing = folder / f"{which}-{minutes:g}.json"
    if listing.is_file():
        return [recording_from_json(one) for one in json.loads(listing.read_text())]
    found = [_real_call(which, folder, two_cities)]
    for index, text in enumerate(sorted(_TEXTS[which].glob("*.json"))):
        left = minutes * 60 - sum(call.seconds for call in found)
        if left < 5:
            break
        found.append(spoken_call(text, index, min(left, _LONGEST_CALL_SECONDS), folder, voices))
    listing.write_text(json.dumps([asdict(call) for call in found]))
    return found


def spoken_call(text: Path, index: int, longest: float, folder: Path, voices: Voices) -> ReferenceRecording:
    """A written call as a recording: the voices and the line are chosen by the index."""
    call = json.loads(text.read_text())
    pair = dict(zip(("caller", "called"), VOICES[index % len(VOICES)], strict=True))
    now, pieces, turns = 0.0, [], []
    for turn in call["turns"]:
        sound = voices.say(pair[turn["party"]], turn["text"], _number(turn["text"]))
        # Written overlaps are only as deep as a pause: a voice that talks over another is not what is measured.
        start = max(now + turn["pause_before"], now + 0.1)
        end = start + len(sound) / RATE
        if end > longest:
            break
        channel = 0 if turn["party"] == "caller" else 1
        pieces.append((channel, start, sound))
        turns.append(ReferenceTurn(channel, start, end, turn["text"]))
        now = end
    return _write(call["id"], pieces, turns, LINES[index % len(LINES)], folder)


def _real_call(which: Which, folder: Path, two_cities: Path) -> ReferenceRecording:
    """Real voices: one reads on the left, or two by turns."""
    if which == "reported":
        clips = [(0, two_cities, _TWO_CITIES)]
    else:
        clips = [(index % 2, path, text) for index, (path, text) in enumerate(_pocketsphinx())]
    now, pieces, turns = 0.5, [], []
    for channel, path, text in clips:
        sound = _trimmed(_telephone_rate(path))
        pieces.append((channel, now, sound))
        turns.append(ReferenceTurn(channel, now, now + len(sound) / RATE, text))
        now += len(sound) / RATE + 0.8
    return _write(f"real-{which}", pieces, turns, LINES[1] if which == "reported" else LINES[0], folder)


def _pocketsphinx() -> list[tuple[Path, str]]:
    found = []
    for folder, listing in (("librivox", "transcription"), ("cards", "cards.transcription")):
        for line in (_POCKETSPHINX / folder / listing).read_text().splitlines():
            words, _, name = line.removeprefix("<s>").rpartition("</s>")
            found.append((_POCKETSPHINX / folder / f"{name.strip(' ()')}.wav", words.strip()))
    return found


def _write(
    name: str, pieces: list[tuple[int, float, Samples]], turns: list[ReferenceTurn], line: Line, folder: Path
) -> ReferenceRecording:
    seconds = max(turn.end for turn in turns) + 0.6
    sound = np.zeros((round(seconds * RATE), 2), dtype=np.float32)
    for channel, start, piece in pieces:
        first = round(start * RATE)
        sound[first : first + len(piece), channel] += piece * np.float32(0.1 / np.sqrt(np.mean(piece**2)))
    sound *= np.float32(10) ** (np.array([line.left_decibels, line.right_decibels], dtype=np.float32) / 20)
    if line.noise_decibels is not None:
        level = 0.1 * 10 ** (-line.noise_decibels / 20)
        chance = np.random.default_rng(_number(name))
        sound += (level * chance.standard_normal(sound.shape)).astype(np.float32)
    path = folder / f"{name}.wav"
    heard = np.stack([_coded(sound[:, channel], line.coding) for channel in (0, 1)], axis=1)
    soundfile.write(path, heard, RATE, subtype="PCM_16")
    return ReferenceRecording(name, str(path), seconds, tuple(turns))


def _coded(sound: Samples, coding: str) -> Samples:
    target = io.BytesIO()
    soundfile.write(target, np.clip(sound, -1, 1), RATE, format="WAV", subtype=coding)
    target.seek(0)
    with soundfile.SoundFile(target) as file:
        heard: Samples = file.read(file.frames, dtype="float32")
    return np.pad(heard, (0, max(0, len(sound) - len(heard))))[: len(sound)]


def _telephone_rate(path: Path) -> Samples:
    sound, rate = soundfile.read(path, dtype="float32")
    resampled: Samples = soxr.resample(sound, rate, RATE)
    return resampled


def _trimmed(sound: Samples) -> Samples:
    """Without the silence before and after it: what is left has the times of the turn."""
    step = RATE // 100
    frames = sound[: len(sound) // step * step].reshape(-1, step)
    energy = np.square(frames).mean(axis=1)
    voiced = np.flatnonzero(energy > energy.max() * 10 ** (_EDGE_DECIBELS / 10))
    return sound[voiced[0] * step : (voiced[-1] + 1) * step]


def _number(text: str) -> int:
    """A number of its own for each text, the same on every machine."""
    return int.from_bytes(text.encode(), "little") % (2**31 - 1)


def recording_from_json(call: dict[str, object]) -> ReferenceRecording:
    turns = tuple(ReferenceTurn(**turn) for turn in call.pop("turns"))  # type: ignore[attr-defined]
    return ReferenceRecording(**call, turns=turns)  # type: ignore[arg-type]
