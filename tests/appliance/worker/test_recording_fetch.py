"""A recording is fetched again over the connection on which it could not be had before."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from appliance.worker import recording_fetch
from appliance.worker.recording_fetch import RecordingFetcher

BUSY, SOUND = b'{"error": "unavailable", "message": "the recording cannot be read at present"}', b"RIFF and so on"


class Busy(ThreadingHTTPServer):
    """Answers 503 three times, and then with a recording."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.paths: list[str] = []
        self.clients: set[object] = set()


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Busy

    def do_POST(self) -> None:
        self.server.paths.append(self.path)
        self.server.clients.add(self.client_address)
        status, body = (503, BUSY) if len(self.server.paths) <= 3 else (200, SOUND)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def busy() -> Iterator[Busy]:
    with Busy() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join(30)


def test_what_a_refusal_says_is_not_in_the_way_of_the_next_try(
    busy: Busy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(recording_fetch, "TRY_AGAIN_AFTER_SECONDS", 0.01)
    fetcher = RecordingFetcher(f"http://127.0.0.1:{busy.server_address[1]}")
    target = tmp_path / "recording"
    fetcher.fetch("/internal/recordings/1", target, "box/cpu", "secret", threading.Event(), lambda _token: None)
    assert target.read_bytes() == SOUND
    assert len(busy.paths) == 4
    assert len(busy.clients) == 1, "over one connection"
    said = [record.getMessage() for record in caplog.records if "cannot fetch" in record.getMessage()]
    assert said == ["cannot fetch a recording yet: the api answers 503"] * 3
