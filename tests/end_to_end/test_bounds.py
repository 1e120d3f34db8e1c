"""What a stranger holds of a real appliance, and for how long: raw sockets, inside TLS and before it."""

from __future__ import annotations

import contextlib
import json
import resource
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.end_to_end.raw_http import connected, read_answer, upload_body, upload_head
from tests.support.appliance import RunningAppliance, vbot
from tests.support.processes import wait_until
from tests.support.recordings import silence

pytestmark = pytest.mark.slow

IDLE_SECONDS = 75
SPARE_SECONDS = 20


def head(request: str, *lines: str) -> bytes:
    return "\r\n".join([f"{request} HTTP/1.1", "Host: vbot", *lines, "", ""]).encode()


def ended_within(connection: socket.socket, seconds: float, *, drip: bytes = b"") -> float:
    """After how many seconds the other side closes; `drip` is sent every second. Fails when it does not."""
    began = time.monotonic()
    connection.settimeout(1)
    while time.monotonic() - began < seconds:
        try:
            if not connection.recv(65536):
                return time.monotonic() - began
        except TimeoutError:
            pass
        except ConnectionError:
            return time.monotonic() - began
        with contextlib.suppress(ConnectionError):
            connection.sendall(drip)
    raise AssertionError(f"open after {seconds:g} s")


@pytest.fixture(scope="module")
def key(api_alone: RunningAppliance) -> str:
    return str(api_alone.new_customer()["api_key"])


@pytest.mark.parametrize(
    "nonsense",
    [
        b"\x00\xff\x00\xff\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"\r\n\r\n\r\n\r\n\r\n",
    ],
)
def test_what_is_no_http_is_answered_as_an_error_or_not_at_all(api_alone: RunningAppliance, nonsense: bytes) -> None:
    with connected(api_alone) as connection:
        connection.sendall(nonsense)
        answer = read_answer(connection)
    assert answer.status == 400
    assert json.loads(answer.body) == {"status": "error", "message": "Invalid request parameters"}
    assert answer.headers["x-request-id"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (head("GET /health", "X-Padding: " + "y" * 20_000), 431),
        (head("GET /health?" + "y" * 20_000), 431),
        (head("GET /health", *(f"X-{number}: y" for number in range(2000))), 431),
        (head("GET /health", "Content-Length: 1048577"), 413),
        (head("GET /health", "Content-Length: 99999999999999999999"), 413),
        (head("GET /health", "Content-Length: minus one"), 400),
        (head("GET /health", "Content-Length: 5", "Transfer-Encoding: chunked"), 400),
    ],
    ids=["long header", "long address", "many headers", "long body", "endless body", "no number", "both"],
)
def test_a_request_beyond_its_bounds_is_refused_in_words(
    api_alone: RunningAppliance, request_head: bytes, status: int
) -> None:
    with connected(api_alone) as connection:
        connection.sendall(request_head)
        assert read_answer(connection).status == status
    assert api_alone.health() != "unreachable"


def test_nesting_breaks_nothing(api_alone: RunningAppliance, key: str) -> None:
    for body in (b"[" * 500_000, b'{"name":' * 100_000, b'{"name":' + b"[" * 500 + b"]" * 500 + b"}"):
        answer = api_alone.admin("POST", "/api/customers", data=body)
        assert (answer.status_code, answer.json()["message"]) == (400, "Invalid request parameters")
    answer = api_alone.submit(key, silence(0.2), metadata="[" * 8000)
    assert answer.status_code == 400
    assert answer.json()["details"][0]["field"] == "metadata"


def test_the_parts_of_a_form_are_bounded(api_alone: RunningAppliance, key: str) -> None:
    many = b"".join(
        b'------vbotboundary\r\nContent-Disposition: form-data; name="x%d"\r\n\r\ny\r\n' % number
        for number in range(40)
    )
    long_header = b"------vbotboundary\r\nX-Padding: " + b"y" * 5000 + b"\r\n\r\n\r\n"
    many_headers = b"------vbotboundary\r\n" + b"X: y\r\n" * 20 + b"\r\n\r\n"
    long_field = b'------vbotboundary\r\nContent-Disposition: form-data; name="x"\r\n\r\n' + b"y" * 20_000 + b"\r\n"
    for start in (many, long_header, many_headers, long_field):
        body = start + upload_body(silence(0.2))
        with connected(api_alone) as connection:
            connection.sendall(upload_head(key, len(body)) + body)
            assert read_answer(connection).status == 400


@pytest.fixture
def many_files() -> Iterator[None]:
    """This test opens more sockets than a shell usually allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_flood_of_silent_connections_keeps_nobody_out(tmp_path: Path, many_files: None) -> None:
    """One address opens 700, and another is served all the while."""
    running = RunningAppliance(tmp_path, {"VBOT_BACKUP_EVERY_HOURS": "0"}, command="api")
    assert vbot("init", data_dir=running.data_dir, settings=running.settings).returncode == 0
    with running, contextlib.ExitStack() as stack:
        for _ in range(700):
            flood = stack.enter_context(socket.socket())
            flood.bind(("127.0.0.66", 0))
            flood.connect(("127.0.0.1", running.port))
            with contextlib.suppress(ConnectionError):  # it may have been sent away already
                flood.sendall(b"GET /health HTTP/1.1\r\n")
        for _ in range(20):
            assert running.health() != "unreachable"
        api = running.one("vbot api")
        assert len(list(Path(f"/proc/{api.pid}/fd").iterdir())) < 700
        assert wait_until(lambda: "too many connections" in running.log_file.read_text(), 60)


@pytest.mark.long
def test_whoever_stands_still_or_drips_is_let_go(api_alone: RunningAppliance, key: str) -> None:
    """Each for as long as it may last: they wait at the same time."""
    admin = f"Authorization: Bearer {api_alone.admin_token}"
    with contextlib.ExitStack() as stack, ThreadPoolExecutor(8) as pool:
        before_tls = stack.enter_context(socket.create_connection(("127.0.0.1", api_alone.port), timeout=20))

        def line(*sent: bytes) -> socket.socket:
            connection = stack.enter_context(connected(api_alone))
            for data in sent:
                connection.sendall(data)
            return connection

        recording = upload_body(silence(5), closed=False)
        waiting = {
            "never begins TLS": pool.submit(ended_within, before_tls, IDLE_SECONDS + SPARE_SECONDS),
            "says nothing": pool.submit(ended_within, line(), IDLE_SECONDS + SPARE_SECONDS),
            "half a head": pool.submit(ended_within, line(b"GET /health HTTP/1.1\r\n"), IDLE_SECONDS + SPARE_SECONDS),
            "a dripping head": pool.submit(
                ended_within, line(b"GET /health HTTP/1.1\r\n"), IDLE_SECONDS + SPARE_SECONDS, drip=b"X: y\r\n"
            ),
            "a dripping body": pool.submit(
                ended_within,
                line(head("POST /api/customers", admin, "Content-Length: 100000")),
                30 + SPARE_SECONDS,
                drip=b" ",
            ),
            "half an upload": pool.submit(
                ended_within, line(upload_head(key, 10_000_000), recording), 30 + SPARE_SECONDS
            ),
        }
        seconds = {name: future.result() for name, future in waiting.items()}
    assert min(seconds[name] for name in ("a dripping body", "half an upload")) > 25
    assert min(seconds[name] for name in ("says nothing", "half a head", "a dripping head")) > 60
