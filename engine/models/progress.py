"""How the commands show what takes long: a bar on a terminal, one line per step anywhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TextIO

# Called with the number of bytes done since the last call.
Advance = Callable[[int], None]


class Progress(Protocol):
    """Where the steps of an installation are shown."""

    # Whether a person looks on: then pip may draw its own bar.
    interactive: bool

    def say(self, line: str) -> None:
        """Show one line."""

    def step(self, label: str, total_bytes: int) -> AbstractContextManager[Advance]:
        """Show that a step begins; the block inside tells how many bytes it has done."""


class Silence:
    """Shows nothing: for a worker, and for whoever uses the packs as a library."""

    interactive = False

    def say(self, line: str) -> None:
        pass

    @contextmanager
    def step(self, label: str, total_bytes: int) -> Iterator[Advance]:
        yield _ignore


class TextProgress:
    """Shows the steps on a text stream, as tqdm bars where that is a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.interactive = stream.isatty()

    def say(self, line: str) -> None:
        print(line, file=self._stream, flush=True)

    @contextmanager
    def step(self, label: str, total_bytes: int) -> Iterator[Advance]:
        if self.interactive:
            try:
                from tqdm import tqdm  # noqa: PLC0415 - of the extra `worker`; the bar is no reason to fail
            except ImportError:
                pass
            else:
                with tqdm(total=total_bytes, desc=label, unit="B", unit_scale=True, file=self._stream) as bar:
                    yield bar.update
                return
        self.say(f"{label} ({megabytes(total_bytes)})")
        yield _ignore


def megabytes(size_bytes: int) -> str:
    """A size for people, in units of 1000."""
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1000:.0f} kB"
    return f"{size_bytes / 1_000_000:.0f} MB"


def _ignore(count: int) -> None:
    pass
