"""Looking at the audit, and who took away what."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from appliance.domain.actor import OWNER
from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind
from appliance.domain.token import Role, Token
from appliance.errors import Unavailable
from appliance.services.access import audit_log as module
from appliance.services.access.audit_log import SAME_DOWNLOAD, AuditLog
from appliance.storage.database import Database
from appliance.storage.tables import audit
from appliance.storage.tables.audit import AuditFilter
from tests.appliance.audited import written
from tests.appliance.builders import AN_ADMIN, NOON, FakeClock, a_call


@pytest.fixture
def log(database: Database, clock: FakeClock) -> AuditLog:
    return AuditLog(database, clock)


async def write(database: Database, *numbers: int) -> None:
    subject = Subject(SubjectKind.CUSTOMER, "1")
    made = [AuditLine(NOON, AN_ADMIN, Action.CUSTOMER_UPDATED, subject, after={"number": one}) for one in numbers]
    await database.write(lambda tx: audit.add(tx, *made))


async def test_pages_go_on_until_the_end(log: AuditLog, database: Database) -> None:
    await write(database, 1, 2, 3, 4)
    first = await log.page(AuditFilter(), None, 3)
    assert [line.after["number"] for line in first.items] == [4, 3, 2]
    last = await log.page(AuditFilter(), first.next_before, 3)
    assert ([line.after["number"] for line in last.items], last.next_before) == ([1], None)
    exact = await log.page(AuditFilter(), None, 4)
    assert exact.next_before is None


@pytest.mark.parametrize("rows", [1, 2, 5, 100])
async def test_everything_comes_in_small_pages_and_without_what_is_added_meanwhile(
    log: AuditLog, database: Database, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(module, "EXPORT_PAGE_ROWS", rows)
    await write(database, *range(5))
    sizes, seen = [], []
    async for page in log.everything(AuditFilter()):
        sizes.append(len(page))
        seen += [line.after["number"] for line in page]
        await write(database, 99)
    assert seen == [4, 3, 2, 1, 0]
    assert max(sizes) <= rows


async def test_nothing_is_everything_of_an_empty_audit(log: AuditLog) -> None:
    assert [page async for page in log.everything(AuditFilter())] == [[]]


async def test_one_download_in_many_parts_is_one_line(log: AuditLog, database: Database, clock: FakeClock) -> None:
    for _ in range(3):
        await log.recording_downloaded(AN_ADMIN, a_call("call-1"))
        clock.advance(minutes=4)
    await log.recording_downloaded(replace(AN_ADMIN, token_id=2), a_call("call-1"))
    await log.recording_downloaded(AN_ADMIN, a_call("call-2"))
    await log.backup_downloaded(AN_ADMIN, "call-1")
    clock.advance(seconds=SAME_DOWNLOAD.total_seconds())
    await log.recording_downloaded(AN_ADMIN, a_call("call-1"))
    told = [(line.action, line.actor.token_id, line.subject.id) for line in await written(database)]
    assert told == [
        (Action.RECORDING_DOWNLOADED, 1, "call-1"),
        (Action.RECORDING_DOWNLOADED, 2, "call-1"),
        (Action.RECORDING_DOWNLOADED, 1, "call-2"),
        (Action.BACKUP_DOWNLOADED, 1, "call-1"),
        (Action.RECORDING_DOWNLOADED, 1, "call-1"),
    ]


async def test_what_is_remembered_of_downloads_does_not_grow_for_ever(log: AuditLog, clock: FakeClock) -> None:
    for number in range(100):
        await log.recording_downloaded(OWNER, a_call(f"call-{number}"))
        clock.advance(minutes=5)
    assert len(log._noted) <= SAME_DOWNLOAD / timedelta(minutes=5) + 1


async def test_a_download_is_not_refused_because_the_disk_is_full(
    log: AuditLog, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    database.close()
    await log.backup_downloaded(AN_ADMIN, "vbot-1.tar")
    assert "backup.downloaded of vbot-1.tar was not written down" in caplog.text


async def test_of_ever_new_workers_of_one_token_the_audit_says_once_an_hour_that_there_are_more(
    log: AuditLog, database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_NEW_WORKERS_AN_HOUR", 3)
    token = Token(7, "gpu room", Role.WORKER, "hash", NOON, NOON + timedelta(days=1))

    async def join(*names: str, token: Token = token) -> list[dict[str, object]]:
        for name in names:
            assert await log.worker_joined(token, name, "10.0.0.7", "request")
        lines = (await log.page(AuditFilter(), None, 100)).items
        return [dict(line.after) for line in reversed(lines)]

    first = [{"worker": "a"}, {"worker": "b"}, {"worker": "c"}, {"more_workers_in_an_hour_than": 3}]
    assert await join(*"abcdefgh") == first
    assert await join("z", token=replace(token, id=8)) == [*first, {"worker": "z"}]
    clock.advance(hours=1)
    assert (await join("i"))[5:] == [{"worker": "i"}]


async def test_a_worker_that_could_not_be_noted_is_told_to_be_so(
    log: AuditLog, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = Token(7, "gpu room", Role.WORKER, "hash", NOON, NOON + timedelta(days=1))

    async def full(_change: object) -> None:
        raise Unavailable("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(database, "write", full)
        assert not await log.worker_joined(token, "a", "10.0.0.7", "request")
    assert await log.worker_joined(token, "a", "10.0.0.7", "request")
