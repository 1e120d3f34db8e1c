"""Which words were said in which turn of a window, and when: read from the cross-attention of each token.

Some of Whisper's attention heads, the alignment heads, follow the speech. A word belongs to the turn that most of its
attention lies in, as far as words and turns keep their order (a dynamic programme); within its turn, the words follow
the path of most attention. Timestamp tokens would cost a tenth of the time and go wrong across turns that were put
together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.recognition.windows import Piece

POSITIONS_PER_SECOND = 50
_MEDIAN_POSITIONS = 7

Attention = npt.NDArray[np.float64]  # [tokens or words, positions]


@dataclass(frozen=True, slots=True)
class DecodedWord:
    """A word as it stands in the text (a space before it included), its tokens' log-probabilities, and their place."""

    text: str
    log_probabilities: tuple[float, ...]
    first: int  # token
    last: int  # behind its last token

    @property
    def confidence(self) -> float:
        return math.exp(sum(self.log_probabilities) / len(self.log_probabilities))


def words_of(
    tokens: Sequence[int], log_probabilities: Sequence[float], spellings: Sequence[bytes], spaced: bool
) -> list[DecodedWord]:
    """Tokens joined to words: one begins with a space or, in a script without spaces, with any whole character."""
    words: list[DecodedWord] = []
    first = 0
    for last in range(1, len(tokens) + 1):
        spelled = b"".join(spellings[token] for token in tokens[first:last])
        if last == len(tokens) or (spellings[tokens[last]].startswith(b" ") if spaced else _is_whole(spelled)):
            words.append(
                DecodedWord(spelled.decode(errors="ignore"), tuple(log_probabilities[first:last]), first, last)
            )
            first = last
    return words


def _is_whole(spelled: bytes) -> bool:
    try:
        spelled.decode()
    except UnicodeDecodeError:
        return False
    return True


def turn_of_words(attention: Attention, words: Sequence[DecodedWord], pieces: Sequence[Piece]) -> list[int]:
    """The piece that each word was said in, never going back."""
    if len(pieces) == 1:
        return [0] * len(words)
    mass = np.array(
        [[attention[word.first : word.last, slice(*_positions(piece))].sum() for piece in pieces] for word in words]
    ).reshape(len(words), len(pieces))
    gain = np.log(mass / mass.sum(axis=1, keepdims=True).clip(1e-9) + 1e-3)
    best = gain[0].copy() if len(words) else np.zeros(len(pieces))
    origins = np.zeros((len(words), len(pieces)), dtype=np.int64)
    for index in range(1, len(words)):
        reach = np.maximum.accumulate(best)
        origins[index] = [int(best[: piece + 1].argmax()) for piece in range(len(pieces))]
        best = reach + gain[index]
    found = [int(best.argmax())] if len(words) else []
    for index in range(len(words) - 1, 0, -1):
        found.append(int(origins[index, found[-1]]))
    return found[::-1]


def word_spans(attention: Attention, words: Sequence[DecodedWord], piece: Piece) -> list[tuple[float, float]]:
    """Start and end of each word within its piece, in seconds from the start of the window."""
    if not words:
        return []
    low, high = _positions(piece)
    tokens = attention[words[0].first : words[-1].last, low:high]
    if tokens.shape[1] == 0:
        return [(piece.start, piece.end)] * len(words)
    starts = low + np.array(_path_starts(_smooth(tokens)))
    edges = [*(starts / POSITIONS_PER_SECOND).clip(piece.start, piece.end).tolist(), _last_end(tokens, low, piece)]
    offset = words[0].first
    spans = []
    for word in words:
        start, end = edges[word.first - offset], edges[word.last - offset]
        spans.append((start, max(start, end)))
    return spans


def _positions(piece: Piece) -> tuple[int, int]:
    return round(piece.start * POSITIONS_PER_SECOND), round(piece.end * POSITIONS_PER_SECOND)


def _last_end(tokens: Attention, low: int, piece: Piece) -> float:
    """Where the last token's attention ends: all but a twentieth of it lies before."""
    share = np.cumsum(tokens[-1]) / max(float(tokens[-1].sum()), 1e-9)
    return float(min(piece.end, (low + int(np.searchsorted(share, 0.95)) + 1) / POSITIONS_PER_SECOND))


def _smooth(tokens: Attention) -> Attention:
    """Each token's attention in units of its spread, with single spikes taken away."""
    level = (tokens - tokens.mean(axis=1, keepdims=True)) / (tokens.std(axis=1, keepdims=True) + 1e-9)
    half = _MEDIAN_POSITIONS // 2
    padded = np.pad(level, ((0, 0), (half, half)), mode="edge")
    smooth: Attention = np.median(np.lib.stride_tricks.sliding_window_view(padded, _MEDIAN_POSITIONS, axis=1), axis=-1)
    return smooth


def _path_starts(gain: Attention) -> list[int]:
    """The position at which each token begins on the path of most attention: every position has one token, in order."""
    tokens, positions = gain.shape
    if positions < tokens:
        return [index * positions // tokens for index in range(tokens)]
    best = np.full(tokens, -np.inf)
    advanced = np.zeros((positions, tokens), dtype=np.bool_)
    best[0] = gain[0, 0]
    for position in range(1, positions):
        before = np.concatenate([[-np.inf], best[:-1]])
        advanced[position] = before > best
        best = np.maximum(before, best) + gain[:, position]
    starts = [0] * tokens
    token = tokens - 1
    for position in range(positions - 1, 0, -1):
        if advanced[position, token]:
            starts[token] = position
            token -= 1
    return starts
