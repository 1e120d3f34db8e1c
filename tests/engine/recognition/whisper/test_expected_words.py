"""Expected words favour the tokens that go on with them, and take it back where the word is not said to its end."""

from __future__ import annotations

import pytest

from engine.recognition.whisper.expected_words import ExpectedWords, Reached

SPELLINGS = [b" Ko", b"wal", b"czyk", b" Thorn", b"bury", b" Lane", b" the", b"s", b".", b" Kow", b"'s"]
TOKENS = {spelling.decode(): token for token, spelling in enumerate(SPELLINGS)}
END = len(SPELLINGS)
BONUS = 2.0


def expected(most: float = 100.0) -> ExpectedWords:
    words = ([" Ko", "wal", "czyk"], [" Thorn", "bury", " Lane"])
    return ExpectedWords([[TOKENS[part] for part in word] for word in words], SPELLINGS, BONUS, most)


def added(*parts: str) -> float:
    """What a text gets for these tokens, and its end."""
    tree, reached, total = expected(), Reached(), 0.0
    for token in [*(TOKENS[part] for part in parts), END]:
        reached, more = tree.step(reached, token)
        total += more
    return total


@pytest.mark.parametrize(
    ("parts", "more"),
    [
        ((" Ko", "wal", "czyk"), 3 * BONUS),
        ((" the", " Ko", "wal", "czyk", "."), 3 * BONUS),
        ((" Ko", "wal", "czyk", "'s"), 3 * BONUS),
        ((" Ko", "wal", "czyk", " Ko", "wal", "czyk"), 3 * BONUS),  # once is enough
        ((" Ko", "wal", "czyk", " Thorn", "bury", " Lane"), 6 * BONUS),
        ((" Thorn", "bury", " Lane"), 3 * BONUS),
        ((" Thorn", "bury", " the"), 2 * BONUS),  # the first word of the name alone
        ((" Ko", "wal", "czyk", " Thorn", "s"), 3 * BONUS),
        ((" Ko", "wal"), 0.0),
        ((" Ko", " the"), 0.0),
        ((" Ko", "wal", "czyk", "s"), 0.0),
        ((" Thorn", "s"), 0.0),
        (("wal", "czyk"), 0.0),
        ((" the", "."), 0.0),
    ],
)
def test_only_whole_words_get_something(parts: tuple[str, ...], more: float) -> None:
    assert added(*parts) == more


def test_any_word_may_begin_anywhere_and_one_that_has_begun_may_go_on() -> None:
    tree = expected()
    assert tree.following(Reached()) == [TOKENS[" Ko"], TOKENS[" Thorn"]]
    reached, _ = tree.step(Reached(), TOKENS[" Ko"])
    assert tree.following(reached) == [TOKENS[" Ko"], TOKENS[" Thorn"], TOKENS["wal"]]


def test_no_word_gets_more_than_the_most() -> None:
    tree, reached, steps = expected(most=5.0), Reached(), []
    for part in (" Ko", "wal", "czyk"):
        reached, more = tree.step(reached, TOKENS[part])
        steps.append(more)
    assert steps == [2.0, 2.0, 1.0]
    assert tree.step(reached, TOKENS["s"])[1] == -5.0
