"""Lines of the audit: as JSON, and as rows of a table."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from appliance.api.shapes.replies.basics import EXAMPLE_MOMENT, NEXT_CURSOR, moment
from appliance.domain.actor import LOCAL, ActorKind
from appliance.domain.audit import Action, AuditLine, Named, SubjectKind
from appliance.domain.clock import contract_timestamp
from appliance.domain.token import Role
from appliance.storage.audit_chain import Verdict


class ActorReply(msgspec.Struct, frozen=True, kw_only=True):
    """Who did it."""

    kind: Annotated[
        str,
        Meta(
            description="`token`: an operator; `owner`: who owns the data folder, by a command on the appliance; "
            "`vbot`: the appliance itself; `customer`: a customer, by its API key; `unknown`: nobody that we know.",
            examples=[ActorKind.TOKEN.value],
            extra_json_schema={"enum": [kind.value for kind in ActorKind]},
        ),
    ]
    token_id: Annotated[int | None, Meta(description="The number of the operator's token, or null.", examples=[2])]
    name: Annotated[
        str | None, Meta(description="The token's or the customer's name then, or null.", examples=["grafana"])
    ]
    role: Annotated[str | None, Meta(description="The token's role then, or null.", examples=[Role.ADMIN.value])]
    address: Annotated[
        str, Meta(description=f"Where the request came from; `{LOCAL}`: not over the network.", examples=["192.0.2.7"])
    ]


class SubjectReply(msgspec.Struct, frozen=True, kw_only=True):
    """What it was done to."""

    kind: Annotated[
        str,
        Meta(
            description="What kind of thing.",
            examples=[SubjectKind.CUSTOMER.value],
            extra_json_schema={"enum": [kind.value for kind in SubjectKind]},
        ),
    ]
    id: Annotated[
        str | None, Meta(description="Which one; null: several of them, or the appliance as a whole.", examples=["1"])
    ]


class AuditLineReply(msgspec.Struct, frozen=True, kw_only=True):
    """One change, or what somebody read, with secrets masked."""

    id: Annotated[
        str,
        Meta(description="The line's own id, the same for ever.", examples=["0d8a3f5e-5c54-4d0f-9a53-6f1f6a1c2b11"]),
    ]
    at: Annotated[str, Meta(description="When it was done, UTC.", examples=[EXAMPLE_MOMENT])]
    actor: Annotated[ActorReply, Meta(description="Who did it, and from where.")]
    request_id: Annotated[
        str | None, Meta(description="`X-Request-ID` of the request that did it, or null.", examples=["find-me"])
    ]
    action: Annotated[
        str,
        Meta(
            description="What was done.",
            examples=[Action.CUSTOMER_UPDATED.value],
            extra_json_schema={"enum": [action.value for action in Action]},
        ),
    ]
    subject: Annotated[SubjectReply, Meta(description="What it was done to.")]
    before: Annotated[
        dict[str, Any],
        Meta(description="What was changed, as it was before; nothing for what is new.", examples=[{"name": "Ada"}]),
    ]
    after: Annotated[
        dict[str, Any],
        Meta(description="What was changed, as it is since; nothing for what is gone.", examples=[{"name": "Grace"}]),
    ]
    hash: Annotated[
        str,
        Meta(
            description="SHA-256 over this line and the hash of the line before it: keep it, and "
            "`vbot audit verify --head` proves that nothing up to here was changed or taken away.",
            examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
        ),
    ]


class NamedReply(msgspec.Struct, frozen=True, kw_only=True):
    """What something is called today; no part of the audit, and in none of its files."""

    kind: Annotated[
        str,
        Meta(
            description="What kind of thing.",
            examples=[SubjectKind.CUSTOMER.value],
            extra_json_schema={"enum": [kind.value for kind in SubjectKind]},
        ),
    ]
    id: Annotated[str, Meta(description="Its id, as the lines have it.", examples=["1"])]
    name: Annotated[
        str,
        Meta(
            description="A customer's company, also of the one whose call it is or to whom a webhook went; a token's "
            "name.",
            examples=["Meyer & Sons"],
        ),
    ]
    at: Annotated[
        str | None, Meta(description="When a call began, or a webhook was made, UTC; else null.", examples=[None])
    ]


class AuditReply(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the audit, newest first."""

    audit: Annotated[list[AuditLineReply], Meta(description="The lines.")]
    names: Annotated[
        list[NamedReply],
        Meta(description="What that is called today which these lines know by ids. What was erased has no name here."),
    ]
    next_cursor: Annotated[str | None, Meta(description=NEXT_CURSOR, examples=[None])]


def audit_line_reply(line: AuditLine) -> AuditLineReply:
    """A line as every operator sees it."""
    return AuditLineReply(
        id=line.id,
        at=contract_timestamp(line.at),
        actor=ActorReply(
            kind=line.actor.kind.value,
            token_id=line.actor.token_id,
            name=line.actor.name,
            role=None if line.actor.role is None else line.actor.role.value,
            address=line.actor.address,
        ),
        request_id=line.actor.request_id,
        action=line.action.value,
        subject=SubjectReply(kind=line.subject.kind.value, id=line.subject.id),
        before=dict(line.before),
        after=dict(line.after),
        hash=line.hash,
    )


def named_reply(found: Named) -> NamedReply:
    """A name as every operator sees it."""
    subject = found.subject
    return NamedReply(kind=subject.kind.value, id=subject.id or "", name=found.name, at=moment(found.at))


def as_shown(line: AuditLine) -> Any:
    """The same as plain values, for a file or a SIEM."""
    return msgspec.to_builtins(audit_line_reply(line))


class BrokenLineReply(msgspec.Struct, frozen=True, kw_only=True):
    """The first line that is not as it was written, or not where it was."""

    id: Annotated[str, Meta(description="Its id.", examples=["0d8a3f5e-5c54-4d0f-9a53-6f1f6a1c2b11"])]
    at: Annotated[str, Meta(description="When it says that it was done, UTC.", examples=[EXAMPLE_MOMENT])]
    action: Annotated[str, Meta(description="What it says was done.", examples=[Action.CUSTOMER_UPDATED.value])]
    problem: Annotated[str, Meta(description="What is wrong with it.", examples=["its content was changed"])]


class AuditVerdictReply(msgspec.Struct, frozen=True, kw_only=True):
    """What the audit's hash chain proves."""

    whole: Annotated[bool, Meta(description="Whether every line is as it was written, and where it was.")]
    lines: Annotated[int, Meta(description="How many lines were looked at.", examples=[7])]
    head: Annotated[
        str, Meta(description="The hash of the last line that was looked at: keep it elsewhere.", examples=["9f86d081"])
    ]
    head_known: Annotated[
        bool | None,
        Meta(
            description="Whether the `head` that was asked about is in the chain; false: lines at the end were taken "
            "away, or it is older than all that are kept. Null: none was asked about, or the chain is broken."
        ),
    ]
    broken: Annotated[BrokenLineReply | None, Meta(description="The first broken line, or null.", examples=[None])]
    begins_behind: Annotated[
        str | None,
        Meta(description="Lines before were removed in time; the hash of the last of them, or null.", examples=[None]),
    ]
    gaps: Annotated[
        list[str],
        Meta(description="The lines before which `vbot repair` found others lost with a damaged file.", examples=[[]]),
    ]
    lost_values: Annotated[
        list[str],
        Meta(description="The lines that lost a value with a damaged file, as `vbot repair` noted.", examples=[[]]),
    ]


def verdict_reply(found: Verdict) -> AuditVerdictReply:
    """A verdict as every operator sees it."""
    broken = None
    if found.broken is not None:
        one = found.broken
        broken = BrokenLineReply(id=one.id, at=one.at, action=one.action, problem=one.problem)
    return AuditVerdictReply(
        whole=found.broken is None,
        lines=found.lines,
        head=found.head,
        head_known=found.asked,
        broken=broken,
        begins_behind=found.begins_behind,
        gaps=list(found.gaps),
        lost_values=list(found.lost_values),
    )


TABLE_HEADER = (
    "id",
    "at",
    "actor",
    "token_id",
    "name",
    "role",
    "address",
    "request_id",
    "action",
    "subject",
    "subject_id",
    "before",
    "after",
    "hash",
)


def table_row(line: AuditLine) -> list[str]:
    """A line as a row under TABLE_HEADER; what is null is empty."""
    shown = audit_line_reply(line)
    actor, subject = shown.actor, shown.subject
    values: list[object] = [shown.id, shown.at, actor.kind, actor.token_id, actor.name, actor.role, actor.address]
    values += [shown.request_id, shown.action, subject.kind, subject.id]
    values += [msgspec.json.encode(fields).decode() for fields in (shown.before, shown.after)]
    values.append(shown.hash)
    return ["" if value is None else _as_text(str(value)) for value in values]


# Some spreadsheets know these in their wide form too, and begin behind what is not seen.
_FORMULA_STARTS = frozenset("=+-@\uff1d\uff0b\uff0d\uff20")
_SKIPPED = "".join(
    map(chr, (*range(33), 127, 0x85, 0xA0, 0x200B, 0x200E, 0x200F, 0x2028, 0x2029, 0x2060, 0x3000, 0xFEFF))
)


def _as_text(value: str) -> str:
    """A spreadsheet takes what begins so for a formula, and a token's name is somebody's word."""
    begins = value.lstrip(_SKIPPED)
    return f"'{value}" if value[:1] in ("\t", "\r") or begins[:1] in _FORMULA_STARTS else value
