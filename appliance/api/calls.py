"""/api/calls: what became of calls. An operator sees all, a customer its own."""

from __future__ import annotations

from dataclasses import replace

from appliance.api.base import Handler
from appliance.api.files import send_file
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
        receipt = await self.services.erase_call(call_id)
        holding = [backup.name for backup in await self.services.backups.listing() if backup.state == "done"]
        self.reply(erasure_reply(receipt, holding))

    async def get(self, call_id: str) -> None:
        self.reply(call_reply(await self.services.history.call(call_id, self.only_customer)))


class CallRecording(_CallHandler):
    """GET /api/calls/{id}/recording."""

    async def get(self, call_id: str) -> None:
        await send_file(self, await self.services.history.recording(call_id, self.only_customer))


class ReprocessCall(Handler):
    """POST /api/calls/{id}/reprocess."""

    async def admit(self) -> None:
        await self.admit_operator(changes=True)

    async def post(self, call_id: str) -> None:
        await self.services.reprocess_call(call_id)
        self.reply(call_reply(await self.services.history.call(call_id, None)))
