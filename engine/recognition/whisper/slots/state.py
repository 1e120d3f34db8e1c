"""What the device keeps of the search in each slot: tensors whose first dimension is the slot.

A slot has `rows`: those of the plain search, and as many again on the way to expected words where there may be any.
Every token of a text has a place, the prompt's first one 0; a text's tokens are those that were found at the places
from its prompt's last one on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import torch
from torch import Tensor

LONGEST_PROMPT = 4
TOKEN, LOG_PROBABILITY, ROW = range(3)  # what the history has of each place
PLAIN, NAMED = range(2)  # kinds of finished texts


@dataclass(frozen=True, slots=True)
class SlotState:
    """Log-probabilities are added up in float64, as Python would."""

    prompt: Tensor  # [slots, LONGEST_PROMPT]
    prompt_length: Tensor  # [slots]
    most_tokens: Tensor  # [slots]
    position: Tensor  # [slots], the place that the next step decodes
    length: Tensor  # [slots], tokens of the texts on their way
    done: Tensor  # [slots] of bool; a slot without a text is done
    no_speech: Tensor  # [slots]
    token: Tensor  # [slots, rows], what the next step decodes
    total: Tensor  # [slots, rows], the text's log-probability
    more: Tensor  # [slots, rows], what expected words add to it
    alive: Tensor  # [slots, rows] of bool
    history: (
        Tensor  # [slots, rows, 3, places + 1], the row's own past; the last place is for steps of slots that are done
    )
    node: Tensor  # [slots, rows], among expected words
    ahead: Tensor  # [slots, rows], had for a word that is not whole yet
    said: Tensor  # [slots, rows, nodes] of bool
    finished_count: Tensor  # [slots, 2], by kind; of each kind the best is kept:
    finished_rank: Tensor  # [slots, 2], what is compared: a plain one's mean, a named one's score
    finished_total: Tensor  # [slots, 2]
    finished_more: Tensor  # [slots, 2]
    finished_length: Tensor  # [slots, 2], its log-probabilities, that of the end among them
    finished_history: Tensor  # [slots, 2, 3, places + 1]

    def first(self, count: int) -> SlotState:
        """The first so many slots; the same memory."""
        return SlotState(*(getattr(self, field.name)[:count] for field in fields(self)))

    @property
    def places(self) -> int:
        return self.history.shape[-1] - 1

    @property
    def rows(self) -> int:
        return self.token.shape[1]

    def begin(self, slots: Tensor, prompts: Sequence[Sequence[int]], most_tokens: Sequence[int]) -> None:
        """New texts in these slots."""
        fresh = empty_state(len(prompts), self.rows, self.places, self.said.shape[2], self.token.device)
        padded = [[*prompt, *[0] * (LONGEST_PROMPT - len(prompt))] for prompt in prompts]
        given = torch.tensor(padded, device=slots.device)
        lengths = [len(prompt) for prompt in prompts]
        fresh.alive[:, 0] = True
        fresh = replace(
            fresh,
            prompt=given,
            prompt_length=torch.tensor(lengths, device=slots.device),
            most_tokens=torch.tensor(most_tokens, device=slots.device),
            done=torch.zeros_like(fresh.done),
            token=given[:, :1].repeat(1, self.rows),
        )
        for field in fields(self):
            getattr(self, field.name).index_copy_(0, slots, getattr(fresh, field.name))


def empty_state(slots: int, rows: int, places: int, nodes: int, device: torch.device) -> SlotState:
    """Slots without a text."""

    def whole(*shape: int) -> Tensor:
        return torch.zeros(slots, *shape, dtype=torch.int64, device=device)

    def exact(*shape: int) -> Tensor:
        return torch.zeros(slots, *shape, dtype=torch.float64, device=device)

    def flags(*shape: int) -> Tensor:
        return torch.zeros(slots, *shape, dtype=torch.bool, device=device)

    return SlotState(
        prompt=whole(LONGEST_PROMPT),
        prompt_length=whole() + 1,
        most_tokens=whole() + 1,
        position=whole(),
        length=whole(),
        done=~flags(),
        no_speech=torch.zeros(slots, device=device),
        token=whole(rows),
        total=exact(rows),
        more=exact(rows),
        alive=flags(rows),
        history=torch.zeros(slots, rows, 3, places + 1, device=device),
        node=whole(rows),
        ahead=exact(rows),
        said=flags(rows, nodes),
        finished_count=whole(2),
        finished_rank=exact(2) - torch.inf,
        finished_total=exact(2),
        finished_more=exact(2),
        finished_length=whole(2),
        finished_history=torch.zeros(slots, 2, 3, places + 1, device=device),
    )
