"""From encoded sounds to their most probable texts: a beam search per sound with Whisper's own rules.

The searches of many sounds share each step of the network. Beams stand beside each other as rows of one text that see
their own past only: nothing is copied when the search goes on from other beams.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from engine.recognition.whisper.decoder_attention import EncodedAudio, SelfAttentionCache
from engine.recognition.whisper.network import LOGIT_GROUPS, DecoderInput, WhisperNetwork


@dataclass(frozen=True, slots=True)
class SpecialTokens:
    """The token ids that decoding has to know of a Whisper model."""

    start: int
    end: int
    no_speech: int
    no_timestamps: int
    languages: dict[str, int]  # empty in an English-only model
    transcribe: int
    suppress_tokens: tuple[int, ...]  # symbols that are no speech: ♪ and the like
    begin_suppress_tokens: tuple[int, ...]
    previous: int | None = None  # what stands before words that may be expected

    def prompt(self, language: str) -> list[int]:
        """What stands before the text: English-only models have neither language nor task."""
        if not self.languages:
            return [self.start, self.no_timestamps]
        return [self.start, self.languages[language], self.transcribe, self.no_timestamps]


@dataclass(frozen=True, slots=True)
class DecodingResult:
    """A text as tokens, with their log-probabilities and the alignment heads' attention over the sound."""

    tokens: tuple[int, ...]
    log_probabilities: tuple[float, ...]  # of the tokens and the end
    no_speech_probability: float
    ended: bool  # False where the text had to be cut off: a loop
    attention: Tensor  # [tokens, positions of the sound], each row a distribution

    @property
    def mean_log_probability(self) -> float:
        return sum(self.log_probabilities) / max(1, len(self.log_probabilities))


@dataclass(frozen=True, slots=True)
class _Beam:
    """One way the text may go on: its tokens, each one's log-probability and the row that it was found in."""

    tokens: tuple[int, ...] = ()
    log_probabilities: tuple[float, ...] = ()
    rows: tuple[int, ...] = ()
    total: float = 0.0

    def extend(self, row: int, token: int | None, log_probability: float) -> _Beam:
        tokens = self.tokens if token is None else (*self.tokens, token)
        return _Beam(
            tokens, (*self.log_probabilities, log_probability), (*self.rows, row), self.total + log_probability
        )

    @property
    def mean(self) -> float:
        return self.total / max(1, len(self.log_probabilities))


@dataclass(slots=True)
class BeamSearch:
    """The search for one sound's text: what it decodes next, what it has found."""

    audio: EncodedAudio
    max_tokens: int
    cache: SelfAttentionCache
    prompt: list[int]
    start_row: int  # of the prompt's rows, the one that stands for the start of the text
    attention_mask: Tensor  # what each row of the next step sees of the past; first the prompt's rows, then the beams
    beams: list[_Beam] = field(default_factory=lambda: [_Beam()])
    finished: list[_Beam] = field(default_factory=list)
    attention: list[Tensor] = field(default_factory=list)  # per step [rows, positions]
    no_speech: float = 0.0
    done: bool = False

    @property
    def is_prompt(self) -> bool:
        """No token was selected yet: the prompt is decoded first."""
        return not tokens_of(self)

    def decoder_input(self) -> DecoderInput:
        """What the network decodes for this search in the next step."""
        if self.is_prompt:
            return DecoderInput(self.audio, self.cache, self.prompt, 0, True, self.attention_mask)
        tokens = [beam.tokens[-1] for beam in self.beams]
        position = len(self.prompt) + len(tokens_of(self)) - 1
        return DecoderInput(self.audio, self.cache, tokens, position, False, self.attention_mask)

    def result(self) -> DecodingResult:
        """The best text found."""
        ended = bool(self.finished)
        best = max(self.finished, key=lambda beam: beam.mean) if ended else self.beams[0]
        weights = [self.attention[step][row] for step, row in enumerate(best.rows[: len(best.tokens)])]
        attention = torch.stack(weights) if weights else self.attention_mask.new_zeros(0, self.audio.real)
        return DecodingResult(best.tokens, best.log_probabilities, self.no_speech, ended, attention)


def tokens_of(search: BeamSearch) -> tuple[int, ...]:
    """The tokens of the search's first beam; all have the same number."""
    return search.beams[0].tokens


class Decoder:
    """Searches for the texts of several sounds, step by step; holds no state of any."""

    def __init__(self, network: WhisperNetwork, special_tokens: SpecialTokens, beams: int) -> None:
        self._network, self._special_tokens, self._beams = network, special_tokens, beams
        self._always = torch.zeros(network.vocabulary_size + network.vocabulary_padding, device=network.device)
        self._always[list(special_tokens.suppress_tokens)] = -torch.inf
        self._always[special_tokens.end + 1 :] = -torch.inf  # special tokens and timestamps
        self._at_first = self._always.clone()
        self._at_first[list(special_tokens.begin_suppress_tokens)] = -torch.inf
        self._at_first[special_tokens.end] = -torch.inf

    def begin(self, audio: EncodedAudio, language: str, max_tokens: int, expected: Sequence[int] = ()) -> BeamSearch:
        """A search for a text of at most `max_tokens` tokens; `expected` are words that may come up in it."""
        before = [self._special_tokens.previous, *expected] if expected and self._special_tokens.previous else []
        prompt = [*before, *self._special_tokens.prompt(language)]
        max_tokens = min(max_tokens, self._network.max_target_positions - len(prompt))
        cache = self._network.attention.empty_cache(len(prompt) + self._beams * max_tokens)
        causal = torch.full((len(prompt), len(prompt)), -torch.inf, device=self._network.device).triu(1)
        return BeamSearch(audio, max_tokens, cache, prompt, len(before), causal)

    @torch.inference_mode()
    def step(self, searches: Sequence[BeamSearch]) -> None:
        """One more token for each of these searches; those that end are `done`."""
        inputs = [search.decoder_input() for search in searches]
        rows, attention = self._network.decode(inputs)
        parts = torch.split(rows, [len(one.tokens) for one in inputs])
        for search, weights in zip(searches, attention, strict=True):
            search.attention.append(weights[-1:] if search.is_prompt else weights)
        prompts = [(search, part) for search, part in zip(searches, parts, strict=True) if search.is_prompt]
        running = [(search, part) for search, part in zip(searches, parts, strict=True) if not search.is_prompt]
        if prompts:
            self._first_tokens(prompts)
        if running:
            logits = self._network.logits(torch.cat([part for _, part in running]))
            self._advance([search for search, _ in running], logits, self._always)

    def language_log_probabilities(self, audio: EncodedAudio) -> Tensor:
        """The log-probability of each of the model's languages, in their order.  # [languages]"""
        mask = torch.zeros(1, 1, device=self._network.device)
        start = DecoderInput(audio, self._network.attention.empty_cache(1), [self._special_tokens.start], 0, True, mask)
        logits = self._network.logits(self._network.decode([start])[0])[0]
        return logits[list(self._special_tokens.languages.values())].log_softmax(-1)

    def _first_tokens(self, prompts: list[tuple[BeamSearch, Tensor]]) -> None:
        """The no-speech probability at the start of the text, and the first token at the prompt's end."""
        rows = [row for search, part in prompts for row in (part[search.start_row], part[-1])]
        logits = self._network.logits(torch.stack(rows))
        no_speech = logits[::2, : self._network.vocabulary_size].softmax(-1)[:, self._special_tokens.no_speech].tolist()
        for (search, _), probability in zip(prompts, no_speech, strict=True):
            search.no_speech = probability
            search.attention_mask = search.attention_mask[-1:]  # that of the prompt's end
        self._advance([search for search, _ in prompts], logits[1::2].contiguous(), self._at_first)

    def _advance(self, searches: list[BeamSearch], logits: Tensor, suppressed: Tensor) -> None:
        logits += suppressed
        values, tokens = _top_k(logits, 2 * self._beams)
        values -= self._network.attention.log_sum_exp(logits)
        candidates = iter(zip(values.tolist(), tokens.tolist(), strict=True))
        for search in searches:
            self._select_beams(search, [next(candidates) for _ in search.beams])

    def _select_beams(self, search: BeamSearch, candidates: list[tuple[list[float], list[int]]]) -> None:
        """From the most probable tokens of each beam to the beams of the next step."""
        scored = [
            (beam.total + value, row, token, value)
            for row, (beam, (values, tokens)) in enumerate(zip(search.beams, candidates, strict=True))
            for value, token in zip(values, tokens, strict=True)
            if value > -torch.inf
        ]
        scored.sort(key=lambda one: (-one[0], one[1], one[2]))
        beams: list[_Beam] = []
        for _, row, token, value in scored[: 2 * self._beams]:
            if token == self._special_tokens.end:
                search.finished.append(search.beams[row].extend(row, None, value))
            elif len(beams) < self._beams:
                beams.append(search.beams[row].extend(row, token, value))
            if len(beams) == self._beams:
                break
        parents = [beam.rows[-1] for beam in beams]
        search.beams = beams or search.beams
        search.done = not beams or len(search.finished) >= self._beams or len(tokens_of(search)) >= search.max_tokens
        if not search.done:
            search.attention_mask = _next_mask(search, parents)


def _next_mask(search: BeamSearch, parents: list[int]) -> Tensor:
    """Each new row sees what its parent saw, its parent, and itself."""
    device, count = search.attention_mask.device, len(parents)
    past = search.attention_mask[torch.tensor(parents, device=device)]
    itself = torch.full((count, count), -torch.inf, device=device).fill_diagonal_(0.0)
    return torch.cat([past, itself], dim=1)


def _top_k(logits: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The largest of each row and their places: `topk`, but first of groups' largest, which is nine times faster."""
    rows, size = logits.shape
    columns = size // LOGIT_GROUPS
    places = logits.view(rows, LOGIT_GROUPS, columns).amax(1).topk(count).indices  # a group is a column
    offsets = torch.arange(LOGIT_GROUPS, device=logits.device) * columns
    members = (places[:, :, None] + offsets).flatten(1)
    values, chosen = logits.gather(1, members).topk(count)
    return values, members.gather(1, chosen)
