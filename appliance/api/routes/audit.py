"""GET /api/audit: who changed and read what. A page as JSON, or all of it as a file; and what its chain proves."""

from __future__ import annotations

import asyncio
import csv
import io
import logging
import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta
from tornado import iostream

from appliance.api.http.audit_queries import AUDIT_FILTERS, audit_filter
from appliance.api.http.files import flush
from appliance.api.http.handler import Handler
from appliance.api.http.operation import Caller, Content, Group, Operation, Parameter, operation
from appliance.api.http.queries import LIMIT, Query, sorted_page
from appliance.api.http.tornado_internals import stream_of
from appliance.api.shapes.replies.audit import (
    TABLE_HEADER,
    AuditReply,
    AuditVerdictReply,
    audit_line_reply,
    named_reply,
    table_row,
    verdict_reply,
)
from appliance.api.shapes.replies.basics import SuccessReply
from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind
from appliance.domain.clock import utc_now
from appliance.storage.tables.audit import AUDIT_SORTS

logger = logging.getLogger(__name__)


ERASED = "What named a person is erased"


class Format(StrEnum):
    """In which form the audit is wanted."""

    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"


FORMAT = Parameter(
    "format",
    "`jsonl` (a JSON object a line) and `csv` give everything that matches, or the newest `limit` of it, as a file; "
    "`cursor`, `sort` and `order` are of no account then.",
    Format,
    f"must be one of {', '.join(Format)}",
    Format,
)


class Audit(Handler):
    """GET /api/audit."""

    async def admit(self) -> None:
        self.operator = await self.admit_operator(changes=False, of_customers=True)

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="List who changed and read what, newest first unless sorted.",
            caller=Caller.OPERATOR,
            answers=AuditReply,
            also=(
                Content("application/jsonl", "The same, an object a line."),
                Content("text/csv", "The same, as a table with a header."),
            ),
            query=(*AUDIT_FILTERS, *sorted_page(AUDIT_SORTS), FORMAT),
            notes="Secrets are masked for everybody. A line is never changed, and removed only when its time is over "
            "(`VBOT_AUDIT_DAYS`); a restore keeps all. Each carries a hash over itself and the line before it. What "
            "was read is written down within a second, together with what was read alike in it. A viewer of some "
            "customers sees the lines about them.",
        )
    )
    async def get(self) -> None:
        query = Query(self)
        wanted = replace(audit_filter(query), only=self.operator.customers)
        form = query.value(FORMAT) or Format.JSON
        page = query.page(AUDIT_SORTS)
        if form is not Format.JSON:
            kind, encode = _EXPORTS[form]
            most = page.limit if query.has(LIMIT) else None
            self.services.access.reading_log.note(self.actor, Action.AUDIT_EXPORTED, Subject(SubjectKind.AUDIT))
            await self._send(kind, form, self.services.access.audit_log.everything(wanted, most), encode)
            return
        found = await self.services.access.audit_log.page(wanted, page.before, page.limit, page.sorting)
        names = await self.services.access.audit_log.names(found.items, self.operator.customers)
        self.reply(
            AuditReply(
                audit=[audit_line_reply(line) for line in found.items],
                names=[named_reply(one) for one in names],
                next_cursor=page.next_cursor(found),
            )
        )

    async def _send(
        self,
        kind: str,
        form: Format,
        pages: AsyncIterator[Sequence[AuditLine]],
        encode: Callable[[Sequence[AuditLine]], bytes],
    ) -> None:
        """Answer with all pages, one at a time; a client that stops reading is let go."""
        self.set_header("Content-Type", kind)
        self.set_header("Content-Disposition", f'attachment; filename="vbot-audit-{utc_now():%Y%m%dT%H%M%SZ}.{form}"')
        if form is Format.CSV:
            self.write(_csv([TABLE_HEADER]))
        try:
            async for page in pages:
                self.write(await asyncio.to_thread(encode, page))
                await flush(self)
        except (iostream.StreamClosedError, TimeoutError):
            stream_of(self.request).close()
            return
        except Exception:
            # Half of it has gone out: a proper end would pass it off as the whole.
            logger.exception("request %s: the audit could not be sent to its end", self.request_id)
            stream_of(self.request).close()
            return
        self.finish()


def _hash(text: str) -> str:
    if not re.fullmatch("[0-9a-f]{64}", text):
        raise ValueError
    return text


_HEAD = Parameter(
    "head",
    "A hash that you kept: whether it is in the chain.",
    _hash,
    "must be the hash of a line, 64 hexadecimal digits",
    Annotated[str, Meta(pattern="^[0-9a-f]{64}$")],
)


class AuditVerification(Handler):
    """GET /api/audit/verification."""

    async def admit(self) -> None:
        await self.admit_operator(changes=False)

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="Prove that no line of the audit was changed, moved or taken away.",
            caller=Caller.OPERATOR,
            answers=AuditVerdictReply,
            query=(_HEAD,),
            notes="Every line is read. Lines that are missing at the end show only against a `head` that was kept.",
        )
    )
    async def get(self) -> None:
        query = Query(self)
        head = query.value(_HEAD)
        query.finish()
        self.reply(verdict_reply(await self.services.access.audit_log.verify(head)))


class AuditErasure(Handler):
    """DELETE /api/audit/{id}."""

    async def admit(self) -> None:
        await self.admit_operator(changes=True)

    @operation(
        Operation(
            group=Group.APPLIANCE,
            summary="Erase what of an audit line may name a person: name, address, request and values.",
            caller=Caller.ADMIN,
            answers=SuccessReply,
            example={"message": ERASED},
            notes="The line itself stays: when what was done to what, by which token. So does the proof; a new line "
            "says who erased it. Of what the proof stands on nothing can be erased (404).",
        )
    )
    async def delete(self, line_id: str) -> None:
        await self.services.access.audit_log.erase(self.actor, line_id)
        self.reply(SuccessReply(message=ERASED))


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _csv_rows(lines: Sequence[AuditLine]) -> bytes:
    return _csv([table_row(line) for line in lines])


def _json_lines(lines: Sequence[AuditLine]) -> bytes:
    return b"".join(msgspec.json.encode(audit_line_reply(line)) + b"\n" for line in lines)


_EXPORTS: dict[Format, tuple[str, Callable[[Sequence[AuditLine]], bytes]]] = {
    Format.JSONL: ("application/jsonl; charset=utf-8", _json_lines),
    Format.CSV: ("text/csv; charset=utf-8", _csv_rows),
}
