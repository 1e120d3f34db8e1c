"""The wire: refusals that the client gets to read, uploads that stop or vanish, and what every answer carries."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gzip
import hashlib
import logging
import re
import shutil
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from tornado.iostream import IOStream

from appliance.api.http import handler as base
from appliance.api.http.form.call_form import CallForm
from appliance.api.http.tornado_internals import stream_of
from appliance.api.routes import process_call
from appliance.api.routes.process_call import FORM_OVERHEAD_BYTES
from appliance.domain.call import Call
from appliance.server.assembly import assemble
from appliance.settings import Settings
from appliance.storage.database import Connection
from appliance.storage.folder.call_facts import read_facts
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.folder.recording_file import open_recording
from appliance.storage.tables import calls, usage
from appliance.storage.tables.call_filter import CallFilter
from tests.appliance.api.conftest import Answer, Api, serving
from tests.appliance.api.forms import AUDIO, CONTENT_TYPE, a_form
from tests.appliance.api.raw_http import Wire, connected
from tests.appliance.builders import KEYS
from tests.support.own_records import all_records, forget_earlier_tests, own_records

MEGABYTE = 1024 * 1024
BIG = a_form(AUDIO + bytes(3 * MEGABYTE))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.005)


async def stored_calls(api: Api) -> list[Call]:
    found = await api.database.read(lambda tx: calls.page(tx, CallFilter(), before_seq=None, limit=100))
    return [call for _, call in found]


class Intake:
    """An upload's view of the api: a customer, and what is left behind on disk."""

    def __init__(self, api: Api, folder: DataFolder, customer_id: int, key: str) -> None:
        self.api = api
        self.folder = folder
        self.customer_id = customer_id
        self.key = key

    async def announce(self, wire: Wire, length: int | None, *, key: str | None = None, **headers: str | int) -> None:
        """The head of an upload."""
        size: dict[str, str | int] = {} if length is None else {"Content_Length": length}
        sent = {"X_API_Key": key or self.key, "Content_Type": CONTENT_TYPE, **size, **headers}
        await wire.head("POST", "/api/process-call", **sent)

    @property
    def unfinished(self) -> int:
        return len(list(self.folder.incoming.iterdir()))

    @property
    def recordings(self) -> list[bytes]:
        """As they came: without the facts that lie behind each."""
        found = []
        for path in self.folder.recordings.rglob("*"):
            if path.is_file():
                read = read_facts(path, KEYS)
                assert read is not None
                with open_recording(path, KEYS, read.bytes) as file:
                    found.append(file.read())
        return found

    @property
    def taken(self) -> int:
        return self.api.services.calls.open_calls.count(self.customer_id)

    @property
    def is_clean(self) -> bool:
        return not self.unfinished and not self.recordings and not self.taken


@pytest.fixture
async def intake(api: Api, folder: DataFolder) -> Intake:
    customer, key = await api.customer(max_concurrent_calls=3)
    return Intake(api, folder, customer.id, key)


@pytest.fixture
def patient_drain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is still sending when it is refused may take its time, as it does on a busy machine."""
    monkeypatch.setattr(base, "DRAIN_LIMIT_SECONDS", 60.0)


# -- an upload that is accepted ------------------------------------------------------------------------------


async def test_an_upload_is_on_disk_and_committed_when_it_is_answered(intake: Intake) -> None:
    headers = {"Content-Type": CONTENT_TYPE, "Idempotency-Key": "once"}
    answer = await intake.api.request(
        "POST", "/api/process-call", key=intake.key, body=a_form(language="de"), headers=headers
    )
    assert answer.status == 200
    body = answer.json()
    assert list(body) == ["status", "message", "call_id"]
    assert (body["status"], body["message"]) == ("success", "Call processing started")
    (call,) = await stored_calls(intake.api)
    assert (call.call_id, call.idempotency_key, call.language) == (body["call_id"], "once", "de")
    assert (intake.recordings, intake.unfinished, intake.taken) == ([AUDIO], 0, 1)


async def test_an_upload_in_chunks_is_the_same_upload(intake: Intake) -> None:
    async with connected(intake.api.port) as wire:
        await intake.announce(wire, None, Transfer_Encoding="chunked")
        for start in range(0, len(BIG), 100_000):
            piece = BIG[start : start + 100_000]
            await wire.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        await wire.send(b"0\r\n\r\n")
        assert (await wire.answer()).status == 200
    assert [hashlib.sha256(audio).digest() for audio in intake.recordings] == [
        hashlib.sha256(AUDIO + bytes(3 * MEGABYTE)).digest()
    ]


async def test_a_client_that_asks_first_is_told_to_go_on(intake: Intake) -> None:
    body = a_form()
    async with connected(intake.api.port) as wire:
        await intake.announce(wire, len(body), Expect="100-continue")
        assert (await wire.answer()).status == 100
        await wire.send(body)
        assert (await wire.answer()).status == 200


async def test_one_connection_carries_many_uploads(intake: Intake) -> None:
    async with connected(intake.api.port) as wire:
        for _ in range(3):
            await intake.announce(wire, len(a_form()))
            await wire.send(a_form())
            assert (await wire.answer()).status == 200
    assert len(intake.recordings) == 3


# -- an upload that is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize("expect", [{"Expect": "100-continue"}, {"Expect": "100-Continue"}])
async def test_a_client_that_asks_first_is_refused_without_a_100(intake: Intake, expect: dict[str, str]) -> None:
    async with connected(intake.api.port) as wire:
        await intake.announce(wire, len(BIG), key="unknown", **expect)
        answer = await wire.answer()
        assert (answer.status, answer.message) == (401, "Invalid API key")
        assert await wire.ended()


@pytest.mark.usefixtures("patient_drain")
async def test_a_client_that_is_still_sending_reads_its_refusal_and_no_reset(intake: Intake) -> None:
    async with connected(intake.api.port) as wire:
        await intake.announce(wire, len(BIG), key="unknown")
        await until(lambda: wire.has_answer)  # else all of it may lie in the kernel before anybody refuses it
        for start in range(0, len(BIG), 65536):
            await wire.send(BIG[start : start + 65536])
            await asyncio.sleep(0.01)
        answer = await wire.answer()
        assert (answer.status, answer.message) == (401, "Invalid API key")
        assert answer.headers["connection"] == "close"
        assert await wire.ended()


async def test_a_refused_client_that_goes_on_for_ever_is_cut_off(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "DRAIN_LIMIT_SECONDS", 0.1)
    async with connected(intake.api.port) as wire:
        await intake.announce(wire, 10**9, key="unknown")
        await wire.send(b"x")
        assert (await wire.answer()).status == 401
        assert await wire.ended()


async def test_a_recording_that_is_announced_too_large_is_refused_before_it_comes(intake: Intake) -> None:
    async with serving(intake.api, max_recording_bytes=MEGABYTE) as port, connected(port) as wire:
        await intake.announce(wire, MEGABYTE + FORM_OVERHEAD_BYTES + 1, Expect="100-continue")
        answer = await wire.answer()
    assert (answer.status, answer.message) == (413, "Recording too large")
    assert intake.is_clean


@pytest.mark.usefixtures("patient_drain")
@pytest.mark.parametrize("length", [len(BIG), None])
async def test_a_recording_that_turns_out_too_large_is_refused_in_mid_upload(
    intake: Intake, length: int | None
) -> None:
    async with serving(intake.api, max_recording_bytes=2 * MEGABYTE + 500_000) as port, connected(port) as wire:
        chunked: dict[str, str | int] = {} if length else {"Transfer_Encoding": "chunked"}
        await intake.announce(wire, length, **chunked)
        await wire.send(BIG if length else b"%x\r\n%s\r\n0\r\n\r\n" % (len(BIG), BIG))
        answer = await wire.answer()
    assert (answer.status, answer.message) == (413, "Recording too large")
    await until(lambda: intake.is_clean)


@pytest.mark.usefixtures("patient_drain")
async def test_an_endless_form_is_refused_whatever_it_is_made_of(intake: Intake) -> None:
    junk = b"x" * (2 * MEGABYTE)
    async with serving(intake.api, max_recording_bytes=1000) as port, connected(port) as wire:
        await intake.announce(wire, None, Transfer_Encoding="chunked")
        await wire.send(b"%x\r\n%s\r\n0\r\n\r\n" % (len(junk), junk))
        assert (await wire.answer()).status in (400, 413)
    await until(lambda: intake.is_clean)


@pytest.mark.usefixtures("patient_drain")
async def test_what_is_no_audio_is_refused_in_mid_upload(intake: Intake) -> None:
    body = a_form(b"%PDF-1.7 " + bytes(2 * MEGABYTE))
    async with connected(intake.api.port) as wire:
        await intake.announce(wire, len(body))
        await wire.send(body)
        answer = await wire.answer()
    assert (answer.status, answer.message) == (415, "Unsupported recording format")
    await until(lambda: intake.is_clean)


async def test_an_upload_without_a_length_or_chunks_is_411(intake: Intake) -> None:
    async with connected(intake.api.port) as wire:
        await intake.announce(wire, None)
        answer = await wire.answer()
    assert (answer.status, answer.message) == (411, "Length required")
    assert intake.is_clean


@pytest.mark.parametrize("kind", ["application/json", ""])
async def test_an_upload_that_is_no_form_is_400(intake: Intake, kind: str) -> None:
    answer = await intake.api.request(
        "POST", "/api/process-call", key=intake.key, body=a_form(), headers={"Content-Type": kind}
    )
    assert answer.status == 400
    assert answer.json()["details"] == [{"field": "body", "problem": "must be multipart/form-data"}]
    await until(lambda: intake.is_clean)


async def test_a_form_without_a_boundary_is_told_as_that(intake: Intake) -> None:
    answer = await intake.api.request(
        "POST", "/api/process-call", key=intake.key, body=a_form(), headers={"Content-Type": "multipart/form-data"}
    )
    assert answer.status == 400
    (told,) = answer.json()["details"]
    assert (told["field"], told["problem"].partition(": ")[0]) == ("body", "is multipart/form-data without a boundary")


@pytest.mark.parametrize("coding", ["gzip", "BR", "identity, x-gzip"])
async def test_a_compressed_body_is_told_as_not_taken(intake: Intake, coding: str) -> None:
    answer = await intake.api.request(
        "POST",
        "/api/process-call",
        key=intake.key,
        body=gzip.compress(a_form()),
        headers={"Content-Type": CONTENT_TYPE, "Content-Encoding": coding},
    )
    assert answer.status == 400
    (told,) = answer.json()["details"]
    assert (told["field"], told["problem"]) == (
        "Content-Encoding",
        "is not taken: send the body as it is, uncompressed",
    )
    await until(lambda: intake.is_clean)


@pytest.mark.parametrize("coding", ["identity", "", "utf-8"])
async def test_no_call_is_lost_for_a_content_encoding_that_compresses_nothing(intake: Intake, coding: str) -> None:
    headers = {"Content-Type": CONTENT_TYPE, "Content-Encoding": coding}
    answer = await intake.api.request("POST", "/api/process-call", key=intake.key, body=a_form(), headers=headers)
    assert answer.status == 200


async def test_a_form_at_fault_is_400_and_leaves_nothing(intake: Intake) -> None:
    answer = await intake.api.request(
        "POST",
        "/api/process-call",
        key=intake.key,
        body=a_form(direction="sideways"),
        headers={"Content-Type": CONTENT_TYPE},
    )
    assert answer.json() == {
        "status": "error",
        "message": "Invalid request parameters",
        "details": [{"field": "direction", "problem": "must be one of inbound, outbound, internal"}],
    }
    await until(lambda: intake.is_clean)


async def test_more_calls_at_once_than_allowed_are_refused_until_one_ends(intake: Intake) -> None:
    slots = [intake.api.services.calls.open_calls.begin_upload(intake.customer_id, 3) for _ in range(3)]
    headers = {"Content-Type": CONTENT_TYPE}
    refused = await intake.api.request("POST", "/api/process-call", key=intake.key, body=a_form(), headers=headers)
    assert (refused.status, refused.json()["message"]) == (429, "Too many concurrent calls")
    told = "3 calls are not final yet, as many as this customer may have at a time"
    assert refused.json()["details"] == [{"field": "file", "problem": told}]
    assert int(refused.headers["Retry-After"]) > 0
    slots[0].release()
    accepted = await intake.api.request("POST", "/api/process-call", key=intake.key, body=a_form(), headers=headers)
    assert accepted.status == 200


async def test_with_all_places_taken_a_repetition_is_given_its_call_and_nothing_else_comes_in(intake: Intake) -> None:
    async def post(key: str, audio: bytes = AUDIO, **fields: str) -> Answer:
        headers = {"Content-Type": CONTENT_TYPE, "Idempotency-Key": key}
        body = a_form(audio, **fields)
        return await intake.api.request("POST", "/api/process-call", key=intake.key, body=body, headers=headers)

    first = [await post(f"key-{number}", AUDIO + bytes([number])) for number in range(3)]
    again = [await post(f"key-{number}", AUDIO + bytes([number])) for number in range(3)]

    assert [(answer.status, answer.json()) for answer in again] == [(200, answer.json()) for answer in first]
    assert (await post("key-9")).status == 429
    assert (await post("key-0", AUDIO + b"other")).status == 429, "another revision is another analysis"
    assert len(intake.recordings) == 3
    assert intake.api.services.calls.open_calls.count(intake.customer_id) == 3


async def test_one_external_id_with_ever_other_audio_is_no_way_around_the_limit(intake: Intake, keys: Keys) -> None:
    headers = {"Content-Type": CONTENT_TYPE}

    async def post(number: int) -> int:
        body = a_form(AUDIO + bytes([number]), external_id="pbx-1")
        answer = await intake.api.request("POST", "/api/process-call", key=intake.key, body=body, headers=headers)
        return answer.status

    assert [await post(number) for number in range(25)] == [200] * 3 + [429] * 22
    assert len(intake.recordings) == 3
    # An api that is started again knows it.
    restarted = await assemble(Settings(data_dir=intake.folder.root), intake.folder, keys, intake.api.database)
    assert restarted.services.calls.open_calls.count(intake.customer_id) == 3
    await restarted.sender.close()


async def test_where_nothing_can_be_written_an_upload_is_503(intake: Intake) -> None:
    async def full(_more_bytes: int) -> bool:
        return False

    async with serving(intake.api, writable=full) as port, connected(port) as wire:
        await intake.announce(wire, len(BIG), Expect="100-continue")
        answer = await wire.answer()
    assert (answer.status, answer.message) == (503, "Service unavailable")
    assert int(answer.headers["retry-after"]) > 0
    assert intake.is_clean


class SmallDisk:
    """A disk with so much room above the floor, of which uploads take what they write."""

    def __init__(self, intake: Intake, room: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder, self.room = intake.folder, room
        self.least = room
        real = shutil.disk_usage(intake.folder.root)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: real._replace(free=self.free))
        monkeypatch.setattr("appliance.services.upkeep.housekeeping.MEASURE_DISK_EVERY_SECONDS", 0.0)

    @property
    def free(self) -> int:
        """What is left; the floor is 0 here."""
        taken = 0
        for path in self._folder.incoming.iterdir():
            with contextlib.suppress(FileNotFoundError):  # removed on another thread
                taken += path.stat().st_size
        return self.room - taken

    async def look(self) -> None:
        """See at each turn how little was left."""
        while True:
            self.least = min(self.least, self.free)
            await asyncio.sleep(0)


async def send_chunks(wire: Wire, size: int) -> int:
    """A chunked upload of so many bytes that does not end; returns how many went out before it was refused."""
    start = a_form().partition(AUDIO)[0] + AUDIO
    await wire.send(b"%x\r\n%s\r\n" % (len(start), start))
    sent = 0
    with contextlib.suppress(ConnectionError):
        while sent < size and not wire.has_answer:
            await wire.send(b"%x\r\n%s\r\n" % (65536, bytes(65536)))
            sent += 65536
    return sent


@pytest.mark.slow
async def test_uploads_in_chunks_leave_the_floor_and_half_of_the_room_to_others(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SmallDisk(intake, 16 * MEGABYTE, monkeypatch)
    _, key = await intake.api.customer()
    async with connected(intake.api.port) as first, connected(intake.api.port) as second:
        await intake.announce(first, None, Transfer_Encoding="chunked")
        await send_chunks(first, 6 * MEGABYTE)
        # All of it has come: what may still come of it is held, and no more is asked for.
        await until(lambda: disk.free <= 10 * MEGABYTE + 2 * 65536)
        await intake.announce(second, None, Transfer_Encoding="chunked")
        await send_chunks(second, 8 * MEGABYTE)
        assert (await second.answer()).status == 503
        await until(lambda: intake.unfinished == 1)
        assert disk.free >= 7 * MEGABYTE
        headers = {"Content-Type": CONTENT_TYPE}
        honest = await intake.api.request("POST", "/api/process-call", key=key, body=BIG, headers=headers)
        assert honest.status == 200
        assert (await intake.api.request("GET", "/health")).json()["status"] != "unhealthy"


@pytest.mark.usefixtures("patient_drain")
@pytest.mark.parametrize("length", [None, 7 * MEGABYTE], ids=["in chunks", "of known length"])
async def test_an_upload_stops_at_the_floor_of_a_disk_that_others_fill(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, length: int | None
) -> None:
    """Within the moment in which the disk is not measured for those who only ask how it is."""
    disk = SmallDisk(intake, 16 * MEGABYTE, monkeypatch)
    monkeypatch.setattr("appliance.services.upkeep.housekeeping.MEASURE_DISK_EVERY_SECONDS", 3600.0)
    assert (await intake.api.request("GET", "/health")).json()["status"] != "unhealthy"
    async with connected(intake.api.port) as wire:
        await intake.announce(wire, length, **({} if length else {"Transfer_Encoding": "chunked"}))
        if length:
            await wire.send(BIG[:MEGABYTE])
            await until(lambda: intake.unfinished == 1)
        disk.room = 4 * MEGABYTE
        looking = asyncio.create_task(disk.look())
        if length:
            for _ in range(6 * 16):
                if wire.has_answer:
                    break
                await wire.send(bytes(65536))
        else:
            await send_chunks(wire, 8 * MEGABYTE)
        answer = await wire.answer()
        assert (answer.status, answer.headers["retry-after"]) == (503, "10")
    await until(lambda: intake.is_clean)
    looking.cancel()
    assert disk.least > 0


@pytest.mark.usefixtures("patient_drain")
async def test_health_says_at_once_that_a_recording_was_refused_for_want_of_room(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SmallDisk(intake, 3 * MEGABYTE, monkeypatch)
    monkeypatch.setattr("appliance.services.upkeep.housekeeping.MEASURE_DISK_EVERY_SECONDS", 3600.0)
    api, headers = intake.api, {"Content-Type": CONTENT_TYPE}

    async def health() -> str:
        return str((await api.request("GET", "/health")).json()["status"])

    async def post(body: bytes) -> int:
        return (await api.request("POST", "/api/process-call", key=intake.key, body=body, headers=headers)).status

    assert await health() != "unhealthy"
    assert await post(BIG) == 503
    assert await health() == "unhealthy"
    system = (await api.request("GET", "/api/system", bearer=await api.token())).json()
    said = next(one for one in system["components"] if one["name"] == "database")
    assert said["state"] == "failed"
    assert "the disk has room for 3 MB more, and a recording that needs more came" in said["reason"]

    assert await post(a_form()) == 200  # a short one finds its place: calls are accepted
    assert await health() != "unhealthy"
    assert await post(BIG) == 503
    assert await health() == "unhealthy"
    disk.room = 40 * MEGABYTE
    assert await post(BIG) == 200
    assert await health() != "unhealthy"
    async with connected(api.port) as wire:
        await intake.announce(wire, 30 * MEGABYTE)
        assert (await wire.answer()).status == 503
    assert await health() != "unhealthy", "there is room for all but that one"


@pytest.mark.usefixtures("patient_drain")
async def test_what_is_announced_and_does_not_come_is_kept_free_and_given_back(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    SmallDisk(intake, 16 * MEGABYTE, monkeypatch)
    headers = {"Content-Type": CONTENT_TYPE}
    async with connected(intake.api.port) as wire:
        await intake.announce(wire, 7 * MEGABYTE)
        await wire.send(BIG[:MEGABYTE])
        await until(lambda: intake.unfinished == 1)
        refused = await intake.api.request("POST", "/api/process-call", key=intake.key, body=BIG, headers=headers)
        assert (refused.status, refused.headers["Retry-After"]) == (503, "10")
        wire.abort()
    await until(lambda: intake.is_clean)
    again = await intake.api.request("POST", "/api/process-call", key=intake.key, body=BIG, headers=headers)
    assert again.status == 200


@pytest.mark.slow
async def test_an_upload_of_a_byte_now_and_then_is_ended_and_holds_nothing(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(intake.api.port) as wire:
        await begun(intake, wire)
        monkeypatch.setattr(process_call, "UPLOAD_GRACE_SECONDS", 1.0)
        monkeypatch.setattr(process_call, "LOWEST_BYTES_A_SECOND", 10 * MEGABYTE)
        ended = asyncio.create_task(wire.ended())
        while not ended.done():
            with contextlib.suppress(ConnectionError):
                await wire.send(b"x")
            await asyncio.sleep(0.05)
    await until(lambda: intake.is_clean)
    assert "an upload of customer" in caplog.text


# -- what a customer may use -----------------------------------------------------------------------------------


async def post(intake: Intake, key: str, audio: bytes = AUDIO) -> Answer:
    headers = {"Content-Type": CONTENT_TYPE}
    return await intake.api.request("POST", "/api/process-call", key=key, body=a_form(audio), headers=headers)


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_customer_stores_so_much_and_others_go_on(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, chunked: bool
) -> None:
    monkeypatch.setattr("appliance.services.calls.customer_quotas.GIGABYTE", MEGABYTE)
    _, key = await intake.api.customer(max_storage_gb=4)
    assert (await post(intake, key, AUDIO + bytes(3 * MEGABYTE))).status == 200
    if chunked:
        async with connected(intake.api.port) as wire:
            await intake.announce(wire, None, key=key, Transfer_Encoding="chunked")
            await send_chunks(wire, 4 * MEGABYTE)
            answer = await wire.answer()
            status, body = answer.status, answer.json()
    else:
        refused = await post(intake, key, AUDIO + bytes(2 * MEGABYTE))
        status, body = refused.status, refused.json()
        assert "Retry-After" not in refused.headers
    assert (status, body["status"], body["message"]) == (507, "error", "Storage limit reached")
    assert "GB would be stored" in body["details"][0]["problem"]
    assert (await post(intake, intake.key)).status == 200
    # When recordings are gone there is room again.
    await intake.api.database.write(lambda tx: tx.execute("UPDATE recording SET erased_at = now()").fetchall())
    monkeypatch.setattr("appliance.services.calls.customer_quotas.MEASURE_AGAIN_SECONDS", 0.0)
    assert (await post(intake, key, AUDIO + bytes(2 * MEGABYTE))).status == 200


async def test_so_many_hours_a_day_are_analysed_in_hand_by_size_and_then_by_their_true_length(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.services.calls.customer_quotas.MEASURE_AGAIN_SECONDS", 0.0)
    monkeypatch.setattr("appliance.services.calls.audio_length.BYTES_A_SECOND", 1000)
    customer, key = await intake.api.customer(max_audio_hours_per_day=1)
    assert (await post(intake, key, AUDIO + bytes(2_000_000))).status == 200  # 2000 of 3600 s

    refused = await post(intake, key, AUDIO + bytes(2_000_000))
    assert (refused.status, refused.json()["message"]) == (429, "Rate limit exceeded")
    assert refused.json()["details"][0]["problem"].startswith("more than 1 h of audio in 24 h")
    assert int(refused.headers["Retry-After"]) > 0

    # It was shorter than its size let one think; another revision of it was longer.
    analysed_at = datetime.now(UTC) - timedelta(hours=23)

    def analysed(tx: Connection) -> None:
        tx.execute("UPDATE call SET state = 'completed', finished_at = now()")
        usage.add_analysed(tx, customer.id, analysed_at, 100.0)
        usage.add_analysed(tx, customer.id, analysed_at, 1000.0)

    await intake.api.database.write(analysed)
    assert (await post(intake, key, AUDIO + bytes(2_000_000))).status == 200
    refused = await post(intake, key, AUDIO + bytes(1_000_000))
    assert 3500 < int(refused.headers["Retry-After"]) <= 3602, "when what was analysed first is a day ago"


# -- an upload that stops ------------------------------------------------------------------------------------


async def begun(intake: Intake, wire: Wire) -> None:
    """Send so much of an upload that some of it is on disk."""
    await intake.announce(wire, len(BIG))
    await wire.send(BIG[:MEGABYTE])
    await until(lambda: intake.unfinished == 1)
    assert intake.taken == 1


def told_ends(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log says of uploads that ended too early."""
    return [record.getMessage() for record in caplog.records if "ended before it was whole" in record.getMessage()]


@pytest.mark.parametrize("declared", [len(BIG), None])
async def test_an_upload_that_the_client_breaks_off_is_told_in_the_log_once(
    intake: Intake, caplog: pytest.LogCaptureFixture, declared: int | None
) -> None:
    body = BIG[:MEGABYTE]
    async with connected(intake.api.port) as wire:
        if declared is None:
            await intake.announce(wire, None, Transfer_Encoding="chunked")
            await wire.send(b"%x\r\n%s\r\n" % (len(body), body))
        else:
            await intake.announce(wire, declared)
            await wire.send(body)
        await until(lambda: intake.unfinished == 1)
        await asyncio.sleep(0.1)
        wire.abort()
    await until(lambda: intake.is_clean)
    (told,) = told_ends(caplog)
    assert f"customer {intake.customer_id} ended" in told
    assert f": {MEGABYTE} of {declared or 'an unknown number of'} bytes came in " in told
    assert told.endswith("its connection broke off")
    assert intake.key not in caplog.text
    assert "1234567890" not in caplog.text


async def test_of_an_upload_that_was_answered_nothing_is_told(intake: Intake, caplog: pytest.LogCaptureFixture) -> None:
    assert (await post(intake, intake.key, AUDIO)).status == 200
    async with connected(intake.api.port) as wire:
        await intake.announce(wire, len(BIG))
        await wire.send(BIG[:100] + bytes(MEGABYTE))
        assert (await wire.answer()).status == 400
        wire.abort()
    await until(lambda: intake.api.services.calls.open_calls.uploads_in_progress == 0)
    assert told_ends(caplog) == []


async def test_a_refusal_that_nobody_waits_for_is_in_the_log_with_its_id_and_nothing_broke_off(
    intake: Intake, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with connected(intake.api.port) as wire:
        await intake.announce(wire, 629_145_600, X_Request_ID="too-large")
        wire.abort()
    await until(lambda: "too-large" in caplog.text)
    await until(lambda: not intake.taken)
    said = [record.getMessage() for record in caplog.records]
    assert any(re.fullmatch(r"POST /api/process-call 413 \d+ ms too-large", one) for one in said)
    assert not [one for one in said if "broke off" in one or "Malformed" in one]


async def test_a_refusal_that_is_read_is_no_malformed_message(intake: Intake, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with connected(intake.api.port) as wire:
        await intake.announce(wire, 629_145_600, X_Request_ID="too-large")
        assert (await wire.answer()).status == 413
    await until(lambda: "too-large" in caplog.text and not intake.taken)
    assert "Malformed" not in caplog.text
    assert told_ends(caplog) == []


@pytest.mark.parametrize("goes", [False, True], ids=["it reads the answer", "it has gone"])
async def test_a_disk_that_is_full_in_mid_upload_is_one_line_and_nothing_broke_off(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, goes: bool
) -> None:
    forget_earlier_tests(caplog)
    caplog.set_level(logging.INFO)
    begun = threading.Event()
    gone = threading.Event()

    def full(*_: object) -> None:
        begun.set()
        assert gone.wait(60)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("appliance.api.http.form.uploaded_file.UploadedFile.write", full)
    async with connected(intake.api.port) as wire:
        await intake.announce(wire, len(BIG), X_Request_ID="disk-full")
        await wire.send(BIG[:MEGABYTE])
        await asyncio.to_thread(begun.wait, 60)
        if goes:
            wire.abort()
        gone.set()
        if not goes:
            assert (await wire.answer()).status == 503
    await until(lambda: "POST /api/process-call 503" in caplog.text and not intake.taken)
    assert told_ends(caplog) == []
    said = all_records(caplog)  # Tornado's, too: it tells of what nobody else has caught
    assert [record for record in said if record.exc_info] == []
    (told,) = (record for record in said if record.levelno >= logging.WARNING)
    assert told.getMessage() == "request disk-full was refused: the disk is full"


async def test_an_upload_that_stands_still_is_closed_and_told_in_the_log(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(intake.api.port) as wire:
        await begun(intake, wire)
        monkeypatch.setattr(process_call, "IDLE_LIMIT_SECONDS", 0.3)
        await wire.send(b"x")  # from here on it stands still
        assert await wire.ended()
    await until(lambda: intake.is_clean)
    (told,) = told_ends(caplog)
    assert told.endswith("nothing came for 0 s")


async def test_an_upload_that_never_begins_is_closed(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_call, "IDLE_LIMIT_SECONDS", 0.1)
    async with connected(intake.api.port) as wire:
        await intake.announce(wire, len(BIG))
        assert await wire.ended()
    await until(lambda: intake.is_clean)


@pytest.mark.slow
async def test_an_upload_that_goes_on_slowly_is_not_closed(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    # All of it takes longer than the limit, and each pause a tenth of that, which a busy machine may stretch.
    monkeypatch.setattr(process_call, "IDLE_LIMIT_SECONDS", 2.0)
    body = a_form()
    step = len(body) // 12
    for _ in range(10):
        longest, last = 0.0, time.monotonic()
        async with connected(intake.api.port) as wire:
            await intake.announce(wire, len(body))
            with contextlib.suppress(ConnectionError):
                for start in range(0, len(body), step):
                    await wire.send(body[start : start + step])
                    longest, last = max(longest, time.monotonic() - last), time.monotonic()
                    await asyncio.sleep(0.2)
            if longest < 1.0:
                assert (await wire.answer()).status == 200
                return
        # The machine, not the line, made a pause: once more.
    pytest.fail("this machine never let it go on evenly")


@pytest.mark.slow
async def test_a_slow_line_that_is_just_quick_enough_gets_its_recording_through(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = a_form()
    async with connected(intake.api.port) as wire:
        await intake.announce(wire, len(body), Expect="100-continue")
        assert (await wire.answer()).status == 100
        # A fiftieth of what is sent a second; all of it takes longer than the first moment that everybody has. Only
        # now: to be let in may take longer than that on a busy machine.
        monkeypatch.setattr(process_call, "UPLOAD_GRACE_SECONDS", 1.0)
        monkeypatch.setattr(process_call, "LOWEST_BYTES_A_SECOND", 20)
        step = len(body) // 12
        for start in range(0, len(body), step):
            await wire.send(body[start : start + step])
            await asyncio.sleep(0.2)
        assert (await wire.answer()).status == 200


async def test_a_client_that_hangs_up_in_mid_upload_leaves_nothing(intake: Intake) -> None:
    async with connected(intake.api.port) as wire:
        await begun(intake, wire)
        wire.abort()
    await until(lambda: intake.is_clean)
    assert await stored_calls(intake.api) == []


async def test_a_client_that_hangs_up_after_the_last_byte_has_made_a_call(intake: Intake) -> None:
    async with connected(intake.api.port) as wire:
        await intake.announce(wire, len(BIG))
        await wire.send(BIG)
    async with asyncio.timeout(60):
        while not await stored_calls(intake.api):
            await asyncio.sleep(0.005)
    await until(lambda: (intake.taken, len(intake.recordings), intake.unfinished) == (1, 1, 0))


class HeldFeed:
    """The piece with which `so_many` bytes have come is held on its way to the disk until somebody says `go_on`."""

    def __init__(self, patch: pytest.MonkeyPatch, so_many: int, fault: Exception | None = None) -> None:
        self.begun, self.go_on = asyncio.Event(), threading.Event()
        self.streams: list[IOStream] = []
        fed, loop, feed, take = list[int](), asyncio.get_running_loop(), CallForm.feed, process_call.ProcessCall.take

        def held_feed(form: CallForm, data: bytes) -> None:
            fed.append(len(data))
            if sum(fed) == so_many and data:
                loop.call_soon_threadsafe(self.begun.set)
                assert self.go_on.wait(60)
                if fault is not None:
                    raise fault
            feed(form, data)

        async def seen_take(handler: process_call.ProcessCall, chunk: bytes) -> None:
            self.streams[:] = [stream_of(handler.request)]
            await take(handler, chunk)

        patch.setattr(process_call, "FEED_BYTES", 1)
        patch.setattr(CallForm, "feed", held_feed)
        patch.setattr(process_call.ProcessCall, "take", seen_take)

    async def sent_by(self, wire: Wire, body: bytes) -> None:
        """The whole body; the piece that is held comes alone: as from a network, to an api that waits for it."""
        await wire.send(body[:-1000])
        await until(lambda: bool(self.streams) and self.streams[0].reading())
        await wire.send(body[-1000:])
        async with asyncio.timeout(60):
            await self.begun.wait()

    async def abandoned_by(self, wire: Wire, *, is_noticed: bool = True) -> None:
        """The client goes away while the piece is held. Tornado does not notice before it has read what it has."""
        wire.abort()
        if is_noticed:
            await until(self.streams[0].closed)
        self.go_on.set()


@pytest.mark.parametrize("is_whole", [True, False], ids=["whole", "more was to come"])
@pytest.mark.parametrize("length", ["announced", "in chunks"])
async def test_a_client_that_hangs_up_while_a_piece_is_written_has_made_a_call_if_that_was_the_last(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, length: str, is_whole: bool
) -> None:
    body = a_form()
    held = HeldFeed(monkeypatch, len(body))
    async with connected(intake.api.port) as wire:
        if length == "announced":
            await intake.announce(wire, len(body) + (0 if is_whole else 1))
            await held.sent_by(wire, body)
        else:
            await intake.announce(wire, None, Transfer_Encoding="chunked")
            await wire.send(b"%x\r\n" % len(body))
            await held.sent_by(wire, body)
            await wire.send(b"\r\n0\r\n\r\n" if is_whole else b"\r\n")
        await held.abandoned_by(wire, is_noticed=length == "announced" or not is_whole)
    if not is_whole:
        await until(lambda: intake.is_clean)
        assert await stored_calls(intake.api) == []
        return
    async with asyncio.timeout(60):
        while not await stored_calls(intake.api):
            await asyncio.sleep(0.005)
    await until(lambda: (intake.taken, len(intake.recordings), intake.unfinished) == (1, 1, 0))


async def test_a_client_that_hangs_up_while_its_last_piece_is_refused_leaves_one_line(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    body = a_form()
    caplog.set_level(logging.INFO)
    held = HeldFeed(monkeypatch, len(body), OSError(errno.ENOSPC, "no room"))
    async with connected(intake.api.port) as wire:
        await intake.announce(wire, len(body))
        await held.sent_by(wire, body)
        await held.abandoned_by(wire)
    await until(lambda: intake.is_clean)
    assert await stored_calls(intake.api) == []
    told = [one for one in caplog.records if one.levelno >= logging.WARNING and not one.name.startswith("asyncio")]
    assert [one.levelname for one in told if "process-call" not in one.getMessage()] == ["WARNING"]
    assert sum("process-call" in one.getMessage() for one in caplog.records) == 1


async def test_a_disk_that_is_slow_with_a_piece_ends_no_upload(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(process_call, "IDLE_LIMIT_SECONDS", 0.2)
    body = a_form()
    held = HeldFeed(monkeypatch, len(body))
    async with connected(intake.api.port) as wire:
        await intake.announce(wire, len(body))
        await held.sent_by(wire, body)
        await asyncio.sleep(1)
        held.go_on.set()
        assert (await wire.answer()).status == 200
    assert "ended before it was whole" not in caplog.text


@pytest.mark.parametrize("path", ["/api/process-call", "/api/customers"])
async def test_who_sends_in_chunks_with_pauses_reads_a_refusal_in_the_middle(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    limit = 100_000
    monkeypatch.setattr(base, "JSON_BODY_LIMIT_BYTES", limit)
    headers = {"X_API_Key": intake.key, "Content_Type": CONTENT_TYPE}
    if path == "/api/customers":
        headers = {"Authorization": f"Bearer {await intake.api.token()}", "Content_Type": "application/json"}
    async with serving(intake.api, max_recording_bytes=limit) as port, connected(port) as wire:
        await wire.head("POST", path, Transfer_Encoding="chunked", **headers)
        sent, piece = 0, a_form(bytes(FORM_OVERHEAD_BYTES + 2 * limit))
        with contextlib.suppress(ConnectionError):
            while not wire.has_answer and sent < len(piece):
                part = piece[sent : sent + 20_000]
                sent += len(part)
                await wire.send(b"%x\r\n%s\r\n" % (len(part), part))
                await asyncio.sleep(0.005)
        assert (await wire.answer()).status == 413
    assert "Already reading" not in caplog.text
    assert not [one for one in caplog.records if one.exc_info]


# -- connections ---------------------------------------------------------------------------------------------


async def test_a_connection_outlives_a_refusal(intake: Intake) -> None:
    async with connected(intake.api.port) as wire:
        for path, status in (("/api/calls", 401), ("/api/customers", 401), ("/nowhere", 404), ("/health", 200)):
            await wire.head("GET", path)
            answer = await wire.answer()
            assert answer.status == status
            assert answer.headers.get("connection", "") != "close"


async def test_a_connection_outlives_a_method_that_is_not_there(api: Api) -> None:
    async with connected(api.port) as wire:
        await wire.head("HEAD", "/api/calls")
        assert (await wire.answer(to_head=True)).status == 405
        await wire.head("GET", "/health")
        assert (await wire.answer()).status == 200


ALLOWED = {
    "/health": {"GET"},
    "/api/process-call": {"POST"},
    "/api/customers": {"GET", "POST"},
    "/api/customers/1": {"GET", "PUT", "DELETE"},
}


async def test_a_method_that_is_not_there_is_405_and_tells_those_that_are(api: Api) -> None:
    admin = await api.token()
    for method in ("PATCH", "OPTIONS", "TRACE", "BREW"):
        for path, allowed in ALLOWED.items():
            answer = await api.request(method, path, bearer=admin)
            assert (method, path, answer.status) == (method, path, 405)
            assert answer.json() == {"status": "error", "message": "Method not allowed"}
            assert set(answer.headers["Allow"].split(", ")) == allowed


async def test_what_no_route_matches_is_404(api: Api) -> None:
    for path in ("/", "/api", "/api/calls/", "/api/customers/1/2/3", "/health/", "/API/calls"):
        for method in ("GET", "POST", "DELETE"):
            answer = await api.request(method, path)
            assert (method, path, answer.status) == (method, path, 404)
            assert answer.json() == {"status": "error", "message": "Resource not found"}


# -- what every answer carries -------------------------------------------------------------------------------


async def test_a_request_id_comes_back_and_one_is_made_where_none_came(api: Api) -> None:
    for path in ("/health", "/api/calls", "/nowhere"):
        given = await api.request("GET", path, headers={"X-Request-ID": "pbx-4.2_b"})
        assert given.headers["X-Request-Id"] == "pbx-4.2_b"
        made = await api.request("GET", path)
        assert re.fullmatch(r"[0-9a-f]{32}", made.headers["X-Request-Id"])


async def test_a_request_id_that_is_none_is_not_echoed(api: Api) -> None:
    for given in ("", "a b", "x" * 65, "<script>", "a;b"):
        answer = await api.request("GET", "/health", headers={"X-Request-ID": given})
        assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-Id"])


async def test_answers_are_kept_by_nobody_and_tell_no_program(api: Api) -> None:
    for path in ("/health", "/api/calls"):
        headers = (await api.request("GET", path)).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Type"] == "application/json; charset=utf-8"
        assert "Server" not in headers


async def test_an_error_of_ours_is_500_logged_and_tells_the_client_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_arguments: object) -> None:
        raise RuntimeError("the secret cause")

    monkeypatch.setattr(api.services.customers, "page", broken)
    answer = await api.request("GET", "/api/customers", bearer=await api.token(), headers={"X-Request-ID": "find-me"})
    assert (answer.status, answer.headers["X-Request-Id"]) == (500, "find-me")
    assert answer.json() == {"status": "error", "message": "Internal server error"}
    (logged,) = [record for record in own_records(caplog) if record.levelno >= logging.ERROR]
    assert "find-me" in logged.getMessage()
    assert logged.exc_info is not None


async def test_no_query_is_logged(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await api.request("GET", "/api/calls?number=%2B15550100", bearer=await api.token())
    assert "/api/calls" in caplog.text
    assert "15550100" not in caplog.text


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/api/calls/%2B15550100", "GET /api/calls/{call_id} 404"),
        ("/api/customers/15550100", "GET /api/customers/{customer_id} 404"),
        ("/api/process-calls/15550100?x=15550100", "GET /api/process-calls/######## 404"),
        (f"/{'y' * 5000}15550100", f"GET /{'y' * 99} 404"),
    ],
)
async def test_of_what_is_not_there_the_log_does_not_repeat_what_was_looked_for(
    api: Api, caplog: pytest.LogCaptureFixture, path: str, logged: str
) -> None:
    with caplog.at_level(logging.DEBUG):
        await api.request("GET", path, bearer=await api.token())
        await api.request("GET", path)
    assert logged in caplog.text
    assert "15550100" not in caplog.text


async def test_health_is_exactly_the_contracts_three_fields(api: Api) -> None:
    answer = await api.request("GET", "/health")
    assert (answer.status, list(answer.json())) == (200, ["status", "version", "timestamp"])
    assert answer.json()["status"] == "degraded"  # no worker is there


async def test_health_is_503_where_no_call_could_be_accepted(api: Api) -> None:
    async def full(_more_bytes: int) -> bool:
        return False

    async with serving(api, writable=full, lacking=list) as port, connected(port) as wire:
        await wire.head("GET", "/health")
        answer = await wire.answer()
    assert (answer.status, b'"unhealthy"' in answer.body) == (503, True)


async def test_health_is_healthy_where_nothing_lacks(api: Api) -> None:
    async with serving(api, lacking=list) as port, connected(port) as wire:
        await wire.head("GET", "/health")
        assert b'"healthy"' in (await wire.answer()).body


# -- JSON bodies ---------------------------------------------------------------------------------------------

CREATE = b'{"name": "Ada", "company_name": "Ada Ltd", "email": "ada@example.com"%s}'


FAULTS: list[tuple[bytes, str, str | None]] = [
    (b"", "body", None),
    (b"{", "body", None),
    (b"[]", "body", "must be an object, not a list"),
    (b"\xff", "body", None),
    (b"[" * 100_000, "body", None),
    (b"{}", "name", "is required"),
    (CREATE % b', "colour": 1', "colour", "is not a field of this request"),
    (CREATE % b', "is_active": "yes"', "is_active", "must be true or false, not a text"),
    (CREATE % b', "retention_days": {"recordings": "x"}', "retention_days.recordings", None),
]


async def test_json_at_fault_is_400_and_names_the_field(api: Api) -> None:
    admin = await api.token()
    for body, field, problem in FAULTS:
        answer = await api.request("POST", "/api/customers", bearer=admin, body=body)
        assert (answer.status, answer.json()["message"]) == (400, "Invalid request parameters")
        (found,) = answer.json()["details"]
        assert (found["field"], problem) in ((field, None), (field, found["problem"]))


@pytest.mark.usefixtures("patient_drain")
async def test_a_json_body_beyond_reason_is_413(api: Api) -> None:
    body = CREATE % b"".join([b" "] * base.JSON_BODY_LIMIT_BYTES)
    answer = await api.request("POST", "/api/customers", bearer=await api.token(), body=body)
    assert answer.status == 413
    assert answer.json() == {"status": "error", "message": "Request body too large"}


@pytest.mark.parametrize("path", ["/api/calls", "/api/deliveries"])
async def test_every_parameter_of_a_query_at_fault_is_named(api: Api, path: str) -> None:
    query = "customer_id=x&state=odd&since=yesterday&until=2026-99-01&limit=0&cursor=-1"
    answer = await api.request("GET", f"{path}?{query}", bearer=await api.token())
    assert answer.status == 400
    named = {item["field"] for item in answer.json()["details"]}
    assert named == {"customer_id", "state", "since", "until", "limit", "cursor"}


async def test_the_times_at_which_calls_ended_are_read_like_the_others(api: Api) -> None:
    query = "finished_since=yesterday&finished_until=2026-99-01&error_code=none-such"
    answer = await api.request("GET", f"/api/calls?{query}", bearer=await api.token())
    assert answer.status == 400
    assert {item["field"] for item in answer.json()["details"]} == {"finished_since", "finished_until"}


async def test_a_page_that_cannot_be_is_400(api: Api) -> None:
    admin = await api.token()
    for query in (
        "limit=501",
        "limit=1.5",
        "limit=",
        "cursor=99999999999999999999",
        "limit=%00",
        "limit=1_0",
        "limit=%2B1",
        "limit=%D9%A1",
    ):
        assert (await api.request("GET", f"/api/calls?{query}", bearer=admin)).status == 400, query


async def test_a_customer_lists_its_own_calls_whatever_it_asks_for(intake: Intake) -> None:
    other, other_key = await intake.api.customer()
    headers = {"Content-Type": CONTENT_TYPE}
    await intake.api.request("POST", "/api/process-call", key=intake.key, body=a_form(), headers=headers)
    mine = await intake.api.request("GET", f"/api/calls?customer_id={other.id}", key=intake.key)
    theirs = await intake.api.request("GET", f"/api/calls?customer_id={intake.customer_id}", key=other_key)
    (call,) = mine.json()["calls"]
    assert theirs.json() == {"calls": [], "next_cursor": None}
    for path in (f"/api/calls/{call['call_id']}", f"/api/calls/{call['call_id']}/recording"):
        assert (await intake.api.request("GET", path, key=other_key)).status == 404
        assert (await intake.api.request("GET", path, key=intake.key)).status == 200
    recording = await intake.api.request("GET", path, key=intake.key)
    assert (recording.body, recording.headers["Content-Type"]) == (AUDIO, "audio/wav")
