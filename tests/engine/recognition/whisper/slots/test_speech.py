"""Real speech in slots: texts, log-probabilities and the times of words are those of today's path."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.audio.samples import RECOGNITION_RATE, Samples
from engine.recognition.log_mel import FRAMES_PER_SECOND, TRAILING_SILENCE_SECONDS, LogMel
from engine.recognition.recognizer import RecognizerOptions
from engine.recognition.whisper.alignment import word_spans, words_of
from engine.recognition.whisper.beam_search import Decoder, DecodingResult
from engine.recognition.whisper.checkpoint import WhisperPack, load_whisper
from engine.recognition.whisper.expected_words import ExpectedWords
from engine.recognition.whisper.network import WhisperNetwork
from engine.recognition.whisper.slots.decoding import SlotDecoding
from engine.recognition.whisper.slots.selection import rules_of
from engine.recognition.whisper.whisper_recognizer import WhisperRecognizer
from engine.recognition.windows import Piece
from tests.engine.recognition.whisper.slots.made_up import Asked, assert_same, rounds
from tests.engine.sounds import noise, silence, telephone

OPTIONS = RecognizerOptions()
NAMES = ("Daschwood", "Barton Park", "Kowalczyk", "Thornbury Lane", "Norland", "Henry", "five of hearts")
SLOTS = 8


class Paths:
    """A model in fp32, today's way and in slots."""

    def __init__(self, folder: Path, beams: int) -> None:
        self.pack: WhisperPack = load_whisper(folder, "cpu")
        with torch.inference_mode():
            self.network = WhisperNetwork(self.pack.model, "fp32", self.pack.alignment_heads)
        self.mel, self.beams = LogMel(self.pack.mel_filters), beams
        self.names = ExpectedWords(
            [self.pack.tokenizer.encode(f" {name}", add_special_tokens=False) for name in NAMES],
            self.pack.spellings,
            OPTIONS.expected_bonus,
            OPTIONS.expected_most,
        )

    @torch.inference_mode()
    def today(self, texts: Sequence[Asked]) -> list[DecodingResult]:
        decoder = Decoder(self.network, self.pack.special_tokens, self.beams)
        found = []
        for first in range(0, len(texts), SLOTS):
            searches = [
                decoder.begin(self.network.encode(text.mel), text.language, text.most_tokens, text.expected)
                for text in texts[first : first + SLOTS]
            ]
            while live := [search for search in searches if not search.done]:
                decoder.step(live)
            found += [search.result() for search in searches]
        return found

    def in_slots(self, texts: Sequence[Asked], slots: int = SLOTS) -> list[DecodingResult]:
        decoding = SlotDecoding(
            self.network,
            rules_of(self.network, self.pack.special_tokens, self.beams, self.pack.spellings),
            slots,
            OPTIONS.longest_window_seconds + TRAILING_SILENCE_SECONDS,
            OPTIONS.most_tokens,
            lambda _: None,
        )
        prompt = self.pack.special_tokens.prompt
        begun = [decoding.begin(one.mel, prompt(one.language), one.most_tokens, one.expected) for one in texts]
        return list(rounds(decoding, begun))

    def asked(self, sounds: Sequence[Samples], languages: Sequence[str], seed: int = 0) -> list[Asked]:
        """Every third with expected words, every fifth cut off after a few tokens."""
        chance = random.Random(seed)
        found = []
        for number, sound in enumerate(sounds):
            mel = self.mel(sound)
            most = OPTIONS.most_tokens(mel.shape[1] / FRAMES_PER_SECOND)
            most = chance.randint(1, 6) if number % 5 == 4 else most
            expected = self.names if number % 3 == 1 else None
            found.append(Asked(mel, languages[number % len(languages)], most, expected))
        return found

    def times(self, one: DecodingResult) -> list[tuple[str, float, float]]:
        words = words_of(one.tokens, one.log_probabilities, self.pack.spellings, spaced=True)
        piece = Piece(0, 0.0, one.attention.shape[1] / 50, 0.0, 1.0)
        spans = word_spans(one.attention.double().numpy(), words, piece)
        return [(word.text, *span) for word, span in zip(words, spans, strict=True)]


def windows(speech: dict[str, Samples], count: int, seed: int = 0) -> list[Samples]:
    """Speech cut at any place, put together, over the telephone, faint and loud; noise; silence."""
    chance, clips = random.Random(seed), list(speech.values())
    found: list[Samples] = [noise(2.5, -25), silence(1.5), clips[0]]
    while len(found) < count:
        parts = chance.choices(clips, k=chance.choice((1, 1, 1, 2, 3)))
        sound = np.concatenate(parts)[: round(24 * RECOGNITION_RATE)]
        first = chance.randrange(len(sound) // 2)
        sound = sound[first : first + chance.randint(RECOGNITION_RATE // 2, len(sound))]
        kind = chance.randrange(6)
        if kind == 0:
            sound = telephone(sound, "ULAW")
        elif kind == 1:
            sound = (0.03 * sound).astype(np.float32)
        elif kind == 2:
            sound = (sound + noise(len(sound) / RECOGNITION_RATE, -35, seed=len(found))[: len(sound)]).astype(
                np.float32
            )
        found.append(sound)
    return found


def assert_heard_alike(paths: Paths, texts: Sequence[Asked]) -> None:
    expected, found = paths.today(texts), paths.in_slots(texts)
    for one, other in zip(expected, found, strict=True):
        assert_same(one, other)
        assert paths.times(one) == paths.times(other)
    assert {one.ended for one in expected} == {True, False}
    assert max(len(one.tokens) for one in expected) > 20


@pytest.mark.slow
@pytest.mark.parametrize("beams", [pytest.param(1, marks=pytest.mark.long), 3])
@pytest.mark.long
def test_twelve_windows_are_heard_alike(tiny_folder: Path, speech: dict[str, Samples], beams: int) -> None:
    paths = Paths(tiny_folder, beams)
    assert_heard_alike(paths, paths.asked(windows(speech, 12), ["en"]))


@pytest.mark.slow
@pytest.mark.long
def test_windows_in_several_languages_are_heard_alike(base_folder: Path, speech: dict[str, Samples]) -> None:
    """With a prompt of four tokens, and what a language that nobody speaks makes of it."""
    paths = Paths(base_folder, 3)
    assert_heard_alike(paths, paths.asked(windows(speech, 8), ["en", "de", "fr"]))


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("beams", [1, 3])
@pytest.mark.parametrize("part", range(5))
def test_two_hundred_windows_are_heard_alike(
    tiny_folder: Path, speech: dict[str, Samples], part: int, beams: int
) -> None:
    paths = Paths(tiny_folder, beams)
    assert_heard_alike(paths, paths.asked(windows(speech, 40, seed=part + 1), ["en"], seed=part))


@pytest.mark.slow
@pytest.mark.long
def test_sixty_windows_in_several_languages_are_heard_alike(base_folder: Path, speech: dict[str, Samples]) -> None:
    paths = Paths(base_folder, 3)
    assert_heard_alike(paths, paths.asked(windows(speech, 60, seed=7), ["en", "de", "fr", "es", "zh"], seed=7))


@pytest.mark.slow
@pytest.mark.long
def test_a_text_is_the_same_in_other_company_and_in_other_slots(tiny_folder: Path, speech: dict[str, Samples]) -> None:
    paths = Paths(tiny_folder, 3)
    texts = paths.asked(windows(speech, 9, seed=3), ["en"])
    alone = paths.in_slots(texts[3:5])
    for company in (texts, [*texts[3:], *texts[:3]]):
        first = [id(one) for one in company].index(id(texts[3]))
        for one, other in zip(alone, paths.in_slots(company)[first : first + 2], strict=True):
            assert_same(one, other)
    for one, other in zip(alone, paths.in_slots(texts[3:5], slots=1), strict=True):
        assert_same(one, other)


@pytest.mark.slow
def test_a_call_is_recognized_in_slots_as_it_is_today(tiny_folder: Path, speech: dict[str, Samples]) -> None:
    """By the recognizer, from its turns to the times of its words."""
    turns = [speech["austen-0870"], speech["cards-005"], noise(2, -20)]
    heard = []
    for slots in (None, 4):
        recognizer = WhisperRecognizer(tiny_folder, "cpu", precision="fp32", slots=slots)
        heard.append(recognizer.transcribe(turns, "en", expected=NAMES[:3]))
        recognizer.close()
    today, in_slots = heard
    assert [one.text for one in in_slots] == [one.text for one in today]
    assert any(one.words for one in today)
    for one, other in zip(today, in_slots, strict=True):
        assert [(word.text, word.start, word.end) for word in one.words] == [
            (word.text, word.start, word.end) for word in other.words
        ]
        assert one.confidence == pytest.approx(other.confidence, abs=1e-4)


@pytest.mark.slow
def test_a_processors_int8_is_not_for_slots(tiny_folder: Path) -> None:
    with pytest.raises(ValueError, match="int8"):
        WhisperRecognizer(tiny_folder, "cpu", precision="int8", slots=2)
