"""What a screen reader would be told wrongly, or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.admin_gui.screen_reader.accessible_tree import Accessible, State

BUTTONS = {"push button", "button menu", "check box", "radio button"}
CHECKABLE = {"check box", "radio button"}
# What somebody can do something with, as it is told in the tree.
CONTROLS = {
    *BUTTONS,
    "combo box",
    "label",  # a value that can be selected and copied
    "list",
    "list item",
    "page tab",
    "page tab list",
    "slider",
    "spin box",
    "table",
    "cell",
    "text",
}
# Qt has no other role for what merely scrolls; its name has to say where one is.
SCROLLS = "filler"


def controls(root: Accessible) -> Iterator[Accessible]:
    """What the keyboard or a reader's own cursor comes to."""
    for one in root.within():
        if State.FOCUSABLE in one.states:
            yield one


def faults(root: Accessible) -> Iterator[str]:
    """Of all windows of the program."""
    for window in root.children:
        headings = {window.name, *(one.name for one in window.within() if one.role == "label")}
        for control in controls(window):
            yield from (f"{control.role} “{control.title}” {fault}" for fault in _faults(control, headings))
        names = Counter(one.title for one in controls(window) if one.role in BUTTONS)
        yield from (f"{count} buttons are called “{name}”" for name, count in names.items() if count > 1)


def _faults(control: Accessible, headings: set[str]) -> Iterator[str]:
    if not control.title.strip():
        yield "has no name"
    if control.role not in CONTROLS and not (control.role == SCROLLS and control.title in headings):
        yield "has no role"
    if (control.role in CHECKABLE) is not (State.CHECKABLE in control.states):
        yield "is no choice, or not told as one"
    if control.role == "table" and control.title[:1].islower():
        yield "is called as in the code"
