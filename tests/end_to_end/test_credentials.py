"""Who may do what, and in which order a request is judged: credential, role, existence, body."""

from __future__ import annotations

import time

import pytest
import requests
from requests.adapters import HTTPAdapter

from tests.end_to_end.conftest import IN_TIME_SECONDS, TRIES
from tests.end_to_end.contract import assert_error
from tests.end_to_end.raw_http import connected, read_answer
from tests.support.appliance import RunningAppliance
from tests.support.customer import Customer
from tests.support.recordings import silence

pytestmark = pytest.mark.slow

ADMIN_ROUTES = [
    ("GET", "/api/customers"),
    ("POST", "/api/customers"),
    ("PUT", "/api/customers/1"),
    ("DELETE", "/api/customers/999999"),
    ("POST", "/api/customers/999999/rotate-key"),
    ("POST", "/api/customers/999999/test-webhook"),
    ("GET", "/api/deliveries"),
    ("GET", "/api/tokens"),
]
CUSTOMER_ROUTES = [("POST", "/api/process-call"), ("GET", "/api/calls"), ("GET", "/api/calls/unknown")]


@pytest.mark.parametrize(("method", "path"), ADMIN_ROUTES + CUSTOMER_ROUTES)
def test_without_a_credential_the_answer_is_401(appliance: RunningAppliance, method: str, path: str) -> None:
    answer = appliance.request(method, path)

    assert_error(answer, 401)
    assert answer.json() == {"status": "error", "message": "Invalid API key"}


def test_an_unknown_credential_is_401_in_either_header(appliance: RunningAppliance) -> None:
    assert_error(appliance.request("GET", "/api/calls", key="unknown"), 401)
    assert_error(appliance.request("GET", "/api/calls", key=""), 401)
    assert_error(appliance.request("GET", "/api/calls", bearer="unknown"), 401)
    assert_error(appliance.request("GET", "/api/customers", bearer="unknown"), 401)
    assert_error(appliance.request("GET", "/api/customers", key="unknown"), 401)
    assert_error(appliance.request("GET", "/api/customers", headers={"Authorization": "Basic YTpi"}), 401)
    assert_error(appliance.request("GET", "/api/customers", headers={"Authorization": "Bearer"}), 401)


@pytest.mark.parametrize(("method", "path"), ADMIN_ROUTES)
def test_a_customers_key_on_an_admin_route_is_403_in_either_header(
    appliance: RunningAppliance, customer: Customer, method: str, path: str
) -> None:
    for answer in (
        appliance.request(method, path, key=customer.key),
        appliance.request(method, path, bearer=customer.key),
    ):
        assert_error(answer, 403)
        assert answer.json() == {"status": "error", "message": "Insufficient permissions"}


def test_an_admin_token_is_no_api_key(appliance: RunningAppliance) -> None:
    answer = appliance.request("POST", "/api/process-call", bearer=appliance.admin_token, data=b"")

    assert answer.status_code in (401, 403)


def test_a_viewer_may_look_and_not_touch(appliance: RunningAppliance, customer: Customer, viewer_token: str) -> None:
    for path in ("/api/customers", "/api/calls", "/api/deliveries"):
        assert appliance.request("GET", path, bearer=viewer_token).status_code == 200, path
    for method, path in (
        ("POST", "/api/customers"),
        ("PUT", f"/api/customers/{customer.id}"),
        ("DELETE", f"/api/customers/{customer.id}"),
        ("POST", f"/api/customers/{customer.id}/rotate-key"),
        ("POST", "/api/deliveries/redeliver"),
        ("POST", "/api/tokens"),
    ):
        assert_error(appliance.request(method, path, bearer=viewer_token, json={}), 403)


def test_a_viewer_sees_no_secret(appliance: RunningAppliance, customer: Customer, viewer_token: str) -> None:
    path = f"/api/customers/{customer.id}"
    url = "https://crm.example.com/secret-path/x?token=secret-query"
    assert appliance.admin("PUT", path, json={"webhook_url": url}).status_code == 200

    text = appliance.request("GET", "/api/customers", bearer=viewer_token).text

    for secret in (customer.key, customer.secret, "secret-path", "secret-query"):
        assert secret not in text
    (seen,) = [
        one
        for one in appliance.request("GET", "/api/customers", bearer=viewer_token).json()["customers"]
        if one["id"] == customer.id
    ]
    assert seen["name"] == customer.record["name"]
    assert "crm.example.com" in seen["webhook_url"]


def test_role_comes_before_existence_and_body(
    appliance: RunningAppliance, customer: Customer, viewer_token: str
) -> None:
    for bearer in (viewer_token, customer.key):
        assert_error(appliance.request("PUT", "/api/customers/999999", bearer=bearer, data=b"{"), 403)
    assert_error(appliance.request("PUT", "/api/customers/999999", data=b"{"), 401)


def test_existence_comes_before_the_body(appliance: RunningAppliance, customer: Customer) -> None:
    assert_error(appliance.admin("PUT", "/api/customers/999999", data=b"{"), 404)
    assert_error(appliance.admin("PUT", f"/api/customers/{customer.id}", data=b"{"), 400)


def test_the_credential_comes_before_the_body(appliance: RunningAppliance) -> None:
    assert_error(appliance.submit("unknown", b"not audio"), 401)


def test_with_both_credentials_the_bearer_decides(appliance: RunningAppliance, customer: Customer) -> None:
    other = appliance.new_customer()
    appliance.accepted(other["api_key"], silence(0.5))
    path = "/api/calls"

    own = appliance.request("GET", path, key=customer.key)
    both = appliance.request("GET", path, key=customer.key, bearer=appliance.admin_token)

    assert own.json()["calls"] == []
    assert other["id"] in [call["customer_id"] for call in both.json()["calls"]]
    assert_error(appliance.request("GET", path, key=customer.key, bearer="unknown"), 401)


def test_an_unknown_path_is_404_with_the_published_body(appliance: RunningAppliance) -> None:
    for path in ("/api/nothing", "/api/customers/1/nothing", "/nothing"):
        answer = appliance.admin("GET", path)
        assert_error(answer, 404)
        assert answer.json() == {"status": "error", "message": "Resource not found"}


@pytest.mark.parametrize(
    ("method", "path"),
    [("PATCH", "/api/customers"), ("GET", "/api/process-call"), ("POST", "/health"), ("DELETE", "/api/calls")],
)
def test_a_method_that_a_path_does_not_know_is_405(appliance: RunningAppliance, method: str, path: str) -> None:
    assert_error(appliance.admin(method, path), 405)


@pytest.mark.parametrize(
    "request_line",
    ["GET /api/calls", "GET /api/nothing", "POST /health", "POST /api/customers", "DELETE /api/customers/1"],
)
def test_a_refusal_keeps_the_connection_or_says_that_it_ends_it(appliance: RunningAppliance, request_line: str) -> None:
    with connected(appliance) as connection:
        connection.sendall(f"{request_line} HTTP/1.1\r\nHost: vbot\r\nContent-Length: 0\r\n\r\n".encode())
        refusal = read_answer(connection)
        assert refusal.status in (401, 404, 405)
        if refusal.headers.get("connection", "").lower() == "close":
            return
        time.sleep(0.2)
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: vbot\r\n\r\n")
        assert read_answer(connection).status == 200


def test_every_answer_has_a_request_id_of_its_own(appliance: RunningAppliance, customer: Customer) -> None:
    answers = [
        appliance.request("GET", "/health"),
        appliance.admin("GET", "/api/customers"),
        appliance.request("GET", "/api/calls", key=customer.key),
        appliance.request("GET", "/api/calls"),
        appliance.admin("GET", "/api/nothing"),
        appliance.submit(customer.key, b"not audio"),
    ]

    ids = [answer.headers["X-Request-ID"] for answer in answers]

    assert all(ids)
    assert len(set(ids)) == len(ids)


class FromAnotherAddress(HTTPAdapter):
    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *arguments: object, **options: object) -> None:
        super().init_poolmanager(*arguments, source_address=(self._address, 0), **options)  # type: ignore[arg-type]


def test_after_sixty_failed_logins_from_an_address_failed_ones_wait_and_right_ones_do_not(
    appliance: RunningAppliance, customer: Customer
) -> None:
    url = f"{appliance.url}/api/calls"
    for number in range(TRIES):  # a busy machine may need more than the minute
        with requests.Session() as http:
            http.trust_env = False
            http.mount("http://", FromAnotherAddress(f"127.0.0.{77 + number}"))
            began = time.monotonic()
            statuses = [http.get(url, headers={"X-API-Key": f"guess-{n}"}, timeout=30).status_code for n in range(60)]
            refused = http.get(url, headers={"X-API-Key": "guess-60"}, timeout=30)
            seconds = time.monotonic() - began
            right_key = http.get(url, headers={"X-API-Key": customer.key}, timeout=30)
            right_token = http.get(url, headers={"Authorization": f"Bearer {appliance.admin_token}"}, timeout=30)
        if seconds < IN_TIME_SECONDS:
            break

    assert statuses == [401] * 60
    assert_error(refused, 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert (right_key.status_code, right_token.status_code) == (200, 200)
    assert_error(appliance.request("GET", "/api/calls", key="guess from elsewhere"), 401)
