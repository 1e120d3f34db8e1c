"""The audit at a SIEM: each line at least once, whatever happens to either side."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from appliance.api.shapes.replies.audit import as_shown
from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind
from appliance.server.assembly import assemble
from appliance.services.access.audit_export import AuditExport, exported_until
from appliance.services.access.syslog import SyslogConnection, SyslogUnreachable, message
from appliance.services.upkeep.long_work import in_thread_of_its_own
from appliance.settings import Settings
from appliance.settings.values import SyslogTarget
from appliance.storage.database import Database
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import audit
from tests.appliance.audited import written
from tests.appliance.builders import AN_ADMIN, NOON, FakeClock
from tests.support.appliance import free_port

pytestmark = pytest.mark.slow

LINE = AuditLine(NOON, AN_ADMIN, Action.CALL_READ, Subject(SubjectKind.CALL, "call-1"))
RFC_5424 = re.compile(
    r"<(?P<pri>\d{1,3})>1 (?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) (?P<host>[!-~]{1,255}) (?P<app>[!-~]{1,48}) "
    r"(?P<proc>[!-~]{1,128}) (?P<id>[!-~]{1,32}) - (?P<json>\{.*\})"
)


class Siem:
    """A syslog server that takes octet-counted messages, over TLS where it has a certificate."""

    def __init__(self, certificate: Path | None = None, port: int = 0) -> None:
        self.received: list[str] = []
        self.drops_after: int | None = None  # it ends a connection, once, after so many; what more came it forgets
        self.ended = 0  # connections
        self._context = None
        if certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate)
        self._listening = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(10)

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listening.accept()
            except OSError:
                return
            with contextlib.suppress(OSError, ValueError), plain:
                stream = plain if self._context is None else self._context.wrap_socket(plain, server_side=True)
                with stream, stream.makefile("rb") as file:
                    self._read(file)
            self.ended += 1

    def _read(self, file: Any) -> None:
        taken = 0
        while digits := self._digits(file):
            text = file.read(int(digits)).decode()
            taken += 1
            if self.drops_after is not None and taken > self.drops_after:
                self.drops_after = None
                return
            self.received.append(text)

    @staticmethod
    def _digits(file: Any) -> bytes:
        digits = b""
        while (one := file.read(1)) not in (b" ", b""):
            digits += one
        return digits


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 127.0.0.1, with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "siem")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("siem") / "siem.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def siem() -> Iterator[Siem]:
    made = Siem()
    yield made
    made.close()


def an_export(database: Database, target: SyslogTarget, clock: FakeClock, ca_file: Path | None = None) -> AuditExport:
    connection = SyslogConnection(target, ca_file)
    return AuditExport(
        database, connection, str(target), clock, as_shown, in_thread_of_its_own, "vbot.lan", look_every_seconds=0.05
    )


def to(siem: Siem, scheme: str = "tcp") -> SyslogTarget:
    return SyslogTarget(scheme, "127.0.0.1", siem.port)


async def write(database: Database, *numbers: int) -> None:
    lines = [replace(LINE, after={"number": number, "name": "Ünï \N{SNOWMAN}\n"}) for number in numbers]
    await database.write(lambda tx: audit.add(tx, *lines))


def numbers(siem: Siem) -> list[int]:
    found = [RFC_5424.fullmatch(text) for text in siem.received]
    assert all(found), siem.received
    return [json.loads(one["json"])["after"]["number"] for one in found if one is not None]


@contextlib.asynccontextmanager
async def running(export: AuditExport) -> Any:
    task = asyncio.create_task(export.run())
    yield task
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def until(condition: Any) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.01)


async def test_lines_go_over_tls_as_rfc_5424_says_with_their_hash(
    database: Database, clock: FakeClock, certificate: Path
) -> None:
    siem = Siem(certificate)
    await write(database, 1)
    async with running(an_export(database, to(siem, "tls"), clock, certificate)):
        await until(lambda: siem.received)
    found = RFC_5424.fullmatch(siem.received[0])
    assert found is not None
    assert (found["pri"], found["host"], found["app"], found["id"]) == ("109", "vbot.lan", "vbot", "call.read")
    assert found["at"] == "2026-11-24T12:00:00.123456Z"
    (line,) = await written(database)
    assert json.loads(found["json"]) == as_shown(line)
    assert json.loads(found["json"])["hash"] == line.hash
    siem.close()


async def test_what_was_exported_is_remembered_over_restarts(database: Database, clock: FakeClock, siem: Siem) -> None:
    await write(database, 1, 2)
    async with running(an_export(database, to(siem), clock)):
        await until(lambda: len(siem.received) == 2)
        async with asyncio.timeout(60):
            while await database.read(exported_until) != 2:
                await asyncio.sleep(0.01)
    await write(database, 3)
    async with running(an_export(database, to(siem), clock)):
        await until(lambda: len(siem.received) == 3)
    assert numbers(siem) == [1, 2, 3]


async def test_a_siem_that_cannot_be_reached_is_told_once_and_gets_all_later(
    database: Database, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    siem = Siem(port=free_port())  # nobody else is given it meanwhile
    siem.close()
    await write(database, 1, 2)
    export = an_export(database, to(siem), clock)
    async with running(export):
        await until(lambda: export.state.unreachable_since is not None)
        await asyncio.sleep(0.5)
        assert (export.state.reason, export.state.waiting) == ("Connection refused", 2)
        assert export.state.unreachable_since == NOON
        assert caplog.text.count("cannot be exported") == 1
        there = Siem(port=siem.port)
        await until(lambda: len(there.received) == 2)
        await until(lambda: export.state.unreachable_since is None)
        there.close()
    assert numbers(there) == [1, 2]


async def test_a_certificate_that_nobody_vouches_for_is_refused(
    database: Database, clock: FakeClock, certificate: Path
) -> None:
    siem = Siem(certificate)
    await write(database, 1)
    with pytest.raises(SyslogUnreachable, match="its certificate is not accepted: self-signed"):
        await an_export(database, to(siem, "tls"), clock).send_some()
    siem.close()
    assert siem.received == []


async def test_lines_that_a_dying_siem_forgot_come_again(
    database: Database, clock: FakeClock, siem: Siem, monkeypatch: pytest.MonkeyPatch
) -> None:
    siem.drops_after = 3
    await write(database, *range(10))
    async with running(an_export(database, to(siem), clock)) as _:
        with monkeypatch.context() as patient:  # the siem's thread may come late to end it; the next one stays
            patient.setattr("appliance.services.access.syslog.REFUSAL_SECONDS", 3.0)
            await until(lambda: siem.ended)
        await until(lambda: set(numbers(siem)) == set(range(10)))
    assert numbers(siem)[:4] == [0, 1, 2, 0], "it has ended one"


def test_the_api_ends_while_a_siem_does_not_answer(
    folder: DataFolder, keys: Keys, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def send(_connection: SyslogConnection, _messages: object) -> None:
        begun.set()
        go_on.wait(60)
        ended.set()

    monkeypatch.setattr(SyslogConnection, "send", send)
    settings = Settings(
        data_dir=folder.root, models_dir=tmp_path, tls="off", syslog_url=SyslogTarget("tcp", "192.0.2.1", 9)
    )

    async def live_and_stop() -> None:
        appliance = await assemble(settings, folder, keys, database)
        assert appliance.audit_export is not None
        await write(database, 1)
        exporting = asyncio.create_task(appliance.audit_export.run())
        assert await asyncio.to_thread(begun.wait, 60)
        exporting.cancel()
        await asyncio.gather(exporting, return_exceptions=True)
        await appliance.sender.close()

    try:
        asyncio.run(live_and_stop())
        assert not ended.is_set()
    finally:
        go_on.set()
    assert ended.wait(60)


async def test_datagrams_go_too(database: Database, clock: FakeClock) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(60)
        await write(database, 1)
        async with running(an_export(database, SyslogTarget("udp", "127.0.0.1", server.getsockname()[1]), clock)):
            received = await asyncio.to_thread(server.recv, 65536)
        assert RFC_5424.fullmatch(received.decode())


@pytest.mark.parametrize("action", list(Action))
def test_every_action_makes_a_message_of_the_standard(action: Action) -> None:
    line = replace(LINE, action=action, at=NOON.replace(microsecond=0))
    assert RFC_5424.fullmatch(message(line, as_shown(line), "hôst name\n").decode("ascii"))
