"""Calls put together of single speakers' clips, with who speaks when, and how a transcript is measured against that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.audio.samples import RECOGNITION_RATE, Samples
from engine.transcript import Segment

FRAMES_PER_SECOND = 100
_LEVEL = 0.05
_LINE_NOISE = 10 ** (-35 / 20)
_CLIP_SECONDS = 8.0
# Within so much of a turn's edge a word may be written to either: turn times are right to a quarter of a second.
_EDGE_SECONDS = 0.25

Frames = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Said:
    """Somebody (0 or 1) speaks, in seconds."""

    start: float
    end: float
    who: int


@dataclass(frozen=True)
class Share:
    """How much of something is right, of how much, and how much of it was not heard at all."""

    right: float
    counted: float
    missed: float = 0.0


def mixed_call(
    voices: Sequence[Sequence[Samples]], seconds: float, seed: int, quieter_db: float = 3.0
) -> tuple[list[Samples], list[Said]]:
    """Two legs of a conversation: answers come from 0.3 s before the end of a turn to 0.4 s after it."""
    chance = np.random.default_rng(seed)
    order = [list(chance.permutation(len(clips))) for clips in voices]
    gains = [1.0, 10 ** (-chance.uniform(0, quieter_db) / 20)]
    said: list[Said] = []
    pieces: list[tuple[int, int, Samples]] = []
    now, who = 0.5, 0
    while now < seconds:
        length, wanted = 0.0, chance.choice([1.2, 2.0, 4.0, 8.0])
        while length < wanted:
            order[who] = order[who] or list(chance.permutation(len(voices[who])))
            clip = voices[who][order[who].pop()][: round(_CLIP_SECONDS * RECOGNITION_RATE)]
            level = np.sqrt(np.mean(np.square(clip)) + 1e-12)
            start = now + length
            pieces.append((who, round(start * RECOGNITION_RATE), clip / level * _LEVEL * gains[who]))
            said.append(Said(start, start + len(clip) / RECOGNITION_RATE, who))
            length += len(clip) / RECOGNITION_RATE + chance.uniform(0.05, 0.3)
        now = max(said[-1].end + chance.uniform(-0.3, 0.4), said[-1].start + 0.5)
        who = 1 - who
    count = round((max(one.end for one in said) + 0.5) * RECOGNITION_RATE)
    legs = [chance.standard_normal(count).astype(np.float32) * np.float32(_LEVEL * _LINE_NOISE) for _ in voices]
    for leg, first, clip in pieces:
        legs[leg][first : first + len(clip)] += clip.astype(np.float32)
    return legs, said


def read_rttm(path: Path) -> list[Said]:
    """Who speaks when, from NIST's rich transcription time marks."""
    speakers: dict[str, int] = {}
    found = []
    for line in path.read_text().splitlines():
        fields = line.split()
        if fields and fields[0] == "SPEAKER":
            start = float(fields[3])
            who = speakers.setdefault(fields[7], len(speakers))
            found.append(Said(start, start + float(fields[4]), who))
    return found


def speech_right(segments: Sequence[Segment], said: Sequence[Said]) -> Share:
    """Of the seconds in which exactly one speaks: those in a segment of that voice, by the better naming of the two."""
    truth = _frames(said)
    heard = np.zeros(len(truth), dtype=np.int64)
    for segment in segments:
        heard[_index(segment.start) : _index(segment.end)] = max(1, segment.voice)
    alone = truth.sum(axis=1) == 1
    who = truth.argmax(axis=1)
    taken = alone & (heard > 0)
    right = max(int(np.count_nonzero(np.array(names)[who[taken]] == heard[taken])) for names in permutations((1, 2)))
    return Share(
        right / FRAMES_PER_SECOND,
        float(np.count_nonzero(taken)) / FRAMES_PER_SECOND,
        float(np.count_nonzero(alone & (heard == 0))) / FRAMES_PER_SECOND,
    )


def words_right(segments: Sequence[Segment], said: Sequence[Said], names: Sequence[object], by_voice: bool) -> Share:
    """Of the words heard: who has them speaks when they are said. `names` are those of speakers 0 and 1.

    A word without a time of its own lies where it would be if all of its segment were as long.
    """
    truth = _frames(said, _EDGE_SECONDS)
    right = counted = 0
    for segment in segments:
        words = segment.text.split()
        times = [(word.start + word.end) / 2 for word in segment.words]
        if len(times) != len(words):
            times = [segment.start + (segment.end - segment.start) * (i + 0.5) / len(words) for i in range(len(words))]
        name = segment.voice if by_voice else segment.party
        for time in times:
            frame = min(_index(time), len(truth) - 1)
            counted += 1
            right += any(names[who] == name and truth[frame, who] for who in (0, 1))
    return Share(right, counted)


def words_right_by_voice(segments: Sequence[Segment], said: Sequence[Said]) -> Share:
    """The same for voices, by the better naming of the two; where they are not told apart all are of one."""
    named = [segment for segment in segments if segment.text]
    shares = [words_right(named, said, names, by_voice=True) for names in ((1, 2), (2, 1), (0, None), (None, 0))]
    return max(shares, key=lambda share: share.right)


def _frames(said: Sequence[Said], edge: float = 0.0) -> Frames:
    frames = np.zeros((_index(max(one.end for one in said)) + 2 * FRAMES_PER_SECOND, 2), dtype=np.bool_)
    for one in said:
        frames[_index(max(0.0, one.start - edge)) : _index(one.end + edge), one.who] = True
    return frames


def _index(seconds: float) -> int:
    return round(seconds * FRAMES_PER_SECOND)
