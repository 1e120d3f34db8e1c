"""Two Whispers that nobody trained: one of a few numbers, and one without layers, for the rules of the search alone."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import torch
from torch import Tensor

from engine.recognition.whisper.beam_search import Decoder, DecodingResult, SpecialTokens
from engine.recognition.whisper.expected_words import ExpectedWords
from engine.recognition.whisper.network import DecoderInput, WhisperNetwork
from engine.recognition.whisper.slots.decoding import SlotDecoding, SlotText
from engine.recognition.whisper.slots.graphs import Capture
from engine.recognition.whisper.slots.selection import rules_of

MELS, VOCABULARY, END = 8, 400, 380
LANGUAGES = {"en": END + 2, "de": END + 3}
SPECIAL_TOKENS = SpecialTokens(
    start=END + 1,
    end=END,
    no_speech=END + 5,
    no_timestamps=END + 6,
    languages=LANGUAGES,
    transcribe=END + 4,
    suppress_tokens=(3, 7),
    begin_suppress_tokens=(11,),
)
SPELLINGS = [b" a" if token % 3 == 0 else b"." if token % 3 == 1 else b"b" for token in range(END)]


@dataclass(frozen=True, slots=True)
class Asked:
    """A text to be decoded."""

    mel: Tensor
    language: str
    most_tokens: int
    expected: ExpectedWords | None = None

    @property
    def prompt(self) -> list[int]:
        return SPECIAL_TOKENS.prompt(self.language)


def made_up_network(seed: int, device: str = "cpu") -> WhisperNetwork:
    """It seldom comes to an end, and hears."""
    from transformers import WhisperConfig, WhisperModel

    torch.manual_seed(seed)
    config = WhisperConfig(
        vocab_size=VOCABULARY,
        num_mel_bins=MELS,
        d_model=16,
        encoder_layers=1,
        decoder_layers=3,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=24,
        decoder_ffn_dim=24,
        max_target_positions=64,
        pad_token_id=END,
        bos_token_id=END,
        eos_token_id=END,
        decoder_start_token_id=END + 1,
    )
    model = WhisperModel(config).eval().requires_grad_(False)
    for name, weight in model.named_parameters():
        if name == "decoder.embed_positions.weight":
            weight.normal_(std=2.0)  # what is said goes with the place: few texts run into a circle
        elif not name.endswith(("layer_norm.weight", "embed_positions.weight")):
            weight.normal_(std=0.5)
    model.decoder.embed_tokens.weight *= 0.5
    with torch.inference_mode():
        return WhisperNetwork(model.to(device), "fp32", ((1, 0), (2, 0), (2, 1)))


class _NoAttention:
    """Of a decoder without layers."""

    length = 0

    def empty_cache(self, _capacity: int) -> _NoAttention:
        return self

    def log_sum_exp(self, logits: Tensor) -> Tensor:
        return logits.logsumexp(-1, keepdim=True)


@dataclass(frozen=True, slots=True)
class _NoSound:
    real: int


class Scripted:
    """What it says next depends on the token before and its place: as good as any network for the rules of a search."""

    device, dtype = torch.device("cpu"), torch.float32
    vocabulary_size, vocabulary_padding = VOCABULARY, 48
    max_target_positions = 64
    heads = width = alignment_head_count = 1
    alignment_head_numbers: ClassVar[dict[int, Tensor]] = {}
    layers: tuple[()] = ()
    attention = _NoAttention()

    def __init__(self, seed: int) -> None:
        chance = torch.Generator().manual_seed(seed)
        self._script = 2 * torch.randn(self.max_target_positions, VOCABULARY, VOCABULARY + 48, generator=chance)
        self._script[..., END] += 3.8

    def encode(self, mel: Tensor) -> _NoSound:
        return _NoSound(mel.shape[1] // 2)

    def encode_together(self, mels: list[Tensor]) -> list[tuple[Tensor, Tensor, Tensor, int]]:
        reals = [mel.shape[1] // 2 for mel in mels]
        return [(torch.zeros(real, 0), torch.zeros(real, 0), torch.zeros(real), real) for real in reals]

    def decode(self, inputs: list[DecoderInput]) -> tuple[Tensor, list[Tensor]]:
        rows = []
        for one in inputs:
            ahead = torch.arange(len(one.tokens)) if one.positions_advance else 0
            rows.append(self.embedded(torch.tensor(one.tokens), one.position + ahead * torch.ones(1).long()))
        return torch.cat(rows), [torch.zeros(len(one.tokens), one.audio.real) for one in inputs]

    def embedded(self, tokens: Tensor, places: Tensor) -> Tensor:
        return torch.stack([places.expand_as(tokens), tokens], dim=1)

    def normed(self, rows: Tensor) -> Tensor:
        return rows

    def logits(self, rows: Tensor) -> Tensor:
        return self._script[rows[:, 0], rows[:, 1]]


def scripted(seed: int) -> WhisperNetwork:
    network: Any = Scripted(seed)
    found: WhisperNetwork = network
    return found


def made_up_texts(count: int, seed: int) -> list[Asked]:
    """Sounds of all lengths, in both languages."""
    chance, noise = random.Random(seed), torch.Generator().manual_seed(seed)
    found = []
    for _ in range(count):
        mel = torch.randn(MELS, chance.choice((20, 90, 200, 333, 410, 600)), generator=noise)
        found.append(Asked(mel, chance.choice(("en", "de")), chance.choice((1, 2, 5, 17, 30))))
    return found


def with_names(texts: list[Asked], said: list[DecodingResult], seed: int) -> list[Asked]:
    """For two of three: words of tokens that come up in what is said without them, or might."""
    chance = random.Random(seed)
    found = []
    for number, (text, plain) in enumerate(zip(texts, said, strict=True)):
        tokens = [
            *plain.tokens,
            *(token + 1 for token in plain.tokens if token + 1 < END),
            *chance.sample(range(END), 90),
        ]
        words = [chance.choices(tokens, k=chance.choice((1, 1, 2, 3))) for _ in range(chance.randint(1, 80))]
        bonus = chance.choice((1.0, 5.0))
        expected = ExpectedWords(words, SPELLINGS, bonus, most=10.0) if number % 3 else None
        found.append(replace(text, expected=expected))
    return found


def one_by_one(network: WhisperNetwork, beams: int, texts: list[Asked]) -> list[DecodingResult]:
    """As the search finds them in Python."""
    decoder = Decoder(network, SPECIAL_TOKENS, beams)
    found = []
    with torch.inference_mode():
        for text in texts:
            search = decoder.begin(network.encode(text.mel), text.language, text.most_tokens, text.expected)
            while not search.done:
                decoder.step([search])
            found.append(search.result())
    return found


def slot_decoding(
    network: WhisperNetwork,
    beams: int,
    slots: int,
    capture_for: Callable[[torch.device], Capture | None] = lambda _: None,
    monotonic: Callable[[], float] = time.monotonic,
) -> SlotDecoding:
    """`capture_for` is asked for each table: a capture is for the graphs of one."""
    rules = rules_of(network, SPECIAL_TOKENS, beams, SPELLINGS)
    return SlotDecoding(network, rules, slots, 6.0, lambda _: 30, capture_for, monotonic)


def begun(decoding: SlotDecoding, texts: list[Asked], device: str = "cpu") -> list[SlotText]:
    return [decoding.begin(text.mel.to(device), text.prompt, text.most_tokens, text.expected) for text in texts]


def in_slots(decoding: SlotDecoding, texts: list[Asked], device: str = "cpu") -> list[DecodingResult]:
    """All at hand from the beginning; those that find no slot wait."""
    return list(rounds(decoding, begun(decoding, texts, device)))


def rounds(decoding: SlotDecoding, texts: list[SlotText]) -> Iterator[DecodingResult]:
    for _ in range(1000):
        waiting = [text for text in texts if text.result is None]
        if not waiting:
            break
        decoding.step(waiting)
    for text in texts:
        assert text.result is not None, "a text never ends"
        yield text.result


def assert_same(one: DecodingResult, other: DecodingResult, within: float = 1e-4) -> None:
    """The same text; its numbers nearly."""
    assert (one.tokens, one.ended) == (other.tokens, other.ended)
    assert len(one.log_probabilities) == len(other.log_probabilities)
    differences = [abs(a - b) for a, b in zip(one.log_probabilities, other.log_probabilities, strict=True)]
    assert max(differences, default=0.0) <= within
    assert abs(one.no_speech_probability - other.no_speech_probability) <= within
    assert one.attention.shape == other.attention.shape
    assert torch.allclose(one.attention, other.attention, atol=within)
