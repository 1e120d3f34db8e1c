"""The published limits: 100 requests a minute per key, 10 calls at once per customer, and the recording's size."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

import pytest

from appliance.api.routes.process_call import IDLE_LIMIT_SECONDS
from tests.end_to_end.conftest import IN_TIME_SECONDS, TRIES, MovingWindow
from tests.end_to_end.contract import assert_error
from tests.end_to_end.raw_http import connected, read_answer, told_at_its_end, upload_body, upload_head
from tests.support.appliance import RunningAppliance, vbot
from tests.support.processes import wait_until
from tests.support.recordings import silence, silent_wav_stream

pytestmark = pytest.mark.slow

HUGE = 900 * 1024 * 1024  # more than VBOT_MAX_RECORDING_MB
LARGE = 300 * 1024 * 1024  # less
DISK_SECONDS = 300.0  # in which a disk that others use has taken 400 MB


def test_every_answer_on_a_key_says_what_is_left_of_its_limit(api_alone: RunningAppliance) -> None:
    key = api_alone.new_customer()["api_key"]

    answers = [api_alone.request("GET", "/api/calls", key=key) for _ in range(3)]

    assert [answer.headers["X-RateLimit-Limit"] for answer in answers] == ["100"] * 3
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["99", "98", "97"]
    assert all(0 <= int(answer.headers["X-RateLimit-Reset"]) <= 60 for answer in answers)


def test_the_101st_request_of_a_minute_is_refused_on_every_route_of_that_key_only(
    api_alone: RunningAppliance,
) -> None:
    other = api_alone.new_customer()["api_key"]

    for _ in range(TRIES):  # a busy machine may need more than the minute
        key = api_alone.new_customer()["api_key"]
        began = time.monotonic()
        statuses = [api_alone.request("GET", "/api/calls", key=key).status_code for _ in range(100)]
        refused = api_alone.request("GET", "/api/calls", key=key)
        upload = api_alone.submit(key, silence(0.2))
        if time.monotonic() - began < IN_TIME_SECONDS:
            break

    assert statuses == [200] * 100
    for answer in (refused, upload):
        assert_error(answer, 429, "Rate limit exceeded")
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        assert answer.headers["X-RateLimit-Limit"] == "100"
        assert answer.headers["X-RateLimit-Remaining"] == "0"
        assert 1 <= int(answer.headers["X-RateLimit-Reset"]) <= 60
    assert api_alone.request("GET", "/api/calls", key=other).status_code == 200


def test_bearer_requests_have_no_limit(api_alone: RunningAppliance) -> None:
    statuses = {api_alone.admin("GET", "/api/customers?limit=1").status_code for _ in range(130)}

    assert statuses == {200}


def test_the_rate_limit_is_a_moving_window(moving_window: MovingWindow) -> None:
    moving_window.end(500)

    assert moving_window.failure is None
    assert moving_window.early == [200]
    assert moving_window.burst == [200] * 99
    assert moving_window.over == [429]
    # A fixed window would have let 100 pass again; here only the early request has left it.
    assert moving_window.after_a_minute == [200, 429]


def test_the_eleventh_unfinished_call_is_refused_before_its_body_is_read(api_alone: RunningAppliance) -> None:
    key = api_alone.new_customer()["api_key"]
    for _ in range(10):
        api_alone.accepted(key, silence(0.2))

    with connected(api_alone) as connection:
        connection.sendall(upload_head(key, LARGE) + upload_body(b"", closed=False)[:200])
        answer = read_answer(connection)

    assert answer.status == 429
    assert b'"Too many concurrent calls"' in answer.body
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.headers["x-request-id"]
    assert answer.seconds < 25  # 2 s are granted to a client that goes on sending

    whole = api_alone.submit(key, silence(0.2))
    assert_error(whole, 429, "Too many concurrent calls")
    assert int(whole.headers["Retry-After"]) >= 1


def test_ten_uploads_in_progress_hold_all_slots_and_give_them_back_when_they_break_off(
    api_alone: RunningAppliance,
) -> None:
    held = "vbot_uploads_in_progress 10.0\n"
    for _ in range(TRIES):  # a busy machine may need longer than an upload may say nothing
        key = api_alone.new_customer()["api_key"]
        began = time.monotonic()
        with contextlib.ExitStack() as stack:
            for _ in range(10):
                connection = stack.enter_context(connected(api_alone))
                connection.sendall(upload_head(key, LARGE) + upload_body(silence(0.2), closed=False))
            all_are_held = wait_until(lambda: held in api_alone.request("GET", "/metrics").text, 60, 0.1)
            refused = api_alone.submit(key, silence(0.2))
        if time.monotonic() - began < IDLE_LIMIT_SECONDS:
            break

    assert all_are_held
    assert_error(refused, 429, "Too many concurrent calls")
    assert wait_until(lambda: api_alone.submit(key, silence(0.2)).status_code == 200, 60, 0.5)


def test_a_recording_that_is_too_large_is_refused_before_it_is_read(api_alone: RunningAppliance) -> None:
    key = api_alone.new_customer()["api_key"]

    with connected(api_alone) as connection:
        connection.sendall(upload_head(key, HUGE) + upload_body(b"", closed=False)[:200])
        answer = read_answer(connection)

    assert answer.status == 413
    assert answer.body.replace(b" ", b"").startswith(b'{"status":"error","message":"Recordingtoolarge"')
    assert answer.headers["x-request-id"]
    assert answer.seconds < 25


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAppliance]:
    """An api that takes recordings of at most one megabyte."""
    running = RunningAppliance(tmp_path_factory.mktemp("small"), {"VBOT_MAX_RECORDING_MB": "1"}, command="api")
    assert vbot("init", data_dir=running.data_dir, settings=running.settings).returncode == 0
    with running:
        yield running


def test_a_recording_in_chunks_is_refused_as_soon_as_it_is_too_large(small: RunningAppliance) -> None:
    key = small.new_customer()["api_key"]
    start = upload_body(silence(0.2), closed=False)
    block = bytes(100_000)

    with connected(small) as connection:
        connection.sendall(upload_head(key, None, chunked=True) + chunk(start))
        with contextlib.suppress(ConnectionError):  # after the answer, to who is kept waiting by a busy machine
            for _ in range(14):  # the end never comes
                connection.sendall(chunk(block))
        answer = read_answer(connection)

    assert answer.status == 413
    assert b'"Recording too large"' in answer.body


def test_one_chunk_that_claims_too_much_is_refused_likewise(small: RunningAppliance) -> None:
    key = small.new_customer()["api_key"]
    start = upload_body(silence(0.2), closed=False)

    with connected(small) as connection:
        connection.sendall(upload_head(key, None, chunked=True) + chunk(start) + b"%x\r\n" % HUGE)
        with contextlib.suppress(ConnectionError):  # as above
            connection.sendall(bytes(1_400_000))  # of 900 MB
        answer = read_answer(connection)

    assert answer.status == 413
    assert b'"Recording too large"' in answer.body
    assert answer.headers["x-request-id"]


def chunk(data: bytes) -> bytes:
    """Wrap data for `Transfer-Encoding: chunked`."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def test_an_ordinary_recording_that_is_too_large_is_refused_to_an_ordinary_client(small: RunningAppliance) -> None:
    key = small.new_customer()["api_key"]

    refused = told_at_its_end(lambda: small.submit(key, silence(110.0)))  # 1.7 MB
    assert_error(refused, 413, "Recording too large")
    assert small.submit(key, silence(60.0)).status_code == 200


def test_an_upload_that_does_not_say_how_long_it_is_is_refused(api_alone: RunningAppliance) -> None:
    key = api_alone.new_customer()["api_key"]

    with connected(api_alone) as connection:
        connection.sendall(upload_head(key, None))
        answer = read_answer(connection)

    assert answer.status == 411
    assert b'"status"' in answer.body


def test_a_refused_upload_from_an_ordinary_client_is_an_answer_and_not_a_reset(
    api_alone: RunningAppliance,
) -> None:
    assert_error(told_at_its_end(lambda: api_alone.submit("unknown", bytes(900_000))), 401)


def test_a_recording_of_400_mb_is_accepted_in_little_memory(api_alone: RunningAppliance) -> None:
    key = api_alone.new_customer()["api_key"]
    size = 400 * 1024 * 1024
    head, _, tail = upload_body(b"\0", closed=True).partition(b"\0")
    blocks = silent_wav_stream(size)
    header = next(blocks)
    api = api_alone.one("vbot api")
    before = api.resident_bytes
    peak = 0

    with connected(api_alone) as connection:
        connection.settimeout(DISK_SECONDS)
        connection.sendall(upload_head(key, len(head) + len(header) + size + len(tail)) + head + header)
        for number, block in enumerate(blocks):
            connection.sendall(block)
            if number % 20 == 0:
                peak = max(peak, api.resident_bytes)
        connection.sendall(tail)
        answer = read_answer(connection, DISK_SECONDS)
    peak = max(peak, api.resident_bytes)

    assert answer.status == 200, answer.body
    assert peak - before < 200 * 1024 * 1024
