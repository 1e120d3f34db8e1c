"""From one encoded window to its most probable text: a beam search with Whisper's own rules."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.whisper_network import DecoderCache, Encoded, WhisperNetwork


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The token ids that decoding has to know of a Whisper model."""

    start: int
    end: int
    no_speech: int
    no_timestamps: int
    languages: dict[str, int]  # empty in an English-only model
    transcribe: int
    never: tuple[int, ...]  # symbols that are no speech: ♪ and the like
    never_first: tuple[int, ...]

    def prompt(self, language: str) -> list[int]:
        """What stands before the text: English-only models have neither language nor task."""
        if not self.languages:
            return [self.start, self.no_timestamps]
        return [self.start, self.languages[language], self.transcribe, self.no_timestamps]


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text as tokens, with what the model thinks of it."""

    tokens: tuple[int, ...]
    mean_log_probability: float  # of the tokens and the end
    no_speech_probability: float
    ended: bool  # False where the text had to be cut off: a loop


@dataclass(slots=True)
class _Finished:
    tokens: list[int]
    mean: float
    ended: bool = True


class Decoder:
    """Decodes one window at a time, so that no window can change another's text."""

    def __init__(self, network: WhisperNetwork, layers: int, vocabulary: Vocabulary, words: int) -> None:
        self._network, self._layers, self._vocabulary = network, layers, vocabulary
        self._always = torch.zeros(words, device=network.device)
        self._always[list(vocabulary.never)] = -torch.inf
        self._always[vocabulary.end + 1 :] = -torch.inf  # special tokens and timestamps
        self._at_first = self._always.clone()
        self._at_first[list(vocabulary.never_first)] = -torch.inf
        self._at_first[vocabulary.end] = -torch.inf

    def decode(self, encoded: Encoded, language: str, beams: int, most_tokens: int) -> Decoded:
        """The best text of at most `most_tokens` tokens; one beam is greedy search."""
        prompt = self._vocabulary.prompt(language)
        cache = DecoderCache(self._layers)
        device = self._network.device
        logits = self._network.decode(encoded, torch.tensor([prompt], device=device), cache)[0]
        no_speech = float(logits[0].softmax(-1)[self._vocabulary.no_speech])
        most = min(most_tokens, self._network.longest_text - len(prompt))
        best = self._search(encoded, cache, logits[-1:], beams, most)
        return Decoded(tuple(best.tokens), best.mean, no_speech, best.ended)

    def language_log_probabilities(self, encoded: Encoded) -> Tensor:
        """How probable each of the vocabulary's languages is, in their order.  # [languages]"""
        start = torch.tensor([[self._vocabulary.start]], device=self._network.device)
        logits = self._network.decode(encoded, start, DecoderCache(self._layers))[0, 0]
        return logits[list(self._vocabulary.languages.values())].log_softmax(-1)

    def _search(self, encoded: Encoded, cache: DecoderCache, logits: Tensor, beams: int, most: int) -> _Finished:
        end = self._vocabulary.end
        texts: list[list[int]] = [[]]
        totals = torch.zeros(1, device=logits.device)
        finished: list[_Finished] = []
        for step in range(most):
            allowed = logits + (self._at_first if step == 0 else self._always)
            scores = totals[:, None] + allowed.log_softmax(-1)
            found = scores.flatten().topk(2 * beams)
            rows: list[int] = []
            totals_next: list[float] = []
            texts_next: list[list[int]] = []
            words = scores.shape[1]
            for total, place in zip(found.values.tolist(), found.indices.tolist(), strict=True):
                row, token = divmod(place, words)
                if token == end:
                    finished.append(_Finished(texts[row], total / (len(texts[row]) + 1)))
                elif len(rows) < beams:
                    rows.append(row)
                    totals_next.append(total)
                    texts_next.append([*texts[row], token])
                if len(rows) == beams:
                    break
            texts, totals = texts_next, torch.tensor(totals_next, device=logits.device)
            if len(finished) >= beams:
                break
            cache.choose(torch.tensor(rows, device=logits.device))
            last = torch.tensor([[text[-1]] for text in texts], device=logits.device)
            logits = self._network.decode(encoded, last, cache)[:, -1]
        if not finished:
            finished = [_Finished(texts[0], float(totals[0]) / max(1, len(texts[0])), ended=False)]
        return max(finished, key=lambda text: text.mean)
