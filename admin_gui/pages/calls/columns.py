"""The columns of the list of calls."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from admin_gui.client.calls import DIRECTIONS, MOODS, STATES, Call
from admin_gui.models import states
from admin_gui.models.spoken_words import find
from admin_gui.models.table.columns import Column
from admin_gui.text import formats
from admin_gui.text.appliance_words.sentences import translated
from admin_gui.text.formats import TYPICAL_NUMBER

translate = QCoreApplication.translate

SUMMARY_WIDTH = 144
# So many letters are shown before what was searched for, at the most, from the beginning of a word: in a column of that
# width there is as much room again for the word itself.
_LETTERS_BEFORE = 8


def call_columns(name_of: Callable[[int], str], searched: Callable[[], str]) -> list[Column[Call]]:
    """`name_of`: a customer's company; `searched`: what the texts of the calls are searched for."""
    return [
        Column(
            "received",
            translate("calls", "Received"),
            lambda call: formats.moment(call.received_at),
            sort=lambda call: call.received_at,
            field="received_at",
            tooltip=lambda call: formats.utc_tooltip(call.received_at),
            export=lambda call: call.received_at.isoformat(),
            typical=formats.longest_moment(),
        ),
        Column(
            "state",
            translate("calls", "State"),
            lambda call: states.word(call.shown_state),
            sort=lambda call: call.state,
            field="state",
            tone=lambda call: states.call_tone(call.shown_state),
            export=lambda call: call.state,
            typical=states.longest_word(STATES),
        ),
        Column(
            "caller",
            translate("calls", "Caller"),
            lambda call: call.caller_number,
            sort=lambda call: call.caller_number,
            field="caller_number",
            typical=TYPICAL_NUMBER,
        ),
        Column(
            "called",
            translate("calls", "Called"),
            lambda call: call.called_number,
            sort=lambda call: call.called_number,
            field="called_number",
            typical=TYPICAL_NUMBER,
            yields=4,
        ),
        Column(
            "direction",
            translate("calls", "Direction"),
            lambda call: states.word(call.direction or ""),
            export=lambda call: call.direction or "",
            typical=states.longest_word(DIRECTIONS),
            hidden=True,
        ),
        Column(
            "duration",
            translate("calls", "Length"),
            lambda call: formats.playing_time(call.duration_seconds),
            sort=lambda call: call.duration_seconds,
            field="duration_seconds",
            right=True,
            typical="1:00:00",
            yields=3,
        ),
        Column(
            "talked",
            translate("calls", "Time talked"),
            lambda call: formats.playing_time(call.speech_seconds),
            sort=lambda call: call.speech_seconds,
            field="speech_seconds",
            right=True,
            typical="1:00:00",
            hidden=True,
        ),
        Column(
            "silence",
            translate("calls", "Silence"),
            _silence,
            sort=lambda call: None if call.conversation is None else call.conversation.silence_seconds,
            field="silence_seconds",
            right=True,
            typical="1:00:00 · 88 %",
            hidden=True,
        ),
        Column(
            "outside",
            translate("calls", "Outside party talks"),
            lambda call: formats.percent(_outside_share(call)),
            sort=_outside_share,
            field="outside_talk_share",
            right=True,
            typical="100 %",
            hidden=True,
        ),
        Column(
            "sentiment",
            translate("calls", "Mood"),
            lambda call: states.word(call.mood or ""),
            tone=lambda call: states.sentiment_tone(call.mood),
            sort=lambda call: call.mood,
            field="sentiment",
            typical=states.longest_word(MOODS),
            yields=2,
        ),
        Column(
            "customer",
            translate("calls", "Customer"),
            lambda call: name_of(call.customer_id),
            sort=lambda call: name_of(call.customer_id),
            field="company_name",
            width=120,
            middle=True,
            yields=1,
        ),
        Column(
            "took",
            translate("calls", "Time to result"),
            lambda call: formats.span(_took(call)),
            sort=_took,
            field="time_to_result",
            right=True,
            width=110,
            hidden=True,
        ),
        Column("id", translate("calls", "Call id"), lambda call: call.call_id, mono=True, width=290, hidden=True),
        Column(
            "external",
            translate("calls", "PBX's id"),
            lambda call: call.external_id or "",
            mono=True,
            width=150,
            hidden=True,
        ),
        Column("keywords", translate("calls", "Keywords"), lambda call: call.keywords or "", width=170, hidden=True),
        Column(
            "tags",
            translate("calls", "Tags"),
            lambda call: ", ".join(call.tags or ()),
            parts=lambda call: call.tags or (),
            width=150,
            hidden=True,
        ),
        Column(
            "summary",
            translate("calls", "Summary"),
            # Who searches for words wants to see them: the summary is then in the tooltip.
            lambda call: clipped_match(call, searched()) or clipped(in_a_line(call), searched()),
            export=in_a_line,
            tooltip=lambda call: "\n\n".join(filter(None, (in_a_line(call), what_matches(call, searched())))),
            width=SUMMARY_WIDTH,
        ),
    ]


def in_a_line(call: Call) -> str:
    """What it came to, or why to nothing."""
    if call.is_damaged:
        return translate("calls", "Damaged: it can be analysed again")
    if call.error is not None:
        return translated(call.error.message)
    if call.empty:
        return translate("calls", "Nothing was recorded")
    if call.is_erased:
        return translate("calls", "Erased when its retention ended or its customer was deleted")
    if call.no_speech:
        return translate("calls", "Nobody speaks")
    return (call.summary or "").replace("\n", " ")


def what_matches(call: Call, searched: str) -> str:
    """The first turn in which it is said, or most of its words; empty where none is."""
    turns = call.segments or []
    whole = find([turn.text for turn in turns], searched)
    if whole:
        return f"“{turns[whole[0].row].text}”"
    words = searched.casefold().split()
    counted = [sum(word in turn.text.casefold() for word in words) for turn in turns]
    return f"“{turns[counted.index(max(counted))].text}”" if any(counted) else ""


def clipped_match(call: Call, searched: str) -> str:
    """What matches, with what was searched for at its beginning, where a narrow cell shows it."""
    return clipped(what_matches(call, searched), searched)


def clipped(text: str, searched: str) -> str:
    """It from shortly before what was searched for, or all of it where that is near its beginning, or is not there."""
    hits = find([text], searched) or [hit for word in searched.split() for hit in find([text], word)]
    first = min((hit.first for hit in hits), default=0)
    if first <= _LETTERS_BEFORE:
        return text
    begin = text.find(" ", first - _LETTERS_BEFORE - 1, first) + 1 or first
    return f"{'“' if text.startswith('“') else ''}… {text[begin:]}"


def _silence(call: Call) -> str:
    """How long nobody spoke, and how much of the call that is."""
    if call.conversation is None:
        return formats.DASH
    seconds, whole = call.conversation.silence_seconds, call.duration_seconds
    told = formats.playing_time(seconds)
    return f"{told} · {formats.percent(min(1.0, seconds / whole))}" if whole else told


def _outside_share(call: Call) -> float | None:
    """How much of what is said the outside party says, from 0 to 1; of internal calls nobody does."""
    if call.parties is None or call.direction == "internal":
        return None
    caller, called = call.parties.caller.talk_seconds, call.parties.called.talk_seconds
    return (called if call.direction == "outbound" else caller) / (caller + called) if caller + called else None


def _took(call: Call) -> float | None:
    """Seconds from the upload to the result."""
    return None if call.finished_at is None else (call.finished_at - call.received_at).total_seconds()
