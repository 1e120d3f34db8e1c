"""GET /api/log: the newest lines of this process's log; and how much is logged."""

from __future__ import annotations

import logging
from typing import Annotated, Any, Literal, get_args

from msgspec import Meta

from appliance.api.http.handler import Handler
from appliance.api.http.operation import Caller, Group, Operation, Parameter, operation
from appliance.api.http.queries import Query
from appliance.api.shapes.replies.log import LogLevelReply, LogReply, log_level_reply, log_line_reply
from appliance.api.shapes.requests import ChosenLogLevel
from appliance.domain.clock import utc_now

HIGHEST_LINES = 1000
DEFAULT_LINES = 200
Level = Literal["debug", "info", "warning", "error", "critical"]


def _lines(text: str) -> int:
    count = int(text)
    if not 1 <= count <= HIGHEST_LINES:
        raise ValueError
    return count


def _level(text: str) -> int:
    if text not in get_args(Level):
        raise ValueError
    return logging.getLevelNamesMapping()[text.upper()]


_LINES = Parameter(
    "lines",
    f"How many at most, from 1 to {HIGHEST_LINES}; {DEFAULT_LINES} unless given.",
    _lines,
    f"must be from 1 to {HIGHEST_LINES}",
    Annotated[int, Meta(ge=1, le=HIGHEST_LINES)],
    50,
)


def _reads(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError
    return text == "true"


_READS = Parameter(
    "reads",
    "`false`: without lines that say no more than that a GET was answered; these push no other lines out then.",
    _reads,
    "must be true or false",
    bool,
    True,
)
_LEVEL = Parameter(
    "level",
    "Only lines of this level or above; all unless given.",
    _level,
    "must be debug, info, warning, error or critical",
    Level,
    "warning",
)


class LogPage(Handler):
    """Only an admin reads it: it may name what a viewer is not shown."""

    async def admit(self) -> None:
        await self.admit_operator(changes=True)

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="The newest lines of the api's log, newest first.",
            caller=Caller.ADMIN,
            answers=LogReply,
            query=(_LINES, _LEVEL, _READS),
            notes="Only lines since the api started, and of those a bounded number: warnings are kept for longer.",
        )
    )
    async def get(self) -> None:
        query = Query(self)
        count: Any = query.value(_LINES)
        level: Any = query.value(_LEVEL)
        reads = query.value(_READS)
        query.finish()
        found = self.services.health.log.newest(
            count or DEFAULT_LINES, level or logging.NOTSET, readings=reads is not False
        )
        self.reply(LogReply(lines=[log_line_reply(line) for line in found]))


class LogLevelPage(Handler):
    """GET and PUT /api/log/level."""

    async def admit(self) -> None:
        await self.admit_operator(changes=True)

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="How much the appliance logs.",
            caller=Caller.ADMIN,
            answers=LogLevelReply,
        )
    )
    async def get(self) -> None:
        self.reply(log_level_reply(self.services.health.log_level.current, utc_now()))

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="Have the appliance log more, or less, for a while.",
            caller=Caller.ADMIN,
            answers=LogLevelReply,
            takes=ChosenLogLevel,
            notes="It goes back to `info` by itself, at the latest with a restart. A worker follows when it claims a "
            "call, and within seconds while it has one in hand. Libraries are not made to say more.",
        )
    )
    async def put(self) -> None:
        wanted, log_level = self.json_body(ChosenLogLevel), self.services.health.log_level
        before = log_level.current.level
        log_level.choose(wanted.level, wanted.seconds)
        await self.services.access.audit_log.log_level_changed(self.actor, before, wanted.level, wanted.seconds)
        self.reply(log_level_reply(log_level.current, utc_now()))
