"""Several things that are told at once, as one notification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from admin_gui.appearance.colors import Tone
from admin_gui.models.notices.ledger import News
from admin_gui.text import formats
from admin_gui.text.plain_text import isolated

translate = QCoreApplication.translate

PROGRAM = "vBot"
# A notification is read at a glance, and desktops cut off what is longer.
MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Notification:
    """What pops up. A click goes to `link` of `appliance`."""

    title: str
    text: str
    tone: Tone
    appliance: str
    link: str


def notification(news: Sequence[News], names: Mapping[str, str]) -> Notification:
    """All of it in one; `names`: what the user calls the appliances. What is wrong stands before what is over."""
    ordered = sorted(news, key=lambda one: one.is_over)
    first, alone = ordered[0], len({one.appliance for one in ordered}) == 1
    lines = [one.text if alone else f"{isolated(_name(one, names))}: {one.text}" for one in ordered]
    shown = lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 1], _more(len(lines) - MOST_LINES + 1)]
    return Notification(
        title=_name(first, names) if alone else PROGRAM,
        text="\n".join(shown),
        tone="good" if first.is_over else "bad" if any(one.tone == "bad" for one in ordered) else "warn",
        appliance=first.appliance,
        link=first.link if alone and len(ordered) == 1 else "overview",
    )


def after_quiet(held: Sequence[News], names: Mapping[str, str]) -> Notification | None:
    """What came in quiet hours, in one line; what came and went within them is only counted."""
    last = {(one.appliance, one.key): one for one in held}
    began = {(one.appliance, one.key) for one in held if not one.is_over}
    passed = {which for which, one in last.items() if one.is_over and which in began}
    left = [one for which, one in last.items() if which not in passed]
    parts = [f"{isolated(_name(one, names))}: {one.text}" for one in sorted(left, key=lambda one: one.is_over)]
    if len(parts) >= MOST_LINES:
        parts[MOST_LINES - 2 :] = [_more(len(parts) - MOST_LINES + 2)]
    if passed:
        template = translate("notices", "came and went: %1")
        parts.append(template.replace("%1", formats.number(len(passed))))
    if not parts:
        return None
    whole = notification(left or held, names)
    text = translate("notices", "While it was quiet: %1").replace("%1", " · ".join(parts))
    tone: Tone = whole.tone if left else "calm"
    return Notification(whole.title, text, tone, whole.appliance, whole.link)


def _more(count: int) -> str:
    return translate("notices", "and %1 more").replace("%1", formats.number(count))


def _name(news: News, names: Mapping[str, str]) -> str:
    return names.get(news.appliance, news.appliance)
