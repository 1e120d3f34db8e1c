"""The file of a linear head: its weights and an offset as safetensors, which hold numbers and nothing that can run."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load

from engine.errors import ModelPackError


def read_head(file: Path, sha256: str) -> tuple[npt.NDArray[np.float64], float]:
    """Weights and offset. Raises ModelPackError where the file is missing or not the one that belongs to this code."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ModelPackError(f"cannot read {file}: install vbot-appliance again") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ModelPackError(f"{file} is damaged: install vbot-appliance again")
    tensors = load(content)
    return tensors["weights"].astype(np.float64), float(tensors["offset"][0])
