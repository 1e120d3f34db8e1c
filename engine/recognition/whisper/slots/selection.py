"""From a step's logits to the next beams of every slot: the rules of `beam_search`, for all slots at once.

Nothing here waits for the host or depends on what it knows: shapes are fixed, and what does not concern a slot (it is
done, or still at its prompt) is computed and left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.recognition.whisper.beam_search import (
    MOST_BEHIND,
    MOST_LONGER,
    SpecialTokens,
    suppressed,
    top_k,
)
from engine.recognition.whisper.expected_words import begins_behind_a_word
from engine.recognition.whisper.network import WhisperNetwork
from engine.recognition.whisper.slots.names import Continuations, NameTrees, continuations
from engine.recognition.whisper.slots.state import NAMED, PLAIN, SlotState


@dataclass(frozen=True, slots=True)
class Rules:
    """What selection knows of a model."""

    beams: int
    end: int
    no_speech: int
    vocabulary: int
    always: Tensor  # [padded vocabulary], 0 or -inf
    at_first: Tensor
    begins: Tensor  # [padded vocabulary] of bool: the token goes on with no word


def rules_of(network: WhisperNetwork, special_tokens: SpecialTokens, beams: int, spellings: Sequence[bytes]) -> Rules:
    always, at_first = suppressed(network, special_tokens)
    begins = torch.ones(len(always), dtype=torch.bool)
    begins[: len(spellings)] = torch.tensor([begins_behind_a_word(one) for one in spellings], dtype=torch.bool)
    return Rules(
        beams,
        special_tokens.end,
        special_tokens.no_speech,
        network.vocabulary_size,
        always,
        at_first,
        begins.to(network.device),
    )


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Ways to go on, as columns [slots, rows × columns]; `columns` of each row."""

    columns: int
    token: Tensor
    value: Tensor  # log-probabilities of the tokens
    total: Tensor  # and of the texts that they go on with
    more: Tensor
    named: Continuations | None


@dataclass(frozen=True, slots=True)
class _Best:
    """The best of some candidates: places among all of them, and how many of those that end count as finished."""

    places: Tensor  # [slots, beams]
    kept: Tensor  # [slots, beams] of bool: there is one
    finished: Tensor  # [slots]
    finished_place: Tensor  # [slots], of the best that ends
    finished_score: Tensor  # [slots]


def advance(state: SlotState, trees: NameTrees | None, logits: Tensor, rules: Rules) -> None:
    """One more place for each slot that is not done; logits [slots, rows, padded vocabulary] of the places decoded."""
    slots, rows = state.token.shape
    beams, most = rules.beams, 2 * rules.beams
    live = ~state.done
    at = state.position + 1
    first = at == state.prompt_length
    moves = live & (at >= state.prompt_length)
    _hear_no_speech(state, logits, live & (state.position == 0), rules)
    logits = logits + torch.where(first[:, None, None], rules.at_first, rules.always)
    values, tokens = (one.view(slots, rows, most) for one in top_k(logits.flatten(0, 1), most))
    sums = logits.logsumexp(-1)
    named = None if trees is None else continuations(state, trees, logits, sums, tokens, rules.begins)
    found = _candidates(state, values - sums[..., None], tokens, named)

    plain_scores = found.total.view(slots, rows, -1)[:, :beams, -most:]
    best = _best(plain_scores.flatten(1), found, rules, most)
    chosen, beside = [best], None
    if named is not None:
        beside = _beside(state, found, named.counts.flatten(1), best, rules)
        chosen.append(beside)
    has_finished = _finish(state, found, chosen, moves)
    keeps = _end(state, best, beside, moves, rules)
    _go_on(state, found, chosen, keeps, moves, has_finished)
    at_prompt = state.prompt.gather(1, at.clamp(max=state.prompt.shape[1] - 1)[:, None])
    state.token.copy_(torch.where((live & ~moves)[:, None], at_prompt, state.token))
    state.position.add_(live)


def _hear_no_speech(state: SlotState, logits: Tensor, begins: Tensor, rules: Rules) -> None:
    """At the start of the prompt."""
    row = logits[:, 0, : rules.vocabulary]
    probability = (row[:, rules.no_speech] - row.logsumexp(-1)).exp()
    state.no_speech.copy_(torch.where(begins, probability, state.no_speech))


def _candidates(state: SlotState, values: Tensor, tokens: Tensor, named: Continuations | None) -> _Candidates:
    """What a row that is dead, or a token that may not be, goes on to has a total of -inf."""
    if named is not None:
        values, tokens = named.value, named.token
    good = (values > -torch.inf) & state.alive[..., None]
    totals = (state.total[..., None] + values).masked_fill(~good, -torch.inf).flatten(1)
    more = torch.zeros_like(totals) if named is None else named.more.flatten(1)
    return _Candidates(values.shape[2], tokens.flatten(1), values.flatten(1), totals, more, named)


def _best(scores: Tensor, found: _Candidates, rules: Rules, of_row: int) -> _Best:
    """Of scores [slots, rows × of_row], the last `of_row` columns of the first rows' candidates.

    As many as there are beams that go on, and those that end and are better than the last of these.
    """
    most = 2 * rules.beams
    score, order = scores.sort(dim=1, descending=True, stable=True)
    score, order = score[:, :most], order[:, :most]
    row, column = order // of_row, order % of_row
    places = row * found.columns + found.columns - of_row + column
    ends = found.token.gather(1, places) == rules.end
    there = score > -torch.inf
    goes_on = there & ~ends
    before = goes_on.cumsum(1)
    kept = goes_on & (before <= rules.beams)
    finished = there & ends & (before < rules.beams)
    by_rank = (before - 1).masked_fill(~kept, most).argsort(dim=1, stable=True)[:, : rules.beams]
    first = finished.int().argmax(1, keepdim=True)
    return _Best(
        places.gather(1, by_rank),
        kept.gather(1, by_rank),
        finished.sum(1),
        places.gather(1, first)[:, 0],
        score.gather(1, first)[:, 0],
    )


def _beside(state: SlotState, found: _Candidates, counts: Tensor, plain: _Best, rules: Rules) -> _Best:
    """What goes on to expected words, or has one: of the plain search's rows, not that they end."""
    rows = state.rows
    numbers = torch.arange(rows * found.columns, device=counts.device)
    row = numbers // found.columns
    of_plain = row < rules.beams
    score = found.total + found.more
    good = counts & (found.more > 0) & (found.total > -torch.inf) & ~(of_plain & (found.token == rules.end))
    score = score.masked_fill(~good, -torch.inf)
    held = (state.total + state.more).masked_fill(~state.alive, -torch.inf)[:, : rules.beams]
    least = torch.maximum(score.amax(1), held.amax(1)) - MOST_BEHIND
    # What the plain search goes on with: the same row and token, wherever among the candidates.
    tokens = found.token.gather(1, plain.places)
    taken = plain.places // found.columns * rules.always.shape[0] + tokens
    taken = taken.masked_fill(~plain.kept, -1)
    own = row * rules.always.shape[0] + found.token
    is_taken = (own[:, :, None] == taken[:, None]).any(2)
    score = score.masked_fill((score <= least[:, None]) | is_taken, -torch.inf)
    return _best(score, found, rules, found.columns)


def _finish(state: SlotState, found: _Candidates, chosen: list[_Best], moves: Tensor) -> Tensor:
    """Count what is finished and keep the best of each kind → of which slots and kinds it is a new one."""
    length = state.length + 1  # the log-probability of the end among them
    better = []
    for kind, best in enumerate(chosen):
        place = best.finished_place[:, None]
        total = found.total.gather(1, place)[:, 0]
        more = found.more.gather(1, place)[:, 0]
        rank = total / length if kind == PLAIN else total + more
        is_better = moves & (best.finished > 0) & (rank > state.finished_rank[:, kind])
        state.finished_count[:, kind].add_(best.finished * moves)
        for kept, new in (
            (state.finished_rank, rank),
            (state.finished_total, total),
            (state.finished_more, more),
            (state.finished_length, length),
        ):
            kept[:, kind].copy_(torch.where(is_better, new, kept[:, kind]))
        better.append(is_better)
    return torch.stack(better, dim=1)


def _end(state: SlotState, plain: _Best, beside: _Best | None, moves: Tensor, rules: Rules) -> Tensor:
    """Which slots are done now → of which kinds beams go on.  # [slots, 1 or 2] of bool"""
    length = state.length + 1
    some_plain = plain.kept[:, 0]
    stops = ~some_plain | (state.finished_count[:, PLAIN] >= rules.beams) | (length >= state.most_tokens)
    if beside is None:
        state.done.logical_or_(moves & stops)
        return some_plain[:, None]
    some_beside = beside.kept[:, 0]
    done = stops & (~some_beside | (state.finished_count[:, PLAIN] == 0) | (length >= state.most_tokens))
    # The plain search is over: what is on the way to expected words has a few tokens more.
    had_plain = state.alive[:, : rules.beams].any(1)
    shorter = torch.minimum(state.most_tokens, length + MOST_LONGER)
    state.most_tokens.copy_(torch.where(moves & stops & had_plain & ~done, shorter, state.most_tokens))
    some_plain = some_plain & (done | ~stops)
    enough = state.finished_count[:, NAMED] >= rules.beams
    done = done | (enough & ~some_plain)
    state.done.logical_or_(moves & done)
    return torch.stack([some_plain, some_beside & ~enough], dim=1)


def _go_on(
    state: SlotState, found: _Candidates, chosen: list[_Best], keeps: Tensor, moves: Tensor, has_finished: Tensor
) -> None:
    """The beams become those chosen, with their pasts."""
    rows = state.rows
    places = torch.cat([best.places for best in chosen], dim=1)
    kept = torch.cat([best.kept & keeps[:, kind, None] for kind, best in enumerate(chosen)], dim=1)
    taken = kept & moves[:, None]
    own = torch.arange(rows, device=places.device)
    parents = torch.where(taken, places // found.columns, own)
    # The pasts of the beams and, behind them, of the best that are finished; each with what was found now.
    ends = torch.stack([best.finished_place for best in chosen], dim=1)
    sources = torch.cat([parents, ends // found.columns], dim=1)[:, :, None, None]
    pasts = state.history.gather(1, sources.expand(-1, -1, *state.history.shape[2:]))
    now = torch.cat([places, ends], dim=1)
    tokens, values = found.token.gather(1, now), found.value.gather(1, now)
    place = state.position.masked_fill(~moves, state.places)[:, None, None, None]
    pasts.scatter_(3, place.expand(-1, now.shape[1], 2, -1), torch.stack([tokens, values], dim=2)[..., None])
    state.history.copy_(pasts[:, :rows])
    kinds = len(chosen)
    finished = state.finished_history[:, :kinds]
    finished.copy_(torch.where(has_finished[:, :, None, None], pasts[:, rows:], finished))

    state.length.add_(taken.any(1))
    state.alive.copy_(torch.where(moves[:, None], kept, state.alive))
    state.token.copy_(torch.where(taken, tokens[:, :rows], state.token))
    state.total.copy_(torch.where(taken, found.total.gather(1, places), state.total))
    if found.named is not None:
        _read_on(state, found.named, places, parents, taken)


def _read_on(state: SlotState, named: Continuations, places: Tensor, parents: Tensor, taken: Tensor) -> None:
    """Where the beams are among expected words."""
    reads = named.says.flatten(1).gather(1, places) & taken
    node = state.node.gather(1, parents)
    said = state.said.gather(1, parents[:, :, None].expand(-1, -1, state.said.shape[2]))
    said |= reads[:, :, None] & (node[:, :, None] == torch.arange(said.shape[2], device=said.device))
    state.said.copy_(said)
    for kept, new in ((state.more, named.more), (state.node, named.node), (state.ahead, named.ahead)):
        kept.copy_(torch.where(taken, new.flatten(1).gather(1, places), kept))
