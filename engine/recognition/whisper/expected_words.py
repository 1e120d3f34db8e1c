"""Names and products that may come up, as a prefix tree over tokens that biases the beam search towards them.

A token that goes on with an expected word counts more than the model says; if the word is then not said to its end, all
of that is taken back. So a name is written where sound and model come near it. As a prompt, which Whisper knows too,
the same names came up where nobody said them, and words without any suffered (tests/benchmarks/README.md has figures).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Node:
    """What was read of a word so far: how it may go on, and whether it may end here."""

    bonus: float = 0.0  # for the token that leads here
    following: dict[int, int] = field(default_factory=dict)  # token → node
    may_end: bool = False


@dataclass(frozen=True, slots=True)
class Reached:
    """Where a text stands in the tree, what it has got ahead for a word that is not whole yet, which it has had."""

    node: int = 0
    ahead: float = 0.0
    said: tuple[int, ...] = ()


class ExpectedWords:
    """The tree. `spellings` are the vocabulary's tokens; a `bonus` is a log-probability, for each token of a word.

    No word gets more than `most`: long ones would be worth more than anything else that was said.
    """

    def __init__(self, words: Sequence[Sequence[int]], spellings: Sequence[bytes], bonus: float, most: float) -> None:
        self._spellings, self._bonus, self._most = spellings, bonus, most
        self._nodes = [_Node()]
        for tokens in words:
            self._add(tokens)

    def nodes(self) -> list[tuple[int, int, float, bool]]:
        """All but the root, from the second on: the node before, the token between, its bonus, may a word end here."""
        ways = [(node, one.following) for node, one in enumerate(self._nodes)]
        before = {child: (node, token) for node, following in ways for token, child in following.items()}
        return [(*before[node], one.bonus, one.may_end) for node, one in enumerate(self._nodes) if node]

    def following(self, reached: Reached) -> list[int]:
        """The tokens that begin an expected word, or go on with one."""
        return list({**self._nodes[0].following, **self._nodes[reached.node].following})

    def step(self, reached: Reached, token: int) -> tuple[Reached, float]:
        """Where a token leads, and what it adds to the score of the text."""
        node = self._nodes[reached.node]
        is_whole = node.may_end and self._ends_a_word(token)
        goes_on = reached.node and token in node.following
        if goes_on and not is_whole:
            bonus = self._nodes[node.following[token]].bonus
            return Reached(node.following[token], reached.ahead + bonus, reached.said), bonus
        said, back = reached.said, -reached.ahead
        # Once in a text: a word that is said again is known from there, and a loop is worth nothing.
        if is_whole and reached.node not in said:
            said, back = (*said, reached.node), 0.0
        following = node.following if goes_on else self._nodes[0].following
        if token in following:
            bonus = self._nodes[following[token]].bonus
            return Reached(following[token], bonus, said), back + bonus
        return Reached(said=said), back

    def _ends_a_word(self, token: int) -> bool:
        """Whether what stands before this token is a whole word."""
        if token >= len(self._spellings):
            return True  # the end of the text
        return begins_behind_a_word(self._spellings[token])

    def _add(self, tokens: Sequence[int]) -> None:
        place, left = 0, self._most
        for number, token in enumerate(tokens):
            if self._spellings[token].startswith(b" "):
                left = self._most
            bonus = min(self._bonus, left)
            left -= bonus
            following = self._nodes[place].following
            if token not in following:
                self._nodes.append(_Node(bonus))
                following[token] = len(self._nodes) - 1
            place = following[token]
            last = number + 1 == len(tokens)
            # The first words of a name may stand alone.
            if last or self._spellings[tokens[number + 1]].startswith(b" "):
                self._nodes[place].may_end = True


def begins_behind_a_word(spelling: bytes) -> bool:
    """Whether what stands before a token so spelled is not gone on with."""
    return not spelling.decode(errors="replace")[:1].isalnum()
