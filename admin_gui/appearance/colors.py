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
    # Round what can be typed into: who sees little must find it (WCAG 1.4.11).
    edge: str
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
        color.setAlpha(32 if self.dark else 24)
        return color


LIGHT = Colors(
    dark=False,
    window="#f5f6f8",
    surface="#ffffff",
    sunken="#eef0f3",
    border="#dfe3e8",
    edge="#7d8694",
    text="#1b2128",
    muted="#545d6a",
    accent="#2156c4",
    on_accent="#ffffff",
    selection="#dce7fd",
    hover="#edf0f4",
    good="#0b6637",
    warn="#7f5105",
    bad="#ad2727",
)
DARK = Colors(
    dark=True,
    window="#15181d",
    surface="#1d2127",
    sunken="#111419",
    border="#2f353e",
    edge="#6f7987",
    text="#e7eaee",
    muted="#a9b2bf",
    accent="#86afff",
    on_accent="#0c1322",
    selection="#22334f",
    hover="#262b33",
    good="#4cc88a",
    warn="#e6b455",
    bad="#ff8a84",
)
