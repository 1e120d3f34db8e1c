"""SIGHUP: the certificate is replaced while calls come in, and none of them is lost."""

from __future__ import annotations

import hashlib
import os
import pty
import signal
import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from appliance.services.access.certificate import (
    create_certificate,
    fingerprint,
    read_certificate,
    renew_certificate,
)
from tests.end_to_end.raw_http import connected, read_answer, upload_body, upload_head
from tests.support.appliance import VBOT, RunningAppliance, environment, free_port, vbot
from tests.support.cases import long_but
from tests.support.processes import family, wait_until
from tests.support.recordings import silence
from tests.support.service_manager import Ear

pytestmark = pytest.mark.slow


class Box:
    """An api with a certificate of the administrator's own."""

    def __init__(self, folder: Path, ear: Ear) -> None:
        self.certificate, self.key = folder / "box.pem", folder / "box.key"
        create_certificate(self.certificate, self.key, datetime.now(UTC))
        settings = {"VBOT_TLS": f"{self.certificate},{self.key}", **ear.environment}
        self.api = RunningAppliance(folder / "api", settings, command="api")
        self.ear = ear

    def reload(self) -> str:
        """Send SIGHUP and wait until it was obeyed; what the service manager was told."""
        os.kill(self.api.pid, signal.SIGHUP)
        self.ear.wait_for("RELOADING")
        return self.ear.wait_for("READY").assignments["STATUS"]

    def replacements(self) -> list[dict[str, Any]]:
        """The lines of the audit that tell of another certificate."""
        return replaced_by(self.api)

    def refusals(self) -> list[str]:
        return [line for line in self.api.log_file.read_text().splitlines() if "the old certificate stays" in line]


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    with Ear(tmp_path) as ear:
        box = Box(tmp_path, ear)
        with box.api:
            ear.wait_for("READY")
            yield box


def replaced_by(api: RunningAppliance) -> list[dict[str, Any]]:
    """The lines of the audit of this api that tell of another certificate."""
    answer = api.admin("GET", "/api/audit?action=appliance.certificate_replaced")
    found: list[dict[str, Any]] = answer.json()["audit"]
    return found


def is_written_down_once(api: RunningAppliance) -> bool:
    """Once another certificate is shown, that is written down a moment later."""
    return wait_until(lambda: bool(replaced_by(api)), 60) and len(replaced_by(api)) == 1


def shown_by(appliance: RunningAppliance | int, seconds: float = 60) -> str:
    """The SHA-256 of the certificate that a new connection gets to see there, or at this port."""
    port = appliance if isinstance(appliance, int) else appliance.port
    pem = ssl.get_server_certificate(("127.0.0.1", port), timeout=seconds)
    digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest().upper()
    return ":".join(digest[i : i + 2] for i in range(0, len(digest), 2))


def shown(appliance: RunningAppliance | int, fault: type[OSError] = TimeoutError) -> str | None:
    """The same, or None where nobody shows one in time; with `OSError` also where nobody is there yet."""
    try:
        return shown_by(appliance, 10)
    except fault:
        return None


def test_a_renewed_one_is_shown_at_once_and_the_pin_of_its_key_stays(tmp_path: Path) -> None:
    api = RunningAppliance(tmp_path / "api", {"VBOT_TLS": "auto"}, command="api")
    with api:
        pin, before = read_certificate(api.data_dir / "tls" / "certificate.pem").public_key_pin, shown_by(api)
        renewed = vbot("certificate", "renew", data_dir=api.data_dir, settings=api.settings)
        assert renewed.returncode == 0, renewed.stderr
        assert "shows it now" in renewed.stdout
        after = shown_by(api)
        asked = ["curl", "--silent", "--insecure", "--pinnedpubkey", pin, f"{api.url}/health"]
        assert subprocess.run(asked, timeout=30, check=False, stdout=subprocess.DEVNULL).returncode == 0
        api.trust_certificate()
        assert is_written_down_once(api)
    assert after != before
    assert after in renewed.stdout


def test_one_that_is_to_end_is_made_anew_by_the_running_api(tmp_path: Path) -> None:
    api = RunningAppliance(tmp_path / "api", {"VBOT_TLS": "auto"}, command="api")
    assert vbot("init", data_dir=api.data_dir, settings=api.settings).returncode == 0
    files = api.data_dir / "tls/certificate.pem", api.data_dir / "tls/key.pem"
    create_certificate(*files, datetime.now(UTC) - timedelta(days=3600))
    before = read_certificate(files[0])
    with api:
        assert wait_until(lambda: shown(api) not in (None, before.fingerprint_sha256), 60), api.log_tail()
        after = read_certificate(files[0])
        assert shown_by(api) == after.fingerprint_sha256
        api.trust_certificate()
        assert is_written_down_once(api)
    assert after.public_key_pin == before.public_key_pin
    assert after.not_after - before.not_after > timedelta(days=3000)


def test_an_upload_goes_on_while_new_connections_get_the_new_certificate(box: Box) -> None:
    key = str(box.api.new_customer()["api_key"])
    body = upload_body(silence(20.0))
    half = len(body) // 2
    with connected(box.api) as upload:
        upload.sendall(upload_head(key, len(body)) + body[:half])
        before = shown_by(box.api)
        create_certificate(box.certificate, box.key, datetime.now(UTC))

        box.reload()

        after = shown_by(box.api)
        assert after == fingerprint(box.certificate)
        assert after != before
        upload.sendall(body[half:])
        assert read_answer(upload).status == 200
    box.api.trust_certificate()
    assert len(box.api.admin("GET", "/api/calls").json()["calls"]) == 1
    (line,) = box.replacements()
    assert (line["before"], line["after"]) == ({"fingerprint_sha256": before}, {"fingerprint_sha256": after})
    assert line["actor"]["kind"] == "owner"


@pytest.mark.long
def test_a_certificate_that_is_the_same_is_not_written_down_as_a_change(box: Box) -> None:
    box.reload()

    assert box.replacements() == []


@pytest.mark.parametrize(
    "fault",
    long_but(
        ["another key"],
        ["no certificate", "no key", "another key", "an empty file", "a key under a password"],
    ),
)
def test_a_pair_that_cannot_be_used_is_refused_in_one_line_and_the_old_one_stays(
    box: Box, fault: str, tmp_path: Path
) -> None:
    before = shown_by(box.api)
    spoil(box, fault, tmp_path)

    assert box.reload().endswith("; the new certificate was refused")

    assert shown_by(box.api) == before
    (line,) = box.refusals()
    assert str(box.key if "key" in fault else box.certificate) in line
    assert "Traceback" not in box.api.log_tail()
    create_certificate(box.certificate, box.key, datetime.now(UTC))
    assert box.reload() == f"listening on 127.0.0.1:{box.api.port}"
    assert shown_by(box.api) == fingerprint(box.certificate)


def spoil(box: Box, fault: str, folder: Path) -> None:
    if fault == "no certificate":
        box.certificate.unlink()
    elif fault == "no key":
        box.key.unlink()
    elif fault == "another key":
        create_certificate(folder / "other.pem", box.key, datetime.now(UTC))
    elif fault == "an empty file":
        box.certificate.write_bytes(b"")
    else:
        locked = subprocess.run(
            ["openssl", "pkey", "-in", box.key, "-aes256", "-passout", "pass:secret"], capture_output=True, check=True
        )
        box.key.write_bytes(locked.stdout)


def test_many_hangups_at_once_end_with_what_the_files_hold(box: Box) -> None:
    for _ in range(20):
        create_certificate(box.certificate, box.key, datetime.now(UTC))
        os.kill(box.api.pid, signal.SIGHUP)

    assert wait_until(lambda: shown(box.api) == fingerprint(box.certificate), 60), box.api.log_tail()


@pytest.mark.parametrize("command", ["api", pytest.param("up", marks=pytest.mark.long)])
def test_hangups_while_it_starts_end_nothing_and_none_is_lost(tmp_path: Path, command: str) -> None:
    """From the moment on at which it is known by its name, until its api shows a certificate."""
    settings = {"VBOT_LISTEN": f"127.0.0.1:{free_port()}", "VBOT_TLS": "auto"}
    data_dir, port = tmp_path / "data", int(settings["VBOT_LISTEN"].partition(":")[2])
    assert vbot("init", data_dir=data_dir, settings=settings).returncode == 0
    files = data_dir / "tls/certificate.pem", data_dir / "tls/key.pem"
    with (tmp_path / "log").open("wb") as log:
        started = subprocess.Popen(
            [VBOT, command],
            env=environment(data_dir, settings),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    try:
        us = next(one for one in family(started.pid) if one.pid == started.pid)
        assert wait_until(lambda: us.title == f"vbot {command}", 60, 0.01), (tmp_path / "log").read_text()

        def hung_up() -> bool:
            renew_certificate(*files, datetime.now(UTC))
            us.kill(signal.SIGHUP)
            return shown(port, OSError) is not None

        assert wait_until(hung_up, 120), (tmp_path / "log").read_text()
        assert wait_until(lambda: shown(port, OSError) == fingerprint(files[0]), 60), (tmp_path / "log").read_text()
        assert started.poll() is None
        assert "api ended" not in (tmp_path / "log").read_text()
    finally:
        for one in family(started.pid):
            one.kill()
        started.wait(60)


@pytest.mark.long
def test_without_tls_a_hangup_does_nothing(tmp_path: Path) -> None:
    with Ear(tmp_path) as ear, RunningAppliance(tmp_path / "api", ear.environment, command="api") as api:
        ear.wait_for("READY")
        os.kill(api.pid, signal.SIGHUP)
        ear.wait_for("RELOADING")
        ear.wait_for("READY")
        assert api.health() == "degraded"


@pytest.mark.long
def test_the_whole_appliance_takes_a_new_certificate_and_its_worker_learns_of_it(tmp_path: Path) -> None:
    with RunningAppliance(tmp_path, {"VBOT_TLS": "auto"}) as running:
        customer = running.new_customer()
        create_certificate(
            running.data_dir / "tls/certificate.pem", running.data_dir / "tls/key.pem", datetime.now(UTC)
        )
        new = fingerprint(running.data_dir / "tls/certificate.pem")

        os.kill(running.pid, signal.SIGHUP)  # no terminal here that could have been closed

        assert wait_until(lambda: shown(running) == new, 60), running.log_tail()
        running.http.close()
        running.trust_certificate()
        call_id = running.accepted(customer["api_key"], silence(0.5))
        assert running.final_call(call_id)["state"] == "completed"


@pytest.mark.long
def test_up_ends_when_its_terminal_is_closed(tmp_path: Path) -> None:
    """As a shell in a window does, which passes the hang-up on to what it started."""
    settings = {"VBOT_LISTEN": f"127.0.0.1:{free_port()}", "VBOT_TLS": "off"}
    ours, terminal = pty.openpty()
    # Whoever runs these tests under nohup hands an ignored signal on, and a shell cannot trap such a one.
    command = [
        "env",
        "--default-signal=HUP",
        "setsid",
        "--ctty",
        "bash",
        "-c",
        f'"{VBOT}" up & trap "kill -HUP $!; wait $!" HUP; wait $!; wait',
    ]
    log = (tmp_path / "log").open("wb")
    window = subprocess.Popen(
        command, env=environment(tmp_path / "data", settings), stdin=terminal, stdout=log, stderr=log
    )
    os.close(terminal)
    try:
        assert wait_until(lambda: b"ready http" in (tmp_path / "log").read_bytes(), 600)
        os.close(ours)
        assert wait_until(lambda: window.poll() is not None, 60), (tmp_path / "log").read_text()
        assert b"started" in (tmp_path / "log").read_bytes()
    finally:
        window.kill()
        window.wait(60)
        log.close()
