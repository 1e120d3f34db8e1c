"""The search on the device finds what the search in Python finds: every rule, tried on networks that are made up."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from engine.recognition.whisper import beam_search
from engine.recognition.whisper.slots import selection
from tests.engine.recognition.whisper.slots.made_up import (
    assert_same,
    begun,
    in_slots,
    made_up_network,
    made_up_texts,
    one_by_one,
    rounds,
    scripted,
    slot_decoding,
    with_names,
)
from tests.support.cases import long_but

SLOTS = 5


@pytest.mark.parametrize("beams", [1, 3])
@pytest.mark.parametrize("seeds", long_but([range(6)], [range(6), range(6, 106)]), ids=str)
def test_every_rule_of_the_search_is_kept(seeds: range, beams: int) -> None:
    """More texts than slots, that end at once and never, with expected words and without, written or given up."""
    different, lengths = 0, set()
    for seed in seeds:
        network = scripted(seed)
        texts = made_up_texts(12, seed)
        plain = one_by_one(network, beams, texts)
        named = with_names(texts, plain, seed)
        expected = [*plain, *one_by_one(network, beams, named)]
        found = in_slots(slot_decoding(network, beams, SLOTS), [*texts, *named])
        for one, other in zip(expected, found, strict=True):
            assert_same(one, other)
        different += sum(one.tokens != two.tokens for one, two in zip(plain, expected[len(plain) :], strict=True))
        lengths |= {(len(one.tokens), one.ended) for one in expected}
    assert different >= len(seeds) / 4, "expected words hardly come up"
    assert {(1, False), (2, False), (5, False)} < lengths, "none is cut off"
    assert len([length for length, ended in lengths if ended]) > 4, "all that end are of few lengths"


# With the limits as they are no network that nobody trained comes to them.
@pytest.mark.parametrize("limit", [{"MOST_LONGER": 1}, {"MOST_BEHIND": 1.0}], ids=str)
@pytest.mark.parametrize(("beams", "seed"), [(1, 3), (3, 2), (3, 7)])
def test_limits_of_what_expected_words_may_cost_are_kept(
    monkeypatch: pytest.MonkeyPatch, limit: dict[str, float], beams: int, seed: int
) -> None:
    network = scripted(seed)
    texts = made_up_texts(12, seed)
    named = with_names(texts, one_by_one(network, beams, texts), seed)
    unlimited = one_by_one(network, beams, named)
    for module in (beam_search, selection):
        for name, value in limit.items():
            monkeypatch.setattr(module, name, value)
    expected = one_by_one(network, beams, named)
    assert [one.tokens for one in expected] != [one.tokens for one in unlimited], "the limit is not reached"
    for one, other in zip(expected, in_slots(slot_decoding(network, beams, SLOTS), named), strict=True):
        assert_same(one, other)


@pytest.mark.parametrize("beams", [1, 3])
@pytest.mark.parametrize("seed", long_but([0], range(6)))
def test_a_network_hears_the_same_in_slots(seed: int, beams: int) -> None:
    network = made_up_network(seed)
    texts = made_up_texts(10 if seed == 0 else 30, seed)
    plain = one_by_one(network, beams, texts)
    named = with_names(texts, plain, seed)
    expected = [*plain, *one_by_one(network, beams, named)]
    assert len({one.tokens for one in expected}) > len(texts) / 2
    for one, other in zip(expected, in_slots(slot_decoding(network, beams, SLOTS), [*texts, *named]), strict=True):
        assert_same(one, other)


def test_a_text_is_the_same_to_the_last_bit_in_any_company() -> None:
    """In as many slots; in another number of them products are summed in another order, and the text stays."""
    network = made_up_network(2)
    texts = made_up_texts(8, 2)
    ours, others = texts[:3], texts[3:]
    alone = in_slots(slot_decoding(network, 3, SLOTS), ours)
    for company in ([*ours, *others], [*others, *ours], [*others[:1], *ours, *others[1:]]):
        first = [id(one) for one in company].index(id(ours[0]))
        among = in_slots(slot_decoding(network, 3, SLOTS), company)[first : first + len(ours)]
        for one, other in zip(alone, among, strict=True):
            assert (one.tokens, one.log_probabilities) == (other.tokens, other.log_probabilities)
            assert torch.equal(one.attention, other.attention)
    for slots in (1, 2, 9):
        for one, other in zip(alone, in_slots(slot_decoding(network, 3, slots), ours), strict=True):
            assert_same(one, other)


def test_numbers_that_are_none_stay_with_their_text() -> None:
    """A sound that overflows leaves nothing to its neighbours, nor to the next in its slot."""
    network = made_up_network(3)
    texts = made_up_texts(6, 3)
    expected = one_by_one(network, 3, texts)
    broken = replace(texts[0], mel=torch.full_like(texts[0].mel, torch.nan))
    decoding = slot_decoding(network, 3, 2)
    found = in_slots(decoding, [broken, *texts])
    assert (found[0].tokens, found[0].ended) == ((), False)
    for one, other in zip(expected, found[1:], strict=True):
        assert_same(one, other)


def test_a_text_that_nobody_asks_for_any_more_leaves_its_slot() -> None:
    network = made_up_network(0)
    texts = [replace(text, most_tokens=30) for text in made_up_texts(4, 0)]
    decoding = slot_decoding(network, 1, 2)
    given_up = begun(decoding, texts[:2])
    decoding.step(given_up)
    wanted = begun(decoding, texts[2:])
    for one, other in zip(one_by_one(network, 1, texts[2:]), rounds(decoding, wanted), strict=True):
        assert_same(one, other)
