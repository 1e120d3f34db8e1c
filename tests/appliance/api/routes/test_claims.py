"""The claim of an attempt, and the recording with it; and the word of its holder that it lives."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import msgspec
import pytest

from appliance.api.http import files
from appliance.api.http.admission import AdmittingHandler
from appliance.domain.call import CallState
from appliance.errors import Unavailable
from appliance.messages.claim_headers import (
    PROTOCOL,
    PROTOCOL_HEADER,
    SECRET_HEADER,
    SHA256_HEADER,
    WORKER_HEADER,
    boot_of,
)
from appliance.messages.lease_renewal import LEASES_PATH, ClaimedCall, LeaseRenewal
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import calls
from appliance.worker import recording_fetch
from appliance.worker.recording_fetch import NoRoom, NoRoomForEver, RecordingFetcher
from tests.appliance.api.conftest import Api
from tests.appliance.api.forms import AUDIO, CONTENT_TYPE, a_form

WORKER = {WORKER_HEADER: "box/cpu", SECRET_HEADER: "first life", PROTOCOL_HEADER: str(PROTOCOL)}
BOOT = boot_of("first life")
EXPIRES = 9_999_999_999


@pytest.fixture
async def call_id(api: Api) -> str:
    """A call that waits for a worker."""
    _, key = await api.customer()
    answer = await api.request(
        "POST", "/api/process-call", key=key, body=a_form(), headers={"Content-Type": CONTENT_TYPE}
    )
    accepted: str = answer.json()["call_id"]
    return accepted


def address(call_id: str, keys: Keys) -> str:
    signature = keys.sign_recording(call_id, 1, 1, EXPIRES)
    return f"/internal/recordings/{call_id}?revision=1&attempt=1&expires={EXPIRES}&signature={signature}"


async def state_of(api: Api, call_id: str) -> CallState | None:
    call = await api.database.read(lambda tx: calls.get(tx, call_id))
    return call.state if call else None


async def test_a_worker_that_posts_holds_the_attempt_and_has_the_recording(api: Api, call_id: str, keys: Keys) -> None:
    answer = await api.request("POST", address(call_id, keys), headers=WORKER)
    assert (answer.status, answer.body) == (200, AUDIO)
    assert answer.headers[SHA256_HEADER.title()] == hashlib.sha256(AUDIO).hexdigest()
    assert await state_of(api, call_id) is CallState.PROCESSING


async def test_a_worker_of_before_there_were_tokens_is_to_wait_and_its_claim_counts_for_no_attempt(
    api: Api, call_id: str, keys: Keys
) -> None:
    of_before = {name: value for name, value in WORKER.items() if name != PROTOCOL_HEADER}

    answers = [await api.request("POST", address(call_id, keys), headers=of_before) for _ in range(4)]

    assert {(one.status, one.headers["Retry-After"]) for one in answers} == {(503, "10")}
    assert await state_of(api, call_id) is CallState.RECEIVED
    assert (await api.request("POST", address(call_id, keys), headers=WORKER)).status == 200


async def test_who_did_not_get_the_address_from_us_is_not_told_which_versions_we_take(api: Api, call_id: str) -> None:
    unsigned = f"/internal/recordings/{call_id}?revision=1&attempt=1&expires={EXPIRES}&signature=none"
    of_before = {WORKER_HEADER: "box/cpu", SECRET_HEADER: "first life"}
    assert (await api.request("POST", unsigned, headers=of_before)).status == 401


async def test_who_knows_the_name_of_a_life_claims_nothing_that_it_holds(api: Api, call_id: str, keys: Keys) -> None:
    """Its name stands in every heartbeat. With it the call's audio, and the token to report it, were had."""
    await api.request("POST", address(call_id, keys), headers=WORKER)
    for secret in (BOOT, boot_of(BOOT), "another life"):
        headers = {**WORKER, SECRET_HEADER: secret, "X-Worker-Boot": BOOT}
        answer = await api.request("POST", address(call_id, keys), headers=headers)
        assert (answer.status, AUDIO in answer.body) == (410, False)
    assert (await api.request("POST", address(call_id, keys), headers=WORKER)).status == 200


async def test_a_get_is_refused_and_claims_nothing(api: Api, call_id: str, keys: Keys) -> None:
    answer = await api.request("GET", address(call_id, keys), headers=WORKER)
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    assert await state_of(api, call_id) is CallState.RECEIVED


@pytest.mark.parametrize("name", ["", "x" * 201, "box\x07/cpu"])
async def test_a_worker_has_a_name_that_can_be_stored_and_shown(api: Api, call_id: str, keys: Keys, name: str) -> None:
    for header in (WORKER_HEADER, SECRET_HEADER):
        answer = await api.request("POST", address(call_id, keys), headers={**WORKER, header: name})
        assert answer.status == 400
    assert await state_of(api, call_id) is CallState.RECEIVED


async def test_the_workers_own_fetch_is_that_post(api: Api, call_id: str, keys: Keys, tmp_path: Path) -> None:
    fetcher = RecordingFetcher(f"http://127.0.0.1:{api.port}")
    fetched = tmp_path / "recording"
    tokens: list[str] = []
    where = address(call_id, keys), fetched, "box/cpu", "first life"
    await asyncio.to_thread(fetcher.fetch, *where, threading.Event(), tokens.append)
    assert tokens == [keys.claim_token(call_id, 1, 1, "box/cpu", BOOT)]
    assert fetched.read_bytes() == AUDIO
    assert await state_of(api, call_id) is CallState.PROCESSING


@pytest.mark.parametrize("place", ["open", "read"])
@pytest.mark.parametrize(("number", "state"), [(errno.ENOMEM, CallState.PROCESSING), (errno.EIO, CallState.FAILED)])
async def test_only_a_recording_that_the_disk_has_damaged_fails_its_call(
    api: Api, call_id: str, keys: Keys, monkeypatch: pytest.MonkeyPatch, place: str, number: int, state: CallState
) -> None:
    def refused(*_: object) -> NoReturn:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        if place == "open":
            patched.setattr(api.services.calls.recordings, "open", refused)
            answer = await api.request("POST", address(call_id, keys), headers=WORKER)
            assert answer.status == (503 if state is CallState.PROCESSING else 500)
        else:
            patched.setattr(files, "_read", refused)
            with pytest.raises(Exception, match=r"IncompleteRead|reset"):
                await api.request("POST", address(call_id, keys), headers=WORKER)

    again = await api.request("POST", address(call_id, keys), headers=WORKER)
    assert again.status == (200 if state is CallState.PROCESSING else 410)
    assert await state_of(api, call_id) is state


@pytest.mark.parametrize("place", ["size", "open"])
async def test_a_claimed_recording_that_cannot_be_had_for_long_can_be_given_back(
    api: Api, call_id: str, keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def refused(*_: object) -> NoReturn:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(api.services.calls.recordings, place, refused)
    monkeypatch.setattr(recording_fetch, "TRY_AGAIN_AFTER_SECONDS", 0.0001)
    monkeypatch.setattr(recording_fetch, "GIVE_UP_AFTER_TRIES", 3)
    fetcher = RecordingFetcher(f"http://127.0.0.1:{api.port}")
    tokens: list[str] = []
    where = address(call_id, keys), tmp_path / "recording", "box/cpu", "first life"
    with pytest.raises(Unavailable):
        await asyncio.to_thread(fetcher.fetch, *where, threading.Event(), tokens.append)

    assert set(tokens) == {keys.claim_token(call_id, 1, 1, "box/cpu", BOOT)}
    assert await state_of(api, call_id) is CallState.PROCESSING


async def test_a_worker_of_this_machine_is_known_by_any_of_its_addresses(api: Api, call_id: str, keys: Keys) -> None:
    """To a second address of a card it speaks from the first: each of its claims was answered with 401."""
    reader, writer = await asyncio.open_connection("127.0.0.1", api.port, local_addr=("127.0.0.2", 0))
    head = [f"POST {address(call_id, keys)} HTTP/1.1", "Host: vbot", "Content-Length: 0", "Connection: close"]
    writer.write("\r\n".join([*head, *(f"{name}: {text}" for name, text in WORKER.items()), "", ""]).encode())
    answer = await reader.read()
    writer.close()
    assert answer.startswith(b"HTTP/1.1 200 ")


async def test_a_worker_that_is_not_let_in_says_so_once_and_drops_no_call(
    api: Api,
    call_id: str,
    keys: Keys,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(AdmittingHandler, "_is_of_this_machine", False)
    monkeypatch.setattr("appliance.worker.recording_fetch.TRY_AGAIN_AFTER_SECONDS", 0.0001)
    fetcher = RecordingFetcher(f"http://127.0.0.1:{api.port}")
    where = address(call_id, keys), tmp_path / "recording", "box/cpu", "first life"
    with pytest.raises(Unavailable):
        await asyncio.to_thread(fetcher.fetch, *where, threading.Event(), lambda _token: None)
    told = [line.getMessage() for line in caplog.records if "does not let this worker in (401)" in line.getMessage()]
    assert len(told) == 1
    assert "VBOT_API_URL" in told[0]
    assert await state_of(api, call_id) is CallState.RECEIVED
    monkeypatch.undo()
    await asyncio.to_thread(fetcher.fetch, *where, threading.Event(), lambda _token: None)


async def test_a_recording_that_finds_no_room_is_waited_for_in_words_and_not_for_ever(
    api: Api,
    call_id: str,
    keys: Keys,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(recording_fetch, "TRY_AGAIN_AFTER_SECONDS", 0.0001)
    monkeypatch.setattr(recording_fetch, "MOST_TIMES_WITHOUT_ROOM", 2)
    room = [len(AUDIO) - 1]
    monkeypatch.setattr(recording_fetch.shutil, "disk_usage", lambda _: SimpleNamespace(free=room[0]))
    fetcher = RecordingFetcher(f"http://127.0.0.1:{api.port}")
    (folder := tmp_path / "vbot-1").mkdir()
    where = address(call_id, keys), folder / "recording", "box/cpu", "first life"
    tokens: list[str] = []

    with pytest.raises(NoRoom):
        await asyncio.to_thread(fetcher.fetch, *where, threading.Event(), tokens.append)
    assert fetcher.obstacle == f"{tmp_path} has no room for a recording of 0 MB"
    told = [line.getMessage() for line in caplog.records if "has no room" in line.getMessage()]
    assert len(told) == 1
    assert not (folder / "recording").exists()
    assert tokens, "it is claimed, and can be given back"
    with pytest.raises(NoRoomForEver):
        await asyncio.to_thread(fetcher.fetch, *where, threading.Event(), tokens.append)
    assert fetcher.obstacle == "", "nobody waits for it any more"

    monkeypatch.setattr(recording_fetch, "MOST_TIMES_WITHOUT_ROOM", 100)
    for seconds in (0.0, 600.0):
        monkeypatch.setattr(recording_fetch, "NO_ROOM_COUNTS_SECONDS", seconds)
        with pytest.raises(NoRoom):
            await asyncio.to_thread(fetcher.fetch, *where, threading.Event(), tokens.append)
        assert bool(fetcher.obstacle) is bool(seconds), "what was not asked for again for long is forgotten"

    room[0] = len(AUDIO)
    assert fetcher.obstacle == ""
    await asyncio.to_thread(fetcher.fetch, *where, threading.Event(), tokens.append)
    assert (folder / "recording").read_bytes() == AUDIO


async def test_a_disk_that_takes_less_than_it_says_is_told_by_its_word(
    api: Api, call_id: str, keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording_fetch, "TRY_AGAIN_AFTER_SECONDS", 0.0001)
    fetcher = RecordingFetcher(f"http://127.0.0.1:{api.port}")
    (folder := tmp_path / "vbot-1").mkdir()
    (folder / "recording").symlink_to("/dev/full")
    stopping = threading.Event()
    where = address(call_id, keys), folder / "recording", "box/cpu", "first life"
    lacks = RecordingFetcher._lacks_room

    def once(self: RecordingFetcher, *given: Any) -> NoRoom:
        stopping.set()
        return lacks(self, *given)

    monkeypatch.setattr(RecordingFetcher, "_lacks_room", once)
    with pytest.raises(NoRoom, match="has no room for a recording"):
        await asyncio.to_thread(fetcher.fetch, *where, stopping, lambda _: None)
    assert not (folder / "recording").is_symlink(), "what was written of it takes no room"


def renewal(call_id: str, token: str, worker: str = "box/cpu") -> LeaseRenewal:
    held = ClaimedCall(call_id=call_id, revision=1, attempt=1, claim_token=token)
    return LeaseRenewal(worker=worker, boot=BOOT, held=[held])


async def heard_at(api: Api, call_id: str) -> float:
    return api.services.health.take_readings._leases._leases[call_id].heard_at


async def test_the_workers_own_renewal_is_heard_by_the_token_of_its_claim(api: Api, call_id: str, keys: Keys) -> None:
    await api.request("POST", address(call_id, keys), headers=WORKER)
    claimed = await heard_at(api, call_id)
    fetcher = RecordingFetcher(f"http://127.0.0.1:{api.port}")
    token = keys.claim_token(call_id, 1, 1, "box/cpu", BOOT)

    await asyncio.to_thread(fetcher.renew, renewal(call_id, token))

    assert await heard_at(api, call_id) > claimed


@pytest.mark.parametrize("token", ["", "0" * 64, "half a \u20ac"])
async def test_nobody_else_renews_a_lease(api: Api, call_id: str, keys: Keys, token: str) -> None:
    await api.request("POST", address(call_id, keys), headers=WORKER)
    claimed = await heard_at(api, call_id)
    others = keys.claim_token(call_id, 1, 1, "evil/cpu", BOOT)
    fetcher = RecordingFetcher(f"http://127.0.0.1:{api.port}")

    for one in (renewal(call_id, token), renewal(call_id, others)):
        with pytest.raises(Unavailable, match="401"):
            await asyncio.to_thread(fetcher.renew, one)
    await asyncio.to_thread(fetcher.renew, renewal(call_id, others, "evil/cpu"))  # a token, but none of the holder's

    assert await heard_at(api, call_id) == claimed


async def test_a_claim_that_is_not_proven_costs_no_other_its_lease(api: Api, call_id: str, keys: Keys) -> None:
    await api.request("POST", address(call_id, keys), headers=WORKER)
    claimed = await heard_at(api, call_id)
    good = renewal(call_id, keys.claim_token(call_id, 1, 1, "box/cpu", BOOT))
    unproven = ClaimedCall(call_id="another", revision=1, attempt=1, claim_token="of an api of before")
    fetcher = RecordingFetcher(f"http://127.0.0.1:{api.port}")

    with pytest.raises(Unavailable, match="401"):
        await asyncio.to_thread(fetcher.renew, msgspec.structs.replace(good, held=[unproven, *good.held]))

    assert await heard_at(api, call_id) > claimed


async def test_what_is_no_renewal_is_refused(api: Api) -> None:
    for body in (b"", b"[]", b"{}", b'{"worker": 1}'):
        assert (await api.request("POST", LEASES_PATH, body=body)).status == 400
    assert (await api.request("GET", LEASES_PATH)).status == 405
