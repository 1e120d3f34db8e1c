"""What msgspec knows of our types, made before there are threads."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import msgspec

_OURS = ("appliance", "engine")


def build_struct_types() -> None:
    """Have msgspec build what it needs of each Struct that is there. To be called before a second thread reads one.

    It does so when it first reads one, and not safely (0.22.0): another thread that reads the same type meanwhile finds
    it half built, and the process ends with SIGSEGV. So an api died when the first two reports came at the same moment.
    """
    structs: Iterator[type[Any]] = _all_below(msgspec.Struct)
    for kind in structs:
        if kind.__module__.partition(".")[0] in _OURS:
            with contextlib.suppress(TypeError):  # of one that is only written: nobody reads it
                msgspec.json.Decoder(kind)


def _all_below(base: type[Any]) -> Iterator[type[Any]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _all_below(kind)
