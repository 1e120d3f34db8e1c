"""What is said in the calls: clips with known words, each at its moment, as 8 kHz recordings that an Asterisk plays."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from tests.engine.sounds import read_speech

RATE = 8000


@dataclass(frozen=True)
class Line:
    """One leg: which clips it plays when, in seconds after it was connected, and when it ends."""

    clips: tuple[tuple[float, str], ...]
    end: float


LINES = {
    # A conversation: the caller, the agent, the caller.
    "caller": Line(((0.3, "austen-0870"), (12.2, "austen-0890")), 18.5),
    "agent": Line(((8.0, "cards-005"),), 12.0),
    # A short one.
    "short-caller": Line(((0.3, "austen-0880"),), 8.5),
    "short-agent": Line(((4.0, "cards-005"),), 8.0),
    # Other words, for who must not be taken for somebody else.
    "other-caller": Line(((0.3, "austen-0890"),), 11.0),
    "other-agent": Line(((6.3, "austen-0930"),), 10.5),
    # Transfers: the caller speaks once more when the second agent has spoken.
    "transferred-caller": Line(((0.3, "austen-0870"), (30.0, "austen-0890")), 36.5),
    "second-agent": Line(((1.0, "austen-0880"),), 30.0),
    "late-second-agent": Line(((8.0, "austen-0880"),), 30.0),
    "between-colleagues": Line(((0.2, "austen-0930"),), 3.8),
    "announcement": Line(((0.2, "austen-0930"),), 4.0),
    # To a voicemail: its greeting comes first.
    "message": Line(((11.0, "austen-0870"),), 19.0),
    # Recorded on demand: first these, then those.
    "demanded-caller": Line(((3.0, "austen-0870"), (20.0, "austen-0890")), 29.0),
    "demanded-agent": Line(((0.0, "cards-005"),), 4.0),
    "hello": Line(((0.1, "cards-005"),), 3.8),
    "quiet": Line((), 4.2),
}


def write_lines(folder: Path) -> None:
    """Each as NAME.wav, and as NAME.alaw for sipp."""
    folder.mkdir(parents=True, exist_ok=True)
    clips = {name: soxr.resample(clip, 16000, RATE, quality="HQ") for name, clip in read_speech().items()}
    for name, line in LINES.items():
        samples = np.zeros(round(line.end * RATE), dtype=np.float32)
        for at, clip in line.clips:
            sound = clips[clip] * (0.4 / np.abs(clips[clip]).max())
            start = round(at * RATE)
            assert start + len(sound) <= len(samples), f"{name} ends before its words do"
            samples[start : start + len(sound)] = sound
        soundfile.write(folder / f"{name}.wav", samples, RATE, subtype="PCM_16")
        soundfile.write(folder / f"{name}.alaw", samples, RATE, subtype="ALAW", format="RAW")


def words_of(segments: list[dict[str, object]], *parties: str) -> str:
    """What these parties say in a webhook, in its order."""
    return " ".join(str(one["text"]) for one in segments if one["party"] in parties)


def word_count(text: str) -> int:
    """How many words these are."""
    return len(re.findall(r"[\w']+", text))
