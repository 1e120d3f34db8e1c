"""A SpeechBrain `EncoderASR` pack (wav2vec 2.0 and its like, trained by CTC) as a Recognizer.

Such a model needs no padding to 30 s and puts no words to silence; what it was trained on decides the rest, such as
Switchboard's telephone speech. The network is given one stretch at a time, so no text depends on its neighbours.
SpeechBrain decodes it, greedily or by beams as the pack says; words get the times of their frames.
"""

from __future__ import annotations

import functools
import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from engine.audio.samples import RECOGNITION_RATE
from engine.errors import ModelPackError, UnsupportedLanguage
from engine.recognition.recognizer import Recognition, RecognizerOptions, Sound
from engine.recognition.windows import split_at_quiet
from engine.runtime.speechbrain_loading import load_speechbrain
from engine.transcript import Word

_LONGEST_SECONDS = 20.0  # attention takes memory by the square of it
_LEAST_SECONDS = 0.1  # fewer samples than the network's own windows are no sound to it
_PIECE_SPACE = "▁"  # sentencepiece begins a word with it
_LETTER_SPACES = (" ", "|", "<space>")


@dataclass(frozen=True, slots=True)
class _Spelled:
    """A word and the frames [first, last) of its letters."""

    text: str
    first: int
    last: int


class CtcRecognizer:
    """Implements Recognizer over a folder that an administrator imported; threads wait for each other."""

    def __init__(self, folder: Path, device: str, options: RecognizerOptions | None = None) -> None:
        self.name = folder.name
        self._options = options or RecognizerOptions()
        self._model = load_speechbrain("ASR.EncoderASR", folder, device)
        self._greedy = isinstance(self._model.hparams.decoding_function, functools.partial)
        self._blank = self._blank_index()
        # Such a model knows one language; its hyperparams may say which.
        self.languages = frozenset({str(getattr(self._model.hparams, "language", "en")).lower()})
        self._turn = threading.Lock()  # the searcher keeps state

    def detect_language(self, turns: Sequence[Sound]) -> str:
        """The one that it knows."""
        return next(iter(self.languages))

    def transcribe(
        self,
        turns: Sequence[Sound],
        language: str,
        on_turn: Callable[[int], None] | None = None,
        channels: Sequence[int] | None = None,
        expected: Sequence[str] = (),
    ) -> tuple[Recognition, ...]:
        """One recognition per turn, each recognized alone; raise UnsupportedLanguage for a language it does not know.

        What is `expected` changes nothing: such a model writes letters as they sound.
        """
        if language not in self.languages:
            raise UnsupportedLanguage(f"The model {self.name} does not know the language {language!r}.")
        recognitions = []
        for done, turn in enumerate(turns, start=1):
            recognitions.append(self._recognize(turn))
            if on_turn is not None:
                on_turn(done)
        return tuple(recognitions)

    def _recognize(self, turn: Sound) -> Recognition:
        words: list[Word] = []
        offset = 0.0
        for sound in split_at_quiet(turn, _LONGEST_SECONDS):
            words += self._words(sound, offset)
            offset += len(sound) / RECOGNITION_RATE
        if not words:
            return Recognition("", 0.0)
        mean = float(np.mean([math.log(max(1e-9, word.confidence)) for word in words]))
        if mean < self._options.least_log_probability:
            return Recognition("", 0.0)
        return Recognition(_sentence(" ".join(word.text for word in words)), math.exp(mean), tuple(words))

    def _words(self, sound: Sound, offset: float) -> list[Word]:
        if len(sound) < _LEAST_SECONDS * RECOGNITION_RATE:
            return []
        with self._turn, torch.inference_mode():
            length = torch.ones(1)
            encoded = self._model.encode_batch(torch.from_numpy(np.ascontiguousarray(sound))[None], length)
            log_probabilities = encoded.float().log_softmax(dim=-1)
            spelled = self._spell(log_probabilities, length)
        best = log_probabilities[0].max(dim=-1).values.cpu().numpy()  # [frames]
        seconds = len(sound) / RECOGNITION_RATE / len(best)
        return [
            Word(
                round(offset + one.first * seconds, 3),
                round(offset + one.last * seconds, 3),
                _readable(one.text),
                float(np.exp(best[one.first : max(one.last, one.first + 1)].mean())),
            )
            for one in spelled
        ]

    def _spell(self, log_probabilities: torch.Tensor, length: torch.Tensor) -> list[_Spelled]:
        if self._greedy:
            return words_of_path(log_probabilities[0].argmax(dim=-1).cpu().numpy(), self._blank, self._token)
        best = self._model.decoding_function(log_probabilities, length.to(log_probabilities.device))[0][0]
        return [_Spelled(text, first, max(last, first + 1)) for text, (first, last) in best.text_frames or ()]

    def _token(self, index: int) -> str:
        tokenizer = self._model.tokenizer
        token: str = tokenizer.id_to_piece(index) if hasattr(tokenizer, "id_to_piece") else tokenizer.ind2lab[index]
        return token

    def _blank_index(self) -> int:
        if not self._greedy:
            return int(self._model.decoding_function.blank_index)
        given = self._model.hparams.decoding_function.keywords
        blank = given.get("blank_id", given.get("blank_index", getattr(self._model.hparams, "blank_index", None)))
        if blank is None:
            raise ModelPackError(f"{self.name} does not say which of its tokens is CTC's blank")
        return int(blank)


def words_of_path(path: npt.NDArray[np.integer[Any]], blank: int, token: Callable[[int], str]) -> list[_Spelled]:
    """The words along a best path: equal tokens in a row are one, blanks are none, spaces end a word."""
    words: list[_Spelled] = []
    letters, first, last, frame = "", 0, 0, 0
    for index, run in groupby(path.tolist()):
        length = len(list(run))
        text = "" if index == blank else token(index)
        begins = text.startswith(_PIECE_SPACE)
        if letters and (begins or text in _LETTER_SPACES):
            words.append(_Spelled(letters, first, last))
            letters = ""
        text = "" if text in _LETTER_SPACES else text.removeprefix(_PIECE_SPACE)
        if text:
            first = first if letters else frame
            letters, last = letters + text, frame + length
        frame += length
    return [*words, _Spelled(letters, first, last)] if letters else words


def _readable(text: str) -> str:
    """Models trained on transcripts in capitals shout; nobody reads that."""
    return text.lower() if text.isupper() else text


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
