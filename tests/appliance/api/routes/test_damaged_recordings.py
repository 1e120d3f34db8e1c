"""A recording that the disk has damaged: who asks for it is told, and so is whoever looks at the appliance."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from appliance.api.routes import calls as routes
from appliance.domain.call import CallError, CallState
from appliance.domain.clock import utc_now
from appliance.services.health.damaged_recordings import TOLD_FOR
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.recording_file import RecordingWriter
from appliance.storage.tables import calls, stored_recordings
from appliance.storage.tables.stored_recordings import StoredRecording
from tests.appliance.api.conftest import Answer, Api
from tests.appliance.builders import KEYS, NOON, a_call, a_recording
from tests.support.file_faults import flip, truncate
from tests.support.parts import heartbeat

AUDIO = a_recording(bytes(range(256)) * 2000)


@pytest.fixture
async def recording(api: Api, folder: DataFolder) -> Path:
    """Where the recording of `call` lies, as an upload leaves it; the appliance is well."""
    path = folder.recordings / "call-1"
    writer = RecordingWriter(path.open("wb"), KEYS)
    writer.write(AUDIO)
    writer.finish()
    row = StoredRecording("call", 1, path.name, len(AUDIO), hashlib.sha256(AUDIO).hexdigest(), NOON)
    call = a_call("call", customer_id=1)
    await api.database.write(lambda tx: (calls.insert(tx, call), stored_recordings.insert(tx, row)))
    leases = api.services.health.take_readings._leases
    leases._monotonic = lambda: 0.0  # its one heartbeat is new, however long a busy machine takes
    leases.observe(heartbeat(1))
    api.appliance.relay.reachable = True
    return path


async def download(api: Api, **headers: str) -> Answer:
    path = "/api/calls/call/recording"
    return await api.request("GET", path, bearer=await api.token(), headers=headers)


async def system(api: Api) -> tuple[Any, str]:
    """The component, and what /health says."""
    body = (await api.request("GET", "/api/system", bearer=await api.token())).json()
    (component,) = [one for one in body["components"] if one["name"] == "recordings"]
    health = (await api.request("GET", "/health")).json()["status"]
    assert body["health"] == health
    return component, health


@pytest.mark.parametrize("at", [20, 100, 200_000, len(AUDIO) - 10])
async def test_the_download_of_a_damaged_recording_is_an_error_with_the_reason(
    api: Api, recording: Path, at: int
) -> None:
    assert (await download(api)).body == AUDIO
    flip(recording, at)

    answer = await download(api)

    assert (answer.status, answer.json()["message"]) == (500, "Internal server error")
    (detail,) = answer.json()["details"]
    assert (detail["field"], "is damaged on the appliance's disk" in detail["problem"]) == ("file", True)
    assert (await download(api, Range=f"bytes={max(at - 10, 0)}-{at + 10}")).status == 500


async def test_a_recording_whose_end_is_gone_is_an_error_and_its_whole_parts_can_be_had(
    api: Api, recording: Path
) -> None:
    truncate(recording, 300_000)
    assert (await download(api)).status == 500
    part = await download(api, Range="bytes=0-999")
    assert (part.status, part.body) == (206, AUDIO[:1000])


async def test_a_recording_found_damaged_by_a_download_is_told_by_system_and_health(api: Api, recording: Path) -> None:
    assert (await system(api))[1] == "healthy"
    flip(recording, 200_000)
    await download(api)

    component, health = await system(api)

    assert (component["state"], health) == ("failed", "degraded")
    assert "The recording of 1 call was found damaged on the disk since " in component["reason"]
    assert ": of call call. " in component["reason"]
    assert "smartctl" in component["reason"]


async def test_a_recording_that_breaks_off_after_its_headers_is_told_too(
    api: Api, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "PROVEN_BYTES", 65536)
    flip(recording, 400_000)
    with pytest.raises(Exception, match=r"IncompleteRead|reset"):
        await download(api)
    assert (await system(api))[1] == "degraded"


async def test_a_call_that_failed_by_its_damaged_recording_is_told_by_system_and_health(
    api: Api, recording: Path
) -> None:
    failed = a_call(
        "lost",
        customer_id=1,
        state=CallState.FAILED,
        finished_at=utc_now(),
        error=CallError("recording_damaged", "the recording is damaged on the appliance's disk"),
    )
    await api.database.write(lambda tx: calls.insert(tx, failed))
    component, health = await system(api)
    assert (component["state"], health) == ("failed", "degraded")
    assert "of call lost" in component["reason"]


async def test_since_when_stays_and_a_good_copy_ends_the_alarm_once_it_was_read(api: Api, recording: Path) -> None:
    flip(recording, 200_000)
    await download(api)
    reason = (await system(api))[0]["reason"]
    await download(api)
    assert (await system(api))[0]["reason"] == reason
    flip(recording, 200_000)  # as it was
    assert (await download(api, Range="bytes=0-9")).status == 206
    assert (await system(api))[1] == "degraded", "that was not all of it"
    assert (await download(api)).body == AUDIO
    assert (await system(api))[1] == "healthy"


async def test_what_a_download_finds_goes_on_being_told_when_its_analysis_failed_long_ago(
    api: Api, recording: Path
) -> None:
    """The newer of the two counts, also after the next look at the failed calls."""
    failed_at = utc_now() - TOLD_FOR + timedelta(seconds=30)
    error = CallError("recording_damaged", "the recording is damaged on the appliance's disk")
    failed = a_call("call", customer_id=1, state=CallState.FAILED, finished_at=failed_at, error=error)
    await api.database.write(lambda tx: calls.update(tx, failed))
    assert str(failed_at.year) in (await system(api))[0]["reason"]
    flip(recording, 200_000)
    await download(api)
    looks = api.services.health.read_damaged_recordings
    looks.look._holds_until = float("-inf")
    seen = await looks()
    assert seen.since is not None
    assert utc_now() - seen.since < timedelta(minutes=5)
