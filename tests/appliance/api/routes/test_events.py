"""GET /api/events over HTTP: who may watch, what is told, and how streams begin, go on and end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
from datetime import timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from appliance.api.application import ROUTES
from appliance.api.openapi.document import openapi_document
from appliance.api.routes import events
from appliance.api.shapes.replies.events import EVENT_SHAPES
from appliance.domain.actor import OWNER
from appliance.domain.clock import utc_now
from appliance.domain.live_event import (
    BackupChanged,
    CallChanged,
    EventType,
    HealthChanged,
    PbxChanged,
    WorkerChanged,
    WorkerState,
)
from appliance.domain.token import Role
from appliance.messages.call_result import Failure
from appliance.services.events.live_events import MOST_OF_ONE, MOST_SUBSCRIBERS, LiveEvents
from appliance.storage.folder.keys import Keys, seal_recovery_key
from tests.appliance.api.conftest import Api
from tests.appliance.api.forms import CONTENT_TYPE, a_form
from tests.appliance.api.openapi.test_openapi import LIMITS
from tests.appliance.api.raw_http import connected
from tests.appliance.api.watching import Watcher, watching
from tests.appliance.builders import NOON, a_call
from tests.support.server_sent_events import Event

SECRET_URL = "http://127.0.0.1:9/secret-path?token=secret-query"


def publish(api: Api, *names: str) -> None:
    for name in names:
        api.services.health.live_events.publish(BackupChanged(name, NOON, "running"))


async def submit(api: Api, key: str, recording: bytes | None = None) -> str:
    body = a_form() if recording is None else a_form(recording)
    answer = await api.request("POST", "/api/process-call", key=key, body=body, headers={"Content-Type": CONTENT_TYPE})
    assert answer.status == 200, answer.text
    return str(answer.json()["call_id"])


async def until(condition: Any) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.005)


# -- who, and how it begins ----------------------------------------------------------------------------------


async def test_a_stream_begins_without_an_event_and_says_where_it_stands(api: Api) -> None:
    publish(api, "before")
    async with watching(api, await api.token(Role.VIEWER)) as watcher:
        assert watcher.response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert watcher.response.headers["Cache-Control"] == "no-store, no-transform"
        assert watcher.response.headers["X-Accel-Buffering"] == "no"
        assert "Content-Encoding" not in watcher.response.headers
        assert watcher.response.headers["X-Request-ID"]
        assert watcher.last_id.endswith("-1")
        assert watcher.parser.retry == events.RETRY_MILLISECONDS
        publish(api, "after")
        assert (await watcher.event()).data["name"] == "after"


async def test_a_client_that_would_take_it_pressed_reads_it_plain(api: Api) -> None:
    async with watching(api, await api.token(), headers={"Accept-Encoding": "gzip, deflate, br"}) as watcher:
        assert "Content-Encoding" not in watcher.response.headers


async def test_customers_and_strangers_do_not_watch(api: Api) -> None:
    _, key = await api.customer()
    assert (await api.request("GET", "/api/events")).status == 401
    assert (await api.request("GET", "/api/events", bearer="unknown")).status == 401
    assert (await api.request("GET", "/api/events", key=key)).status == 403
    assert (await api.request("GET", "/api/events", bearer=key)).status == 403
    assert api.services.health.live_events.subscribers == 0


@pytest.mark.parametrize("query", ["types=", "types=call,", "types=calls", "types=reset", "customer_id=x"])
async def test_a_filter_that_is_none_is_refused(api: Api, query: str) -> None:
    answer = await api.request("GET", f"/api/events?{query}", bearer=await api.token())
    assert answer.status == 400
    assert answer.json()["details"][0]["field"] == query.partition("=")[0]


# -- what is told --------------------------------------------------------------------------------------------


async def test_a_call_is_told_of_from_its_acceptance_to_its_end(api: Api) -> None:
    customer, key = await api.customer()
    async with watching(api, await api.token()) as watcher:
        call_id = await submit(api, key)
        received = await watcher.event()
        await api.services.calls.claim_call._finish_call.fail(call_id, Failure(code="engine_error", message="it broke"))
        failed, delivery = await watcher.events(2)

    shown = (await api.request("GET", f"/api/calls/{call_id}", bearer=await api.token())).json()
    assert (received.type, received.data["state"]) == ("call", "received")
    assert (received.data["call_id"], received.data["customer_id"]) == (call_id, customer.id)
    assert (failed.type, failed.data["state"]) == ("call", "failed")
    del shown["links"]  # a page that watches has the call's id, and asks for what it shows
    assert {**failed.data, "sentiment": None} == {**shown, "sentiment": None}
    assert (delivery.type, delivery.data["state"]) == ("delivery", "disabled")
    assert (delivery.data["call_id"], delivery.data["event"]) == (call_id, "call.failed")


async def test_an_erased_call_is_told_of_without_its_numbers_and_so_is_its_past(api: Api) -> None:
    _, key = await api.customer()
    admin = await api.token()
    async with watching(api, admin) as watcher:
        start = watcher.last_id
        call_id = await submit(api, key)
        await watcher.event()
        assert (await api.request("DELETE", f"/api/calls/{call_id}", bearer=admin)).status == 200
        erased = await watcher.event()
    assert (erased.data["call_id"], erased.data["state"]) == (call_id, "erased")
    assert (erased.data["caller_number"], erased.data["called_number"]) == (None, None)
    async with watching(api, admin, headers={"Last-Event-ID": start}) as watcher:
        assert await watcher.event() == erased


async def test_an_attempt_to_deliver_is_told_with_what_came_of_it(api: Api) -> None:
    customer, _ = await api.customer(webhook_url=SECRET_URL)
    async with watching(api, await api.token()) as watcher:
        attempt = await api.services.deliveries.deliverer.send_test(OWNER, customer.id)
        told = (await watcher.event()).data
    assert (told["event"], told["state"], told["attempts_made"]) == ("webhook.test", "failed", 1)
    assert told["last_attempt"] == {
        "at": told["last_attempt"]["at"],
        "status": None,
        "latency_ms": attempt.latency_ms,
        "error": attempt.error,
    }
    assert told["url"] == "http://127.0.0.1:9/****"


async def test_what_becomes_of_customers_is_told_and_none_of_their_secrets(api: Api, keys: Keys) -> None:
    async with watching(api, await api.token()) as watcher:
        customer, key = await api.customer(webhook_url=SECRET_URL)
        await api.services.customers.update(OWNER, customer.id, webhook_secret=None, company_name="Other Ltd")
        changed = await api.services.customers.rotate_key(OWNER, customer.id, timedelta(hours=1))
        await api.services.customers.enable_webhook(OWNER, customer.id)
        await api.services.customers.delete(OWNER, customer.id)
        told = await watcher.events(5)
    assert [(event.type, event.data["change"]) for event in told] == [
        ("customer", "created"),
        ("customer", "changed"),
        ("customer", "changed"),
        ("customer", "changed"),
        ("customer", "deleted"),
    ]
    assert [event.data["company_name"] for event in told] == ["Example Ltd", *["Other Ltd"] * 4]
    assert told[0].data["webhook_url"] == "http://127.0.0.1:9/****"
    secrets = [key, *map(keys.unseal_secret, (changed.api_key, customer.webhook_secret))]
    for secret in (*secrets, "secret-path", "secret-query"):
        assert secret.encode() not in watcher.seen


async def test_a_backup_is_told_of_when_it_begins_and_when_it_is_done(api: Api, keys: Any, folder: Any) -> None:
    folder.recovery_key.write_bytes(seal_recovery_key("recovery key", keys))
    folder.master_key.write_text("a master key")
    folder.certificate.write_text("a certificate")
    folder.certificate_key.write_text("its key")
    admin = await api.token()
    async with watching(api, admin) as watcher:
        name = (await api.request("POST", "/api/backups", bearer=admin)).json()["name"]
        running, done = await watcher.events(2)
    listed = (await api.request("GET", "/api/backups", bearer=admin)).json()["backups"]
    assert (running.type, running.data["name"], running.data["state"]) == ("backup", name, "running")
    assert [done.data | {"verification": None}] == listed


async def test_it_is_told_what_lacks_and_which_worker_is_there(api: Api) -> None:
    async with watching(api, await api.token()) as watcher:
        await api.appliance.watch.look()
        assert await watcher.event() == Event(
            watcher.last_id, "health", {"status": "degraded", "lacking": ["queue", "worker"], "calls": "ok"}
        )
        api.services.health.live_events.publish(
            WorkerChanged("box/cpu", WorkerState.READY, "cpu", "whisper-base", "call-1")
        )
        told = await watcher.event()
    assert told.data == {
        "name": "box/cpu",
        "state": "ready",
        "device": "cpu",
        "model": "whisper-base",
        "call_id": "call-1",
    }


async def test_all_that_is_told_is_as_the_openapi_document_says(api: Api) -> None:
    document = openapi_document(ROUTES, LIMITS)
    stream = document["paths"]["/api/events"]["get"]["responses"]["200"]["content"]["text/event-stream"]
    assert list(stream["x-events"]) == list(stream["examples"]) == list(EVENT_SHAPES)
    assert set(EVENT_SHAPES) == {*EventType, "reset"}

    customer, key = await api.customer(webhook_url=SECRET_URL)
    admin = await api.token()
    async with watching(api, admin, headers={"Last-Event-ID": "elsewhere-1"}) as watcher:
        call_id = await submit(api, key)
        await api.services.calls.claim_call._finish_call.fail(call_id, Failure(code="engine_error", message="it broke"))
        await api.services.deliveries.deliverer.send_test(OWNER, customer.id)
        told = await watcher.events(5)
        await api.request("DELETE", f"/api/calls/{call_id}", bearer=admin)
        api.services.health.live_events.publish(HealthChanged("unhealthy", ()))
        api.services.health.live_events.publish(WorkerChanged("box/cpu", WorkerState.GONE, "cpu", "whisper-base"))
        for heard in (False, True):
            api.services.health.live_events.publish(PbxChanged(customer.id, "Example Ltd", NOON, 1800, NOON, heard))
        await api.services.customers.delete(OWNER, customer.id)
        publish(api, "a backup")
        told += await watcher.events(7)
    assert {event.type for event in told} == set(EVENT_SHAPES)
    for event in told:
        schema = {**stream["x-events"][event.type], "components": document["components"]}
        assert list(Draft202012Validator(schema).iter_errors(event.data)) == []
        properties = document["components"]["schemas"][EVENT_SHAPES[event.type].__name__]["properties"]
        assert set(event.data) == set(properties)


def test_each_example_of_the_document_is_an_event_of_its_shape() -> None:
    document = openapi_document(ROUTES, LIMITS)
    stream = document["paths"]["/api/events"]["get"]["responses"]["200"]["content"]["text/event-stream"]
    for name, example in stream["examples"].items():
        lines = example["value"].splitlines()
        assert lines[1] == f"event: {name}"
        data = json.loads(lines[2].removeprefix("data: "))
        schema = {**stream["x-events"][name], "components": document["components"]}
        assert list(Draft202012Validator(schema).iter_errors(data)) == []


# -- filters and coming back ---------------------------------------------------------------------------------


async def test_only_what_is_asked_for_is_told(api: Api) -> None:
    one, key = await api.customer()
    _, key_of_another = await api.customer()
    admin = await api.token()
    async with (
        watching(api, admin, "?types=call,backup") as calls_and_backups,
        watching(api, admin, f"?customer_id={one.id}") as of_one,
    ):
        await submit(api, key_of_another)
        await api.services.customers.enable_webhook(OWNER, one.id)
        await submit(api, key)
        publish(api, "a backup")
        assert [event.type for event in await calls_and_backups.events(3)] == ["call", "call", "backup"]
        told = await of_one.events(2)
        assert [(event.type, event.data["customer_id"]) for event in told] == [("customer", one.id), ("call", one.id)]


async def test_who_comes_back_is_told_what_it_missed_by_header_or_query(api: Api) -> None:
    admin = await api.token()
    async with watching(api, admin) as watcher:
        publish(api, "one")
        first = await watcher.event()
    await until(lambda: api.services.health.live_events.subscribers == 0)
    publish(api, "two", "three")
    for query, headers in (
        ("", {"Last-Event-ID": first.id}),
        (f"?last_event_id={first.id}", {}),
        ("?last_event_id=nonsense", {"Last-Event-ID": first.id}),
    ):
        async with watching(api, admin, query, headers) as watcher:
            assert watcher.last_id == first.id
            assert [event.data["name"] for event in await watcher.events(2)] == ["two", "three"]


async def test_after_another_life_of_the_api_the_first_word_is_reset(api: Api) -> None:
    publish(api, "one")
    async with watching(api, await api.token(), "?types=call", {"Last-Event-ID": "elsewhere-1"}) as watcher:
        reset = await watcher.event()
        assert (reset.type, reset.data) == ("reset", {"reason": "restarted"})
        api.services.health.live_events.publish(CallChanged(a_call("next")))
        assert (await watcher.event()).data["call_id"] == "next"
    async with watching(api, await api.token(), headers={"Last-Event-ID": reset.id}) as watcher:
        assert (await watcher.event()).data["call_id"] == "next"


# -- going on and ending -------------------------------------------------------------------------------------


async def test_silence_is_filled_with_comments_that_say_where_it_stands(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "KEEP_ALIVE_SECONDS", 0.1)
    async with watching(api, await api.token(), "?types=call") as watcher:
        await watcher.comment()
        publish(api, "what this one does not want")
        while not watcher.last_id.endswith("-1"):
            await watcher.comment()


@pytest.mark.slow
async def test_who_watches_hears_something_at_least_every_five_seconds(api: Api) -> None:
    """Or a desk that waits 7 s for a sign of life would call an appliance silent that has nothing to tell."""
    assert events.KEEP_ALIVE_SECONDS <= 3
    async with watching(api, await api.token()) as watcher:
        for _ in range(2):
            await watcher.comment()


async def revoke(api: Api, token: str) -> None:
    operator = await api.services.access.authenticator.operator(token)
    assert operator is not None
    assert operator.token is not None
    await api.services.access.tokens.revoke(OWNER, operator.token.id)


@pytest.mark.parametrize("busy", [False, True], ids=["silent", "busy"])
async def test_a_revoked_tokens_stream_ends(api: Api, monkeypatch: pytest.MonkeyPatch, busy: bool) -> None:
    monkeypatch.setattr(events, "KEEP_ALIVE_SECONDS", 60 if busy else 0.05)
    monkeypatch.setattr(events, "CHECK_TOKEN_EVERY_SECONDS", 0.1)
    token, other = await api.token(), await api.token()
    async with watching(api, token) as watcher, watching(api, other) as staying:
        await revoke(api, token)
        ending = asyncio.create_task(watcher.end())
        while not ending.done():
            publish(api, *(["something"] if busy else []))
            await asyncio.sleep(0.02)
        await ending
        await until(lambda: api.services.health.live_events.subscribers == 1)
        publish(api, "the last")
        while (await staying.event()).data["name"] != "the last":
            pass


@pytest.mark.slow
async def test_an_expired_tokens_stream_ends(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "KEEP_ALIVE_SECONDS", 0.05)
    monkeypatch.setattr(events, "CHECK_TOKEN_EVERY_SECONDS", 0.1)
    _, token = await api.services.access.tokens.create(OWNER, Role.VIEWER, "short", utc_now() + timedelta(hours=1))
    async with watching(api, token) as watcher:
        later = utc_now() + timedelta(hours=2)
        monkeypatch.setattr(api.services.access.authenticator, "_now", lambda: later)
        assert await watcher.end() == []


async def test_a_token_is_asked_about_within_a_minute_whatever_happens() -> None:
    worst = events.CHECK_TOKEN_EVERY_SECONDS + events.KEEP_ALIVE_SECONDS + events.WRITE_PATIENCE_SECONDS
    assert worst < 60


async def test_all_streams_end_as_they_should_when_the_appliance_stops(api: Api) -> None:
    admin = await api.token()
    async with watching(api, admin) as watcher:
        publish(api, "the last")
        api.services.health.live_events.close()
        await watcher.end()
    assert (await api.request("GET", "/api/events", bearer=admin)).status == 503


async def test_who_leaves_frees_its_place_and_more_than_may_watch_are_refused(api: Api) -> None:
    admins = [await api.token() for _ in range(MOST_SUBSCRIBERS // MOST_OF_ONE)]
    admin = await api.token()
    watchers = [watching(api, one) for one in admins for _ in range(MOST_OF_ONE)]
    opened: list[Watcher] = [await watcher.__aenter__() for watcher in watchers]
    refused = await api.request("GET", "/api/events", bearer=admin)
    assert (refused.status, refused.json()["message"]) == (503, "Service unavailable")
    assert int(refused.headers["Retry-After"]) > 0
    publish(api, "for all")
    assert {(await one.event()).data["name"] for one in opened} == {"for all"}
    await watchers[0].__aexit__(None, None, None)
    await until(lambda: api.services.health.live_events.subscribers == MOST_SUBSCRIBERS - 1)
    async with watching(api, admin):
        pass
    for watcher in watchers[1:]:
        await watcher.__aexit__(None, None, None)
    await until(lambda: api.services.health.live_events.subscribers == 0)


async def test_who_goes_without_a_word_is_noticed(api: Api) -> None:
    async with connected(api.port) as wire:
        await wire.head("GET", "/api/events", Authorization=f"Bearer {await api.token()}")
        await until(lambda: api.services.health.live_events.subscribers == 1)
        wire.abort()
        await until(lambda: api.services.health.live_events.subscribers == 0)


def narrow_connection(api: Api, token: str) -> socket.socket:
    """A client that reads nothing for now and has little room for what it is sent."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.connect(("127.0.0.1", api.port))
    narrow.sendall(f"GET /api/events HTTP/1.1\r\nHost: vbot\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    return narrow


async def flood(api: Api, count: int) -> None:
    for number in range(count):
        publish(api, f"{number} {'x' * 2000}")
        if number % 50 == 0:
            await asyncio.sleep(0)


@pytest.mark.slow
async def test_a_slow_reader_costs_nobody_else_anything_and_is_told_that_it_missed_something(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "WRITE_PATIENCE_SECONDS", 600.0)  # or a busy machine loses it in the flood
    admin = await api.token()
    with contextlib.closing(narrow_connection(api, admin)) as narrow:
        await until(lambda: api.services.health.live_events.subscribers == 1)
        async with watching(api, admin) as quick:
            for _ in range(10):
                await flood(api, 1000)
                assert {event.type for event in await quick.events(1000)} == {"backup"}
        text = await asyncio.to_thread(read_until, narrow, b"event: reset")
    # Of the events alone: signs of life say where the stream stands, too.
    numbers = [int(number) for number in re.findall(rb"id: \S+-(\d+)\nevent: ", text)]
    assert numbers == [*range(1, len(numbers)), 10_000]
    assert len(numbers) < 9_000


def read_until(narrow: socket.socket, word: bytes) -> bytes:
    narrow.settimeout(60)
    found = b""
    while word not in found[-200_000:]:
        chunk = narrow.recv(65536)
        assert chunk, "the stream has ended"
        found += chunk
    return found


async def test_a_reader_that_takes_nothing_at_all_is_let_go(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "WRITE_PATIENCE_SECONDS", 0.2)
    with contextlib.closing(narrow_connection(api, await api.token())):
        await until(lambda: api.services.health.live_events.subscribers == 1)
        # A stream that fell behind goes on from the newest, and the kernel has room for a while: until it has none.
        async with asyncio.timeout(60):
            while api.services.health.live_events.subscribers:
                await flood(api, 100)
                await asyncio.sleep(0.01)


async def test_how_long_somebody_watched_is_no_answer_time(api: Api) -> None:
    async with watching(api, await api.token()):
        pass
    await until(lambda: api.services.health.live_events.subscribers == 0)
    text = (await api.request("GET", "/metrics")).text
    assert 'vbot_http_requests_total{method="GET",route="/api/events",status="2xx"} 1.0' in text
    assert 'vbot_http_request_seconds_count{method="GET",route="/api/events"}' not in text


def test_the_ring_of_the_appliance_is_bounded_in_count_and_bytes() -> None:
    ring = LiveEvents(events_encoder := _Plain())
    for _ in range(10_001):
        ring.publish(BackupChanged("x", NOON, "running"))
    assert len(ring._entries) == 10_000
    assert events_encoder.written == 10_001


class _Plain:
    written = 0

    def event(self, event_id: str, _event: object) -> bytes:
        self.written += 1
        return event_id.encode()

    def reset(self, event_id: str, _reason: object) -> bytes:
        return event_id.encode()


# -- places --------------------------------------------------------------------------------------------------


async def test_one_token_does_not_take_all_places_and_viewers_leave_some_to_administrators(api: Api) -> None:
    admin, viewers = await api.token(), [await api.token(Role.VIEWER) for _ in range(5)]
    async with contextlib.AsyncExitStack() as open_streams:
        for token in viewers[:3]:
            for _ in range(MOST_OF_ONE):
                await open_streams.enter_async_context(watching(api, token))
            assert (await api.request("GET", "/api/events", bearer=token)).status == 503
        assert (await api.request("GET", "/api/events", bearer=viewers[3])).status == 503
        for _ in range(MOST_SUBSCRIBERS - 3 * MOST_OF_ONE):
            await open_streams.enter_async_context(watching(api, admin))
        assert api.services.health.live_events.subscribers == MOST_SUBSCRIBERS
    await until(lambda: api.services.health.live_events.subscribers == 0)
    async with watching(api, viewers[0]):
        pass
