"""GET /metrics: who may read it, and that each series moves with what it is about."""

from __future__ import annotations

import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from appliance.domain.call import CallState
from appliance.domain.token import Role
from appliance.errors import NotFound
from appliance.messages.call_result import Failure
from appliance.services.health.prometheus.metrics import CountedSender
from appliance.storage.database import Connection
from appliance.storage.tables import calls, deliveries
from appliance.webhooks.sender import Outcome
from tests.appliance.api.conftest import Answer, Api
from tests.appliance.builders import AN_ADMIN, NOON, a_call, a_delivery
from tests.support.parts import heartbeat

ELSEWHERE = {"X-Forwarded-For": "192.0.2.7"}


async def series(api: Api) -> dict[str, float]:
    """Every sample as `name{label=value,...}`."""
    answer = await api.request("GET", "/metrics")
    assert answer.status == 200
    return {
        sample.name + "".join(f" {name}={value}" for name, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_a_program_on_the_same_machine_reads_it_without_a_credential(api: Api) -> None:
    answer = await api.request("GET", "/metrics")

    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "# TYPE vbot_calls_accepted_total counter" in answer.text


async def from_elsewhere(api: Api, bearer: str | None = None, key: str | None = None) -> Answer:
    return await api.request("GET", "/metrics", bearer=bearer, key=key, headers=ELSEWHERE)


async def test_from_elsewhere_it_takes_an_operator(api: Api) -> None:
    _, key = await api.customer()

    assert (await from_elsewhere(api)).status == 401
    assert (await from_elsewhere(api, bearer="unknown")).status == 401
    assert (await from_elsewhere(api, key=key)).status == 403
    for role in (Role.ADMIN, Role.VIEWER):
        assert (await from_elsewhere(api, bearer=await api.token(role))).status == 200


async def test_the_published_words_say_that_a_credential_is_missing(api: Api) -> None:
    assert (await from_elsewhere(api)).json() == {"status": "error", "message": "Invalid API key"}


async def test_what_has_not_happened_yet_is_there_as_zero(api: Api) -> None:
    found = await series(api)

    for name in (
        "vbot_calls_accepted_total",
        "vbot_calls_finished_total state=completed",
        "vbot_calls_finished_total state=failed",
        "vbot_calls_finished_total state=empty",
        "vbot_calls_failed_total error=engine_error",
        "vbot_calls_failed_total error=unreadable_recording",
        "vbot_calls_failed_total error=other",
        "vbot_webhook_attempts_total result=taken",
        "vbot_database_write_errors_total",
        "vbot_calls_waiting",
        "vbot_calls_in_work",
        "vbot_deliveries_waiting",
        "vbot_queue_reachable",
        "vbot_workers_present",
        "vbot_workers_ready",
        "vbot_uploads_in_progress",
    ):
        assert found[name] == 0, name
    assert found["vbot_disk_free_bytes"] > 0
    assert found["process_resident_memory_bytes"] > 0


async def test_it_tells_what_waits_and_what_is_in_work(api: Api) -> None:
    def store(tx: Connection) -> None:
        for state in (CallState.RECEIVED, CallState.QUEUED, CallState.PROCESSING, CallState.COMPLETED):
            calls.insert(tx, a_call(state=state))
        deliveries.insert(tx, a_delivery())

    await api.database.write(store)

    found = await series(api)

    assert found["vbot_calls_waiting"] == 2
    assert found["vbot_calls_in_work"] == 1
    assert found["vbot_deliveries_waiting"] == 1


async def test_it_tells_of_workers_uploads_and_the_queue(api: Api) -> None:
    api.services.health.take_readings._leases.observe({**heartbeat(1), **heartbeat(1, worker="box/cuda", ready=False)})
    api.services.calls.open_calls.begin_upload(1, 10)
    api.appliance.relay.reachable = True

    found = await series(api)

    assert found["vbot_workers_present"] == 2
    assert found["vbot_workers_ready"] == 1
    assert found["vbot_uploads_in_progress"] == 1
    assert found["vbot_queue_reachable"] == 1


async def test_an_accepted_call_is_counted_once(api: Api) -> None:
    _, key = await api.customer()
    body, content_type = form(b"RIFF\x24\x00\x00\x00WAVEfmt ")
    for _ in range(2):
        answer = await api.request(
            "POST",
            "/api/process-call",
            key=key,
            body=body,
            headers={"Content-Type": content_type, "Idempotency-Key": "once"},
        )
        assert answer.status == 200, answer.text

    found = await series(api)

    assert found["vbot_calls_accepted_total"] == 1
    assert found["vbot_calls_waiting"] == 1
    assert found["vbot_http_requests_total method=POST route=/api/process-call status=2xx"] == 2


def form(audio: bytes) -> tuple[bytes, str]:
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("caller_number", "+1"), ("called_number", "+2"))
    ]
    head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
    return "".join(parts).encode() + head.encode() + audio + b"\r\n--b--\r\n", "multipart/form-data; boundary=b"


async def test_a_call_in_which_nothing_was_recorded_is_counted_apart(api: Api) -> None:
    api.services.health.metrics.call_finished(a_call(state=CallState.COMPLETED, empty=True))

    found = await series(api)

    counted = {name: found[f"vbot_calls_finished_total state={name}"] for name in ("completed", "empty", "failed")}
    assert counted == {"completed": 0, "empty": 1, "failed": 0}


async def test_a_call_that_ends_is_counted_by_its_state(api: Api) -> None:
    await api.database.write(lambda tx: calls.insert(tx, a_call("gone", state=CallState.PROCESSING)))
    finish_call = api.services.calls.claim_call._finish_call
    await finish_call.fail("gone", Failure(code="recording_missing", message="gone"))
    await finish_call.fail("gone", Failure(code="recording_missing", message="gone"))

    found = await series(api)

    assert found["vbot_calls_finished_total state=failed"] == 1
    assert found["vbot_calls_finished_total state=completed"] == 0
    assert found["vbot_calls_failed_total error=recording_missing"] == 1


async def test_a_code_that_nobody_knows_makes_no_new_series(api: Api) -> None:
    def store(tx: Connection) -> None:
        for number in range(3):
            calls.insert(tx, a_call(f"call-{number}", state=CallState.PROCESSING))

    await api.database.write(store)
    before = {name for name in await series(api) if "calls_failed" in name}
    for number in range(3):
        await api.services.calls.claim_call._finish_call.fail(
            f"call-{number}", Failure(code=f"a worker's word {number}", message="words")
        )

    found = await series(api)

    assert {name for name in found if "calls_failed" in name} == before
    assert found["vbot_calls_failed_total error=other"] == 3


class FixedSender:
    def __init__(self, status: int | None) -> None:
        self.status = status

    async def send(self, *_arguments: object) -> Outcome:
        return Outcome(NOON, self.status, 3, None, "", None)


@pytest.mark.parametrize(
    ("status", "result"), [(204, "taken"), (503, "refused"), (302, "refused"), (None, "unanswered")]
)
async def test_attempts_are_counted_by_what_came_of_them(api: Api, status: int | None, result: str) -> None:
    sender = CountedSender(FixedSender(status), api.services.health.metrics)  # type: ignore[arg-type]

    outcome = await sender.send("http://127.0.0.1/", "msg_1", b"{}", ["whsec_x"])

    assert outcome.status == status
    assert (await series(api))[f"vbot_webhook_attempts_total result={result}"] == 1


async def test_the_deliverer_sends_through_the_counting_sender(api: Api) -> None:
    customer, _ = await api.customer(webhook_url="http://127.0.0.1:9/hook")  # loopback: refused by the guard

    await api.services.deliveries.deliverer.send_test(AN_ADMIN, customer.id)

    assert (await series(api))["vbot_webhook_attempts_total result=unanswered"] == 1


async def test_requests_are_counted_by_pattern_not_by_what_was_asked_for(api: Api) -> None:
    for path in ("/api/calls/one", "/api/calls/two", "/api/calls/three?q=secret", "/nothing/here", "/nothing/there"):
        await api.request("GET", path)
    await api.request("BREW", "/health")

    found = await series(api)

    assert found["vbot_http_requests_total method=GET route=/api/calls/{call_id} status=4xx"] == 3
    assert found["vbot_http_requests_total method=GET route=other status=4xx"] == 2
    assert found["vbot_http_requests_total method=other route=/health status=4xx"] == 1
    assert found["vbot_http_request_seconds_count method=GET route=/api/calls/{call_id}"] == 3
    assert not [name for name in found if "secret" in name or "/nothing" in name or "BREW" in name]


async def test_routes_are_named_as_in_the_document(api: Api) -> None:
    for path in ("/api/customers/1/rotate-key", "/api/deliveries/x/redeliver", "/internal/recordings/x"):
        await api.request("POST", path)
        await api.request("GET", path)

    routes = {name.partition("route=")[2].partition(" ")[0] for name in await series(api) if "route=" in name}

    assert routes >= {
        "/api/customers/{customer_id}/rotate-key",
        "/api/deliveries/{delivery_id}/redeliver",
        "/internal/recordings/{call_id}",
    }


async def test_a_write_that_the_database_refuses_is_counted_and_one_that_we_refuse_is_not(api: Api) -> None:
    def refused_by_the_database(tx: Connection) -> None:
        tx.execute("INSERT INTO nothing VALUES (1)")

    def refused_by_us(tx: Connection) -> None:
        raise NotFound("nothing")

    for work in (refused_by_the_database, refused_by_us):
        with pytest.raises(Exception, match="nothing"):
            await api.database.write(work)

    assert (await series(api))["vbot_database_write_errors_total"] == 1


async def test_nothing_is_counted_in_the_registry_of_the_whole_process(api: Api) -> None:
    assert not [name for name in REGISTRY._names_to_collectors if name.startswith("vbot_")]
