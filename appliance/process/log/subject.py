"""What a log line is about: ids by which one call can be followed through the journal, whoever works on it."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass

# The form of a call's and a delivery's id. What stands in the place of one and is none (in a path, in a worker's
# report) may be anything, a telephone number or a secret among it.
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ATTRIBUTE = "subject"  # of a logging.LogRecord


@dataclass(frozen=True, slots=True)
class LogSubject:
    """A call, a delivery, a customer: each only where it is known."""

    call_id: str | None = None
    delivery_id: str | None = None
    customer_id: int | None = None

    @property
    def known(self) -> LogSubject:
        """The same without an id that has not the form of ours."""

        def formed(value: str | None) -> str | None:
            return value if value is not None and _ID.fullmatch(value) else None

        return LogSubject(formed(self.call_id), formed(self.delivery_id), self.customer_id)

    @property
    def fields(self) -> dict[str, str]:
        """As fields of the journal. An id that has not the form of ours is left out."""
        known = self.known
        named = (("CALL_ID", known.call_id), ("DELIVERY_ID", known.delivery_id), ("CUSTOMER_ID", known.customer_id))
        return {name: str(value) for name, value in named if value is not None}


_NOTHING = LogSubject()
_current: ContextVar[LogSubject] = ContextVar("log_subject", default=_NOTHING)


@contextlib.contextmanager
def lines_about(
    *, call_id: str | None = None, delivery_id: str | None = None, customer_id: int | None = None
) -> Iterator[None]:
    """Every line of this thread or task is about these, a library's too, until the block ends."""
    token = _current.set(_combined(LogSubject(call_id, delivery_id, customer_id), _current.get()))
    try:
        yield
    finally:
        _current.reset(token)


def about(
    *, call_id: str | None = None, delivery_id: str | None = None, customer_id: int | None = None
) -> dict[str, LogSubject]:
    """For the `extra` of one line."""
    return {_ATTRIBUTE: LogSubject(call_id, delivery_id, customer_id)}


def subject_of(record: logging.LogRecord) -> LogSubject:
    """What a record is about; to be called by the thread that logs it."""
    own = getattr(record, _ATTRIBUTE, _NOTHING)
    return _combined(own if isinstance(own, LogSubject) else _NOTHING, _current.get())


def _combined(inner: LogSubject, outer: LogSubject) -> LogSubject:
    return LogSubject(
        inner.call_id or outer.call_id,
        inner.delivery_id or outer.delivery_id,
        outer.customer_id if inner.customer_id is None else inner.customer_id,
    )
