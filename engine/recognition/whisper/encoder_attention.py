"""Attention of one sound's positions over each other: a third of what encoding a long sound costs."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from engine.recognition.whisper import kernels
from engine.recognition.whisper.linear import padded


def attend(projected: Tensor, bias: Tensor, heads: int) -> Tensor:
    """Attention of one sound's positions over each other.

    Queries, keys and values [positions, 3 × width] and a bias on each position [positions] → [positions, width].
    """
    split = projected.view(len(projected), 3, 1, heads, -1).permute(1, 2, 3, 0, 4)
    queries, keys, values = split.unbind()
    attended = scaled_dot_product_attention(queries, keys, values, attn_mask=bias.view(1, 1, 1, -1), scale=1.0)
    return attended[0].transpose(0, 1).flatten(1)


def attend_together(projected: Tensor, bias: Tensor, heads: int) -> Tensor:
    """The same of several sounds: [sounds, positions, 3 × width] and a bias [sounds, 1, 1, positions]."""
    split = projected.view(*projected.shape[:2], 3, heads, -1).permute(2, 0, 3, 1, 4)
    queries, keys, values = split.unbind()
    attended = scaled_dot_product_attention(queries, keys, values, attn_mask=bias, scale=1.0)
    return attended.transpose(1, 2).flatten(2)


def attend_in_bf16(projected: Tensor, bias: Tensor, heads: int) -> Tensor:
    """The same with products in bf16, in a third of the time (torch's own bf16 attention gains nothing).

    For heads as wide as kernels.BLOCK. Head by head, so that the scores stay in the processor's cache. Without the
    keys' mean, which the softmax does not see, scores round less.
    """
    queries, keys, values = projected.chunk(3, dim=1)
    count, width = values.shape
    position_weights = bias.exp()  # of what stands for many positions
    nothing, once = projected.new_zeros(width), torch.ones_like(position_weights)
    queries, keys, values = (
        _split(rows, shift, factors, heads)
        for rows, shift, factors in (
            (queries, nothing, once),
            (keys, keys.mean(0), once),
            (values, nothing, position_weights),
        )
    )
    position_weights = torch.cat([position_weights, position_weights.new_zeros(padded(count) - count)])
    scores = queries.new_empty(padded(count), padded(count))
    sums = position_weights.new_empty(padded(count))
    output = position_weights.new_empty(padded(count), heads, kernels.BLOCK)
    for head in range(heads):
        torch.mm(queries[head], keys[head].T, out=scores)
        kernels.exponentials(scores.view(torch.uint16).numpy(), position_weights.numpy(), sums.numpy())
        torch.div(torch.mm(scores, values[head]), sums[:, None], out=output[:, head])
    return output[:count].flatten(1)


def _split(rows: Tensor, shift: Tensor, factors: Tensor, heads: int) -> Tensor:
    """By heads, in bf16; positions are padded to a number that comes again."""
    found = np.empty((heads, padded(len(rows)), kernels.BLOCK), np.uint16)
    kernels.split_heads(rows.numpy(), shift.numpy(), factors.numpy(), found)
    return torch.from_numpy(found).view(torch.bfloat16)
