"""The audit's table. It is written and read; nothing here, and nothing elsewhere, changes or removes a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

import msgspec

from appliance.domain.actor import Actor, ActorKind
from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind
from appliance.domain.token import Role
from appliance.storage.attached_database import attached
from appliance.storage.database import Connection, Row, marks, rows
from appliance.storage.tables.keyset import Place, Sorting, SortKey, places

_COLUMNS = (
    '"at"',
    "actor",
    "token_id",
    "token_name",
    "token_role",
    "address",
    "request_id",
    "action",
    "subject",
    "subject_id",
    '"before"',
    '"after"',
)

AUDIT_SORTS = {
    "at": SortKey('"at"', datetime),
    "actor": SortKey("lower(coalesce(token_name, actor))", str),
    "action": SortKey("action", str),
    # As it is read, but for numbers: these by what they count.
    "subject": SortKey(
        "concat_ws(':', subject, lpad(subject_id, greatest(10, length(subject_id))::INTEGER, ' '))", str
    ),
    "address": SortKey("address", str),
}


@dataclass(frozen=True, slots=True)
class Who:
    """Whose lines are wanted: everybody's of a kind, one token's, or those of tokens of a name."""

    kind: ActorKind
    token_id: int | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What the audit is narrowed to; None means everything. A subject without an id means all of its kind."""

    since: datetime | None = None
    until: datetime | None = None
    actor: Who | None = None
    action: Action | None = None
    subject: Subject | None = None


def add(tx: Connection, *lines: AuditLine) -> None:
    """Write lines, in the transaction of the changes that they tell of."""
    for line in lines:
        tx.execute(
            f"INSERT INTO audit ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' for _ in _COLUMNS)})",  # noqa: S608
            [
                line.at,
                line.actor.kind.value,
                line.actor.token_id,
                line.actor.name,
                None if line.actor.role is None else line.actor.role.value,
                line.actor.address,
                line.actor.request_id,
                line.action.value,
                line.subject.kind.value,
                line.subject.id,
                msgspec.json.encode(line.before).decode(),
                msgspec.json.encode(line.after).decode(),
            ],
        )


def read_all(tx: Connection) -> None:
    """See that every line can be read. A database of before the audit has none."""
    if _is_in(tx, "current_database()"):
        tx.execute("SELECT bit_xor(hash(audit)) FROM audit").fetchall()


def _is_in(tx: Connection, name: str) -> bool:
    query = f"SELECT count(*) FROM duckdb_tables() WHERE database_name = {name} AND table_name = 'audit'"  # noqa: S608
    return tx.execute(query).fetchone() != (0,)


def add_from(tx: Connection, other: Path) -> int:
    """Take over the lines that another state of this database holds and this one does not; returns how many."""
    with attached(tx, other, read_only=True) as name:
        if not _is_in(tx, f"'{name}'"):
            return 0
        row = tx.execute(
            f"INSERT INTO audit (id, {', '.join(_COLUMNS)}) SELECT id, {', '.join(_COLUMNS)} FROM {name}.audit "  # noqa: S608
            "WHERE id NOT IN (SELECT id FROM audit) ORDER BY seq"
        ).fetchone()
    return int(row[0]) if row else 0


def first_since(tx: Connection, action: Action, moment: datetime) -> datetime | None:
    """When this was done for the first time since that moment."""
    query = 'SELECT min("at") AS first FROM audit WHERE action = ? AND "at" >= ?'
    (row,) = rows(tx.execute(query, [action.value, moment]))
    return cast("datetime | None", row["first"])


def page(tx: Connection, wanted: AuditFilter, *, before_seq: int | None, limit: int) -> list[tuple[int, AuditLine]]:
    """A page of lines, newest first, each with the sequence number that the next page's cursor is made of."""
    where, parameters = _where(wanted, before_seq)
    query = f"SELECT * FROM audit {where} ORDER BY seq DESC LIMIT ?"  # noqa: S608
    return [(row["seq"], _line(row)) for row in rows(tx.execute(query, [*parameters, limit]))]


def sorted_page(tx: Connection, wanted: AuditFilter, sorting: Sorting, limit: int) -> list[tuple[Place, AuditLine]]:
    """A page of lines in this order, each with its place."""
    where, parameters = _where(wanted, None)
    found = places(tx, "audit", AUDIT_SORTS[sorting.field], where, list(parameters), sorting, limit)
    numbers = [place.number for place in found]
    query = f"SELECT * FROM audit WHERE seq IN ({marks(numbers)})"  # noqa: S608
    read = {row["seq"]: _line(row) for row in rows(tx.execute(query, numbers))}
    return [(place, read[place.number]) for place in found]


def _line(row: Row) -> AuditLine:
    return AuditLine(
        id=str(row["id"]),
        at=row["at"],
        actor=Actor(
            kind=ActorKind(row["actor"]),
            address=row["address"],
            request_id=row["request_id"],
            token_id=row["token_id"],
            name=row["token_name"],
            role=None if row["token_role"] is None else Role(row["token_role"]),
        ),
        action=Action(row["action"]),
        subject=Subject(SubjectKind(row["subject"]), row["subject_id"]),
        before=msgspec.json.decode(row["before"]),
        after=msgspec.json.decode(row["after"]),
    )


def _where(wanted: AuditFilter, before_seq: int | None) -> tuple[str, Sequence[object]]:
    who, subject = wanted.actor, wanted.subject
    conditions: list[tuple[str, object]] = [
        ("seq < ?", before_seq),
        ('"at" >= ?', wanted.since),
        ('"at" < ?', wanted.until),
        ("action = ?", wanted.action and wanted.action.value),
        ("actor = ?", who and who.kind.value),
        ("token_id = ?", who and who.token_id),
        ("token_name = ?", who and who.name),
        ("subject = ?", subject and subject.kind.value),
        ("subject_id = ?", subject and subject.id),
    ]
    clauses = ["true", *(text for text, value in conditions if value is not None)]
    return f"WHERE {' AND '.join(clauses)}", [value for _, value in conditions if value is not None]
