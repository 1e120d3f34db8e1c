"""/api/calls: what became of calls. An operator sees all, a customer its own."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from functools import partial
from http import HTTPStatus
from typing import Annotated

import msgspec
from msgspec import Meta

from appliance.api.http.call_queries import CALL_FILTERS, SEARCHED_TEXT, TAG, call_filter
from appliance.api.http.downloads import download, head_of
from appliance.api.http.files import Download, send_file
from appliance.api.http.handler import Handler
from appliance.api.http.operation import Caller, Content, Group, Operation, operation
from appliance.api.http.queries import (
    REVISION,
    SORT,
    Query,
    filter_fields,
    sole_customer,
    sorted_page,
)
from appliance.api.shapes.replies.calls import CallReply, CallsReply, ErasureReply, call_reply, erasure_reply
from appliance.api.shapes.replies.timed_words import CallWordsReply, words_reply
from appliance.domain.audit import Action, Subject, SubjectKind
from appliance.domain.call import Call
from appliance.domain.customer import Customer
from appliance.errors import Conflict, DamagedFile, Unavailable
from appliance.messages.analyse_call import ChannelName
from appliance.services.calls.history import CallView
from appliance.storage.tables.call_filter import CallFilter
from appliance.storage.tables.sorted_calls import CALL_SORTS

LONGEST_NUMBER_IN_NAME = 32
# Read and decrypted in some 20 ms: half an hour of a telephone's sound.
PROVEN_BYTES = 32 * 1024 * 1024
_SORTED = (
    " Not with `q`, `keyword` or `warnings`. `time_to_result` is from `received_at` to `finished_at`, `company_name` "
    "the customer's; `speech_seconds`, `silence_seconds` and `outside_talk_share` are what "
    "`GET /api/stats/insights` adds up."
)
_UNFIT = re.compile(r"[^0-9A-Za-z+-]")


class _CallHandler(Handler):
    async def admit(self) -> None:
        identity = await self.admit_either()
        self.customer_id = identity.id if isinstance(identity, Customer) else None
        self.only = frozenset({identity.id}) if isinstance(identity, Customer) else identity.customers

    def told(self, view: CallView) -> CallReply:
        """A call as whoever asks may see it."""
        return call_reply(view, with_tags=self.customer_id is None)

    def note_reading(self, action: Action, call: Call) -> None:
        """Write down that somebody read what was said."""
        log = self.services.access.reading_log
        log.note(self.actor, action, Subject(SubjectKind.CALL, call.call_id), customer_id=call.customer_id)


class CallList(_CallHandler):
    """GET /api/calls."""

    @operation(
        Operation(
            group=Group.CALLS,
            summary="List calls, newest first unless sorted.",
            caller=Caller.EITHER,
            answers=CallsReply,
            query=(*CALL_FILTERS, SEARCHED_TEXT, *sorted_page(CALL_SORTS, _SORTED)),
            notes="A customer sees its own calls only, and so does a viewer of some customers theirs. A page holds "
            "fewer than `limit` where the results of more are longer than 16 MiB together: `next_cursor` leads on.",
        )
    )
    async def get(self) -> None:
        query = Query(self)
        if self.customer_id is not None:
            query.forbid(TAG, "is for administrators")
        wanted = call_filter(query)
        text = query.value(SEARCHED_TEXT)
        if text or wanted.asks_of_results:
            query.forbid(SORT, "cannot be given with q, keyword or warnings: calls are searched from the newest on")
        page = query.page(CALL_SORTS)
        # A customer asks about itself, whatever it says.
        asked = replace(wanted, only=self.only, customer_id=self.customer_id or wanted.customer_id)
        found = await self.services.calls.history.calls(asked, page.before, page.limit, text, page.sorting)
        self._note_list(wanted, text, len(found.items))
        cursor = page.next_cursor(found)
        await self.reply_with(lambda: CallsReply(calls=[self.told(view) for view in found.items], next_cursor=cursor))

    def _note_list(self, wanted: CallFilter, text: str | None, count: int) -> None:
        """One line, however long the list is. Of what was searched for nothing is kept: it may be a patient's name."""
        self.services.access.reading_log.note(
            self.actor,
            Action.CALLS_SEARCHED if text or wanted.keyword else Action.CALLS_LISTED,
            Subject(SubjectKind.CALL),
            customer_id=sole_customer(self.only, wanted.customer_id),
            about=filter_fields(wanted),
            count=count,
        )


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
            notes="It cannot be undone. Within a day the database is written anew: then no file of the data folder "
            "holds the call's words or numbers. Backups made before still hold the call. A restore of one over this "
            "box's data erases it again; into a new folder or on another machine nothing tells of the erasure, and the "
            "call is back: keep the receipt, and erase it again.",
        )
    )
    async def delete(self, call_id: str) -> None:
        receipt = await self.services.calls.erase_call(self.actor, call_id)
        try:
            known = await self.services.upkeep.backups.listing()
        except Unavailable as error:  # it is erased all the same, and told only once
            self.reply(erasure_reply(receipt, [], f"Which backups still hold it is not known: {error}."))
            return
        self.reply(
            erasure_reply(receipt, [one.name for one in known if one.may_hold(receipt.received_at, receipt.erased_at)])
        )

    @operation(
        Operation(
            group=Group.CALLS,
            summary="Show one call, with its result once it is completed.",
            caller=Caller.EITHER,
            answers=CallReply,
        )
    )
    async def get(self, call_id: str) -> None:
        found = await self.services.calls.history.call(call_id, self.only)
        self.note_reading(Action.CALL_READ, found.call)
        await self.reply_with(lambda: self.told(found))


class CallWords(_CallHandler):
    """GET /api/calls/{id}/words."""

    @operation(
        Operation(
            group=Group.CALLS,
            summary="Show when each word of a call was said.",
            caller=Caller.EITHER,
            answers=CallWordsReply,
            notes="404 until the call is completed, when its texts were erased, and for results of earlier versions.",
        )
    )
    async def get(self, call_id: str) -> None:
        found = await self.services.calls.history.words(call_id, self.only)
        self.note_reading(Action.CALL_WORDS_READ, found.call)
        await self.reply_with(lambda: words_reply(found))


class CallRecording(_CallHandler):
    """GET and HEAD /api/calls/{id}/recording."""

    _described = Operation(
        group=Group.CALLS,
        summary="Download a call's recording, as it was submitted.",
        caller=Caller.EITHER,
        answers=Content("audio/*", "The recording; `Content-Type` says of which kind.", binary=True),
        query=(REVISION,),
        notes="404 also when it was erased. 500 names the damage where the appliance's disk does not give back what "
        "was received; in a recording of more than 32 MiB the answer may break off there instead, after a 200: compare "
        "with `Content-Length`.",
    )

    @operation(download(_described))
    async def get(self, call_id: str) -> None:
        query = Query(self)
        revision = query.value(REVISION)
        query.finish()
        found = await self.services.calls.history.recording(call_id, self.only, revision)
        if self.request.method == "GET":
            await self.services.access.audit_log.recording_downloaded(self.actor, found.call)
        opened = partial(self.services.calls.recordings.open, found.path, found.bytes)
        name = file_name(found.call, found.revision)
        download = Download(found.path, name, found.sha256, size=found.bytes, opened=opened, proven=PROVEN_BYTES)
        try:
            broken_by = await send_file(self, download)
        except DamagedFile:
            self.services.health.read_damaged_recordings.found(call_id)
            raise
        if broken_by is not None:
            self.services.health.read_damaged_recordings.found(call_id)
        elif self.get_status() == HTTPStatus.OK and self.request.method == "GET" and found.bytes <= PROVEN_BYTES:
            self.services.health.read_damaged_recordings.read_whole(call_id)

    @operation(head_of(_described))
    async def head(self, call_id: str) -> None:
        await self.get(call_id)


def file_name(call: Call, revision: int) -> str:
    """Under which name a recording is saved, without its ending: moment (UTC), both numbers, id, later revision.

    Whatever a file system or a header may dislike in a number is left out.
    """
    moment = (call.call_started_at or call.received_at).astimezone(UTC).strftime("%Y-%m-%d_%H-%M-%S")
    numbers = [_UNFIT.sub("", number)[:LONGEST_NUMBER_IN_NAME] for number in (call.caller_number, call.called_number)]
    parts = [moment, *filter(None, numbers), call.call_id]
    return "_".join(parts) + (f"_r{revision}" if revision > 1 else "")


class Reprocess(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is to be done otherwise this time."""

    caller_channel: Annotated[
        ChannelName | None,
        Meta(description="The stereo channel that the caller speaks on; null: as before.", examples=["right"]),
    ] = None


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
            takes=Reprocess,
            body_may_be_absent=True,
            errors=(Conflict,),
            notes="409 while the call is not final, and when its recording was erased or is damaged on the disk: what "
            "it came to stays. The webhook of the new result is `call.updated`.",
        )
    )
    async def post(self, call_id: str) -> None:
        await self.services.calls.history.call(call_id, None)
        wanted = self.json_body(Reprocess, default=Reprocess())
        await self.services.calls.reprocess_call(self.actor, call_id, wanted.caller_channel)
        self.reply(call_reply(await self.services.calls.history.call(call_id, None)))
