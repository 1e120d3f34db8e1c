"""Who changed and read what."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from admin_gui.client.transport.exchange import Requests
from admin_gui.client.transport.paging import Order, Page, order_params
from admin_gui.client.transport.stop import Progress, Stop, no_progress

AuditForm = Literal["csv", "jsonl"]


class Actor(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who did it: `kind` is token, owner (a command on the appliance), vbot (itself), customer or unknown."""

    kind: str
    token_id: int | None = None
    name: str | None = None
    role: str | None = None
    address: str = ""


class Subject(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What it was done to; no id: several, or the appliance as a whole."""

    kind: str
    id: str | None = None


class Named(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What something is called today: a company, also of a call or webhook of its; a token's name; `at`: its moment."""

    kind: str
    id: str
    name: str
    at: datetime | None = None


class AuditLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One change; secrets are masked."""

    id: str
    at: datetime
    actor: Actor
    action: str
    subject: Subject
    request_id: str | None = None
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    hash: str = ""
    # Of what it knows by ids, as `call:6e0c…`: one dictionary for a page. An older appliance names nothing.
    names: dict[str, Named] = {}


class _AuditReply(msgspec.Struct):
    audit: list[AuditLine]
    names: list[Named] = []
    next_cursor: str | None = None


class AuditLog:
    """/api/audit."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def page(
        self, cursor: str | None, limit: int, order: Order | None = None, **narrowed: str | None
    ) -> Page[AuditLine]:
        """Newest first unless sorted; narrowed by what the API's filters are called."""
        params = narrowed | order_params(order)
        reply = self._requests.get("/api/audit", _AuditReply, cursor=cursor, limit=limit, **params)
        names = {f"{one.kind}:{one.id}": one for one in reply.names}
        return Page([msgspec.structs.replace(line, names=names) for line in reply.audit], reply.next_cursor)

    def save(
        self,
        form: AuditForm,
        file: Path,
        progress: Progress = no_progress,
        stop: Stop | None = None,
        **narrowed: str | None,
    ) -> Path:
        """All of it, as a file that the appliance writes."""
        return self._requests.download("/api/audit", file, progress, stop, format=form, **narrowed)
