"""Accepting a call: safe on disk and committed before anybody is told so, and each call once."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest

from appliance.domain.actor import Actor, ActorKind
from appliance.domain.audit import Action, AuditLine
from appliance.domain.call import Call, CallError, CallState
from appliance.domain.customer import Customer
from appliance.domain.live_event import CallChanged
from appliance.errors import Unavailable
from appliance.services.calls.open_calls import OpenCalls
from appliance.services.calls.submission import Submission, Upload
from appliance.services.calls.submit_call import SubmitCall
from appliance.storage.database import Connection, Database
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.recording_file import most_bytes
from appliance.storage.folder.recordings import RecordingStore
from appliance.storage.tables import audit, calls, customers, stored_recordings
from appliance.storage.tables.audit import AuditFilter
from tests.appliance.builders import KEYS, NOON, FakeClock, a_customer, a_recording, every_field_set
from tests.support.file_faults import flip

PBX = Actor(ActorKind.CUSTOMER, "192.0.2.7", "request-1", name="Example Ltd")
ONE, OTHER = a_recording(b"\x01\x00" * 100), a_recording(b"\x02\x00" * 100)


class Intake:
    """What stands behind POST /api/process-call."""

    def __init__(self, database: Database, recordings: RecordingStore, folder: DataFolder, clock: FakeClock) -> None:
        self.database = database
        self.recordings = recordings
        self.folder = folder
        self.clock = clock
        self.open_calls = OpenCalls({})
        self.woken = 0
        self.published: list[object] = []
        self.submit = SubmitCall(database, recordings, KEYS, self.open_calls, clock, self._wake, self.published.append)
        self.ada = database.write_blocking(lambda tx: customers.insert(tx, a_customer()))
        self.bob = database.write_blocking(lambda tx: customers.insert(tx, a_customer()))

    def _wake(self) -> None:
        self.woken += 1

    async def post(
        self, audio: bytes = ONE, customer: Customer | None = None, sender: Actor | None = None, **said: Any
    ) -> str:
        path, file = self.recordings.open_incoming()
        file.write(audio)
        file.finish()
        upload = Upload(path, len(audio), hashlib.sha256(audio).hexdigest())
        submission = Submission(**{"caller_number": "1", "called_number": "2", **said})
        return (await self.submit(customer or self.ada, submission, upload, sender=sender)).call_id

    async def call(self, call_id: str) -> Call:
        found = await self.database.read(lambda tx: calls.get(tx, call_id))
        assert found is not None
        return found

    async def change(self, call_id: str, **changes: Any) -> None:
        call = replace(await self.call(call_id), **changes)
        await self.database.write(lambda tx: calls.update(tx, call))

    async def audit_lines(self) -> list[AuditLine]:
        def look(tx: Connection) -> list[AuditLine]:
            return [line for _, line in audit.page(tx, AuditFilter(), before_seq=None, limit=100)]

        return await self.database.read(look)

    async def count(self) -> int:
        def count(tx: Connection) -> int:
            (number,) = tx.execute("SELECT count(*) FROM call").fetchone() or (0,)
            return int(number)

        return await self.database.read(count)

    @property
    def files(self) -> list[bytes]:
        """Every recording that is left, wherever."""
        places = (self.folder.recordings, self.folder.incoming)
        return sorted(self._content(path) for place in places for path in place.rglob("*") if path.is_file())

    def _content(self, path: Path) -> bytes:
        with self.recordings.open(path, most_bytes(path)) as file:
            return file.read()


@pytest.fixture
def intake(database: Database, recordings: RecordingStore, folder: DataFolder, clock: FakeClock) -> Intake:
    return Intake(database, recordings, folder, clock)


async def test_a_call_is_stored_as_the_pbx_described_it(intake: Intake) -> None:
    said = every_field_set(Submission)
    call_id = await intake.post(**{name: getattr(said, name) for name in Submission.__dataclass_fields__})
    call = await intake.call(call_id)
    assert Submission(**{name: getattr(call, name) for name in Submission.__dataclass_fields__}) == said
    assert (call.customer_id, call.received_at, call.state) == (intake.ada.id, NOON, CallState.RECEIVED)
    assert (call.revision, call.attempt, call.crashes) == (1, 0, 0)


async def test_the_recording_is_kept_and_known_by_its_digest(intake: Intake) -> None:
    call_id = await intake.post(ONE)
    stored = await intake.database.read(lambda tx: stored_recordings.get(tx, call_id, 1))
    assert stored is not None
    with intake.recordings.open(intake.recordings.path(stored.file), stored.bytes) as file:
        assert file.read() == ONE
    assert (stored.bytes, stored.sha256, stored.received_at) == (len(ONE), hashlib.sha256(ONE).hexdigest(), NOON)
    assert list(intake.folder.incoming.iterdir()) == []


async def test_a_new_call_takes_a_place_and_wakes_the_relay(intake: Intake) -> None:
    await intake.post()
    assert (intake.open_calls.count(intake.ada.id), intake.woken) == (1, 1)


async def test_without_an_id_of_the_pbx_the_same_audio_is_another_call(intake: Intake) -> None:
    assert await intake.post(ONE) != await intake.post(ONE)
    assert intake.files == [ONE, ONE]


by_either_id = pytest.mark.parametrize("name", ["external_id", "idempotency_key"])


@by_either_id
async def test_the_same_id_with_the_same_audio_is_the_first_call_again(intake: Intake, name: str) -> None:
    first = await intake.post(ONE, **{name: "pbx-1"})
    assert await intake.post(ONE, **{name: "pbx-1"}, caller_number="9") == first
    call = await intake.call(first)
    assert (call.revision, call.caller_number) == (1, "1")
    assert intake.files == [ONE]
    assert (intake.open_calls.count(intake.ada.id), intake.woken) == (1, 1)


@by_either_id
async def test_a_repetition_says_what_the_pbx_knows_by_now_and_starts_nothing(intake: Intake, name: str) -> None:
    first = await intake.post(ONE, sender=PBX, **{name: "pbx-1"}, agent="12", queue="sales")
    await intake.change(first, state=CallState.COMPLETED, finished_at=NOON)
    intake.published.clear()
    again = {name: "pbx-1", "agent": "14", "disposition": "answered", "direction": "outbound", "answered_at": NOON}
    assert await intake.post(ONE, sender=PBX, **again) == first
    call = await intake.call(first)
    assert (call.agent, call.queue, call.disposition, call.answered_at) == ("14", "sales", "answered", NOON)
    assert call.direction is None, "by this its moods were read: POST /reprocess, then"
    assert (call.revision, call.state, intake.woken, intake.files) == (1, CallState.COMPLETED, 1, [ONE])
    assert intake.published == [CallChanged(call)]
    (line,) = await intake.audit_lines()
    assert (line.actor, line.action, line.subject.id) == (PBX, Action.CALL_DESCRIBED_ANEW, first)
    assert (line.after, line.customer_id) == ({"fields": ["agent", "disposition", "answered_at"]}, intake.ada.id)
    await intake.post(ONE, sender=PBX, **again)
    assert len(await intake.audit_lines()) == 1, "that was nothing new"


@by_either_id
async def test_a_repetition_with_other_numbers_or_another_start_describes_nothing(intake: Intake, name: str) -> None:
    first = await intake.post(ONE, **{name: "pbx-1"}, call_started_at=NOON, agent="12")
    late = NOON + timedelta(hours=1)
    for stranger in ({"caller_number": "9"}, {"call_started_at": late}):
        assert await intake.post(ONE, sender=PBX, **{name: "pbx-1", "agent": "14", **stranger}) == first
    assert (await intake.call(first)).agent == "12"
    assert await intake.audit_lines() == []


async def test_what_is_taken_in_from_the_disk_has_no_newer_word(intake: Intake) -> None:
    first = await intake.post(ONE, external_id="pbx-1", agent="12")
    await intake.post(ONE, external_id="pbx-1", agent="14")  # nobody sent it
    assert (await intake.call(first)).agent == "12"


@by_either_id
async def test_a_duplicate_of_a_call_that_is_final_starts_nothing(intake: Intake, name: str) -> None:
    first = await intake.post(ONE, **{name: "pbx-1"})
    await intake.change(first, state=CallState.COMPLETED, finished_at=NOON)
    intake.open_calls.finished(intake.ada.id, first)
    assert await intake.post(ONE, **{name: "pbx-1"}) == first
    assert (await intake.call(first)).state is CallState.COMPLETED
    assert intake.open_calls.count(intake.ada.id) == 0


@by_either_id
async def test_the_same_id_with_other_audio_is_the_next_revision(intake: Intake, name: str) -> None:
    first = await intake.post(ONE, **{name: "pbx-1"}, metadata='{"leg":1}', linked_id="1")
    await intake.change(
        first,
        state=CallState.FAILED,
        attempt=3,
        crashes=3,
        started_at=NOON,
        finished_at=NOON,
        duration_seconds=1.0,
        error=CallError("broken", "it was"),
        worker="w",
        worker_boot="b",
    )
    intake.open_calls.finished(intake.ada.id, first)
    assert await intake.post(OTHER, **{name: "pbx-1"}, caller_number="3", direction="inbound", linked_id="1") == first
    call = await intake.call(first)
    assert (call.revision, call.state, call.attempt, call.crashes) == (2, CallState.RECEIVED, 3, 0)
    assert (call.caller_number, call.direction, call.metadata) == ("3", "inbound", None)
    assert (call.started_at, call.finished_at, call.duration_seconds, call.error, call.worker) == (None,) * 5
    assert intake.files == sorted([ONE, OTHER])
    assert (intake.open_calls.count(intake.ada.id), intake.woken) == (1, 2)


@by_either_id
@pytest.mark.parametrize("harm", [lambda path: flip(path, 60, 3), lambda path: path.unlink()], ids=["damaged", "gone"])
async def test_a_copy_that_the_disk_has_damaged_is_replaced_by_one_that_comes_again(
    intake: Intake, name: str, harm: Callable[[Path], None]
) -> None:
    first = await intake.post(ONE, **{name: "pbx-1"})
    await intake.change(first, state=CallState.COMPLETED, finished_at=NOON)
    (path,) = [path for path in intake.folder.recordings.rglob("*") if path.is_file()]
    harm(path)
    assert await intake.post(ONE, **{name: "pbx-1"}) == first
    assert (intake.files, path.exists()) == ([ONE], True)
    call = await intake.call(first)
    assert (call.revision, call.state) == (1, CallState.COMPLETED)


@by_either_id
@pytest.mark.parametrize("code", ["recording_damaged", "recording_missing"])
async def test_audio_that_the_disk_has_lost_is_taken_once_more(intake: Intake, name: str, code: str) -> None:
    first = await intake.post(ONE, **{name: "pbx-1"})
    await intake.change(first, state=CallState.FAILED, finished_at=NOON, error=CallError(code, "it was"))
    intake.open_calls.finished(intake.ada.id, first)
    for _ in range(2):  # the second finds that it is here
        assert await intake.post(ONE, **{name: "pbx-1"}) == first
    call = await intake.call(first)
    assert (call.revision, call.state, call.error) == (2, CallState.RECEIVED, None)
    assert intake.files == [ONE, ONE]


async def test_an_earlier_revisions_audio_is_a_duplicate_too(intake: Intake) -> None:
    first = await intake.post(ONE, external_id="pbx-1")
    await intake.post(OTHER, external_id="pbx-1")
    assert await intake.post(ONE, external_id="pbx-1") == first
    assert (await intake.call(first)).revision == 2
    assert intake.files == sorted([ONE, OTHER])


async def test_an_earlier_revisions_audio_that_comes_late_describes_nothing(intake: Intake) -> None:
    first = await intake.post(ONE, sender=PBX, external_id="pbx-1", agent="Ada", disposition="no_answer")
    await intake.post(OTHER, sender=PBX, external_id="pbx-1", agent="Bo", disposition="answered")
    assert await intake.post(ONE, sender=PBX, external_id="pbx-1", agent="Ada", disposition="no_answer") == first
    call = await intake.call(first)
    assert (call.revision, call.agent, call.disposition) == (2, "Bo", "answered")


async def test_what_ties_recordings_together_is_not_exchanged(intake: Intake) -> None:
    first = await intake.post(ONE, sender=PBX, external_id="pbx-1", linked_id="L1")
    await intake.post(ONE, sender=PBX, external_id="pbx-1", linked_id="L2", agent="Ada")
    call = await intake.call(first)
    assert (call.linked_id, call.agent) == ("L1", "Ada")


async def test_a_call_that_was_answered_after_all_is_listened_to(intake: Intake) -> None:
    first = await intake.post(ONE, sender=PBX, external_id="pbx-1", disposition="no_answer")
    await intake.change(first, state=CallState.COMPLETED, finished_at=NOON, empty=True)
    intake.open_calls.finished(intake.ada.id, first)
    again = Submission(caller_number="1", called_number="2", external_id="pbx-1", disposition="voicemail")
    upload = Upload(Path("not looked at"), len(ONE), hashlib.sha256(ONE).hexdigest())
    assert not await intake.submit.is_repetition(intake.ada, again, upload), "it counts for what a customer may send"
    for _ in range(2):  # the second finds that it is known
        assert await intake.post(ONE, sender=PBX, external_id="pbx-1", disposition="voicemail") == first
    assert await intake.submit.is_repetition(intake.ada, again, upload)
    call = await intake.call(first)
    assert (call.revision, call.state, call.empty) == (2, CallState.RECEIVED, False)
    assert call.disposition == "voicemail"


async def test_one_customers_ids_are_not_anothers(intake: Intake) -> None:
    mine = await intake.post(ONE, external_id="pbx-1")
    theirs = await intake.post(ONE, intake.bob, external_id="pbx-1")
    assert mine != theirs
    assert (await intake.call(theirs)).customer_id == intake.bob.id


async def test_two_posts_of_one_call_at_the_same_moment_are_one_call(intake: Intake) -> None:
    ids = await asyncio.gather(*(intake.post(ONE, external_id="pbx-1") for _ in range(8)))
    assert len(set(ids)) == 1
    assert await intake.count() == 1
    assert intake.files == [ONE]


def breaking(database: Database, error: BaseException) -> Callable[..., Any]:
    real = database.write

    async def write(work: Callable[[Connection], Any]) -> Any:
        def broken(tx: Connection) -> Any:
            work(tx)
            raise error

        return await real(broken)

    return write


@pytest.mark.parametrize("error", [Unavailable("the disk is full"), RuntimeError("anything")])
async def test_a_commit_that_fails_leaves_neither_call_nor_file(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(intake.database, "write", breaking(intake.database, error))
        with pytest.raises(type(error)):
            await intake.post(external_id="pbx-1")
    assert intake.files == []
    assert await intake.count() == 0
    assert (intake.open_calls.count(intake.ada.id), intake.woken) == (0, 0)
    await intake.post(external_id="pbx-1")
    assert intake.files == [ONE]


async def test_each_of_a_group_is_told_that_it_failed_though_its_file_cannot_be_removed(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that became read-only: else their connections hang, and hold their customer's places."""

    def read_only(_: object) -> NoReturn:
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as patched:
        patched.setattr(intake.database, "write", breaking(intake.database, Unavailable("the disk is read-only")))
        patched.setattr(intake.recordings, "remove", read_only)
        posts = [asyncio.create_task(intake.post(external_id=f"pbx-{number}")) for number in range(3)]
        done, _ = await asyncio.wait(posts, timeout=60)
    assert len(done) == 3
    assert {type(post.exception()) for post in done} == {Unavailable}


@pytest.mark.parametrize("name", [{}, {"external_id": "pbx-2"}])
async def test_what_is_committed_beside_a_repetition_that_cannot_be_put_by_keeps_its_recording(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: dict[str, str]
) -> None:
    known = await intake.post(ONE, external_id="pbx-1")

    async def refused(_: object) -> NoReturn:
        raise Unavailable("the memory limit is reached")

    with monkeypatch.context() as patched:
        patched.setattr(intake.database, "read", refused)
        new, again = await asyncio.gather(intake.post(OTHER, **name), intake.post(ONE, external_id="pbx-1"))

    assert again == known
    stored = await intake.database.read(lambda tx: stored_recordings.get(tx, new, 1))
    assert stored is not None
    assert intake.recordings.path(stored.file).is_file()
    assert known in caplog.text
    assert "the memory limit is reached" in caplog.text


async def test_a_call_that_meets_itself_keeps_its_recording(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Something failed behind its commit, and it was committed once more."""

    def failing() -> NoReturn:
        raise RuntimeError("anything")

    monkeypatch.setattr(intake.submit, "_on_received", failing)
    await intake.post(ONE, external_id="pbx-1")
    assert intake.files == [ONE]


async def test_a_call_that_is_committed_after_we_gave_up_keeps_its_recording(intake: Intake) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def hold(tx: Connection) -> None:
        begun.set()
        assert go_on.wait(60)

    # The commit of our call is under way, in one group with this, when the api stops and cancels what it was doing.
    posting = asyncio.create_task(intake.post(ONE))
    real = intake.database.write

    async def write(work: Callable[[Connection], Any]) -> Any:
        def slowly(tx: Connection) -> Any:
            hold(tx)
            return work(tx)

        return await real(slowly)

    intake.database.write = write  # type: ignore[method-assign]
    while not begun.is_set():
        await asyncio.sleep(0.001)
    posting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await posting
    go_on.set()
    intake.database.write = real  # type: ignore[method-assign]
    await intake.database.write(lambda _: None)
    assert await intake.count() == 1
    assert intake.files == [ONE]


async def test_the_order_of_acceptance_is_kept(intake: Intake) -> None:
    ids = []
    for _ in range(3):
        ids.append(await intake.post())
        intake.clock.advance(seconds=1)
    waiting = await intake.database.read(lambda tx: calls.in_state(tx, CallState.RECEIVED))
    assert [call.call_id for call in waiting] == ids
    assert waiting[-1].received_at == NOON + timedelta(seconds=2)
