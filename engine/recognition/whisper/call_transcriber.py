"""One call through Whisper: its windows submitted, their texts judged, doubtful ones repeated, words given to turns.

Whisper puts words to noise and sings in loops; what it doubts itself is not a text. Among others a turn may also get no
words at all: it is then transcribed alone, which rarely happens and mends it.
"""

from __future__ import annotations

import math
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np

from engine.recognition.recognizer import Recognition, RecognizerOptions, Sound
from engine.recognition.whisper.alignment import DecodedWord, turn_of_words, word_spans, words_of
from engine.recognition.whisper.beam_search import DecodingResult
from engine.recognition.windows import Piece, Window, cut, window_of, windows
from engine.transcript import Word

_LEAST_LOOP_SECONDS = 4.0  # shorter sounds that loop are not cut, but given up
_PADDING_SECONDS = 0.7  # of a turn's sound: nobody speaks there
_WITHOUT_SPACES = frozenset({"zh", "ja", "th", "lo", "my", "yue"})


@dataclass(frozen=True, slots=True)
class _PieceText:
    """The text of a piece."""

    piece: Piece
    words: tuple[Word, ...]  # seconds from the start of the turn's sound
    text: str
    log_probabilities: tuple[float, ...]


class CallTranscriber:
    """One call on its way through the recognizer."""

    def __init__(
        self,
        submit: Callable[[Window], Future[DecodingResult]],
        spellings: Sequence[bytes],
        language: str,
        options: RecognizerOptions,
        on_turn: Callable[[int], None] | None,
    ) -> None:
        self._submit, self._spellings, self._options, self._on_turn = submit, spellings, options, on_turn
        self._spaced = language not in _WITHOUT_SPACES
        self._waiting: deque[tuple[Window, Future[DecodingResult], bool]] = deque()
        self._texts: list[_PieceText] = []
        self._shares = 0.0
        self._reported = 0

    def transcribe(self, turns: Sequence[Sound], channels: Sequence[int]) -> tuple[Recognition, ...]:
        """One recognition per turn."""
        try:
            for window in windows(turns, channels, self._options.longest_window_seconds):
                self._hand_in(window)
                while len(self._waiting) >= self._options.windows_ahead:
                    self._take_next()
            while self._waiting:
                self._take_next()
        finally:
            for _, future, _ in self._waiting:
                future.cancel()
        return tuple(self._recognition(turn) for turn in range(len(turns)))

    def _hand_in(self, window: Window, last: bool = False) -> None:
        self._waiting.append((window, self._submit(window), last))

    def _take_next(self) -> None:
        """Wait for the oldest window and judge it; `last` is one that is not repeated whatever comes of it."""
        window, future, last = self._waiting.popleft()
        decoded = future.result()
        if len(window.pieces) > 1:
            self._judge_together(window, decoded)
        elif not self._loops(decoded):
            self._settle(window.pieces, self._texts_in(window, decoded) if self._believable(decoded) else ())
        elif last or window.seconds < _LEAST_LOOP_SECONDS:
            self._settle(window.pieces)
        else:
            for half in cut(window, window.seconds / 1.5):
                self._hand_in(half, last=True)

    def _judge_together(self, window: Window, decoded: DecodingResult) -> None:
        """Of a window, settle the turns whose words are believable, and transcribe the others alone."""
        good = not self._loops(decoded) and self._believable(decoded)
        texts = self._texts_in(window, decoded) if good else ()
        by_piece = {one.piece: one for one in texts}
        for piece in window.pieces:
            one = by_piece.get(piece)
            if one is not None and self._enough(one):
                self._settle((piece,), (one,))
            else:
                self._hand_in(window_of(window, piece))

    def _texts_in(self, window: Window, decoded: DecodingResult) -> tuple[_PieceText, ...]:
        """The words of a window, piece by piece."""
        words = words_of(decoded.tokens, decoded.log_probabilities, self._spellings, self._spaced)
        attention = decoded.attention.double().cpu().numpy()
        turns = turn_of_words(attention, words, window.pieces)
        found = []
        for index, piece in enumerate(window.pieces):
            own = [word for word, turn in zip(words, turns, strict=True) if turn == index]
            if own:
                found.append(_piece_text(piece, own, word_spans(attention, own, piece)))
        return tuple(found)

    def _enough(self, text: _PieceText) -> bool:
        """As many words as anybody says, and none that is only a guess."""
        seconds = text.piece.end - text.piece.start - _PADDING_SECONDS
        quick = len(text.words) >= self._options.least_words_per_second * seconds or not self._spaced
        return quick and float(np.mean(text.log_probabilities)) > self._options.suspected_log_probability * 2

    def _settle(self, pieces: Iterable[Piece], texts: Iterable[_PieceText] = ()) -> None:
        self._texts += texts
        self._shares += sum(piece.share for piece in pieces)
        while self._reported + 1 <= self._shares + 1e-6:
            self._reported += 1
            if self._on_turn is not None:
                self._on_turn(self._reported)

    def _recognition(self, turn: int) -> Recognition:
        parts = sorted((one for one in self._texts if one.piece.turn == turn), key=lambda one: one.piece.offset)
        if not parts:
            return Recognition("", 0.0)
        sure = [value for one in parts for value in one.log_probabilities]
        return Recognition(
            " ".join(one.text for one in parts),
            min(1.0, math.exp(float(np.mean(sure)))),
            tuple(word for one in parts for word in one.words),
        )

    def _text(self, decoded: DecodingResult) -> str:
        return b"".join(self._spellings[token] for token in decoded.tokens).decode(errors="ignore").strip()

    def _loops(self, decoded: DecodingResult) -> bool:
        return not decoded.ended or compression_ratio(self._text(decoded)) > self._options.compression_ratio_threshold

    def _believable(self, decoded: DecodingResult) -> bool:
        limits, no_speech, mean = self._options, decoded.no_speech_probability, decoded.mean_log_probability
        if not self._text(decoded) or mean < limits.least_log_probability or no_speech > limits.certain_no_speech:
            return False
        return not (no_speech > limits.suspected_no_speech and mean < limits.suspected_log_probability)


def _piece_text(piece: Piece, words: Sequence[DecodedWord], spans: Sequence[tuple[float, float]]) -> _PieceText:
    shift = piece.offset - piece.start
    timed = tuple(
        Word(start + shift, end + shift, word.text.strip(), min(1.0, word.confidence))
        for word, (start, end) in zip(words, spans, strict=True)
        if word.text.strip()
    )
    text = " ".join("".join(word.text for word in words).split())
    return _PieceText(piece, timed, text, tuple(value for word in words for value in word.log_probabilities))


def compression_ratio(text: str) -> float:
    """How much a text shrinks when it is compressed: loops shrink most."""
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw))
