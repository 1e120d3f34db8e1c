"""What browsers are told: every reply is data and nothing more, and other sites read none unless that is set."""

from __future__ import annotations

import re

import pytest

from appliance.api.http.browsers import SECURITY_HEADERS
from tests.appliance.api.conftest import Answer, Api, serving
from tests.appliance.api.raw_http import RawAnswer, connected

SITE = "https://crm.example.com"
DOCS = ["/docs", "/docs/data-protection", "/docs/data-protection/de"]
EVERYWHERE = ["/health", "/metrics", *DOCS, "/api/openapi.json", "/api/calls", "/api/calls/none", "/nowhere"]


def assert_secured(headers: dict[str, str], *, but: tuple[str, ...] = ()) -> None:
    seen = {name.lower(): value for name, value in headers.items()}
    expected = {name.lower(): value for name, value in SECURITY_HEADERS.items() if name not in but}
    assert {name: seen.get(name) for name in expected} == expected
    assert not [name for name in seen if name.startswith("access-control-")]
    # Why not is said in appliance.api.http.browsers.
    assert "strict-transport-security" not in seen
    assert "server" not in seen


@pytest.mark.parametrize("path", EVERYWHERE)
async def test_every_reply_is_secured_also_errors(api: Api, path: str) -> None:
    own_policy = ("Content-Security-Policy",) if path in DOCS else ()
    for method in ("GET", "DELETE", "OPTIONS"):
        answer = await api.request(method, path, headers={"Origin": SITE})
        assert_secured(answer.headers, but=own_policy if method == "GET" else ())


async def test_no_page_can_frame_ours_or_be_made_of_it(api: Api) -> None:
    for path in ("/docs", "/health"):
        policy = (await api.request("GET", path)).headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


async def test_the_documentation_needs_nothing_that_its_policy_forbids(api: Api) -> None:
    answer = await api.request("GET", "/docs")
    page = answer.text
    assert not re.search(r"<(script|link|img|iframe|form|object|embed|base|video|audio)\b", page)
    assert not re.search(r"\s(style|on[a-z]+)\s*=", page)
    assert page.count("<style>") == 1


async def test_what_is_no_http_is_an_error_like_every_other(api: Api) -> None:
    for nonsense in (b"hello\r\n\r\n", b"GET /health HTTP/9\r\n\r\n", b"GET /health HTTP/1.1\r\n no name\r\n\r\n"):
        async with connected(api.port) as wire:
            await wire.send(nonsense)
            answer: RawAnswer = await wire.answer()
            assert answer.status == 400
            assert answer.body == b'{"status":"error","message":"Invalid request parameters"}'
            assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])
            assert answer.headers["connection"] == "close"
            assert_secured(answer.headers)
            assert await wire.ended()


# -- other sites ---------------------------------------------------------------------------------------------


async def preflight(api: Api, port: int, path: str, origin: str, method: str = "POST") -> Answer:
    headers = {"Origin": origin, "Access-Control-Request-Method": method}
    return await Api(api.appliance, api.database, port).request("OPTIONS", path, headers=headers)


async def test_without_the_setting_a_preflight_is_an_unknown_method(api: Api) -> None:
    answer = await preflight(api, api.port, "/api/customers", SITE)
    assert answer.status == 405
    assert_secured(answer.headers)
    assert "Vary" not in answer.headers


async def test_a_site_that_is_allowed_may_ask_and_read(api: Api) -> None:
    token = await api.token()
    async with serving(api, cors_origins=frozenset({SITE, "http://wall.lan"})) as port:
        other = Api(api.appliance, api.database, port)
        asked = await preflight(api, port, "/api/customers", SITE)
        read = await other.request("GET", "/api/customers", bearer=token, headers={"Origin": SITE})
        refused = await other.request("GET", "/api/customers", headers={"Origin": SITE})
        unknown = await other.request("GET", "/nowhere", headers={"Origin": SITE})
    assert (asked.status, asked.body) == (204, b"")
    assert asked.headers["Access-Control-Allow-Methods"] == "GET, POST"
    for name in ("Authorization", "X-API-Key", "Content-Type", "Idempotency-Key", "Range"):
        assert name in asked.headers["Access-Control-Allow-Headers"].split(", ")
    assert int(asked.headers["Access-Control-Max-Age"]) > 0
    assert (read.status, refused.status, unknown.status) == (200, 401, 404)
    for answer in (asked, read, refused, unknown):
        assert answer.headers["Access-Control-Allow-Origin"] == SITE
        assert answer.headers["Vary"] == "Origin"
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert {"X-Request-ID", "X-RateLimit-Remaining", "Retry-After", "Content-Disposition"} <= set(
            answer.headers["Access-Control-Expose-Headers"].split(", ")
        )


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://crm.example.com", "https://crm.example.com:444", "null", f"{SITE}.evil", "*"],
)
async def test_any_other_site_reads_nothing(api: Api, origin: str) -> None:
    async with serving(api, cors_origins=frozenset({SITE})) as port:
        other = Api(api.appliance, api.database, port)
        asked = await preflight(api, port, "/api/customers", origin)
        read = await other.request("GET", "/health", headers={"Origin": origin})
    assert (asked.status, read.status) == (405, 200)
    for answer in (asked, read):
        assert_secured(answer.headers)
        assert answer.headers["Vary"] == "Origin"


async def test_a_preflight_leaves_the_connection_as_it_was_and_asks_for_no_credential(api: Api) -> None:
    async with serving(api, cors_origins=frozenset({SITE})) as port, connected(port) as wire:
        for _ in range(2):
            await wire.head("OPTIONS", "/api/process-call", Origin=SITE, Access_Control_Request_Method="POST")
            answer = await wire.answer()
            assert (answer.status, answer.headers.get("connection")) == (204, None)


async def test_options_that_is_no_preflight_is_405(api: Api) -> None:
    async with serving(api, cors_origins=frozenset({SITE})) as port:
        other = Api(api.appliance, api.database, port)
        assert (await other.request("OPTIONS", "/health", headers={"Origin": SITE})).status == 405
