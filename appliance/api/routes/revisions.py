"""/api/calls/{id}/revisions: how often a call was analysed, why, and what came of it each time."""

from __future__ import annotations

from appliance.api.http.handler import Handler
from appliance.api.http.operation import Caller, Group, Operation, operation
from appliance.api.shapes.replies.revisions import (
    RevisionResultReply,
    RevisionsReply,
    revision_reply,
    revisions_reply,
)
from appliance.api.shapes.requests import path_id
from appliance.domain.audit import Action, Subject, SubjectKind
from appliance.domain.call import Call


class _RevisionHandler(Handler):
    async def admit(self) -> None:
        self.only = (await self.admit_operator(changes=False, of_customers=True)).customers

    def note_reading(self, call: Call) -> None:
        """As of the call itself: what was said in it is read."""
        subject = Subject(SubjectKind.CALL, call.call_id)
        self.services.access.reading_log.note(self.actor, Action.CALL_READ, subject, customer_id=call.customer_id)


class CallRevisions(_RevisionHandler):
    """GET /api/calls/{id}/revisions."""

    @operation(
        Operation(
            group=Group.CALLS,
            summary="List the revisions of a call: when each came, and why.",
            caller=Caller.OPERATOR,
            answers=RevisionsReply,
        )
    )
    async def get(self, call_id: str) -> None:
        call, found = await self.services.calls.revisions.of_call(call_id, self.only)
        self.note_reading(call)
        self.reply(revisions_reply(call, found))


class CallRevision(_RevisionHandler):
    """GET /api/calls/{id}/revisions/{revision}."""

    @operation(
        Operation(
            group=Group.CALLS,
            summary="Show what was made of one revision of a call, to compare.",
            caller=Caller.OPERATOR,
            answers=RevisionResultReply,
            notes="404 until it is completed, when its analysis failed, and when its texts were erased.",
        )
    )
    async def get(self, call_id: str, revision: str) -> None:
        found = await self.services.calls.revisions.result(call_id, path_id(revision), self.only)
        self.note_reading(found.call)
        await self.reply_with(lambda: revision_reply(found))
