"""Columns of a table: what each shows of a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from admin_gui.appearance.colors import Tone

T = TypeVar("T")


@dataclass(frozen=True)
class Column(Generic[T]):
    """One column. `key` names it in what is remembered and in exported files; `title` is translated."""

    key: str
    title: str
    text: Callable[[T], str]
    # What it is sorted by; None: it cannot be sorted. Values of one column must compare with each other.
    sort: Callable[[T], Any] | None = None
    # What the API calls this order, where the appliance is asked for it: `sort` then finds the place of live rows only.
    field: str | None = None
    tooltip: Callable[[T], str] | None = None
    # What its heading's tooltip says; empty: the heading says all.
    meaning: str = ""
    # Drawn as a pill in the colour of this tone.
    tone: Callable[[T], Tone] | None = None
    # Drawn as pills side by side, one for each; `text` is then for who copies, exports or listens.
    parts: Callable[[T], Sequence[str]] | None = None
    # Where a double click on its cell leads, instead of to the row itself, and what a menu calls that; empty: nowhere.
    link: Callable[[T], str] | None = None
    link_title: str = ""
    # What an exported file says, where it differs from the shown text (a moment in UTC, say).
    export: Callable[[T], str] | None = None
    width: int = 140
    # A text that must be seen whole: where there is one, the width is made of it and of the heading.
    typical: str = ""
    right: bool = False
    mono: bool = False
    middle: bool = False  # cut in the middle where the room is short: what differs stands at the end
    hidden: bool = False  # until the user shows it
    yields: int = 0  # not seen where there is no room for all; the lowest goes first, 0 never
