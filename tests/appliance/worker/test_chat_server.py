"""A chat model on the LAN: asked in the house alone, and whatever it does, nobody waits for ever."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import ConfigurationError
from appliance.webhooks.guard import AddressPolicy
from appliance.worker import chat_server as module
from appliance.worker.chat_server import ChatServer, ChatServerFailed
from tests.support.cases import long_but
from tests.support.own_records import own_messages

SCHEMA = {"type": "object"}
Respond = Callable[[BaseHTTPRequestHandler, Any], None]


class Server:
    """An OpenAI-compatible server that answers as it is told, and remembers what it was asked."""

    def __init__(self, respond: Respond) -> None:
        self.asked: list[tuple[str, dict[str, str], Any]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.asked.append((self.path, dict(self.headers), body))
                respond(self, body)

            def do_GET(self) -> None:
                server.asked.append((self.path, dict(self.headers), None))
                say(self, {"data": [{"id": "granite-8b"}, {"id": "other"}]})

            def log_message(self, format: str, *arguments: object) -> None:
                """The tests look at what was asked."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/v1"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()


def say(handler: BaseHTTPRequestHandler, body: object, status: int = 200) -> None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


def text(content: object) -> dict[str, Any]:
    return {"choices": [{"message": {"role": "assistant", "content": content}}]}


@pytest.fixture
def serve() -> Iterator[Callable[[Respond], Server]]:
    running: list[Server] = []

    def start(respond: Respond) -> Server:
        running.append(Server(respond))
        return running[-1]

    yield start
    for one in running:
        one.http.shutdown()
        one.http.server_close()


Serve = Callable[[Respond], Server]


def ask(server: ChatServer, on_wait: Callable[[], None] = lambda: None) -> str:
    return server.complete("Be brief.", "What was said?", SCHEMA, on_wait)


def test_it_is_asked_as_the_api_of_openai_has_it(serve: Serve, tmp_path: Path) -> None:
    server = serve(lambda handler, _: say(handler, text("It was said.")))
    (tmp_path / "key").write_text("sk-secret\n")
    chat = ChatServer(server.url, model="granite-8b", key_file=tmp_path / "key")
    assert ask(chat) == "It was said."
    ((path, headers, body),) = server.asked
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer sk-secret"
    assert body["model"] == "granite-8b"
    assert [message["content"] for message in body["messages"]] == ["Be brief.", "What was said?"]
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert body["temperature"] == 0


def test_without_a_name_the_first_model_is_taken(serve: Serve) -> None:
    server = serve(lambda handler, _: say(handler, text("yes")))
    assert ask(ChatServer(server.url)) == "yes"
    assert server.asked[-1][2]["model"] == "granite-8b"


def test_a_server_that_knows_no_schema_is_asked_without(serve: Serve) -> None:
    def old(handler: BaseHTTPRequestHandler, body: Any) -> None:
        say(handler, {"error": "unknown field"}, 400) if "response_format" in body else say(handler, text("{}"))

    server = serve(old)
    chat = ChatServer(server.url, model="m")
    assert [ask(chat), ask(chat)] == ["{}", "{}"]
    assert ["response_format" in body for _, _, body in server.asked] == [True, False, False]


@pytest.mark.parametrize(
    ("respond", "why"),
    [
        (lambda handler, _: say(handler, b"<html>busy</html>"), "not JSON"),
        (lambda handler, _: say(handler, {"choices": []}), "no choices"),
        (lambda handler, _: say(handler, text(None)), "no text"),
        (lambda handler, _: say(handler, [1]), "no choices"),
        (lambda handler, _: say(handler, {"error": "overloaded"}, 503), "answers 503"),
        (lambda handler, _: say(handler, {}, 401), "refuses the key"),
        (lambda handler, _: say(handler, {}, 302), "answers 302"),
        (lambda handler, _: say(handler, b"[" * 3_000_000), "more than"),
        (lambda handler, _: handler.wfile.write(b"SSH-2.0-OpenSSH\r\n"), "does not answer"),
        (lambda handler, _: handler.connection.shutdown(socket.SHUT_RDWR), "does not answer"),
    ],
)
def test_what_is_no_answer_is_told_in_one_sentence(serve: Serve, respond: Respond, why: str) -> None:
    with pytest.raises(ChatServerFailed, match=why) as told:
        ask(ChatServer(serve(respond).url, model="m", timeout_seconds=60))
    assert "\n" not in str(told.value)
    assert "('" not in str(told.value)


@pytest.mark.parametrize("drips", long_but([True], [False, True]), ids=["silent", "drips"])
@pytest.mark.slow
def test_one_that_hangs_is_waited_for_so_long_and_told_of(
    serve: Serve, drips: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()

    def hang(handler: BaseHTTPRequestHandler, _body: Any) -> None:
        if drips:
            handler.send_response(200)
            handler.send_header("Content-Length", "100000")
            handler.end_headers()
        while not over.wait(0.05):
            if drips:
                handler.wfile.write(b" ")

    monkeypatch.setattr(module, "WAIT_SECONDS", 0.1)
    signs: list[float] = []
    began = time.monotonic()
    try:
        with pytest.raises(ChatServerFailed, match=r"within 6 s|timed out"):
            ask(ChatServer(serve(hang).url, model="m", timeout_seconds=6.0), lambda: signs.append(time.monotonic()))
    finally:
        over.set()
    assert time.monotonic() - began < 60
    assert len(signs) >= 3, "whoever waits is told that it is waited for"


def test_one_that_is_down_is_left_alone_for_a_while_and_told_of_once(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    works = False
    now = 0.0
    server = serve(lambda handler, _: say(handler, text("back")) if works else say(handler, {}, 500))
    chat = ChatServer(server.url, model="m", monotonic=lambda: now)
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            with pytest.raises(ChatServerFailed):
                ask(chat)
        assert len(server.asked) == module.FAILURES_UNTIL_PAUSE
        now, works = module.PAUSE_SECONDS + 1, True
        assert ask(chat) == "back"
        assert ask(chat) == "back"
    assert [message.split(":")[0] for message in own_messages(caplog)] == [
        "summaries are quotes until it is back",
        "127.0.0.1 writes summaries again",
    ]


def test_several_calls_ask_at_once(serve: Serve) -> None:
    together = threading.Barrier(3, timeout=60)

    def wait(handler: BaseHTTPRequestHandler, _body: Any) -> None:
        together.wait()
        say(handler, text("all"))

    chat = ChatServer(serve(wait).url, model="m")
    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(ask(chat))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == ["all"] * 3


@pytest.mark.parametrize(
    "address",
    [
        "93.184.216.34",
        "169.254.169.254",
        "2606:2800:220:1::1",
        "100.64.0.7",
        "::ffff:93.184.216.34",
        "64:ff9b::5db8:d822",
    ],
)
def test_outside_the_building_no_transcript_is_sent(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    both = [(family, socket.SOCK_STREAM, 6, "", ("10.0.0.5", 0)), (family, socket.SOCK_STREAM, 6, "", (address, 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(ChatServerFailed, match="outside the building: no transcript is sent there"):
        ask(ChatServer("http://llm.example/v1", model="m"))


def test_only_in_words_may_it_stand_outside_and_never_is_it_the_cloud_s_metadata() -> None:
    inside, anywhere = AddressPolicy(module.IN_THE_HOUSE), AddressPolicy(module.ANYWHERE)
    assert [policy.permits("93.184.216.34") for policy in (inside, anywhere)] == [False, True]
    assert [policy.permits("169.254.169.254") for policy in (inside, anywhere)] == [False, False]
    assert all(inside.permits(address) for address in ("127.0.0.1", "::1", "10.0.0.5", "192.168.7.1", "fd12::1"))


@pytest.mark.parametrize("url", ["10.0.0.5:11434", "ftp://10.0.0.5/v1", "http://user:secret@10.0.0.5/v1", "http:///v1"])
def test_an_address_that_is_none_is_refused_at_once(url: str) -> None:
    with pytest.raises(ConfigurationError, match="is no address like"):
        ChatServer(url)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"two\nlines"])
def test_a_key_file_without_a_key_is_refused_at_once(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(ConfigurationError, match="llm_key_file"):
        ChatServer("http://10.0.0.5/v1", key_file=tmp_path / "key")


def test_the_name_that_cannot_be_found_is_told() -> None:
    with pytest.raises(ChatServerFailed, match=r"nobody\.invalid is not known"):
        ask(ChatServer("http://nobody.invalid/v1", model="m"))
