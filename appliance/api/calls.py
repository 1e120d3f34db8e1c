"""/api/calls: what became of calls. An operator sees all, a customer its own."""

from __future__ import annotations

from dataclasses import replace

from appliance.api.base import Handler
from appliance.api.files import send_file
from appliance.api.operation import Caller, Content, Group, Operation, operation
from appliance.api.queries import CALL_FILTERS, PAGE, SEARCHED_TEXT, Query, call_filter
from appliance.api.replies.calls import CallReply, CallsReply, ErasureReply, call_reply, erasure_reply
from appliance.domain.customer import Customer
from appliance.errors import Conflict


class _CallHandler(Handler):
    async def admit(self) -> None:
        identity = await self.admit_either()
        self.only_customer = identity.id if isinstance(identity, Customer) else None


class CallList(_CallHandler):
    """GET /api/calls."""

    @operation(
        Operation(
            group=Group.CALLS,
            summary="List calls, newest first.",
            caller=Caller.EITHER,
            answers=CallsReply,
            query=(*CALL_FILTERS, SEARCHED_TEXT, *PAGE),
            notes="A customer sees its own calls only.",
        )
    )
    async def get(self) -> None:
        query = Query(self)
        wanted = call_filter(query)
        text = query.value(SEARCHED_TEXT)
        page = query.page()
        if self.only_customer is not None:
            wanted = replace(wanted, customer_id=self.only_customer)
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

    @operation(
        Operation(
            group=Group.CALLS,
            summary="Erase a call: its recordings, texts and webhooks.",
            caller=Caller.ADMIN,
            answers=ErasureReply,
            notes="It cannot be undone. Backups made before still hold the call; a restore of one erases it again.",
        )
    )
    async def delete(self, call_id: str) -> None:
        receipt = await self.services.erase_call(call_id)
        holding = [backup.name for backup in await self.services.backups.listing() if backup.state == "done"]
        self.reply(erasure_reply(receipt, holding))

    @operation(
        Operation(
            group=Group.CALLS,
            summary="Show one call, with its result once it is completed.",
            caller=Caller.EITHER,
            answers=CallReply,
        )
    )
    async def get(self, call_id: str) -> None:
        self.reply(call_reply(await self.services.history.call(call_id, self.only_customer)))


class CallRecording(_CallHandler):
    """GET /api/calls/{id}/recording."""

    @operation(
        Operation(
            group=Group.CALLS,
            summary="Download a call's recording, as it was submitted.",
            caller=Caller.EITHER,
            answers=Content("audio/*", "The recording.", binary=True),
        )
    )
    async def get(self, call_id: str) -> None:
        await send_file(self, await self.services.history.recording(call_id, self.only_customer))


class ReprocessCall(Handler):
    """POST /api/calls/{id}/reprocess."""

    async def admit(self) -> None:
        await self.admit_operator(changes=True)

    @operation(
        Operation(
            group=Group.CALLS,
            summary="Analyse a call again, as its next revision.",
            caller=Caller.ADMIN,
            answers=CallReply,
            errors=(Conflict,),
            notes="409 while the call is not final, and when its recording was erased. The webhook of the new result "
            "is `call.updated`.",
        )
    )
    async def post(self, call_id: str) -> None:
        await self.services.reprocess_call(call_id)
        self.reply(call_reply(await self.services.history.call(call_id, None)))
