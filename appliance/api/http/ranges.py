"""Byte ranges as RFC 9110 has them (section 14): which part of a file a request asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from appliance.errors import ApplianceError

_ONE_RANGE = re.compile(r"(\d+)-(\d*)|-(\d+)", re.ASCII)
# Larger than any file; more digits than that are not worth converting.
_BEYOND_EVERY_FILE = 10**18


class RangeNotSatisfiable(ApplianceError):
    """The range begins behind the end of the file; `Content-Range` tells how long that is."""

    def __init__(self, size: int) -> None:
        super().__init__(f"there are {size} bytes only")
        self.size = size


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes from `start` up to, and not with, `end`."""

    start: int
    end: int

    def content_range(self, size: int) -> str:
        """What `Content-Range` says of this part of a file of `size` bytes."""
        return f"bytes {self.start}-{self.end - 1}/{size}"


def wanted_part(header: str, size: int) -> Part | None:
    """The part that a `Range` header asks for, or None for the whole.

    Several ranges are answered with the whole, and so is what we do not understand: the RFC leaves both to us. Raises
    RangeNotSatisfiable.
    """
    unit, _, ranges = header.partition("=")
    wanted = [one.strip() for one in ranges.split(",") if one.strip()]
    if unit.strip().lower() != "bytes" or len(wanted) != 1:
        return None
    found = _ONE_RANGE.fullmatch(wanted[0])
    if found is None:
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        part = Part(max(size - _number(suffix), 0), size)
    else:
        end = _number(last) + 1 if last else size
        if last and end <= _number(first):
            return None
        part = Part(_number(first), min(end, size))
    if part.start >= size:
        raise RangeNotSatisfiable(size)
    return part


def _number(digits: str) -> int:
    significant = digits.lstrip("0") or "0"
    return int(significant) if len(significant) < len(str(_BEYOND_EVERY_FILE)) else _BEYOND_EVERY_FILE
