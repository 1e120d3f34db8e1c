"""The audit's table. Lines are added, chained to the one before, and read; nothing else here changes or removes one.

The exceptions leave lines that say so: `expire` removes those past their time, from the beginning on; `erase` takes out
of one what may name a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast
from uuid import uuid4

import msgspec

from appliance.domain.actor import VBOT, Actor, ActorKind
from appliance.domain.audit import Action, AuditLine, Fields, Subject, SubjectKind
from appliance.domain.token import Role
from appliance.storage import audit_chain
from appliance.storage.attached_database import attached
from appliance.storage.database import Connection, Row, marks, rows
from appliance.storage.file_format.encryption import DatabaseKey
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
    "customer_id",
)
# A line's place in the chain.
_CHAIN = ("salt", "personal_hash", "hash")
_INSERTED = ("id", *_COLUMNS, *_CHAIN)
_LINES_AT_ONCE = 50
# A restore's, where calls that were erased may be there again.
ERASURES_UNKNOWN = "erasures_unknown"

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
    only: frozenset[int] | None = None  # about whom lines may be seen at all


def add(tx: Connection, *lines: AuditLine) -> None:
    """Write lines, in the transaction of the changes that they tell of, each chained to the one before."""
    head = audit_chain.head_of(tx)
    for begin in range(0, len(lines), _LINES_AT_ONCE):
        values: list[object] = []
        some = lines[begin : begin + _LINES_AT_ONCE]
        for line in some:
            row = _row(line)
            chained = audit_chain.chained(head, row)
            head = chained.hash
            values += [*row.values(), chained.salt, chained.personal_hash, chained.hash]
        row_marks = f"({marks(_INSERTED)})"
        tx.execute(
            f"INSERT INTO audit ({', '.join(_INSERTED)}) VALUES {', '.join([row_marks] * len(some))}",  # noqa: S608
            values,
        )


def _row(line: AuditLine) -> dict[str, object]:
    """The values of a line by their columns, as _INSERTED has them, without its place in the chain."""
    return {
        "id": str(uuid4()),
        '"at"': line.at,
        "actor": line.actor.kind.value,
        "token_id": line.actor.token_id,
        "token_name": line.actor.name,
        "token_role": None if line.actor.role is None else line.actor.role.value,
        "address": line.actor.address,
        "request_id": line.actor.request_id,
        "action": line.action.value,
        "subject": line.subject.kind.value,
        "subject_id": line.subject.id,
        '"before"': msgspec.json.encode(line.before).decode(),
        '"after"': msgspec.json.encode(line.after).decode(),
        "customer_id": line.about_customer,
    }


def read_all(tx: Connection) -> None:
    """See that every line can be read. A database of before the audit has none."""
    if _is_in(tx, "current_database()"):
        tx.execute("SELECT bit_xor(hash(audit)) FROM audit").fetchall()


def blind_restores(tx: Connection) -> list[datetime]:
    """When a restore found nobody who told what was erased until then. A database of before the audit has none."""
    if not _is_in(tx, "current_database()"):
        return []
    found = tx.execute(
        'SELECT "at" FROM audit WHERE action = ? AND contains("after"::VARCHAR, ?)',
        [Action.RESTORED.value, f'"{ERASURES_UNKNOWN}":true'],
    )
    return [row["at"] for row in rows(found)]


def _is_in(tx: Connection, name: str) -> bool:
    query = f"SELECT count(*) FROM duckdb_tables() WHERE database_name = {name} AND table_name = 'audit'"  # noqa: S608
    return tx.execute(query).fetchone() != (0,)


@dataclass(frozen=True, slots=True)
class TakenOver:
    """How many lines of another state of this database were taken over, and what its own chain said."""

    lines: int
    head: str | None = None
    broken: str | None = None


def facts_of(taken: Sequence[TakenOver]) -> Fields:
    """Where the audits that were there ended, and what of them was not as it was written: taking over mends nothing."""
    heads = [one.head for one in taken if one.head is not None]
    broken = [one.broken for one in taken if one.broken is not None]
    facts: dict[str, list[str]] = {}
    if heads:
        facts[audit_chain.HEADS] = heads
    if broken:
        facts["audit_broken_at"] = broken
    return facts


def add_from(tx: Connection, other: Path, key: DatabaseKey | None = None) -> TakenOver:
    """Take over the lines that another state of this database, in its own file, holds and this one does not.

    They are chained to ours. Where ours end where theirs go on, as after a restore, their hashes stay what they were.
    """
    with attached(tx, other, key, read_only=True) as name:
        if not _is_in(tx, f"'{name}'"):
            return TakenOver(0)
        theirs = {column for column, *_ in tx.execute(f"DESCRIBE {name}.audit").fetchall()}
        chained = audit_chain.verify(tx, f"{name}.audit") if "hash" in theirs else None
        kept = [column for column in (*_COLUMNS, "salt", "personal_hash") if column.strip('"') in theirs]
        row = tx.execute(
            f"INSERT INTO audit (id, {', '.join(kept)}) SELECT id, {', '.join(kept)} FROM {name}.audit "  # noqa: S608
            "WHERE id NOT IN (SELECT id FROM audit) ORDER BY seq"
        ).fetchone()
    audit_chain.chain_lines(tx)
    _erase_again(tx)
    lines = int(row[0]) if row else 0
    if chained is None:
        return TakenOver(lines)
    return TakenOver(lines, chained.head, chained.broken.id if chained.broken is not None else None)


def expire(tx: Connection, before: datetime, at: datetime, through_seq: int | None = None) -> int:
    """Remove the lines at the beginning that are older; returns how many. A line says so, and where the chain goes on.

    At most to `through_seq`, where one is given.
    """
    row = tx.execute(
        "SELECT count(*), max(seq), arg_max(hash, seq) FROM audit WHERE seq <= ? AND seq < "
        '(SELECT coalesce(min(seq), 9223372036854775807) FROM audit WHERE "at" >= ?)',
        [9223372036854775807 if through_seq is None else through_seq, before],
    ).fetchone()
    if row is None or not row[0]:
        return 0
    count, last, head = row
    tx.execute("DELETE FROM audit WHERE seq <= ?", [last])
    after: Fields = {"lines": count, "before": before.isoformat(), audit_chain.HEAD: head}
    add(tx, AuditLine(at, VBOT, Action.AUDIT_EXPIRED, Subject(SubjectKind.APPLIANCE), after=after))
    return int(count)


# Of what the chain itself stands on nothing is erased.
_STAYS = (Action.AUDIT_EXPIRED, Action.AUDIT_ERASED, Action.RESTORED, Action.REPAIRED)


def erase(tx: Connection, line_id: str, actor: Actor, at: datetime) -> bool:
    """Erase what of a line may name a person: name, address, request, values. The line stays, and another says so.

    False when there is no such line, when it is erased already, or when the chain stands on what it says.
    """
    row = tx.execute(
        "SELECT count(*) FROM audit "
        "WHERE id = try_cast(? AS UUID) AND salt IS NOT NULL AND NOT list_contains(?, action)",
        [line_id, [action.value for action in _STAYS]],
    ).fetchone()
    if row == (0,):
        return False
    add(tx, AuditLine(at, actor, Action.AUDIT_ERASED, Subject(SubjectKind.AUDIT, line_id)))
    _erase_again(tx)
    return True


def _erase_again(tx: Connection) -> None:
    """Erase of each line what a later one says was erased: a backup of before brings it back."""
    tx.execute(
        "UPDATE audit SET salt = NULL, token_name = NULL, address = '', request_id = NULL, "
        "\"before\" = '{}', \"after\" = '{}' WHERE salt IS NOT NULL AND id::VARCHAR IN "
        "(SELECT subject_id FROM audit WHERE action = ?)",
        [Action.AUDIT_ERASED.value],
    )


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


def behind(tx: Connection, seq: int, limit: int) -> list[tuple[int, AuditLine]]:
    """The lines behind a number, oldest first, each with its own."""
    query = "SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?"
    return [(row["seq"], _line(row)) for row in rows(tx.execute(query, [seq, limit]))]


def last_seq(tx: Connection) -> int:
    """The highest number that a line has; 0 where there is none."""
    (last,) = tx.execute("SELECT coalesce(max(seq), 0) FROM audit").fetchone() or (0,)
    return int(last)


def count_behind(tx: Connection, seq: int) -> int:
    """How many lines there are behind a number."""
    row = tx.execute("SELECT count(*) FROM audit WHERE seq > ?", [seq]).fetchone()
    return int(row[0]) if row else 0


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
        customer_id=row["customer_id"],
        hash=row["hash"] or "",
    )


# Of the many calls that somebody read at once the line itself tells.
_OF_A_CALL = (
    """(subject_id = ? OR (action IN ('call.read', 'call.words_read') AND contains("after", '"' || ? || '"')))"""
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
        (_OF_A_CALL if subject and subject.kind is SubjectKind.CALL else "subject_id = ?", subject and subject.id),
        ("list_contains(?::INTEGER[], customer_id)", None if wanted.only is None else sorted(wanted.only)),
    ]
    given = [(text, value) for text, value in conditions if value is not None]
    parameters = [value for text, value in given for _ in range(text.count("?"))]
    return f"WHERE {' AND '.join(['true', *(text for text, _ in given)])}", parameters
