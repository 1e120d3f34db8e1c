"""The attempts of one webhook, as rows of a table."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from admin_gui.client.deliveries import Attempt
from admin_gui.models.table.columns import Column
from admin_gui.text import formats
from admin_gui.text.appliance_words.sentences import translated

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt with its number: moments are whole seconds, two attempts may share one."""

    number: int
    attempt: Attempt


def attempt_columns() -> list[Column[Tried]]:
    """When, what came of it, how long it took."""
    return [
        Column("number", "#", lambda one: str(one.number), sort=lambda one: one.number, right=True, width=50),
        Column(
            "at",
            translate("attempts", "When"),
            lambda one: formats.moment(one.attempt.at),
            tooltip=lambda one: formats.utc_tooltip(one.attempt.at),
            sort=lambda one: one.attempt.at,
            typical=formats.longest_moment(),
        ),
        Column(
            "status",
            translate("attempts", "Status"),
            lambda one: translate("attempts", "no answer") if one.attempt.status is None else str(one.attempt.status),
            tone=lambda one: "good" if one.attempt.succeeded else "bad",
            sort=lambda one: one.attempt.status,
            width=120,
        ),
        Column(
            "latency",
            translate("attempts", "Took"),
            lambda one: f"{formats.number(one.attempt.latency_ms)} ms",
            sort=lambda one: one.attempt.latency_ms,
            right=True,
            width=100,
            yields=1,
        ),
        Column(
            "url",
            translate("attempts", "Address"),
            lambda one: one.attempt.url or formats.DASH,
            tooltip=lambda one: one.attempt.url or translate("attempts", "It was not kept to which address this went"),
            width=180,
            middle=True,
            hidden=True,
        ),
        Column(
            "error",
            translate("attempts", "Error"),
            lambda one: translated(one.attempt.error or formats.DASH),
            width=150,
        ),
        Column(
            "reply", translate("attempts", "Answer"), lambda one: one.attempt.reply.split("\n", 1)[0][:200], width=150
        ),
    ]
