"""Server-sent events as a client reads them, by the rules of the HTML standard."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """One event; `id` is what a client would send as Last-Event-ID from now on."""

    id: str
    type: str
    data: Any


class EventParser:
    """Takes lines, gives events; remembers the last id and the comments."""

    def __init__(self) -> None:
        self.last_id = ""
        self.retry: int | None = None
        self.comments: list[str] = []
        self._id = ""
        self._type = ""
        self._data: list[str] = []

    def line(self, line: str) -> Event | None:
        """Take one line, without its end; returns the event that it completes."""
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "":
                self.comments.append(value)
            case "id":
                self._id = value
                self.last_id = self.last_id or value  # the first is no event's: it says where the stream stands
            case "event":
                self._type = value
            case "data":
                self._data.append(value)
            case "retry":
                self.retry = int(value)
            case _:
                raise AssertionError(f"{line!r} is no line of ours")
        return None

    def lines(self, lines: Iterable[str]) -> Iterator[Event]:
        for line in lines:
            if event := self.line(line):
                yield event

    def _dispatch(self) -> Event | None:
        # Not before: of an event that breaks off in its midst, the rest is yet to be asked for.
        self.last_id = self._id
        kind, data = self._type, self._data
        self._type, self._data = "", []
        return Event(self.last_id, kind or "message", json.loads("\n".join(data))) if data else None
