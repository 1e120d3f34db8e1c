"""Weights as safetensors files: reading any, writing fp32. Needs numpy, no torch.

Tensors are read and written one at a time, so a pack of several gigabytes needs the memory of its largest tensor.
"""

from __future__ import annotations

import json
import mmap
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import ModelPackError
from engine.models.progress import Advance

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What a Hugging Face folder calls its weights, where they are one file.
WEIGHTS = "model.safetensors"
_HALF_PRECISION = {"F16": "<f2", "BF16": "bf16"}
# safetensors' own limit on the JSON header.
_HEADER_LIMIT_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor that is read when it is needed: `load()` gives its values in the stored type, flat or shaped."""

    name: str
    shape: tuple[int, ...]
    size_bytes: int
    kind: str
    load: Callable[[], NDArray[Any]]


def read_safetensors(path: Path) -> list[Tensor]:
    """The tensors of a safetensors file in the order of its header. Raises ModelPackError."""
    with path.open("rb") as file:
        try:
            (header_bytes,) = struct.unpack("<Q", file.read(8))
            header = json.loads(file.read(min(header_bytes, _HEADER_LIMIT_BYTES)))
            header.pop("__metadata__", None)
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            return [_safetensor(content, 8 + header_bytes, name, entry) for name, entry in header.items()]
        except (struct.error, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelPackError(f"{path.name} is not a safetensors file, or was cut short") from error


def _numpy() -> Any:
    """numpy comes with the extra `worker`; a box that only opens packs does without."""
    try:
        import numpy  # noqa: PLC0415
    except ImportError as error:
        raise ModelPackError("converting a model needs numpy: install vbot-appliance[worker]") from error
    return numpy


def _safetensor(content: mmap.mmap, start: int, name: str, entry: dict[str, Any]) -> Tensor:
    begin, end = entry["data_offsets"]
    shape = tuple(int(size) for size in entry["shape"])
    if not 0 <= begin <= end <= len(content) - start:
        raise ValueError(name)
    kind = str(entry["dtype"])
    numpy_kind = _HALF_PRECISION.get(kind, "u1")
    return Tensor(name, shape, end - begin, kind, load_values(content, start + begin, end - begin, numpy_kind, None))


def load_values(
    content: mmap.mmap, offset: int, size_bytes: int, kind: str, shape: tuple[int, ...] | None
) -> Callable[[], NDArray[Any]]:
    """A function that reads these bytes as `kind`, numpy's name for it, or `bf16`, which numpy has not."""

    def load() -> NDArray[Any]:
        np = _numpy()

        raw = content[offset : offset + size_bytes]
        if kind == "bf16":
            values: NDArray[Any] = (np.frombuffer(raw, "<u2").astype("<u4") << 16).view("<f4")
        else:
            values = np.frombuffer(raw, kind)
        return values if shape is None else values.reshape(shape)

    return load


def write_float32(path: Path, tensors: Iterable[Tensor], advance: Advance) -> None:
    """Write these tensors as one safetensors file of fp32, in this order; `advance` counts the bytes written."""
    ordered = list(tensors)
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for tensor in ordered:
        begin, end = end, end + _written_bytes(tensor)
        header[tensor.name] = {
            "dtype": "F32" if _becomes_float32(tensor) else tensor.kind,
            "shape": list(tensor.shape),
            "data_offsets": [begin, end],
        }
    encoded = json.dumps(header, separators=(",", ":")).encode()
    encoded += b" " * (-len(encoded) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(encoded)) + encoded)
        for tensor in ordered:
            values = tensor.load()
            content = values.astype("<f4").tobytes() if _becomes_float32(tensor) else values.tobytes()
            file.write(content)
            advance(len(content))


def is_half_precision(path: Path) -> bool:
    """Whether a safetensors file holds any fp16 or bf16."""
    return any(tensor.kind in _HALF_PRECISION for tensor in read_safetensors(path))


def float32_bytes(path: Path) -> int:
    """The size in bytes of a safetensors file's tensors once they are fp32."""
    return sum(_written_bytes(tensor) for tensor in read_safetensors(path))


def _becomes_float32(tensor: Tensor) -> bool:
    return tensor.kind in ("F16", "BF16", "<f2", "<f4", "bf16")


def _written_bytes(tensor: Tensor) -> int:
    if tensor.kind in ("F16", "BF16", "<f2", "bf16"):
        return tensor.size_bytes * 2
    return tensor.size_bytes
