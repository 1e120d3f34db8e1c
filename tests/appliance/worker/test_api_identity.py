"""A worker knows the api by its key: over real TLS, while the certificate is made anew."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import urllib3

from appliance.errors import Unavailable
from appliance.messages.lease_renewal import LeaseRenewal
from appliance.services.access.certificate import create_certificate, read_certificate, renew_certificate
from appliance.worker.api_identity import known_by
from appliance.worker.recording_fetch import RecordingFetcher

NOW = datetime.now(UTC)
RENEWAL = LeaseRenewal(worker="box/cpu", boot="b", held=[])


class Answers(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing is printed."""


class Api(ThreadingHTTPServer):
    """Shows what its files hold at each new connection."""

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.files = folder / "certificate.pem", folder / "key.pem"
        create_certificate(*self.files, NOW)
        self.connections = 0

    @property
    def url(self) -> str:
        return f"https://localhost:{self.server_address[1]}"

    @property
    def pin(self) -> str:
        return read_certificate(self.files[0]).public_key_pin

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that refuses us ends its connection."""

    def get_request(self) -> tuple[socket.socket, object]:
        accepted, address = super().get_request()
        self.connections += 1
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*self.files)
        accepted.settimeout(60)
        return context.wrap_socket(accepted, server_side=True), address


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    # Who answers late cannot be told from another; that is not asked here.
    monkeypatch.setattr("appliance.worker.recording_fetch.RENEWAL_TIMEOUT", urllib3.Timeout(60))
    server = Api(tmp_path)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.shutdown()
    thread.join(30)
    server.server_close()


def fetcher(api: Api, expected: str) -> RecordingFetcher:
    made = RecordingFetcher(api.url)
    expected = known_by(expected)
    made.expect(lambda: expected)
    return made


@pytest.mark.parametrize("known", ["pin", "key", "fingerprint"])
def test_a_renewal_that_keeps_the_key_changes_nothing_and_another_key_is_refused(api: Api, known: str) -> None:
    shown = read_certificate(api.files[0])
    digits = base64.b64decode(api.pin.removeprefix("sha256//")).hex()
    told = {"pin": api.pin, "key": digits, "fingerprint": shown.fingerprint_sha256}[known]
    worker = fetcher(api, told)
    worker.renew(RENEWAL)
    renew_certificate(*api.files, NOW, ("other.example.lan",))
    assert read_certificate(api.files[0]).fingerprint_sha256 != shown.fingerprint_sha256
    worker.renew(RENEWAL)
    assert api.connections == 2
    if known != "fingerprint":
        fetcher(api, told).renew(RENEWAL)  # nor for its next life
    create_certificate(*api.files, NOW)
    with pytest.raises(Unavailable, match="who answers is not the api"):
        worker.renew(RENEWAL)


def test_who_is_called_as_the_api_and_has_another_key_is_not_the_api(api: Api) -> None:
    worker = fetcher(api, api.pin)
    create_certificate(*api.files, NOW)  # as somebody in its place, under the same names
    with pytest.raises(Unavailable, match="who answers is not the api"):
        worker.renew(RENEWAL)


def test_one_that_is_not_known_by_its_key_is_verified_as_usual(api: Api) -> None:
    worker = RecordingFetcher(api.url)
    with pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"):
        worker.renew(RENEWAL)
