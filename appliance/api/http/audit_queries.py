"""To what the list of the audit is narrowed."""

from __future__ import annotations

import re
from typing import Annotated

from msgspec import Meta

from appliance.api.http.operation import Parameter
from appliance.api.http.queries import SINCE, UNTIL, Query
from appliance.domain.actor import ActorKind
from appliance.domain.audit import Action, Subject, SubjectKind
from appliance.storage.tables.audit import AuditFilter, Who


def _who(text: str) -> Who:
    kind, _, number = text.partition(":")
    if kind == ActorKind.TOKEN and re.fullmatch("[0-9]{1,9}", number):
        return Who(ActorKind.TOKEN, token_id=int(number))
    if text in set(ActorKind):
        return Who(ActorKind(text))
    if not text:
        raise ValueError
    return Who(ActorKind.TOKEN, name=text)


def _subject(text: str) -> Subject:
    kind, separator, name = text.partition(":")
    if separator and not name:
        raise ValueError
    return Subject(SubjectKind(kind), name or None)


# Named as the fields of AuditFilter.
AUDIT_FILTERS = (
    SINCE,
    UNTIL,
    Parameter(
        "actor",
        "Only what this one did: `owner`, `vbot`, `token` (anybody with a token), `token:2` or a token's name.",
        _who,
        "must not be empty",
        Annotated[str, Meta(min_length=1)],
    ),
    Parameter("action", "Only this.", Action, f"must be one of {', '.join(Action)}", Action),
    Parameter(
        "subject",
        "Only what was done to this: `customer:1`, or `customer` for all of the kind.",
        _subject,
        f"must be one of {', '.join(SubjectKind)}, or one of them, a colon and an id",
        Annotated[str, Meta(pattern=rf"^({'|'.join(SubjectKind)})(:[\s\S]+)?$")],
    ),
)


def audit_filter(query: Query) -> AuditFilter:
    """The filters of GET /api/audit."""
    return AuditFilter(**query.values(AUDIT_FILTERS))
