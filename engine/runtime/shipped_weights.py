"""The file of a trained head: its weights as safetensors, which hold numbers and nothing that can run."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load

from engine.errors import ModelPackError

Weights = npt.NDArray[np.float64]


def read_head(file: Path, sha256: str) -> dict[str, Weights]:
    """Its arrays by name. Raises ModelPackError where the file is missing or not the one that belongs to this code."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ModelPackError(f"cannot read {file}: install vbot-appliance again") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ModelPackError(f"{file} is damaged: install vbot-appliance again")
    return {name: array.astype(np.float64) for name, array in load(content).items()}
