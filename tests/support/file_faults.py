"""What a disk does to a file: a flipped bit, a page of zeros, an end that is gone."""

from __future__ import annotations

import os
from pathlib import Path

PAGE_BYTES = 4096


def flip(path: Path, at: int, bit: int = 0) -> None:
    """Turn one bit over."""
    with path.open("r+b") as file:
        file.seek(at)
        (byte,) = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ 1 << bit]))


def zero_page(path: Path, at: int) -> None:
    """Make nothing of the page around that byte."""
    begin = at // PAGE_BYTES * PAGE_BYTES
    with path.open("r+b") as file:
        file.seek(begin)
        length = min(PAGE_BYTES, path.stat().st_size - begin)
        file.write(bytes(length))


def truncate(path: Path, size: int) -> None:
    """Cut off what lies behind."""
    os.truncate(path, size)
