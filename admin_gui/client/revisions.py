"""The revisions of a call: why each came to be, and what was made of it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from admin_gui.client.calls import Turn
from admin_gui.client.transport.exchange import Requests


class Revision(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One of them; `cause` is received, received_again, other_recording, reprocessed or exchanged.

    `analysed_at` is None where nothing of what was made of it is kept, `delivery_id` where no webhook tells of it.
    """

    revision: int
    received_at: datetime
    cause: str = ""
    recording_erased_at: datetime | None = None
    analysed_at: datetime | None = None
    delivery_id: str | None = None


class RevisionResult(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What was made of one."""

    revision: int
    summary: str = ""
    sentiment: str = ""
    keywords: str = ""
    language: str = ""
    segments: list[Turn] = []
    models: dict[str, str] = {}


class _RevisionsReply(msgspec.Struct):
    revisions: list[Revision]


class Revisions:
    """/api/calls/{id}/revisions. An older appliance knows of none: NotFound."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def of_call(self, call_id: str) -> list[Revision]:
        """The latest first."""
        return self._requests.get(f"/api/calls/{call_id}/revisions", _RevisionsReply).revisions

    def result(self, call_id: str, number: int) -> RevisionResult:
        """Raises NotFound where it is not kept."""
        return self._requests.get(f"/api/calls/{call_id}/revisions/{number}", RevisionResult)
