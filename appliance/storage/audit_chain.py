"""The audit's hash chain: how a line is hashed, and whether the lines are those that were written.

A line's hash is SHA-256 over the hash of the line before it and the line's own fields, each with its length before it.
What may name a person goes in as a hash of its own, over a salt as well: with the salt gone nobody can find out what
was hashed, and the line's place in the chain is proved all the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import duckdb

# What stands before the first line.
GENESIS = "0" * 64
# Of lines that were removed because their time was over; its `after` names the hash of the last of them.
EXPIRED = "audit.expired"
# Of a line whose personal part was erased on demand; its subject names the line.
ERASED = "audit.erased"
# Of a database that was salvaged, whose `after` names the lines before which others were lost.
REPAIRED = "appliance.repaired"
# Of a restore, whose `after` names the heads of the audits that were there before.
RESTORED = "appliance.restored"
GAPS, HEAD, HEADS = "audit_gaps", "audit_head", "audit_heads"
GAP_DIGESTS, LOST_VALUES = "audit_gap_digests", "audit_lost_values"
_CHAINED_AT_ONCE = 10_000


def _text(expression: str) -> str:
    """A field so that no two different ones read the same: its length in bytes before it, `-` for none."""
    return f"coalesce(strlen({expression}::VARCHAR)::VARCHAR || ':' || {expression}::VARCHAR || ',', '-,')"


_PERSONAL_FIELDS = ("salt", "token_name", "address", "request_id", '"before"', '"after"')
_AT = 'epoch_us("at")'
_FIELDS = (
    "id",
    _AT,
    "actor",
    "token_id",
    "token_role",
    "action",
    "subject",
    "subject_id",
    "customer_id",
    "personal_hash",
)
# What is hashed, as SQL: of many lines at once. `chained` makes the same of one that is new.
PERSONAL = " || ".join(map(_text, _PERSONAL_FIELDS))
BODY = " || ".join(map(_text, _FIELDS))
BLANK = """(token_name IS NULL AND address = '' AND request_id IS NULL AND "before" = '{}' AND "after" = '{}')"""
NEW_SALT = "replace(uuid()::VARCHAR, '-', '')"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Chained:
    """What makes a line a part of the chain."""

    salt: str
    personal_hash: str
    hash: str


def chained(previous: str, row: Mapping[str, object]) -> Chained:
    """A new line's place behind the line of that hash; `row` holds its values by their columns."""
    moment = row['"at"']
    assert isinstance(moment, datetime)  # noqa: S101 - its column's type
    values = {**row, "salt": uuid4().hex, _AT: (moment - _EPOCH) // timedelta(microseconds=1)}
    personal_hash = hashlib.sha256(_joined(values, _PERSONAL_FIELDS).encode()).hexdigest()
    values["personal_hash"] = personal_hash
    return Chained(str(values["salt"]), personal_hash, follow(previous, _joined(values, _FIELDS)))


def _joined(values: Mapping[str, object], fields: Sequence[str]) -> str:
    texts = (None if values[name] is None else str(values[name]) for name in fields)
    return "".join("-," if text is None else f"{len(text.encode())}:{text}," for text in texts)


@dataclass(frozen=True, slots=True)
class Broken:
    """The first line that is not what was written there, or does not stand where it was."""

    id: str
    at: str
    action: str
    problem: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the chain proves. `head` is the last line's hash: who keeps it sees whether lines at the end are missing.

    `begins_behind` is the hash of the last line that was removed because its time was over; `gaps` are the lines before
    which a repair of the database found others lost, or which lost a value that their hash covers; `lost_values` those
    that lost one of what may name a person.
    """

    lines: int
    head: str
    broken: Broken | None = None
    begins_behind: str | None = None
    gaps: tuple[str, ...] = ()
    asked: bool | None = None
    lost_values: tuple[str, ...] = ()


@dataclass(slots=True)
class _Announced:
    """What later lines say of the chain itself."""

    expired: set[str] = field(default_factory=set)
    gaps: dict[str, str | None] = field(default_factory=dict)  # with the digest of the body, where it was noted
    lost: set[tuple[str, str]] = field(default_factory=set)
    heads: set[str] = field(default_factory=set)

    def beginning(self, first: _Line) -> str:
        """The hash that the first line stands behind.

        After a restore it may be that of an earlier removal, or of none: the lines are there again.
        """
        known = (GENESIS, *self.expired)
        return next((one for one in known if first.follows(one)), GENESIS)

    def has_gap(self, line: _Line) -> bool:
        """Whether a repair found what is missing before this line, which was not changed since."""
        return line.id in self.gaps and self.gaps[line.id] in (None, _digest(line.body))


def head_of(tx: duckdb.DuckDBPyConnection, table: str = "audit") -> str:
    """The last line's hash."""
    row = tx.execute(f"SELECT hash FROM {table} WHERE seq = (SELECT max(seq) FROM {table})").fetchone()  # noqa: S608
    return GENESIS if row is None or row[0] is None else str(row[0])


def follow(previous: str, body: str) -> str:
    """The hash of a line behind that of the line before it."""
    return hashlib.sha256((previous + body).encode()).hexdigest()


def chain_lines(tx: duckdb.DuckDBPyConnection) -> None:
    """Chain the lines at the end that have no hash yet, in their order."""
    tx.execute(f"UPDATE audit SET salt = {NEW_SALT} WHERE hash IS NULL AND personal_hash IS NULL")  # noqa: S608
    tx.execute(f"UPDATE audit SET personal_hash = sha256({PERSONAL}) WHERE hash IS NULL AND personal_hash IS NULL")  # noqa: S608
    last = tx.execute("SELECT hash FROM audit WHERE hash IS NOT NULL ORDER BY seq DESC LIMIT 1").fetchone()
    previous = GENESIS if last is None else str(last[0])
    found = tx.execute(f"SELECT seq, {BODY} FROM audit WHERE hash IS NULL ORDER BY seq").fetchall()  # noqa: S608
    for begin in range(0, len(found), _CHAINED_AT_ONCE):
        numbers, hashes = [], []
        for number, body in found[begin : begin + _CHAINED_AT_ONCE]:
            previous = follow(previous, body)
            numbers.append(number)
            hashes.append(previous)
        tx.execute(
            "UPDATE audit SET hash = chained.hash FROM "
            "(SELECT unnest(?::BIGINT[]) AS seq, unnest(?::VARCHAR[]) AS hash) AS chained "
            "WHERE audit.seq = chained.seq AND audit.hash IS NULL",
            [numbers, hashes],
        )


def verify(tx: duckdb.DuckDBPyConnection, table: str = "audit", head: str | None = None) -> Verdict:
    """Go through all lines, to the first one that is broken. `head` is one that was kept: whether it is among them."""
    announced = _announced(tx, table)
    begins_behind = previous = None
    lines, seen, gaps, lost = 0, head in announced.heads | announced.expired, list[str](), list[str]()
    broken: Broken | None = None
    for line in _lines(tx, table):
        lines += 1
        if previous is None:
            previous = announced.beginning(line)
            begins_behind = None if previous == GENESIS else previous
        problem = "it has no hash" if line.hash is None else None if line.is_whole else "its content was changed"
        if problem is not None and line.hash is not None and (line.id, line.personal) in announced.lost:
            lost.append(line.id)
            problem = None
        if problem is None and not line.follows(previous):
            if announced.has_gap(line):
                gaps.append(line.id)
            else:
                problem = "it was changed, or lines before it were removed or moved"
        if problem is not None:
            broken = Broken(line.id, line.at, line.action, problem)
            break
        previous = line.hash
        seen = seen or line.hash == head
    return Verdict(
        lines,
        previous or GENESIS,
        broken,
        begins_behind,
        tuple(gaps),
        asked=None if head is None or broken is not None else seen,
        lost_values=tuple(lost),
    )


def losses(tx: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """What a repair, which knows why, is to tell of the chain: for the values of the line that it leaves.

    A hash that was lost is made again. Of the lines before which others are missing, and of those that lost values,
    the digests of what is left are told as well: that it was not changed later can be proved.
    """
    announced, previous = _announced(tx, "audit"), None
    gaps, lost, bodies, made = [], [], [], []
    for line in _lines(tx, "audit"):
        previous = announced.beginning(line) if previous is None else previous
        if line.hash is None:
            made.append((follow(previous, line.body), line.id))
            previous = made[-1][0]
        elif not line.follows(previous):
            gaps.append(line.id)
            bodies.append(f"{line.id} {_digest(line.body)}")
        if not line.is_whole:
            lost.append(f"{line.id} {line.personal}")
        previous = line.hash or previous
    for value, identity in made:
        tx.execute("UPDATE audit SET hash = ? WHERE id = ?::UUID AND hash IS NULL", [value, identity])
    told = {GAPS: gaps, GAP_DIGESTS: bodies, LOST_VALUES: lost}
    return {name: values for name, values in told.items() if values}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as the chain sees it. `personal` is the hash of its personal part as it is now."""

    id: str
    at: str
    action: str
    salt: str | None
    personal: str
    personal_hash: str | None
    erased: bool
    hash: str | None
    body: str

    @property
    def is_whole(self) -> bool:
        """Without its salt nobody can tell what a line said: then it says nothing, and a later line says so."""
        return self.erased if self.salt is None else self.personal == self.personal_hash

    def follows(self, previous: str) -> bool:
        return follow(previous, self.body) == self.hash


def _lines(tx: duckdb.DuckDBPyConnection, table: str) -> Iterator[_Line]:
    cursor = tx.execute(
        f"""SELECT id::VARCHAR, strftime("at", '%Y-%m-%dT%H:%M:%SZ'), action, salt, sha256({PERSONAL}), personal_hash,
                   {BLANK} AND id::VARCHAR IN (SELECT subject_id FROM {table} WHERE action = '{ERASED}'),
                   hash, {BODY} FROM {table} ORDER BY seq"""  # noqa: S608
    )
    while batch := cursor.fetchmany(2048):
        yield from (_Line(*row) for row in batch)


def _announced(tx: duckdb.DuckDBPyConnection, table: str) -> _Announced:
    found = _Announced()
    query = f'SELECT action, "after" FROM {table} WHERE action IN (?, ?, ?) ORDER BY seq'  # noqa: S608
    for action, text in tx.execute(query, [EXPIRED, REPAIRED, RESTORED]).fetchall():
        after = json.loads(text)
        if action == EXPIRED:
            found.expired |= {after[HEAD]} if HEAD in after else set()
        elif action == REPAIRED:
            found.gaps |= dict.fromkeys(after.get(GAPS, ()))
            found.gaps |= dict(_pair(entry) for entry in after.get(GAP_DIGESTS, ()))
            found.lost |= {_pair(entry) for entry in after.get(LOST_VALUES, ())}
        else:
            found.heads.update(after.get(HEADS, ()))
    return found


def _pair(entry: str) -> tuple[str, str]:
    identity, _, digest = entry.partition(" ")
    return identity, digest
