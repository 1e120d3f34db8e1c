"""What is compiled against torch's own, on sizes that fill their blocks and sizes that do not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.recognition.whisper import kernel_cache, kernels
from engine.recognition.whisper.decoder_attention import CompiledAttention, TensorAttention

pytestmark = pytest.mark.slow  # each compiles what it tests

LAYERS, HEADS = 2, 3
WIDTH = HEADS * kernels.BLOCK


def _random(*shape: int, seed: int = 3) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def _kinds(in_bf16: bool) -> tuple[CompiledAttention, TensorAttention]:
    return CompiledAttention(LAYERS, HEADS, in_bf16), TensorAttention(
        LAYERS, HEADS, WIDTH, torch.device("cpu"), torch.float32
    )


@pytest.mark.parametrize(("in_bf16", "within"), [(False, 2e-5), (True, 2e-2)], ids=["fp32", "bf16"])
@pytest.mark.parametrize("positions", [1, 63, 64, 65, 700])
@pytest.mark.parametrize("rows", [1, 3, 5])
def test_cross_attention_is_what_torch_computes(positions: int, rows: int, in_bf16: bool, within: float) -> None:
    keys, values = _random(positions, LAYERS * WIDTH) + 2.0, _random(positions, LAYERS * WIDTH, seed=4)
    queries, bias = 0.3 * _random(rows, WIDTH, seed=5), _random(positions, seed=6)
    heads = torch.tensor([True, False, True])
    real = max(1, positions - 20)
    found = []
    for kind in _kinds(in_bf16):
        sound = kind.encoded_audio(keys, values, bias, real)
        assert sound.real == real
        alignment_weights = torch.zeros(rows, real)
        outputs = [
            sound.cross_attention(layer, queries, heads if layer else None, alignment_weights)
            for layer in range(LAYERS)
        ]
        found.append((torch.stack(outputs), alignment_weights))
    (output, alignment_weights), (wanted, wanted_weights) = found
    assert (output - wanted).abs().max() < within
    assert (alignment_weights - wanted_weights).abs().max() < within
    assert alignment_weights.sum() > 0


def test_a_row_is_the_same_to_the_last_bit_whatever_rows_stand_beside_it() -> None:
    sound = CompiledAttention(LAYERS, HEADS, True).encoded_audio(
        _random(300, LAYERS * WIDTH), _random(300, LAYERS * WIDTH, seed=4), torch.zeros(300), 300
    )
    queries = _random(7, WIDTH, seed=5)
    together = sound.cross_attention(1, queries, None, torch.zeros(7, 300))
    alone = [sound.cross_attention(1, queries[row : row + 1], None, torch.zeros(1, 300)) for row in range(7)]
    assert torch.equal(torch.cat(alone), together)


def test_self_attention_is_what_torch_computes() -> None:
    """A prompt whose rows follow each other, then beams that see what is theirs."""
    caches = [kind.empty_cache(12) for kind in _kinds(False)]
    causal = torch.full((4, 4), -torch.inf).triu(1)
    beams = torch.tensor([[0, 0, 0, 0, 0, -torch.inf], [0, 0, 0, 0, -torch.inf, 0]])
    later = torch.tensor([[0, 0, 0, 0, -torch.inf, 0, 0, -torch.inf], [0, 0, 0, 0, -torch.inf, 0, -torch.inf, 0]])
    for step, mask in enumerate((causal, beams, later)):
        for layer in range(LAYERS):
            rows = _random(len(mask), 3 * WIDTH, seed=10 * step + layer)
            output, wanted = (cache.self_attention(layer, rows, mask) for cache in caches)
            assert (output - wanted).abs().max() < 2e-5
        for cache in caches:
            cache.advance(len(mask))
    assert [cache.length for cache in caches] == [8, 8]


def test_logits_are_added_up_as_torch_does() -> None:
    logits = 20 * _random(5, 1003)
    logits[:, 100:200] = -torch.inf
    for kind in _kinds(True):
        assert (kind.log_sum_exp(logits) - logits.logsumexp(1, keepdim=True)).abs().max() < 1e-4


@pytest.mark.parametrize("columns", [1, 64, 1003])
def test_each_row_is_quantized_by_its_own_largest(columns: int) -> None:
    rows = _random(6, columns) * torch.tensor([1e-3, 1.0, 1.0, 50.0, 1e4, 0.0])[:, None]
    levels, scales = np.empty((6, columns), np.uint8), np.empty(6, np.float32)
    kernels.quantize(rows.numpy(), levels, scales)
    largest = rows.abs().amax(1).numpy()
    assert np.allclose(scales, np.maximum(largest, 1e-12) / 127)
    assert (np.abs((levels.astype(np.float64) - 128) * scales[:, None] - rows.numpy()).max(1) <= scales * 0.501).all()
    assert (levels[5] == 128).all()
    assert levels.min() >= 1


def test_scores_become_exponentials_and_their_sum() -> None:
    scores = (30 * _random(9, 333)).bfloat16()
    importance = _random(333, seed=8).abs()
    wanted = (scores.float() - scores.float().amax(1, keepdim=True)).exp()
    sums = torch.empty(9)
    kernels.exponentials(scores.view(torch.uint16).numpy(), importance.numpy(), sums.numpy())
    assert torch.allclose(scores.float(), wanted.bfloat16().float(), rtol=2**-7, atol=1e-30)
    assert torch.allclose(sums, (wanted * importance).sum(1), rtol=1e-2)


@pytest.mark.parametrize("positions", [1, 64, 100])
def test_heads_are_split_shifted_and_rounded_as_torch_does(positions: int) -> None:
    rows, shift, factors = _random(positions, WIDTH), _random(WIDTH, seed=4), _random(positions, seed=5)
    filled = 128
    apart = np.full((HEADS, filled, kernels.BLOCK), 7, np.uint16)
    kernels.split_heads(rows.numpy(), shift.numpy(), factors.numpy(), apart)
    wanted = torch.zeros(filled, HEADS, kernels.BLOCK)
    wanted[:positions] = ((rows - shift) * factors[:, None]).view(positions, HEADS, -1)
    assert torch.equal(torch.from_numpy(apart).view(torch.bfloat16), wanted.bfloat16().transpose(0, 1))
    across = np.full((HEADS, filled // kernels.BLOCK, kernels.BLOCK, kernels.BLOCK), 7, np.float32)
    kernels.split_heads_across(rows.numpy(), shift.numpy(), across)
    back = torch.from_numpy(across).permute(1, 3, 0, 2).reshape(filled, HEADS, -1)
    wanted[:positions] = (rows - shift).view(positions, HEADS, -1)
    assert torch.equal(back, wanted)


def test_a_cache_holds_no_more_than_it_has_room_for() -> None:
    cache = CompiledAttention(LAYERS, HEADS, False).empty_cache(3)
    rows, causal = _random(3, 3 * WIDTH), torch.full((3, 3), -torch.inf).triu(1)
    cache.self_attention(0, rows, causal)
    cache.advance(3)
    with pytest.raises(ValueError, match="3 rows"):
        cache.self_attention(0, rows[:1], torch.zeros(1, 4))


PACKAGE = Path("engine", "recognition", "whisper")
CODE = """
import numpy as np
from engine.recognition.whisper import kernels
sums = np.empty(1, np.float32)
kernels.log_sum_exp(np.zeros((1, 8), np.float32), sums)
print(round(float(sums[0]), 3))
"""


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    """A folder with the kernels and nothing that was compiled."""
    folder = tmp_path / PACKAGE
    folder.mkdir(parents=True)
    for module in (kernels, kernel_cache):
        shutil.copy(str(module.__file__), folder)
    for package in (folder, *folder.parents[:2]):
        (package / "__init__.py").touch()
    return tmp_path


def _run(folder: Path, **environment: str) -> str:
    said = subprocess.run(
        [sys.executable, "-c", CODE],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={**os.environ, **environment},
    )
    return said.stdout.strip()


@pytest.mark.slow
def test_what_is_kept_is_used_and_made_again_where_it_is_damaged(alone: Path) -> None:
    assert _run(alone) == "2.079"
    kept = sorted(alone.rglob("*.nb?"))
    assert kept
    for file in kept:
        file.write_bytes(b"")
    assert _run(alone) == "2.079"
    assert all(file.stat().st_size for file in kept)
    whole = [(file, file.stat().st_mtime_ns) for file in kept]
    assert _run(alone) == "2.079"
    assert [(file, file.stat().st_mtime_ns) for file in kept] == whole


@pytest.mark.slow
def test_where_nothing_can_be_kept_it_is_compiled_at_each_start(alone: Path) -> None:
    """As under systemd, where neither the program's folder nor a home is the worker's to write."""
    (alone / PACKAGE / "__pycache__").touch()  # no folder can be made there, by root neither
    assert _run(alone, HOME="/dev/null", XDG_CACHE_HOME="/dev/null") == "2.079"
    assert not list(alone.rglob("*.nb?"))
