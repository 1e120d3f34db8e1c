"""No sound changes another's text, to the last bit: alone, in any batch, joined at any moment, beside any call."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch

from engine.audio.samples import Samples
from engine.recognition.log_mel import LogMel
from engine.recognition.whisper.beam_search import Decoder, DecodingResult
from engine.recognition.whisper.checkpoint import WhisperPack, load_whisper
from engine.recognition.whisper.decoder_attention import EncodedAudio
from engine.recognition.whisper.linear import Precision, best_precision
from engine.recognition.whisper.network import WhisperNetwork
from engine.recognition.whisper.whisper_recognizer import WhisperRecognizer
from tests.engine.sounds import noise, telephone
from tests.support.cases import long_but

pytestmark = pytest.mark.slow

BATCHINGS = 25  # for each of eight: two hundred
MOST_TOKENS = 4


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """As in a worker; two would spend most of their time waiting for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def pack(tiny_folder: Path) -> WhisperPack:
    return load_whisper(tiny_folder, "cpu")


def _search(decoder: Decoder, sounds: Sequence[EncodedAudio], joining: Sequence[int]) -> list[DecodingResult]:
    """Search for the texts of these sounds together; `joining` tells before which step each comes in."""
    searches = [decoder.begin(sound, "en", MOST_TOKENS) for sound in sounds]
    step = 0
    while not all(search.done for search in searches):
        live = [one for one, at in zip(searches, joining, strict=True) if at <= step and not one.done]
        if live:
            decoder.step(live)
        step += 1
    return [search.result() for search in searches]


def _same(one: DecodingResult, other: DecodingResult) -> bool:
    return (
        (one.tokens, one.log_probabilities, one.no_speech_probability, one.ended)
        == (other.tokens, other.log_probabilities, other.no_speech_probability, other.ended)
    ) and torch.equal(one.attention, other.attention)


@pytest.mark.parametrize("beams", long_but([3], [1, 3]), ids=["greedy", "beam"])
@pytest.mark.parametrize("precision", long_but([best_precision(torch.device("cpu"))], ["fp32", "int8"]))
@pytest.mark.usefixtures("each_attention")
def test_a_text_is_the_same_to_the_last_bit_in_any_batch(
    pack: WhisperPack, speech: dict[str, Samples], precision: Precision, beams: int
) -> None:
    if precision == "int8" and best_precision(torch.device("cpu")) != "int8":
        pytest.skip("the processor has no VNNI")
    with torch.inference_mode():
        network = WhisperNetwork(pack.model, precision, pack.alignment_heads)
        mel = LogMel(pack.mel_filters)
        clips = [
            *speech.values(),
            noise(3, -20),
            telephone(speech["cards-005"], "GSM610"),
            0.05 * speech["austen-0930"],
        ]
        sounds = [network.encode(mel(clip)) for clip in clips]
        decoder = Decoder(network, pack.special_tokens, beams)
        alone = [_search(decoder, [sound], [0])[0] for sound in sounds]
        chance = random.Random(beams)
        for _ in range(BATCHINGS):
            chosen = chance.choices(range(len(sounds)), k=chance.randint(2, 8))
            together = _search(decoder, [sounds[index] for index in chosen], [chance.randint(0, 2) for _ in chosen])
            assert all(_same(alone[index], one) for index, one in zip(chosen, together, strict=True))
    assert any(one.tokens for one in alone)


@pytest.mark.long
def test_calls_at_once_are_heard_as_each_alone(tiny: WhisperRecognizer, speech: dict[str, Samples]) -> None:
    clips = list(speech.values())
    calls = [clips[index:] + clips[:index] for index in range(len(clips))]
    alone = [tiny.transcribe(call, "en") for call in calls]
    told: list[list[int]] = [[] for _ in calls]
    with ThreadPoolExecutor(len(calls)) as pool:
        futures = [pool.submit(tiny.transcribe, call, "en", told[index].append) for index, call in enumerate(calls)]
        assert [future.result() for future in futures] == alone
    assert told == [list(range(1, len(clips) + 1))] * len(calls)
