"""Expected words on the device: each slot's prefix tree as tensors, and `ExpectedWords.step` for many tokens at once.

A node of a tree is a number; 0 is the root, and as a child it says that there is none. Tokens that lead to a node are
the tree's `steps`, in ascending order, each once, however many nodes it leads to.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor

from engine.recognition.whisper.expected_words import ExpectedWords
from engine.recognition.whisper.slots.state import SlotState

_NO_TOKEN = 2**30


@dataclass(frozen=True, slots=True)
class NameTrees:
    """`nodes` is the most that a tree here may have, its root among them."""

    parent: Tensor  # [slots, nodes]; -1 where there is no such node
    step: Tensor  # [slots, nodes], the index among the steps of the token that leads there
    bonus: Tensor  # [slots, nodes], for that token
    may_end: Tensor  # [slots, nodes] of bool
    token: Tensor  # [slots, nodes], the steps
    from_root: Tensor  # [slots, nodes], the root's child by each step

    def first(self, count: int) -> NameTrees:
        """Those of the first so many slots; the same memory."""
        return NameTrees(*(getattr(self, field.name)[:count] for field in fields(self)))

    @property
    def nodes(self) -> int:
        return self.parent.shape[1]

    def put(self, slot: int, words: ExpectedWords | None) -> None:
        """What is expected in a slot's text."""
        tree = words.nodes() if words else []
        count, nodes = len(tree) + 1, self.nodes
        places = {token: place for place, token in enumerate(sorted({token for _, token, _, _ in tree}))}
        parent, step = [-1] * nodes, [nodes - 1] * nodes
        from_root, tokens = [0] * nodes, [_NO_TOKEN] * nodes
        parent[1:count] = [one[0] for one in tree]
        step[1:count] = [places[one[1]] for one in tree]
        tokens[: len(places)] = places
        for node, (before, token, _, _) in enumerate(tree, start=1):
            if before == 0:
                from_root[places[token]] = node
        bonus = [0.0, *(one[2] for one in tree), *[0.0] * (nodes - count)]
        may_end = [False, *(one[3] for one in tree), *[False] * (nodes - count)]
        columns = (parent, step, bonus, may_end, tokens, from_root)
        for field, column in zip(fields(self), columns, strict=True):
            own: Tensor = getattr(self, field.name)
            own[slot].copy_(torch.tensor(column, dtype=own.dtype))


def empty_trees(slots: int, nodes: int, device: torch.device) -> NameTrees:
    """Room for trees of so many nodes; one is left free for what leads nowhere."""
    whole = torch.zeros(slots, nodes, dtype=torch.int64, device=device)
    return NameTrees(
        parent=whole - 1,
        step=whole + nodes - 1,
        bonus=whole.double(),
        may_end=whole.bool(),
        token=whole + _NO_TOKEN,
        from_root=whole.clone(),
    )


def nodes_of(words: ExpectedWords | None) -> int:
    """How many nodes `empty_trees` needs for these."""
    return len(words.nodes()) + 2 if words else 0


@dataclass(frozen=True, slots=True)
class Continuations:
    """How each row may go on: first with every step of its slot's tree, then with its most probable tokens."""

    token: Tensor  # [slots, rows, nodes + most probable ones]
    value: Tensor  # their log-probabilities
    more: Tensor  # what the text has got for expected words then
    node: Tensor
    ahead: Tensor
    says: Tensor  # of bool: the word that was read is whole
    counts: Tensor  # of bool: goes on to an expected word, or is the only one with this token


def continuations(
    state: SlotState, trees: NameTrees, logits: Tensor, sums: Tensor, probable: Tensor, begins: Tensor
) -> Continuations:
    """Logits [slots, rows, vocabulary], sums of their exponentials' logarithms, the tokens [slots, rows, n] of most.

    begins [vocabulary] says which tokens go on with no word.
    """
    slots, rows, most = probable.shape
    nodes, size = trees.nodes, logits.shape[2]
    numbers = torch.arange(nodes, device=probable.device)
    leads = trees.parent[:, None] == state.node[:, :, None]  # [slots, rows, nodes]: children of where the row is
    children = torch.zeros(slots, rows, nodes, dtype=torch.int64, device=probable.device)
    children.scatter_add_(2, trees.step[:, None].expand(-1, rows, -1), numbers * leads)
    # The steps of the probable tokens; one that is no step has the last place, where nothing leads.
    flat = probable.flatten(1)
    places = torch.searchsorted(trees.token, flat).clamp(max=nodes - 1)
    places = places.masked_fill(trees.token.gather(1, places) != flat, nodes - 1).view(slots, rows, most)
    from_root = trees.from_root[:, None].expand(-1, rows, -1)
    known = (children > 0) | (from_root > 0)
    child = torch.cat([children, children.gather(2, places)], dim=2)
    at_root = torch.cat([from_root, from_root.gather(2, places)], dim=2)
    counts = torch.cat([known, ~known.gather(2, places)], dim=2)
    steps = trees.token.clamp(max=size - 1)[:, None].expand(-1, rows, -1)
    token = torch.cat([steps, probable], dim=2)
    value = logits.gather(2, token) - sums[..., None]

    goes_on = (child > 0) & (state.node > 0)[..., None]
    may_end = trees.may_end.gather(1, state.node)[..., None]
    is_whole = may_end & begins[token]
    advances = goes_on & ~is_whole
    says = is_whole & ~state.said.gather(2, state.node[..., None])
    node = torch.where(goes_on, child, at_root)
    bonus = trees.bonus.gather(1, node.flatten(1)).view_as(node)
    ahead = state.ahead[..., None]
    back = (-ahead).masked_fill(says, 0.0)
    return Continuations(
        token=token,
        value=value,
        more=state.more[..., None] + torch.where(advances, bonus, back + bonus),
        node=node,
        ahead=torch.where(advances, ahead + bonus, bonus),
        says=says,
        counts=counts,
    )
