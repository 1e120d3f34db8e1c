"""From encoded sounds to their most probable texts: a beam search per sound with Whisper's own rules.

The searches of many sounds share each step of the network. Beams stand beside each other as rows of one text that see
their own past only: nothing is copied when the search goes on from other beams.

Where words are expected, beams that are on the way to one go beside those of the plain search and take no place of
theirs: the plain text is always found, and a name stands in it only where it is worth more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from engine.recognition.whisper.decoder_attention import EncodedAudio, SelfAttentionCache
from engine.recognition.whisper.expected_words import ExpectedWords, Reached
from engine.recognition.whisper.network import LOGIT_GROUPS, DecoderInput, WhisperNetwork

MOST_BEHIND = 10.0  # a beam on its way to an expected word that is so much less probable than the best is given up
MOST_LONGER = 12  # tokens that a text with expected words may have more than the plain one
_NOTHING = Reached()
_Candidates = list[tuple[float, int]]  # log-probabilities and their tokens
_Scored = tuple[float, int, int, float]  # score, row, token and its log-probability


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
    reached: Reached = _NOTHING  # among expected words
    more: float = 0.0  # what these add to the total

    def extend(
        self, row: int, token: int, log_probability: float, expected: ExpectedWords | None, *, ends: bool
    ) -> _Beam:
        """With one more token; the one that `ends` the text is none of its own."""
        reached, more = expected.step(self.reached, token) if expected else (_NOTHING, 0.0)
        return _Beam(
            self.tokens if ends else (*self.tokens, token),
            (*self.log_probabilities, log_probability),
            (*self.rows, row),
            self.total + log_probability,
            reached,
            self.more + more,
        )

    @property
    def score(self) -> float:
        return self.total + self.more

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
    attention_mask: Tensor  # what each row of the next step sees of the past; first the prompt's rows, then the beams
    beams: list[_Beam] = field(default_factory=lambda: [_Beam()])
    finished: list[_Beam] = field(default_factory=list)
    expected: ExpectedWords | None = None
    plain: int = 1  # so many of the beams are the plain search's, the others are on the way to expected words
    finished_beside: list[_Beam] = field(default_factory=list)
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
        best = self._best_finished() if ended else self.beams[0]
        weights = [self.attention[step][row] for step, row in enumerate(best.rows[: len(best.tokens)])]
        attention = torch.stack(weights) if weights else self.attention_mask.new_zeros(0, self.audio.real)
        return DecodingResult(best.tokens, best.log_probabilities, self.no_speech, ended, attention)

    def _best_finished(self) -> _Beam:
        """The plain one, unless one with expected words is better by all of its tokens and by their mean.

        By the mean alone a loop would gain, whose later tokens are certain; by all of them a text that is cut short.
        """
        plain = max(self.finished, key=lambda beam: beam.mean)
        if not self.finished_beside:
            return plain
        named = max(self.finished_beside, key=lambda beam: beam.score)
        more = (named.more - plain.more) / max(1, len(plain.log_probabilities))
        return named if named.score > plain.score and named.mean + more > plain.mean else plain


def tokens_of(search: BeamSearch) -> tuple[int, ...]:
    """The tokens of the search's first beam; all have the same number."""
    return search.beams[0].tokens


def suppressed(network: WhisperNetwork, special_tokens: SpecialTokens) -> tuple[Tensor, Tensor]:
    """What is added to the logits of every token, and to those of the first: 0 or -inf.  # [padded vocabulary]"""
    always = torch.zeros(network.vocabulary_size + network.vocabulary_padding, device=network.device)
    always[list(special_tokens.suppress_tokens)] = -torch.inf
    always[special_tokens.end + 1 :] = -torch.inf  # special tokens and timestamps
    at_first = always.clone()
    at_first[list(special_tokens.begin_suppress_tokens)] = -torch.inf
    at_first[special_tokens.end] = -torch.inf
    return always, at_first


class Decoder:
    """Searches for the texts of several sounds, step by step; holds no state of any."""

    def __init__(self, network: WhisperNetwork, special_tokens: SpecialTokens, beams: int) -> None:
        self._network, self._special_tokens, self._beams = network, special_tokens, beams
        self._always, self._at_first = suppressed(network, special_tokens)

    def begin(
        self, audio: EncodedAudio, language: str, max_tokens: int, expected: ExpectedWords | None = None
    ) -> BeamSearch:
        """A search for a text of at most `max_tokens` tokens; `expected` are words that may come up in it."""
        prompt = self._special_tokens.prompt(language)
        max_tokens = min(max_tokens, self._network.max_target_positions - len(prompt))
        beams = 2 * self._beams if expected else self._beams
        cache = self._network.attention.empty_cache(len(prompt) + beams * max_tokens)
        causal = torch.full((len(prompt), len(prompt)), -torch.inf, device=self._network.device).triu(1)
        return BeamSearch(audio, max_tokens, cache, prompt, causal, expected=expected)

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
        rows = [row for search, part in prompts for row in (part[0], part[-1])]
        logits = self._network.logits(torch.stack(rows))
        no_speech = logits[::2, : self._network.vocabulary_size].softmax(-1)[:, self._special_tokens.no_speech].tolist()
        for (search, _), probability in zip(prompts, no_speech, strict=True):
            search.no_speech = probability
            search.attention_mask = search.attention_mask[-1:]  # that of the prompt's end
        self._advance([search for search, _ in prompts], logits[1::2].contiguous(), self._at_first)

    def _advance(self, searches: list[BeamSearch], logits: Tensor, suppressed: Tensor) -> None:
        logits += suppressed
        values, tokens = top_k(logits, 2 * self._beams)
        sums = self._network.attention.log_sum_exp(logits)
        values -= sums
        top = iter(zip(values.tolist(), tokens.tolist(), strict=True))
        row = 0
        for search in searches:
            count = len(search.beams)
            candidates = [list(zip(*next(top), strict=True)) for _ in search.beams]
            if search.expected is not None:
                named = _tokens_of_names(search, search.expected, logits[row : row + count], sums[row : row + count])
                self._select_beams(search, candidates, self._beside(search, search.expected, candidates, named))
            else:
                self._select_beams(search, candidates, [])
            row += count

    def _select_beams(self, search: BeamSearch, candidates: list[_Candidates], beside: list[_Scored]) -> None:
        """From the most probable tokens of each beam, and those on the way to an expected word, to the next beams."""
        scored = [
            (search.beams[row].total + value, row, token, value)
            for row in range(search.plain)
            for value, token in candidates[row]
            if value > -torch.inf
        ]
        plain = self._best(search, scored, search.finished)
        taken = {(beam.rows[-1], beam.tokens[-1]) for beam in plain}
        others = self._best(search, [one for one in beside if one[1:3] not in taken], search.finished_beside)
        if not plain or len(search.finished) >= self._beams or len(plain[0].tokens) >= search.max_tokens:
            search.done = not others or not search.finished or len(others[0].tokens) >= search.max_tokens
            if search.plain and not search.done:
                search.max_tokens = min(search.max_tokens, len(others[0].tokens) + MOST_LONGER)
            plain = plain if search.done else []
        if len(search.finished_beside) >= self._beams:
            others = []
            search.done = search.done or not plain
        search.beams, search.plain = [*plain, *others] or search.beams, len(plain)
        if not search.done:
            search.attention_mask = _next_mask(search, [beam.rows[-1] for beam in search.beams])

    def _beside(
        self, search: BeamSearch, expected: ExpectedWords, candidates: list[_Candidates], named: list[_Candidates]
    ) -> list[_Scored]:
        """What goes on to expected words, or has one: of the plain search's beams, not that they end."""
        end = self._special_tokens.end
        scored = []
        for row, beam in enumerate(search.beams):
            for token, value in {token: value for value, token in (*named[row], *candidates[row])}.items():
                more = beam.more + expected.step(beam.reached, token)[1]
                if more > 0 and value > -torch.inf and not (row < search.plain and token == end):
                    scored.append((beam.total + value + more, row, token, value))
        best = max([one[0] for one in scored] + [beam.score for beam in search.beams[: search.plain]], default=0.0)
        return [one for one in scored if one[0] > best - MOST_BEHIND]

    def _best(self, search: BeamSearch, scored: list[_Scored], finished: list[_Beam]) -> list[_Beam]:
        """The best ways to go on; those among them that end are finished."""
        scored.sort(key=lambda one: (-one[0], one[1], one[2]))
        beams: list[_Beam] = []
        for _, row, token, value in scored[: 2 * self._beams]:
            ends = token == self._special_tokens.end
            extended = search.beams[row].extend(row, token, value, search.expected, ends=ends)
            (finished if ends else beams).append(extended)
            if len(beams) == self._beams:
                break
        return beams


def _tokens_of_names(search: BeamSearch, expected: ExpectedWords, logits: Tensor, sums: Tensor) -> list[_Candidates]:
    """For each beam the tokens on the way to an expected word, however probable they are."""
    found = []
    for row, beam in enumerate(search.beams):
        tokens = expected.following(beam.reached)
        found.append(list(zip((logits[row, tokens] - sums[row]).tolist(), tokens, strict=True)))
    return found


def _next_mask(search: BeamSearch, parents: list[int]) -> Tensor:
    """Each new row sees what its parent saw, its parent, and itself."""
    device, count = search.attention_mask.device, len(parents)
    past = search.attention_mask[torch.tensor(parents, device=device)]
    itself = torch.full((count, count), -torch.inf, device=device).fill_diagonal_(0.0)
    return torch.cat([past, itself], dim=1)


def top_k(logits: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The largest of each row and their places: `topk`, but first of groups' largest, which is nine times faster."""
    rows, size = logits.shape
    columns = size // LOGIT_GROUPS
    places = logits.view(rows, LOGIT_GROUPS, columns).amax(1).topk(count).indices  # a group is a column
    offsets = torch.arange(LOGIT_GROUPS, device=logits.device) * columns
    members = (places[:, :, None] + offsets).flatten(1)
    values, chosen = logits.gather(1, members).topk(count)
    return values, members.gather(1, chosen)
