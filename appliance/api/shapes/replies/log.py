"""Lines of the log."""

from __future__ import annotations

import logging
from typing import Annotated

import msgspec
from msgspec import Meta

from appliance.api.shapes.replies.basics import EXAMPLE_MOMENT
from appliance.domain.clock import contract_timestamp
from appliance.services.health.log_ring import LogLine


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


class LogReply(msgspec.Struct, frozen=True, kw_only=True):
    """The newest lines."""

    lines: Annotated[list[LogLineReply], Meta(description="The lines, newest first.")]


def log_line_reply(line: LogLine) -> LogLineReply:
    """A line as it is shown."""
    return LogLineReply(
        at=contract_timestamp(line.at),
        level=logging.getLevelName(line.level).lower(),
        logger=line.logger,
        message=line.message,
    )
