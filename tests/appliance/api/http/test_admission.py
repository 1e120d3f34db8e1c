"""Who may come in, asked of every route and method that there is: a new one cannot be forgotten."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from tornado.web import RequestHandler

from appliance.api.application import ROUTES
from appliance.api.http.handler import Handler
from appliance.domain.token import Role
from appliance.messages.claim_headers import PROTOCOL
from appliance.messages.joining import QUEUE_PATH
from appliance.messages.lease_renewal import LEASES_PATH
from tests.appliance.api.conftest import Answer, Api
from tests.appliance.builders import AN_ADMIN

# What needs no credential, besides what says so of itself: a signature in its query lets a worker in, and the tokens of
# its claims in the body (test_claims.py); the way to the queue asks for a token of its own kind (test_joining.py).
OF_WORKERS = {"/internal/recordings/([^/]+)", LEASES_PATH, QUEUE_PATH}
OPEN_TO_ALL = {"/health", "/docs", "/docs/data-protection", "/docs/data-protection/de", "/api/openapi.json"}
OPEN_ON_THIS_MACHINE = {"/metrics"}
A_CUSTOMERS_OWN = {
    ("POST", "/api/process-call"),
    ("POST", "/api/get_transcription"),
    ("GET", "/api/calls"),
    ("GET", "/api/calls/([^/]+)"),
    ("GET", "/api/calls/([^/]+)/recording"),
    ("HEAD", "/api/calls/([^/]+)/recording"),
    ("GET", "/api/calls/([^/]+)/words"),
}
# A backup holds every secret and every text there is.
NOT_FOR_VIEWERS = {
    ("GET", "/api/backups/([^/]+)"),
    ("HEAD", "/api/backups/([^/]+)"),
    ("POST", "/api/process-call"),
    ("POST", "/api/get_transcription"),
}


@dataclass(frozen=True)
class Method:
    """One method of one route."""

    name: str
    route: str
    handler: type[Handler]

    @property
    def path(self) -> str:
        return re.sub(r"\(.*?\)", "999999", self.route)

    @property
    def is_open(self) -> bool:
        return self.route in OPEN_TO_ALL | OPEN_ON_THIS_MACHINE


METHODS = [
    Method(name, route, handler)
    for route, handler in ROUTES
    for name in RequestHandler.SUPPORTED_METHODS
    if getattr(handler, name.lower()) is not getattr(RequestHandler, name.lower()) and route not in OF_WORKERS
]


@pytest.fixture
def patient(api: Api, monkeypatch: pytest.MonkeyPatch) -> Api:
    """An api that takes any number of failed logins: there may come to be more routes than it bears otherwise."""
    monkeypatch.setattr(api.services.access.failed_logins, "count", lambda _address: None)
    return api


async def unlike(api: Api, expected: dict[Method, int], **credential: str) -> list[str]:
    """Which methods answer something else."""
    wrong = []
    for method, status in expected.items():
        answer = await api.request(method.name, method.path, **credential)  # type: ignore[arg-type]
        if answer.status != status:
            wrong.append(f"{method.name} {method.route}: {answer.status} instead of {status}")
    return wrong


def test_there_are_routes_to_ask() -> None:
    assert len(METHODS) > 25
    assert {method.route for method in METHODS} | OF_WORKERS == {route for route, _ in ROUTES}


async def test_without_a_credential_nobody_comes_in(patient: Api) -> None:
    assert await unlike(patient, {method: 401 for method in METHODS if not method.is_open}) == []


async def test_an_unknown_credential_is_as_good_as_none(patient: Api) -> None:
    expected = {method: 401 for method in METHODS if not method.is_open}
    assert await unlike(patient, expected, bearer="vbt_unknown") == []
    assert await unlike(patient, expected, key="vbk_unknown") == []


async def test_a_viewer_changes_nothing(patient: Api) -> None:
    viewer = await patient.token(Role.VIEWER)
    changes = {m: 403 for m in METHODS if m.name not in ("GET", "HEAD") or (m.name, m.route) in NOT_FOR_VIEWERS}
    assert await unlike(patient, changes, bearer=viewer) == []


async def test_a_customers_key_opens_nothing_but_its_own(patient: Api) -> None:
    _, key = await patient.customer()
    foreign = {m: 403 for m in METHODS if not m.is_open and (m.name, m.route) not in A_CUSTOMERS_OWN}
    assert await unlike(patient, foreign, key=key) == []
    assert await unlike(patient, foreign, bearer=key) == []


async def test_a_recording_is_given_to_nobody_without_our_signature(api: Api) -> None:
    path = "/internal/recordings/c"
    query = f"{path}?revision=1&attempt=1&expires=9999999999&signature={'0' * 64}"
    worker = {"X-Worker": "w", "X-Worker-Secret": "b", "X-Worker-Protocol": str(PROTOCOL)}
    admin = await api.token()
    assert (await api.request("POST", path)).status == 400
    assert (await api.request("POST", path, bearer=admin)).status == 401  # a token of any kind is looked at
    assert (await api.request("POST", query, bearer=admin, headers=worker)).status == 401
    assert (await api.request("POST", query, headers=worker)).status == 401
    assert (await api.request("POST", query.replace("=1&", "=x&"), headers=worker)).status == 400
    assert (await api.request("POST", query.replace("0000&", "ü&"), headers=worker)).status in (400, 401)


# -- which credential counts ---------------------------------------------------------------------------------


async def test_with_both_credentials_bearer_decides(api: Api) -> None:
    _, key = await api.customer()
    admin = await api.token()
    assert (await api.request("GET", "/api/calls", bearer=admin, key=key)).status == 200
    assert "X-Ratelimit-Limit" not in (await api.request("GET", "/api/calls", bearer=admin, key=key)).headers
    assert (await api.request("GET", "/api/calls", bearer="unknown", key=key)).status == 401
    assert (await api.request("GET", "/api/customers", bearer=admin, key="unknown")).status == 200


async def test_an_authorization_of_another_kind_is_none(api: Api) -> None:
    for header in ("Basic YTpi", "Bearer", "Bearer ", "Token x", "Bearer a b", ""):
        assert (await api.request("GET", "/api/customers", headers={"Authorization": header})).status == 401, header


async def test_the_word_bearer_may_be_written_as_one_likes(api: Api) -> None:
    token = await api.token()
    for word in ("bearer", "BEARER", "Bearer  "):
        assert (await api.request("GET", "/api/customers", headers={"Authorization": f"{word} {token}"})).status == 200


async def test_a_credential_is_judged_before_existence_and_body(api: Api) -> None:
    viewer, admin = await api.token(Role.VIEWER), await api.token()
    for bearer, status in (("unknown", 401), (viewer, 403), (admin, 404)):
        assert (await api.request("PUT", "/api/customers/999", bearer=bearer, body=b"{")).status == status


async def test_an_inactive_customers_key_is_unknown(api: Api) -> None:
    customer, key = await api.customer()
    assert (await api.request("GET", "/api/calls", key=key)).status == 200
    await api.services.customers.update(AN_ADMIN, customer.id, webhook_secret=None, is_active=False)
    assert (await api.request("GET", "/api/calls", key=key)).status == 401


async def test_who_keeps_failing_is_slowed_down_and_who_has_a_right_credential_is_not(api: Api) -> None:
    async def failed() -> Answer:
        return await api.request("GET", "/api/customers", bearer="guess")

    assert [(await failed()).status for _ in range(61)] == [401] * 60 + [429]
    answer = await failed()
    assert answer.json() == {"status": "error", "message": "Rate limit exceeded"}
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert (await api.request("GET", "/api/customers", bearer=await api.token())).status == 200


# -- limits --------------------------------------------------------------------------------------------------


async def test_every_answer_to_a_key_tells_what_is_left_of_its_minute(api: Api) -> None:
    _, key = await api.customer(rate_limit_per_minute=3)
    seen = []
    for path in ("/api/calls", "/api/calls/none", "/api/calls", "/api/calls", "/api/calls/none"):
        answer = await api.request("GET", path, key=key)
        assert answer.headers["X-Ratelimit-Limit"] == "3"
        assert 0 < int(answer.headers["X-Ratelimit-Reset"]) <= 60
        seen.append((answer.status, answer.headers["X-Ratelimit-Remaining"]))
    assert seen == [(200, "2"), (404, "1"), (200, "0"), (429, "0"), (429, "0")]
    assert answer.json() == {"status": "error", "message": "Rate limit exceeded"}
    assert answer.headers["Retry-After"] == answer.headers["X-Ratelimit-Reset"]


async def test_a_key_that_is_no_operators_does_not_use_up_its_minute_elsewhere(api: Api) -> None:
    answer = await api.request("GET", "/api/customers", key=(await api.customer())[1])
    assert answer.status == 403
    assert "X-Ratelimit-Limit" not in answer.headers
