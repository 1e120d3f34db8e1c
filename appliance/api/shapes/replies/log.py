"""Lines of the log."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from appliance.api.shapes.replies.basics import EXAMPLE_MOMENT
from appliance.domain.clock import contract_timestamp
from appliance.process.log.level import ChosenLevel
from appliance.process.log.ring import LogLine


class LogLineReply(msgspec.Struct, frozen=True, kw_only=True):
    """One line."""

    at: Annotated[str, Meta(description="When it was written, UTC.", examples=[EXAMPLE_MOMENT])]
    level: Annotated[str, Meta(description="`debug`, `info`, `warning`, `error` or `critical`.", examples=["warning"])]
    logger: Annotated[str, Meta(description="The part that wrote it.", examples=["appliance.relay.relay"])]
    message: Annotated[
        str,
        Meta(
            description="What it says; behind an error comes the way to it in the program, on lines of their own.",
            examples=["the queue is not reachable"],
        ),
    ]
    call_id: Annotated[str | None, Meta(description="The call that it is about, or null.", examples=[None])]
    delivery_id: Annotated[str | None, Meta(description="The webhook that it is about, or null.", examples=[None])]
    customer_id: Annotated[int | None, Meta(description="The customer whom it is about, or null.", examples=[1])]


class LogReply(msgspec.Struct, frozen=True, kw_only=True):
    """The newest lines."""

    lines: Annotated[list[LogLineReply], Meta(description="The lines, newest first.")]


class LogLevelReply(msgspec.Struct, frozen=True, kw_only=True):
    """How much is logged."""

    level: Annotated[str, Meta(description="`debug`, `info`, `warning` or `error`.", examples=["debug"])]
    until: Annotated[
        str | None, Meta(description="When it goes back to `info`, UTC; null: it is.", examples=[EXAMPLE_MOMENT])
    ]


def log_level_reply(chosen: ChosenLevel, now: datetime) -> LogLevelReply:
    """The level as it is shown."""
    left = chosen.seconds_left
    until = None if left is None else contract_timestamp(now + timedelta(seconds=left))
    return LogLevelReply(level=chosen.level, until=until)


def log_line_reply(line: LogLine) -> LogLineReply:
    """A line as it is shown."""
    subject = line.subject.known
    return LogLineReply(
        at=contract_timestamp(line.at),
        level=logging.getLevelName(line.level).lower(),
        logger=line.logger,
        message=line.message,
        call_id=subject.call_id,
        delivery_id=subject.delivery_id,
        customer_id=subject.customer_id,
    )
