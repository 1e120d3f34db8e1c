"""Deliveries: one attempt and three retries under one id, and every reason to stop."""

from __future__ import annotations

import ssl
import statistics
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from appliance.services.access.certificate import create_certificate, fingerprint
from tests.end_to_end.contract import ATTEMPT_KEYS, DELIVERY_KEYS, MOMENT, WEBHOOK_KEYS, assert_error
from tests.support.appliance import RunningAppliance
from tests.support.customer import Customer
from tests.support.machine_time import MachineTime
from tests.support.receiver import Answer, Endpoint, WebhookReceiver
from tests.support.recordings import silence

pytestmark = pytest.mark.slow


def customer_answering(appliance: RunningAppliance, receiver: WebhookReceiver, *answers: Answer) -> Customer:
    endpoint = receiver.endpoint(*answers)
    return Customer(appliance.new_customer(webhook_url=endpoint.url), endpoint)


def submit(appliance: RunningAppliance, customer: Customer) -> str:
    return appliance.accepted(customer.key, silence(0.5))


def test_a_delivery_that_succeeds_needs_one_attempt_and_keeps_the_reply(
    appliance: RunningAppliance, customer: Customer
) -> None:
    call_id = submit(appliance, customer)
    received = customer.endpoint.wait_for(1)[0]

    delivery = appliance.delivery_in_state(call_id, "delivered")

    assert set(delivery) >= DELIVERY_KEYS
    assert delivery["call_id"] == call_id
    assert delivery["customer_id"] == customer.id
    assert (delivery["event"], delivery["url"]) == ("call.completed", customer.endpoint.url)
    assert delivery["webhook_id"] == received.webhook_id
    assert delivery["next_attempt_at"] is None
    (attempt,) = delivery["attempts"]
    assert set(attempt) == ATTEMPT_KEYS
    assert (attempt["status"], attempt["error"], attempt["reply"]) == (200, None, "thank you")
    assert type(attempt["latency_ms"]) is int
    assert MOMENT.match(attempt["at"])


def test_the_list_of_deliveries_has_the_documented_form(appliance: RunningAppliance, customer: Customer) -> None:
    call_id = submit(appliance, customer)
    appliance.delivery_in_state(call_id, "delivered")

    answer = appliance.admin("GET", "/api/deliveries", params={"call_id": call_id})

    assert set(answer.json()) == {"deliveries", "next_cursor"}
    (delivery,) = answer.json()["deliveries"]
    assert set(delivery) >= DELIVERY_KEYS - {"attempts"}
    by_customer = appliance.admin("GET", "/api/deliveries", params={"customer_id": str(customer.id)})
    assert by_customer.json()["deliveries"] == [delivery]
    failed = appliance.admin("GET", "/api/deliveries", params={"customer_id": str(customer.id), "state": "failed"})
    assert failed.json()["deliveries"] == []
    assert_error(appliance.admin("GET", "/api/deliveries/999999999"), 404)


def test_after_three_retries_under_one_id_a_delivery_has_failed(
    appliance: RunningAppliance, receiver: WebhookReceiver
) -> None:
    customer = customer_answering(appliance, receiver, Answer(500, body=b"broken"))
    since = MachineTime(appliance.processes)
    call_id = submit(appliance, customer)

    received = customer.endpoint.wait_for(4, 240)
    took = since.seconds  # with the analysis
    delivery = appliance.delivery_in_state(call_id, "failed")

    assert len({one.webhook_id for one in received}) == 1
    assert len({one.body for one in received}) == 1
    for one in received:
        one.verified(customer.secret)
    gaps = [later.at - earlier.at for earlier, later in pairwise(received)]
    assert min(gaps) >= 0.95, gaps
    assert took < 45 or statistics.median(gaps) < 5, (took, gaps)
    assert [(one["status"], one["reply"]) for one in delivery["attempts"]] == [(500, "broken")] * 4
    assert customer.endpoint.stays_at(4, 2.5)


def test_a_retry_that_succeeds_ends_the_delivery(appliance: RunningAppliance, receiver: WebhookReceiver) -> None:
    customer = customer_answering(appliance, receiver, Answer(503), Answer(200))
    call_id = submit(appliance, customer)

    delivery = appliance.delivery_in_state(call_id, "delivered")

    assert [one["status"] for one in delivery["attempts"]] == [503, 200]


def test_retry_after_is_honoured(appliance: RunningAppliance, receiver: WebhookReceiver) -> None:
    customer = customer_answering(appliance, receiver, Answer(429, {"Retry-After": "4"}), Answer(200))
    submit(appliance, customer)

    first, second = customer.endpoint.wait_for(2, 240)

    assert 3.9 <= second.at - first.at < 60


def test_410_disables_the_endpoint_until_an_administrator_enables_it(
    appliance: RunningAppliance, receiver: WebhookReceiver
) -> None:
    customer = customer_answering(appliance, receiver, Answer(410), Answer(200))
    first = submit(appliance, customer)
    delivery = appliance.delivery_in_state(first, "disabled")
    assert [one["status"] for one in delivery["attempts"]] == [410]

    second = submit(appliance, customer)
    appliance.final_call(second)
    assert customer.endpoint.stays_at(1, 2)

    assert appliance.admin("POST", f"/api/customers/{customer.id}/enable-webhook").status_code == 200
    third = submit(appliance, customer)
    appliance.delivery_in_state(third, "delivered")


def test_saving_a_new_url_enables_the_endpoint_too(appliance: RunningAppliance, receiver: WebhookReceiver) -> None:
    customer = customer_answering(appliance, receiver, Answer(410))
    appliance.delivery_in_state(submit(appliance, customer), "disabled")
    endpoint = receiver.endpoint()

    appliance.admin("PUT", f"/api/customers/{customer.id}", json={"webhook_url": endpoint.url})

    call_id = submit(appliance, customer)
    appliance.delivery_in_state(call_id, "delivered")
    assert call_id in [one.json["call_id"] for one in endpoint.received]


def test_a_redirect_is_a_failure_and_is_not_followed(appliance: RunningAppliance, receiver: WebhookReceiver) -> None:
    elsewhere = receiver.endpoint()
    customer = customer_answering(appliance, receiver, Answer(302, {"Location": elsewhere.url}))
    call_id = submit(appliance, customer)

    delivery = appliance.delivery_in_state(call_id, "failed")

    assert [one["status"] for one in delivery["attempts"]] == [302] * 4
    assert "redirect" in delivery["attempts"][0]["error"]
    assert elsewhere.received == []


@pytest.mark.long
def test_a_receiver_that_is_slow_times_out(appliance: RunningAppliance, receiver: WebhookReceiver) -> None:
    customer = customer_answering(appliance, receiver, Answer(200, delay_seconds=60), Answer(200))
    call_id = submit(appliance, customer)

    delivery = appliance.delivery_in_state(call_id, "delivered")

    first, second = delivery["attempts"]
    assert (first["status"], second["status"]) == (None, 200)
    assert "timed out" in first["error"]
    assert 19_900 <= first["latency_ms"] < 60_000


def test_of_a_long_reply_two_kilobytes_are_kept(appliance: RunningAppliance, receiver: WebhookReceiver) -> None:
    customer = customer_answering(appliance, receiver, Answer(200, body=b"x" * 100_000))

    delivery = appliance.delivery_in_state(submit(appliance, customer), "delivered")

    assert delivery["attempts"][0]["reply"] == "x" * 2048


def test_a_delivery_can_be_sent_again_under_the_same_id(appliance: RunningAppliance, customer: Customer) -> None:
    call_id = submit(appliance, customer)
    delivery = appliance.delivery_in_state(call_id, "delivered")

    assert appliance.admin("POST", f"/api/deliveries/{delivery['id']}/redeliver").status_code == 200

    first, second = customer.endpoint.wait_for(2)
    assert first.webhook_id == second.webhook_id == delivery["webhook_id"]
    assert first.body == second.body


@pytest.mark.long
def test_many_deliveries_can_be_counted_and_sent_again(appliance: RunningAppliance, receiver: WebhookReceiver) -> None:
    customer = customer_answering(appliance, receiver, *[Answer(500)] * 4, Answer(200))
    call_id = submit(appliance, customer)
    appliance.delivery_in_state(call_id, "failed")
    chosen = {"customer_id": customer.id, "state": "failed"}

    rehearsed = appliance.admin("POST", "/api/deliveries/redeliver", json=chosen | {"dry_run": True})
    assert rehearsed.status_code == 200, rehearsed.text
    assert customer.endpoint.stays_at(4, 1.5)

    done = appliance.admin("POST", "/api/deliveries/redeliver", json=chosen | {"dry_run": False})
    assert done.status_code == 200, done.text
    appliance.delivery_in_state(call_id, "delivered")


def test_a_test_webhook_is_sent_as_a_real_one_is(appliance: RunningAppliance, customer: Customer) -> None:
    answer = appliance.admin("POST", f"/api/customers/{customer.id}/test-webhook")

    assert answer.status_code == 200, answer.text
    attempt = answer.json()
    assert set(attempt) >= ATTEMPT_KEYS
    assert (attempt["status"], attempt["error"], attempt["reply"]) == (200, None, "thank you")
    body = customer.endpoint.wait_for(1, 5)[0].verified(customer.secret)
    assert body["event"] == "webhook.test"
    assert list(body)[:9] == WEBHOOK_KEYS
    assert body["customer_id"] == customer.id


def test_a_new_secret_signs_the_next_webhook(appliance: RunningAppliance, customer: Customer) -> None:
    path = f"/api/customers/{customer.id}"
    rotated = appliance.admin("POST", f"{path}/rotate-webhook-secret").json()

    appliance.admin("POST", f"{path}/test-webhook")

    received = customer.endpoint.wait_for(1, 5)[0]
    assert received.verified(rotated["webhook_secret"])["event"] == "webhook.test"


def test_loopback_is_refused_unless_it_is_listed(api_alone: RunningAppliance, receiver: WebhookReceiver) -> None:
    endpoint: Endpoint = receiver.endpoint()

    for url in (
        endpoint.url,
        endpoint.url.replace("127.0.0.1", "localhost"),
        endpoint.url.replace("127.0.0.1", "[::ffff:127.0.0.1]"),
    ):
        assert "loopback" in refusal(api_alone, url)
    assert endpoint.received == []


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://169.254.1.1/",
        "http://0.0.0.0:{port}/health",
        "http://[::]:{port}/health",
        "http://[::ffff:169.254.169.254]/",
        "http://224.0.0.1/",
    ],
)
@pytest.mark.parametrize("which", ["appliance", "api_alone"])
def test_some_targets_are_refused_whatever_is_listed(request: pytest.FixtureRequest, which: str, url: str) -> None:
    running: RunningAppliance = request.getfixturevalue(which)

    assert refusal(running, url.format(port=running.port))


def refusal(running: RunningAppliance, url: str) -> str:
    """Return why a URL is refused: when it is saved, or else at the attempt."""
    made = running.new_customer()
    path = f"/api/customers/{made['id']}"
    saved = running.admin("PUT", path, json={"webhook_url": url})
    if saved.status_code == 400:
        (detail,) = assert_error(saved, 400)["details"]
        assert detail["field"] == "webhook_url"
        return str(detail["problem"])
    attempt = running.admin("POST", f"{path}/test-webhook").json()
    assert attempt["status"] is None
    assert "refused" in attempt["error"]
    return str(attempt["error"])


def test_a_customer_without_a_url_gets_no_delivery_and_its_call_is_completed(appliance: RunningAppliance) -> None:
    made = appliance.new_customer()
    call_id = appliance.accepted(made["api_key"], silence(0.5))

    assert appliance.final_call(call_id)["state"] == "completed"


def test_a_receiver_that_signs_its_own_certificate_is_trusted_by_what_its_customer_pinned(
    appliance: RunningAppliance, tmp_path: Path
) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    create_certificate(certificate, key, datetime.now(UTC))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)

    with WebhookReceiver(tls) as receiver:
        endpoint = receiver.endpoint()
        customer = Customer(appliance.new_customer(webhook_url=endpoint.url), endpoint)

        def attempt(**pinned: str | None) -> dict[str, Any]:
            saved = appliance.admin("PUT", f"/api/customers/{customer.id}", json=pinned)
            assert saved.status_code == 200, saved.text
            made: dict[str, Any] = appliance.admin("POST", f"/api/customers/{customer.id}/test-webhook").json()
            return made

        assert attempt()["error"].startswith("certificate not trusted")
        assert "not the one whose fingerprint" in attempt(webhook_fingerprint="ab" * 32)["error"]
        assert endpoint.received == []
        assert attempt(webhook_fingerprint=fingerprint(certificate))["status"] == 200
        assert attempt(webhook_fingerprint=None, webhook_ca=certificate.read_text())["status"] == 200

        # A call's webhook goes the same way.
        call_id = submit(appliance, customer)
        assert endpoint.wait_for(3)[-1].json["call_id"] == call_id
