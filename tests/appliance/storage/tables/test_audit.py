"""The audit's table: what was written comes back, and nothing changes or removes it."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import appliance
from appliance.domain.actor import OWNER, VBOT, Actor, ActorKind
from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind
from appliance.storage.database import Connection, Database, opened_database
from appliance.storage.tables import audit
from appliance.storage.tables.audit import AuditFilter, Who
from tests.appliance.builders import AN_ADMIN, NOON

CUSTOMER = Subject(SubjectKind.CUSTOMER, "1")
LINE = AuditLine(
    NOON,
    AN_ADMIN,
    Action.CUSTOMER_UPDATED,
    CUSTOMER,
    {"name": "Ada", "retention_days": None, "nested": {"ünïcödé": [1, 2.5, True]}},
    {"name": 'Grace "Ö" \N{SNOWMAN}', "retention_days": 7},
)


async def write(database: Database, *lines: AuditLine) -> None:
    await database.write(lambda tx: audit.add(tx, *lines))


async def read(database: Database, wanted: AuditFilter = AuditFilter()) -> list[AuditLine]:  # noqa: B008 - frozen
    found = await database.read(lambda tx: audit.page(tx, wanted, before_seq=None, limit=100))
    return [line for _, line in found]


@pytest.mark.parametrize("actor", [AN_ADMIN, OWNER, VBOT, replace(OWNER, request_id="r")], ids=lambda one: one.kind)
@pytest.mark.parametrize("subject", [CUSTOMER, Subject(SubjectKind.APPLIANCE)], ids=lambda one: one.kind)
async def test_every_field_of_a_line_comes_back(database: Database, actor: Actor, subject: Subject) -> None:
    line = replace(LINE, actor=actor, subject=subject)
    await write(database, line)
    (found,) = await read(database)
    assert re.fullmatch(r"[0-9a-f-]{36}", found.id)
    assert re.fullmatch(r"[0-9a-f]{64}", found.hash)
    assert replace(found, id="", hash="") == replace(line, customer_id=line.about_customer)


@pytest.mark.parametrize("action", list(Action))
async def test_every_action_can_be_written_and_asked_for(database: Database, action: Action) -> None:
    await write(database, LINE, replace(LINE, action=action))
    assert {line.action for line in await read(database, AuditFilter(action=action))} == {action}


async def test_the_newest_line_comes_first_and_a_page_goes_on_where_the_one_before_ended(database: Database) -> None:
    await write(database, *(replace(LINE, after={"number": number}) for number in range(5)))
    seen, before = [], None
    while page := await database.read(
        lambda tx, before=before: audit.page(tx, AuditFilter(), before_seq=before, limit=2)
    ):
        seen += [line.after["number"] for _, line in page]
        before = page[-1][0]
    assert seen == [4, 3, 2, 1, 0]


HOUR = timedelta(hours=1)
ANOTHER_ADMIN = replace(AN_ADMIN, token_id=2, name="grace")
LINES = {
    "early": replace(LINE, at=NOON - HOUR, actor=ANOTHER_ADMIN),
    "owner": replace(LINE, actor=OWNER, action=Action.TOKEN_CREATED, subject=Subject(SubjectKind.TOKEN, "1")),
    "vbot": replace(
        LINE, at=NOON + HOUR, actor=VBOT, action=Action.RECORDINGS_EXPIRED, subject=Subject(SubjectKind.CALL)
    ),
    "other customer": replace(LINE, subject=Subject(SubjectKind.CUSTOMER, "11")),
    "plain": LINE,
}


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (AuditFilter(), set(LINES)),
        (AuditFilter(since=NOON), set(LINES) - {"early"}),
        (AuditFilter(until=NOON + HOUR), set(LINES) - {"vbot"}),
        (AuditFilter(since=NOON, until=NOON), set()),
        (AuditFilter(actor=Who(ActorKind.OWNER)), {"owner"}),
        (AuditFilter(actor=Who(ActorKind.TOKEN)), {"early", "plain", "other customer"}),
        (AuditFilter(actor=Who(ActorKind.TOKEN, token_id=2)), {"early"}),
        (AuditFilter(actor=Who(ActorKind.TOKEN, name="ada")), {"plain", "other customer"}),
        (AuditFilter(actor=Who(ActorKind.TOKEN, name="nobody")), set()),
        (AuditFilter(subject=CUSTOMER), {"early", "plain"}),
        (AuditFilter(subject=Subject(SubjectKind.CUSTOMER)), {"early", "plain", "other customer"}),
        (AuditFilter(action=Action.TOKEN_CREATED, actor=Who(ActorKind.VBOT)), set()),
    ],
)
async def test_a_filter_lets_through_what_it_says(database: Database, wanted: AuditFilter, names: set[str]) -> None:
    await write(database, *LINES.values())
    found = [replace(line, id="", hash="", customer_id=None) for line in await read(database, wanted)]
    assert {name for name, line in LINES.items() if line in found} == names
    assert len(found) == len(names)


async def test_a_call_is_found_among_the_many_that_a_line_names(database: Database) -> None:
    many = Subject(SubjectKind.CALL)
    await write(
        database,
        replace(LINE, action=Action.CALL_READ, subject=many, after={"count": 2, "ids": ["call-1", "call-2"]}),
        replace(LINE, action=Action.CALL_READ, subject=replace(many, id="call-11"), after={"number": 1}),
        replace(LINE, action=Action.CALL_READ, subject=replace(many, id="call-1"), after={"number": 1}),
        replace(LINE, subject=Subject(SubjectKind.CUSTOMER, "7"), after={"number": 7}),
    )
    found = await read(database, AuditFilter(subject=replace(many, id="call-1")))
    assert [line.subject.id for line in found] == ["call-1", None]
    assert len(await read(database, AuditFilter(subject=Subject(SubjectKind.CUSTOMER, "7")))) == 1


async def test_a_line_is_not_there_when_its_transaction_fails(database: Database) -> None:
    def fail(tx: Connection) -> None:
        audit.add(tx, LINE)
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - ours
        await database.write(fail)
    assert await read(database) == []


async def test_lines_of_another_state_are_taken_over_once_and_in_order(database: Database, tmp_path: Path) -> None:
    await write(database, replace(LINE, after={"name": "both"}))
    path = tmp_path / "o'ther.duckdb"
    database.copy_blocking(path)
    await write(database, replace(LINE, after={"name": "ours"}))
    with opened_database(path) as other:
        for name in ("first", "second"):
            other.write_blocking(lambda tx, name=name: audit.add(tx, replace(LINE, after={"name": name})))

    counts = [await database.write(lambda tx: audit.add_from(tx, path)) for _ in range(2)]

    assert [count.lines for count in counts] == [2, 0]
    assert [line.after["name"] for line in await read(database)] == ["second", "first", "ours", "both"]


# -- append-only ---------------------------------------------------------------------------------------------


def test_the_repository_offers_nothing_but_adding_reading_and_the_end_of_a_lines_time() -> None:
    offered = {
        name
        for name, thing in inspect.getmembers(audit, inspect.isfunction)
        if thing.__module__ == audit.__name__ and not name.startswith("_")
    }
    assert offered == {
        "add",
        "add_from",
        "behind",
        "blind_restores",
        "count_behind",
        "erase",
        "expire",
        "facts_of",
        "first_since",
        "last_seq",
        "page",
        "read_all",
        "sorted_page",
    }


# The chain's own columns of lines that have none yet, and the end of a line's time.
CHANGING = {
    ("storage/audit_chain.py", "UPDATE audit SET salt = {NEW_SALT} WHERE hash IS NULL AND personal_hash IS NULL"),
    (
        "storage/audit_chain.py",
        "UPDATE audit SET personal_hash = sha256({PERSONAL}) WHERE hash IS NULL AND personal_hash IS NULL",
    ),
    ("storage/audit_chain.py", "UPDATE audit SET hash = chained.hash FROM"),
    # After a repair that lost hashes.
    ("storage/audit_chain.py", "UPDATE audit SET hash = ? WHERE id = ?::UUID AND hash IS NULL"),
    ("storage/tables/audit.py", "UPDATE audit SET salt = NULL, token_name = NULL, address = '', request_id = NULL, "),
    ("storage/tables/audit.py", "DELETE FROM audit WHERE seq <= ?"),
}


def test_no_statement_anywhere_else_changes_or_removes_a_line() -> None:
    """Every statement that names the table makes it, adds to it, reads it, or is one of those above."""
    allowed = re.compile(r"(CREATE TABLE|INSERT INTO|FROM|JOIN|DESCRIBE) (\{name\}\.)?audit\b", re.IGNORECASE)
    root = Path(appliance.__file__).parent
    naming = re.compile(r"^.*\b(TABLE|INTO|UPDATE|FROM|JOIN|TRUNCATE|REPLACE|COPY|VIEW|EXISTS)\s+\S*\baudit\b.*$", re.M)
    found = {
        (path.relative_to(root).as_posix(), line[0].strip())
        for pattern in ("*.py", "*.sql")
        for path in root.rglob(pattern)
        for line in naming.finditer(path.read_text())
        if not re.match(r"\s*(from|import) ", line[0])
    }
    migrations = {"storage/migrations/0003_audit.sql", "storage/migrations/0013_audit_chain.sql"}
    reading = {"commands/stored_names.py"}  # for the support bundle, of a file that is open for reading alone
    own = {"storage/tables/audit.py", "storage/audit_chain.py"}
    assert {place for place, _ in found} == {*own, *reading, *migrations}
    for place, line in found:
        if place == "storage/migrations/0013_audit_chain.sql" or any(
            place == known and statement in line for known, statement in CHANGING
        ):
            continue
        assert allowed.search(line), (place, line)
        assert not re.search(r"\b(UPDATE|DELETE|TRUNCATE|DROP|ALTER|OR REPLACE)\b", line, re.IGNORECASE), (place, line)
