"""What the client makes of an appliance that is ill, gone, or another one: one error each, in plain words."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from errno import ENOSPC
from pathlib import Path
from typing import Any

import pytest

from admin_gui.client.appliance import Appliance
from admin_gui.client.many import each
from admin_gui.client.transport.connection import Connection
from admin_gui.client.transport.errors import (
    CertificateChanged,
    ClientError,
    Conflict,
    CutShort,
    DamagedFile,
    Forbidden,
    Invalid,
    NotAuthorised,
    NotFound,
    ServerFault,
    Stopped,
    TooMany,
    Unanswered,
    Unavailable,
    UnexpectedAnswer,
    Unreachable,
)
from admin_gui.client.transport.stop import Stop, no_progress
from admin_gui.text.error_messages import message_of
from tests.admin_gui.conftest import PATIENCE_SECONDS, TlsAppliance
from tests.admin_gui.misbehaving import MisbehavingServer, Script, answer
from tests.support.appliance import free_port
from tests.support.processes import wait_until

NO_CUSTOMERS = b'{"customers": []}'
TOKEN = "a-token-for-tests"


def client_of(url: str, *, read_seconds: float = 60.0) -> Appliance:
    return Appliance(Connection(url, TOKEN, connect_seconds=60.0, read_seconds=read_seconds))


def always(reply: bytes) -> Script:
    return lambda connection, _first: connection.sendall(reply)


def error_of(reply: bytes) -> ClientError:
    with MisbehavingServer(always(reply)) as server:
        client = client_of(server.url)
        with pytest.raises(ClientError) as caught:
            client.customers.create({"name": "x"})
        client.close()
    return caught.value


# The real one


@pytest.fixture
def nobody(appliance: TlsAppliance) -> Iterator[Appliance]:
    """A client whose token nobody knows."""
    made = Appliance(appliance.connection("no-such-token-at-all"))
    yield made
    made.close()


def test_an_unknown_token_is_not_authorised(nobody: Appliance) -> None:
    with pytest.raises(NotAuthorised, match="the token is not accepted"):
        nobody.customers.everyone()


def test_a_viewer_changes_nothing_and_is_told_so(appliance: TlsAppliance) -> None:
    viewer = Appliance(appliance.connection(appliance.viewer_token()))
    with pytest.raises(Forbidden):
        viewer.customers.create({"name": "a", "company_name": "b", "email": "c@example.com"})
    viewer.close()


def test_what_does_not_exist_is_not_found(client: Appliance) -> None:
    with pytest.raises(NotFound):
        client.calls.one("no-such-call")


def test_refused_fields_are_named_one_by_one(client: Appliance) -> None:
    with pytest.raises(Invalid) as caught:
        client.customers.create({"name": "", "company_name": "Example", "email": "nobody"})
    assert caught.value.problem_of("name") == "must not be empty"
    assert "@" in str(caught.value.problem_of("email"))
    assert caught.value.problem_of("company_name") is None
    assert caught.value.request_id


def test_what_needs_another_state_is_a_conflict(client: Appliance) -> None:
    customer = client.customers.create({"name": "a", "company_name": "b", "email": "c@example.com"})
    with pytest.raises(Conflict):
        client.customers.test_webhook(customer.id)


def test_another_certificate_stops_the_client_before_its_token_is_sent(appliance: TlsAppliance) -> None:
    def refused() -> int:
        return appliance.log_file.read_text(errors="replace").count("GET /api/customers 401")

    client, before = Appliance(Connection(appliance.url, TOKEN, "ab" * 32, PATIENCE_SECONDS)), refused()
    with pytest.raises(CertificateChanged) as caught:
        client.customers.everyone()
    assert caught.value.expected == "ab" * 32
    assert caught.value.got == appliance.fingerprint
    assert refused() == before
    client.close()


def test_names_and_authorities_do_not_matter_when_the_fingerprint_fits(appliance: TlsAppliance) -> None:
    url = appliance.url.replace("127.0.0.1", "127.0.0.2")  # an address that the certificate does not name
    client = Appliance(Connection(url, appliance.admin_token, appliance.fingerprint.upper()))
    with pytest.raises(Unreachable):
        client.system.health()  # it listens on 127.0.0.1 alone
    client.close()
    url = appliance.url.replace("127.0.0.1", "localhost")
    client = Appliance(Connection(url, TOKEN, appliance.fingerprint, PATIENCE_SECONDS))
    assert wait_until(lambda: client.system.health().status == "healthy", 60)
    client.close()


# One that misbehaves


def test_nobody_listens() -> None:
    client = client_of(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Unreachable, match="cannot be reached: nothing listens there"):
        client.customers.everyone()
    with pytest.raises(Unreachable) as told:
        client.customers.create({})
    assert not isinstance(told.value, Unanswered), "nothing was sent"
    client.close()


def test_a_name_that_nobody_knows() -> None:
    client = client_of("http://vbot.invalid:8443")
    with pytest.raises(Unreachable, match="no machine of that name is known"):
        client.customers.everyone()
    client.close()


def test_one_that_takes_the_request_and_says_nothing() -> None:
    def wait(connection: socket.socket, _first: str) -> None:
        server.wait(10)

    with MisbehavingServer(wait) as server:
        client = client_of(server.url, read_seconds=0.3)
        with pytest.raises(Unanswered, match="it does not answer") as told:
            client.customers.create({})
        assert "Nobody knows whether it was done" in message_of(told.value), "for it may be"
        with pytest.raises(Unreachable) as asked:
            client.customers.everyone()
        assert not isinstance(asked.value, Unanswered), "who only asked has changed nothing"
        client.close()


def test_one_that_hangs_in_the_handshake_was_sent_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        client = Appliance(Connection(url, TOKEN, "ab" * 32, connect_seconds=0.3, read_seconds=0.3))
        with pytest.raises(Unreachable) as told:
            client.customers.create({})
        assert not isinstance(told.value, Unanswered)
        client.close()


def test_of_several_only_the_one_that_was_sent_may_be_done() -> None:
    def hang_up(connection: socket.socket, _first: str) -> None:
        connection.shutdown(socket.SHUT_RDWR)

    with MisbehavingServer(hang_up) as server:
        client = client_of(server.url)
        outcome = each(["a", "b"], lambda one: client.customers.create({"name": one}), no_progress, Stop())
        assert [(one, isinstance(error, Unanswered)) for one, error in outcome.not_done] == [("a", True), ("b", False)]
        assert len(server.requests) == 1
        client.close()


def test_what_would_go_wrong_with_all_is_tried_once_also_after_a_broken_connection() -> None:
    asked: list[str] = []

    def work(one: str) -> None:
        asked.append(one)
        raise (
            Unreachable("box:8443", "it does not answer") if one == "a" else OSError(ENOSPC, "No space left on device")
        )

    outcome = each(["a", "b", "c", "d"], work, no_progress, Stop())
    assert asked == ["a", "b"]
    assert [one for one, _ in outcome.not_done] == ["a", "b", "c", "d"]


def test_one_that_hangs_up_without_an_answer() -> None:
    def hang_up(connection: socket.socket, _first: str) -> None:
        connection.shutdown(socket.SHUT_RDWR)

    with MisbehavingServer(hang_up) as server:
        client = client_of(server.url)
        with pytest.raises(Unanswered, match="closed the connection without an answer"):
            client.customers.create({})
        assert len(server.requests) == 1, "a change is never sent twice by itself"
        client.close()


def test_what_only_asks_is_asked_again_when_the_line_broke() -> None:
    def break_once(connection: socket.socket, _first: str) -> None:
        if len(server.requests) == 1:
            connection.shutdown(socket.SHUT_RDWR)
        else:
            connection.sendall(answer("200 OK", NO_CUSTOMERS))

    with MisbehavingServer(break_once) as server:
        client = client_of(server.url)
        assert client.customers.everyone() == []
        assert len(server.requests) == 2
        client.close()


def test_an_answer_that_is_cut_short() -> None:
    def cut(connection: socket.socket, _first: str) -> None:
        connection.sendall(answer("200 OK", b'{"customers": [', length=4000))
        connection.shutdown(socket.SHUT_RDWR)

    with MisbehavingServer(cut) as server:
        client = client_of(server.url)
        with pytest.raises(CutShort, match="broke off in the middle"):
            client.customers.everyone()
        client.close()


def test_a_download_that_is_cut_short_leaves_no_file(tmp_path: Path) -> None:
    def cut(connection: socket.socket, _first: str) -> None:
        connection.sendall(answer("200 OK", b"RIFF" + b"\0" * 5000, length=100_000))
        connection.shutdown(socket.SHUT_RDWR)

    with MisbehavingServer(cut) as server:
        client = client_of(server.url)
        with pytest.raises(CutShort):
            client.calls.save_recording("x", tmp_path / "call.wav")
        client.close()
    assert list(tmp_path.iterdir()) == []


def test_a_fault_of_the_appliance_names_the_request() -> None:
    body = b'{"status": "error", "message": "Internal server error"}'
    error = error_of(answer("500 Internal Server Error", body, "X-Request-ID: find-me"))
    assert isinstance(error, ServerFault)
    assert error.request_id == "find-me"
    assert str(error) == "the appliance has a fault of its own"


def test_a_file_that_the_disk_lost_is_told_as_that() -> None:
    problem = "is damaged on the appliance's disk: it is damaged between byte 65536 and 131072"
    body = {"status": "error", "message": "Internal server error", "details": [{"field": "file", "problem": problem}]}
    error = error_of(answer("500 Internal Server Error", json.dumps(body).encode()))
    assert isinstance(error, DamagedFile)
    assert message_of(error) == "The file is damaged on the appliance's disk and cannot be read."


def test_a_fault_without_our_words_is_a_fault_as_well() -> None:
    assert isinstance(error_of(answer("502 Bad Gateway", b"<html>proxy</html>")), ServerFault)


def test_one_that_is_busy_says_how_long_to_wait() -> None:
    error = error_of(answer("429 Too Many Requests", b'{"message": "Rate limit exceeded"}', "Retry-After: 17"))
    assert isinstance(error, TooMany)
    assert error.retry_after_seconds == 17
    error = error_of(answer("503 Service Unavailable", b'{"message": "Service unavailable"}', "Retry-After: soon"))
    assert isinstance(error, Unavailable)
    assert error.retry_after_seconds is None


def test_another_program_is_told_from_an_appliance() -> None:
    assert isinstance(error_of(answer("404 Not Found", b"<html>printer</html>")), UnexpectedAnswer)
    assert isinstance(error_of(answer("200 OK", b"<html>printer</html>")), UnexpectedAnswer)
    assert isinstance(error_of(answer("302 Found", b"", "Location: http://elsewhere/")), UnexpectedAnswer)


def test_fields_that_we_do_not_know_do_not_matter() -> None:
    body = b'{"status": "healthy", "version": "9", "timestamp": "2026-11-24T12:00:00Z", "mood": {"good": true}}'
    with MisbehavingServer(always(answer("200 OK", body))) as server:
        client = client_of(server.url)
        assert client.system.health().version == "9"
        client.close()


def test_an_appliance_that_accepts_no_calls_is_unhealthy_and_no_error() -> None:
    body = b'{"status": "unhealthy", "version": "1", "timestamp": "2026-11-24T12:00:00Z"}'
    with MisbehavingServer(always(answer("503 Service Unavailable", body))) as server:
        client = client_of(server.url)
        assert client.system.health().status == "unhealthy"
        client.close()


def test_ages_are_told_by_the_clock_of_the_appliance() -> None:
    yesterday = time.time() - 86400
    with MisbehavingServer(always(answer("200 OK", NO_CUSTOMERS, at=yesterday))) as server:
        client = client_of(server.url)
        client.customers.everyone()
        assert abs(client.clock.offset() + timedelta(days=1)) < timedelta(minutes=5)
        client.close()


def test_closing_the_client_wakes_whoever_waits_for_an_answer() -> None:
    def wait(connection: socket.socket, _first: str) -> None:
        server.wait(240)

    with MisbehavingServer(wait) as server:
        client = client_of(server.url, read_seconds=240)
        caught: list[BaseException] = []

        def ask() -> None:
            try:
                client.customers.create({})
            except ClientError as error:
                caught.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        while not server.requests:
            time.sleep(0.01)
        client.close()
        thread.join(timeout=60)
        assert not thread.is_alive()
        assert isinstance(caught[0], Stopped)


def test_a_download_tells_how_far_it_is_and_can_be_stopped(tmp_path: Path) -> None:
    size = 4 * 1024 * 1024
    stop = Stop()
    seen: list[tuple[int, int | None]] = []

    def progress(done: int, total: int | None) -> None:
        seen.append((done, total))
        stop.request()

    with MisbehavingServer(always(answer("200 OK", b"\0" * size))) as server:
        client = client_of(server.url)
        with pytest.raises(Stopped):
            client.backups.save("some", tmp_path / "backup.tar", progress, stop)
        client.close()
    assert len(seen) == 1
    assert 0 < seen[0][0] < size
    assert seen[0][1] == size
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["vbot.lan", "ftp://vbot.lan", "https://", "https://vbot.lan:8443"])
def test_a_connection_needs_an_address_and_for_https_a_fingerprint(url: str) -> None:
    with pytest.raises(ValueError, match=r"address|fingerprint"):
        Connection(url, TOKEN)


def test_a_token_is_never_shown_with_its_connection() -> None:
    assert TOKEN not in repr(Connection("http://vbot.lan", TOKEN))


@pytest.mark.parametrize("host", ["127.0.0.1:0{port}", "LOCALHOST:{port}", "b\u00fcro.lan:{port}"])
def test_the_pin_holds_however_an_address_is_written(
    appliance: TlsAppliance, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """Requests looked these up under another address than the one of the pin, and the token went to anybody."""
    look_up = socket.getaddrinfo

    def resolved(name: Any, *arguments: Any, **options: Any) -> Any:
        return look_up("127.0.0.1" if name == "xn--bro-hoa.lan" else name, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    client = Appliance(Connection("https://" + host.format(port=appliance.port), TOKEN, "00" * 32, PATIENCE_SECONDS))
    with pytest.raises(CertificateChanged):
        client.customers.everyone()
    client.close()
