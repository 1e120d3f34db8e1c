"""The colours of both themes, and what each says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtGui import QColor

# What a colour says: good, look at it, bad, under way, nothing special.
Tone = Literal["good", "warn", "bad", "busy", "calm"]


@dataclass(frozen=True, slots=True)
class Colors:
    """The colours of one theme, as #rrggbb."""

    dark: bool
    window: str
    surface: str
    sunken: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    selection: str
    hover: str
    good: str
    warn: str
    bad: str

    def tone(self, tone: Tone) -> str:
        """The colour of a tone."""
        return {"good": self.good, "warn": self.warn, "bad": self.bad, "busy": self.accent}.get(tone, self.muted)

    def wash(self, tone: Tone) -> QColor:
        """The same, faint enough to stand behind text."""
        color = QColor(self.tone(tone))
        color.setAlpha(44 if self.dark else 28)
        return color


LIGHT = Colors(
    dark=False,
    window="#f5f6f8",
    surface="#ffffff",
    sunken="#eef0f3",
    border="#dfe3e8",
    text="#1b2128",
    muted="#626c7a",
    accent="#2b63d9",
    on_accent="#ffffff",
    selection="#dce7fd",
    hover="#edf0f4",
    good="#0f7541",
    warn="#96620a",
    bad="#c02f2f",
)
DARK = Colors(
    dark=True,
    window="#15181d",
    surface="#1d2127",
    sunken="#111419",
    border="#2f353e",
    text="#e7eaee",
    muted="#9aa4b2",
    accent="#79a6ff",
    on_accent="#0c1322",
    selection="#263a5e",
    hover="#262b33",
    good="#4cc88a",
    warn="#e6b455",
    bad="#ff7b75",
)
