"""Somebody who watches a whole appliance's GET /api/events, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

import requests

from tests.support.appliance import RunningAppliance
from tests.support.processes import wait_until
from tests.support.server_sent_events import Event, EventParser

CONNECT_SECONDS = 60.0
SILENCE_SECONDS = 40.0  # a comment comes every 3 s


class Watcher:
    """One open stream; what came is in `events`. `broken` is how it ended, when not as a stream should."""

    def __init__(
        self,
        appliance: RunningAppliance,
        *,
        bearer: str | None = None,
        last_event_id: str | None = None,
        query: str = "",
    ) -> None:
        headers = {"Authorization": f"Bearer {bearer or appliance.admin_token}"}
        if last_event_id is not None:
            headers["Last-Event-ID"] = last_event_id
        self.events: list[Event] = []
        self.broken: Exception | None = None
        self._parser = EventParser()
        self._session = requests.Session()
        self._session.trust_env = False
        self.answer = self._session.get(
            f"{appliance.url}/api/events{query}",
            headers=headers,
            verify=appliance.http.verify,
            stream=True,
            timeout=(CONNECT_SECONDS, SILENCE_SECONDS),
        )
        assert self.answer.status_code == 200, self.answer.text
        self._lines = self.answer.iter_lines()
        while line := next(self._lines):  # until here it has only said where it stands
            self._parser.line(line.decode())
        self.first_id = self._parser.last_id  # every event that is seen comes behind it
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def last_id(self) -> str:
        return self._parser.last_id

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        connection = getattr(self.answer.raw, "_connection", None)
        if connection is not None and connection.sock is not None:
            connection.sock.shutdown(2)  # a close alone would not wake the reader
        self._thread.join(timeout=10)
        self.answer.close()
        self._session.close()

    def of(self, kind: str, **fields: object) -> list[Event]:
        """The events of one type until now, of which the data has these."""
        return [
            event
            for event in list(self.events)
            if event.type == kind and fields.items() <= {name: event.data.get(name) for name in fields}.items()
        ]

    def wait(self, condition: Callable[[Self], object], seconds: float = 240) -> None:
        """Wait until what was seen is enough. Fails with it when it never is."""
        assert wait_until(lambda: bool(condition(self)), seconds, 0.05), f"after {seconds:g} s: {self.events}"

    def ended(self, seconds: float = 30) -> bool:
        """Whether the stream ends within this time."""
        self._thread.join(timeout=seconds)
        return not self._thread.is_alive()

    def _read(self) -> None:
        try:
            for line in self._lines:
                if event := self._parser.line(line.decode()):
                    self.events.append(event)
        except Exception as error:  # noqa: BLE001 - shown by the test that looks
            self.broken = error
