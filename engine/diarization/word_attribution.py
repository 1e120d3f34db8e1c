"""The words of a mix's turns given to the voices that say them, by their times.

A turn is recognized whole: cut at a change of voice, which is known to a tenth of a second, it would lose the word
there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.diarization.diarize import Diarization
from engine.recognition.recognizer import Recognition
from engine.transcript import Party, Segment, Word
from engine.turns.call_turns import ChannelTurn


@dataclass(frozen=True, slots=True)
class Line:
    """What one voice says at a stretch, its words timed from the start of the call."""

    turn: ChannelTurn
    recognition: Recognition
    voice: int  # 0: not diarized


def lines_of(
    turns: Sequence[ChannelTurn], recognitions: Sequence[Recognition], diarization: Diarization | None
) -> tuple[Line, ...]:
    """A line for each turn, or for each piece of it that is of one voice, in time order; silent ones have no text."""
    in_call = [_in_call(one, turn.turn.padded_start) for turn, one in zip(turns, recognitions, strict=True)]
    if diarization is None:
        return tuple(Line(turn, one, 0) for turn, one in zip(turns, in_call, strict=True))
    pieces = tuple(zip(diarization.call_turns.turns, diarization.voices, strict=True))
    found = []
    for turn, one in zip(turns, in_call, strict=True):
        own = [piece for piece in pieces if turn.turn.start <= piece[0].turn.start < turn.turn.end]
        found += _divided(one, own)
    return tuple(found)


def segment_of(line: Line, party: Party) -> Segment:
    """A turn with its words, cut to it: in the sound around it, with which they are aligned too, nobody speaks."""
    start, end = round(line.turn.turn.start, 3), round(line.turn.turn.end, 3)
    words = [
        replace(word, start=min(max(word.start, start), end), end=min(max(word.end, start), end))
        for word in line.recognition.words
    ]
    return Segment(
        start=start,
        end=end,
        channel=line.turn.channel,
        party=party,
        text=line.recognition.text,
        confidence=round(line.recognition.confidence, 4),
        words=tuple(words),
        voice=line.voice,
    )


def _divided(recognition: Recognition, pieces: Sequence[tuple[ChannelTurn, int]]) -> list[Line]:
    if len(pieces) == 1:
        return [Line(pieces[0][0], recognition, pieces[0][1])]
    words: list[list[Word]] = [[] for _ in pieces]
    ends = [piece.turn.end for piece, _ in pieces[:-1]]
    for word in recognition.words:
        words[int(np.searchsorted(ends, (word.start + word.end) / 2))].append(word)
    return [Line(piece, _recognition(own), voice) for (piece, voice), own in zip(pieces, words, strict=True)]


def _recognition(words: Sequence[Word]) -> Recognition:
    if not words:
        return Recognition("", 0.0)
    confidence = math.exp(float(np.mean([math.log(max(1e-9, word.confidence)) for word in words])))
    return Recognition(" ".join(word.text for word in words), confidence, tuple(words))


def _in_call(recognition: Recognition, start: float) -> Recognition:
    words = tuple(
        Word(round(start + word.start, 3), round(start + word.end, 3), word.text, round(word.confidence, 4))
        for word in recognition.words
    )
    return Recognition(recognition.text, recognition.confidence, words)
