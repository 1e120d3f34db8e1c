"""/api/calls: what became of calls. An operator sees all, a customer its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tornado import iostream

from appliance.api.base import Handler
from appliance.api.files import FILE_CHUNK_BYTES, file_bytes, media_type, read_chunk
from appliance.api.replies import CallsReply, call_reply, erasure_reply
from appliance.api.requests import Query, call_filter
from appliance.domain.customer import Customer


class _CallHandler(Handler):
    async def admit(self) -> None:
        identity = await self.admit_either()
        self.only_customer = identity.id if isinstance(identity, Customer) else None


class CallList(_CallHandler):
    """GET /api/calls."""

    async def get(self) -> None:
        query = Query(self)
        wanted = call_filter(query)
        page = query.page()
        if self.only_customer is not None:
            wanted = replace(wanted, customer_id=self.only_customer)
        text = self.get_query_argument("q", None)
        found = await self.services.history.calls(wanted, page.before, page.limit, text)
        cursor = None if found.next_before is None else str(found.next_before)
        self.reply(CallsReply(calls=[call_reply(view) for view in found.items], next_cursor=cursor))


class CallDetail(_CallHandler):
    """GET and DELETE /api/calls/{id}."""

    async def admit(self) -> None:
        if self.request.method == "DELETE":
            await self.admit_operator(changes=True)
        else:
            await super().admit()

    async def delete(self, call_id: str) -> None:
        self.reply(erasure_reply(await self.services.erase_call(call_id)))

    async def get(self, call_id: str) -> None:
        self.reply(call_reply(await self.services.history.call(call_id, self.only_customer)))


class CallRecording(_CallHandler):
    """GET /api/calls/{id}/recording."""

    async def get(self, call_id: str) -> None:
        await self.send_file(await self.services.history.recording(call_id, self.only_customer))

    async def send_file(self, path: Path) -> None:
        first = await read_chunk(path, 0)
        self.set_header("Content-Type", media_type(first))
        self.set_header("Content-Length", str(await file_bytes(path)))
        self.set_header("Content-Disposition", "attachment")
        offset, chunk = 0, first
        try:
            while chunk:
                self.write(chunk)
                await self.flush()
                offset += len(chunk)
                chunk = await read_chunk(path, offset) if len(chunk) == FILE_CHUNK_BYTES else b""
        except iostream.StreamClosedError:
            return
        self.finish()


class ReprocessCall(Handler):
    """POST /api/calls/{id}/reprocess."""

    async def admit(self) -> None:
        await self.admit_operator(changes=True)

    async def post(self, call_id: str) -> None:
        await self.services.reprocess_call(call_id)
        self.reply(call_reply(await self.services.history.call(call_id, None)))
