"""/api/calls/{id}/tags and /api/tags: what administrators write on calls."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from appliance.api.http.handler import Handler
from appliance.api.http.operation import Caller, Group, Operation, operation
from appliance.api.shapes import text_schemas
from appliance.api.shapes.replies.calls import CallTagsReply, TagReply, TagsReply
from appliance.domain.tags import LONGEST_TAG, MOST_TAGS, problems_of_tags
from appliance.errors import Conflict, InvalidRequest


class WrittenTags(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The tags that a call is to have."""

    tags: Annotated[
        list[Annotated[str, Meta(extra_json_schema=text_schemas.ENTRY)]],
        Meta(
            description=f"All of them, at most {MOST_TAGS} of at most {LONGEST_TAG} characters; of those that differ "
            "in their capitals alone the first. One that other calls have is written as they have it.",
            examples=[["to be called back"]],
            extra_json_schema={"maxItems": MOST_TAGS},
        ),
    ]


class CallTags(Handler):
    """PUT /api/calls/{id}/tags."""

    async def admit(self) -> None:
        await self.admit_operator(changes=True)

    @operation(
        Operation(
            group=Group.CALLS,
            summary="Write tags on a call, in the place of those that it has.",
            caller=Caller.ADMIN,
            answers=CallTagsReply,
            takes=WrittenTags,
            errors=(Conflict,),
            notes="They are in no webhook, and no customer is told of them. They are erased with the call's texts, and "
            "once those are, there are none (409).",
        )
    )
    async def put(self, call_id: str) -> None:
        wanted = self.json_body(WrittenTags)
        if problems := problems_of_tags(wanted.tags):
            raise InvalidRequest(*problems)
        call = await self.services.calls.tag_call(self.actor, call_id, wanted.tags)
        self.reply(CallTagsReply(call_id=call.call_id, tags=list(call.tags)))


class TagList(Handler):
    """GET /api/tags."""

    async def admit(self) -> None:
        self.operator = await self.admit_operator(changes=False, of_customers=True)

    @operation(
        Operation(
            group=Group.CALLS,
            summary="List the tags that calls have, the most frequent first.",
            caller=Caller.OPERATOR,
            answers=TagsReply,
            notes="A viewer of some customers sees those of their calls.",
        )
    )
    async def get(self) -> None:
        found = await self.services.calls.tag_call.known(self.operator.customers)
        self.reply(TagsReply(tags=[TagReply(tag=one.tag, calls=one.calls) for one in found]))
