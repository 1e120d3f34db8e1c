"""The operator's commands."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pty
import re
import select
import ssl
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from appliance.services.access.certificate import first_certificate
from tests.end_to_end.contract import RESULT_KEYS, WEBHOOK_KEYS
from tests.engine.stand_ins import attack, install_as_ffmpeg, worked
from tests.support.appliance import READY_SECONDS, VBOT, RunningAppliance, environment, free_port, vbot
from tests.support.recordings import broken, conversation, interrupted
from tests.support.running_folder import everything_below

pytestmark = pytest.mark.slow

Done = subprocess.CompletedProcess[str]


def assert_one_line_error(done: Done, *expected: str) -> None:
    assert done.returncode != 0
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr
    for text in expected:
        assert text in done.stderr


@pytest.mark.parametrize("arguments", [(), ("nonsense",), ("token", "nonsense"), ("token", "create", "--role", "king")])
def test_an_unknown_command_is_one_line_on_stderr(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    assert_one_line_error(vbot(*arguments, data_dir=tmp_path / "data"))


@pytest.mark.parametrize(
    "command",
    [(), ("init",), ("up",), ("api",), ("worker",), ("demo",), ("models",), ("token",), ("analyse",), ("doctor",)],
)
def test_every_command_has_help(tmp_path: Path, command: tuple[str, ...]) -> None:
    done = vbot(*command, "--help", data_dir=tmp_path / "data")

    assert done.returncode == 0
    assert "usage" in done.stdout.lower()
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("VBOT_LISTEN", "nonsense"),
        pytest.param("VBOT_LISTEN", "127.0.0.1:99999", marks=pytest.mark.long),
        pytest.param("VBOT_RATE_LIMIT_PER_MINUTE", "many", marks=pytest.mark.long),
        pytest.param("VBOT_MAX_CONCURRENT_CALLS", "0", marks=pytest.mark.long),
        pytest.param("VBOT_WEBHOOK_RETRY_SECONDS", "1,2", marks=pytest.mark.long),
        pytest.param("VBOT_WEBHOOK_ALLOW", "everywhere", marks=pytest.mark.long),
        ("VBOT_TLS", "/nonexistent/cert.pem,/nonexistent/key.pem"),
        ("VBOT_ADMIN_TOKEN", "short"),
    ],
)
def test_a_setting_of_the_wrong_form_is_one_line_that_names_it(tmp_path: Path, variable: str, value: str) -> None:
    settings = {"VBOT_LISTEN": f"127.0.0.1:{free_port()}", "VBOT_TLS": "off"}
    assert vbot("init", data_dir=tmp_path / "data", settings=settings).returncode == 0

    done = vbot("api", data_dir=tmp_path / "data", settings=settings | {variable: value})

    assert_one_line_error(done, value.split(",", maxsplit=1)[0] if variable == "VBOT_TLS" else variable)
    if variable == "VBOT_ADMIN_TOKEN":
        assert value not in done.stderr.removeprefix(variable)


def with_config(file: Path, *arguments: str) -> tuple[str, ...]:
    """Put --config before the command."""
    return ("--config", str(file), *arguments)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("nonsense = 1\n", "nonsense"), ('listen = "here"\n', "listen"), ("not toml", "vbot.toml"), (None, "vbot.toml")],
)
def test_a_settings_file_that_cannot_be_used_is_one_line(tmp_path: Path, text: str | None, expected: str) -> None:
    file = tmp_path / "vbot.toml"
    if text is not None:
        file.write_text(text)

    assert_one_line_error(vbot(*with_config(file, "api"), data_dir=tmp_path / "data"), expected)


def test_a_settings_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    file = tmp_path / "vbot.toml"
    data_dir = tmp_path / "from-the-file"
    file.write_text(
        f'data_dir = "{data_dir}"\ntls = "off"\nrate_limit_per_minute = 7\nlisten = "127.0.0.1:1"\n'
        "retention_days = { recordings = 3, texts = 30 }\n"
    )
    running = RunningAppliance(
        tmp_path / "run",
        {"VBOT_TLS": None, "VBOT_DATA_DIR": None},
        command="api",
        arguments=("--config", str(file)),
        data_dir=data_dir,
    )
    running.url = running.url.replace("https:", "http:")
    assert vbot("--config", file, "init", data_dir=data_dir, settings=running.settings).returncode == 0

    with running:
        key = running.new_customer()["api_key"]
        answer = running.request("GET", "/api/calls", key=key)

    assert answer.headers["X-RateLimit-Limit"] == "7"
    assert data_dir.is_dir()


def test_a_port_that_is_taken_is_one_line(appliance: RunningAppliance, tmp_path: Path) -> None:
    settings = {"VBOT_LISTEN": f"127.0.0.1:{appliance.port}", "VBOT_TLS": "off"}
    assert vbot("init", data_dir=tmp_path / "data", settings=settings).returncode == 0

    assert_one_line_error(vbot("api", data_dir=tmp_path / "data", settings=settings), str(appliance.port))


def test_a_data_folder_in_use_is_refused(appliance: RunningAppliance) -> None:
    settings = {"VBOT_LISTEN": f"127.0.0.1:{free_port()}", "VBOT_TLS": "off"}

    assert_one_line_error(vbot("api", data_dir=appliance.data_dir, settings=settings))
    appliance.wait_until_healthy()


# vbot init


def secrets_in(text: str) -> list[str]:
    """Return the words of a text that are long enough to be a token, a key or a fingerprint."""
    return [word for word in re.split(r"[\s\"'`]+", text) if len(word) >= 16 and "/" not in word]


def hexadecimal(text: str) -> str:
    return re.sub(r"[^0-9a-f]", "", text.lower())


def init_file(output: str) -> Path:
    """Return the file that `vbot init` names on a pipe."""
    for word in re.split(r"[\s\"'`]+", output):
        path = Path(word.rstrip(".,:;"))
        if path.is_absolute() and path.is_file():
            return path
    raise AssertionError(f"no file is named in {output!r}")


def test_init_without_a_terminal_writes_the_secrets_to_a_private_file_that_it_names(tmp_path: Path) -> None:
    running = RunningAppliance(tmp_path / "run", {"VBOT_TLS": "auto", "VBOT_ADMIN_TOKEN": None}, command="api")
    made = vbot("init", data_dir=running.data_dir, settings=running.settings)
    assert made.returncode == 0, made.stderr
    file = init_file(made.stdout + made.stderr)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found = secrets_in(file.read_text())
    assert len(found) >= 3  # admin token, recovery key, fingerprint
    shown = made.stdout + made.stderr
    first_token = vbot("token", "list", data_dir=running.data_dir, settings=running.settings)
    assert first_token.returncode == 0, first_token.stderr

    with running:
        accepted = [word for word in found if running.request("GET", "/api/customers", bearer=word).status_code == 200]
        served = ssl.PEM_cert_to_DER_cert(first_certificate(running.trust_certificate()))

    assert len(accepted) == 1, "the file holds one admin token"
    assert accepted[0] not in shown
    assert hashlib.sha256(served).hexdigest() in hexadecimal(file.read_text())
    again = vbot("init", data_dir=running.data_dir, settings=running.settings)
    assert not any(word in again.stdout + again.stderr for word in found if word == accepted[0])


def test_init_on_a_terminal_shows_the_secrets_there(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [VBOT, "init"], env=environment(data_dir), stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    output = b""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        if select.select([ours], [], [], 0.2)[0]:
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # the other side has closed the terminal
                break
            if not chunk:
                break
            output += chunk
    os.close(ours)
    assert process.wait(timeout=60) == 0, output

    text = output.decode()
    assert len(secrets_in(text)) >= 3
    assert re.search(r"(?i)token", text)
    assert re.search(r"(?i)recovery", text)
    assert re.search(r"(?i)sha-?256", text)
    kept = b"".join(path.read_bytes() for path in data_dir.rglob("*") if path.is_file())
    assert re.search(r"(?:[0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}|[0-9a-fA-F]{64}", text)
    token_shown = re.search(r"(?i)token[^\n]*?(\S{20,})", text)
    assert token_shown is not None
    assert token_shown[1].encode() not in kept, "of the token only its hash is stored"


def test_the_data_folder_is_private(appliance: RunningAppliance) -> None:
    assert stat.S_IMODE(appliance.data_dir.stat().st_mode) == 0o700
    modes = {}
    for path in everything_below(appliance.data_dir):
        with contextlib.suppress(FileNotFoundError):  # some are there for a moment only
            mode = path.lstat().st_mode
            modes[str(path.relative_to(appliance.data_dir))] = stat.S_ISREG(mode), stat.S_IMODE(mode)
    assert modes
    assert {name: oct(mode) for name, (is_file, mode) in modes.items() if is_file and mode != 0o600} == {}
    assert {name: oct(mode) for name, (_, mode) in modes.items() if mode & 0o077} == {}
    assert "run/valkey.sock" in modes


def test_nothing_secret_stands_in_plain_text_in_the_data_folder(appliance: RunningAppliance) -> None:
    made = appliance.new_customer()

    kept = b""
    for path in everything_below(appliance.data_dir):
        with contextlib.suppress(FileNotFoundError):  # some are there for a moment only
            kept += path.read_bytes() if path.is_file() else b""

    for secret in (made["api_key"], made["webhook_secret"], appliance.admin_token):
        assert secret.encode() not in kept
        assert secret.encode() not in appliance.log_file.read_bytes()


# vbot token


def token(data_dir: Path, settings: dict[str, str | None], *arguments: str) -> str:
    done = vbot("token", *arguments, data_dir=data_dir, settings=settings)
    assert done.returncode == 0, done.stderr
    return done.stdout


def listed(data_dir: Path, settings: dict[str, str | None]) -> set[str]:
    """Return the ids of all tokens: the first word of each line that speaks of a role."""
    lines = token(data_dir, settings, "list").splitlines()
    return {line.split()[0] for line in lines if re.search(r"\b(admin|viewer)\b", line)}


def test_tokens_are_made_listed_and_revoked_while_the_api_runs(appliance: RunningAppliance) -> None:
    where = appliance.data_dir, appliance.settings
    before = listed(*where)

    made = token(*where, "create", "--role", "admin")

    assert len(made.strip().splitlines()) == 1
    assert made.strip() == made.split()[0]
    assert appliance.request("GET", "/api/customers", bearer=made.strip()).status_code == 200
    (new,) = listed(*where) - before
    token(*where, "revoke", new)
    assert appliance.request("GET", "/api/customers", bearer=made.strip()).status_code == 401


@pytest.mark.long
def test_tokens_are_made_and_revoked_while_nothing_runs(tmp_path: Path) -> None:
    running = RunningAppliance(tmp_path, command="api")
    where = running.data_dir, running.settings
    assert vbot("init", data_dir=running.data_dir, settings=running.settings).returncode == 0
    before = listed(*where)
    admin = token(*where, "create", "--role", "admin").strip()
    (first,) = listed(*where) - before
    viewer = token(*where, "create", "--role", "viewer").strip()
    token(*where, "revoke", first)
    unknown = vbot("token", "revoke", "999999", data_dir=running.data_dir, settings=running.settings)
    assert_one_line_error(unknown)

    with running:
        assert running.request("GET", "/api/customers", bearer=admin).status_code == 401
        assert running.request("GET", "/api/customers", bearer=viewer).status_code == 200
        assert running.request("POST", "/api/customers", bearer=viewer).status_code == 403
        assert running.admin("GET", "/api/customers").status_code == 200
        nobody = ("token", "create", "--role", "viewer", "--customer", "77")
        refused = vbot(*nobody, data_dir=running.data_dir, settings=running.settings)
        assert (refused.returncode, refused.stderr) == (1, "vbot: --customer: there is no customer 77\n")


# vbot analyse, doctor, demo


def analyse(file: Path, tmp_path: Path) -> dict[str, Any]:
    done = vbot("analyse", file, data_dir=tmp_path / "data", settings={"VBOT_DEVICE": "cpu"}, seconds=READY_SECONDS)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_analyse_prints_the_result_fields_of_a_recording(tmp_path: Path) -> None:
    file = tmp_path / "call.wav"
    file.write_bytes(conversation(0.0, 8.0))

    result = analyse(file, tmp_path)

    assert set(result) >= RESULT_KEYS
    assert result["transcription"].strip()
    assert result["duration_seconds"] == pytest.approx(8.0, abs=0.1)
    assert not (tmp_path / "data").exists()


@pytest.mark.long
def test_analyse_takes_the_legs_of_a_call_in_two_files(tmp_path: Path) -> None:
    left, right = tmp_path / "call-in.wav", tmp_path / "call-out.wav"
    left.write_bytes(conversation(10.0, 18.0))
    right.write_bytes(conversation(20.0, 28.0)[: 44 + 250_000])  # cut off
    data_dir, settings = tmp_path / "data", {"VBOT_DEVICE": "cpu"}
    legs = ("analyse", left, right, "--caller-channel", "right")
    done = vbot(*legs, data_dir=data_dir, settings=settings, seconds=READY_SECONDS)

    assert done.returncode == 0, done.stderr
    assert "is cut off: its header tells of 8.0 s" in done.stderr
    segments = json.loads(done.stdout)["segments"]
    assert {(one["channel"], one["party"]) for one in segments} == {(0, "called"), (1, "caller")}


@pytest.mark.long
def test_analyse_prints_the_result_fields_of_a_transcript(tmp_path: Path) -> None:
    said = [
        ("caller", "Hello, I am calling because my new washing machine leaks and the kitchen floor is ruined."),
        ("called", "I am sorry to hear that. I can send a technician on Thursday morning."),
        ("caller", "Thursday is far too late, this is terrible service and I am very angry."),
        ("called", "I understand. Then I will send somebody this afternoon, free of charge."),
    ]
    segments = [
        {"start": 5.0 * n, "end": 5.0 * n + 4.5, "party": party, "text": text} for n, (party, text) in enumerate(said)
    ]
    file = tmp_path / "call.json"
    file.write_text(json.dumps({"direction": "inbound", "language": "en", "segments": segments}))

    result = analyse(file, tmp_path)

    assert set(result) >= RESULT_KEYS
    assert result["transcription"].splitlines() == [text for _, text in said]
    assert result["sentiment"] == "negative"  # the outside party's: the caller's
    assert result["sentiment_basis"] == "text"
    assert all(party["sentiment"] is not None for party in result["parties"].values())  # of nobody's setting
    assert any(word in result["keywords"].lower() for word in ("washing", "kitchen", "technician"))
    assert result["summary"].strip()
    assert result["no_speech"] is False


@pytest.mark.long
def test_analyse_of_what_is_no_recording_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "broken.wav"
    file.write_bytes(broken())

    assert_one_line_error(vbot("analyse", file, data_dir=tmp_path / "data", seconds=READY_SECONDS))
    assert_one_line_error(vbot("analyse", tmp_path / "missing.wav", data_dir=tmp_path / "data"), "missing.wav")


@pytest.mark.long
def test_doctor_checks_the_box(tmp_path: Path) -> None:
    done = vbot("doctor", data_dir=tmp_path / "data")

    assert "Traceback" not in done.stdout + done.stderr
    assert len(done.stdout.strip().splitlines()) >= 3


def test_doctor_names_what_is_wrong_with_a_recording(tmp_path: Path) -> None:
    reports = {}
    for name, content in (("good", conversation(0.0, 5.0)), ("unfinished", interrupted()), ("broken", broken())):
        file = tmp_path / f"{name}.wav"
        file.write_bytes(content)
        done = vbot("doctor", file, data_dir=tmp_path / "data")
        assert "Traceback" not in done.stdout + done.stderr
        assert f"{name}.wav" in done.stdout + done.stderr
        reports[name] = (done.stdout + done.stderr).replace(str(file), "").replace(f"{name}.wav", "")

    assert len(set(reports.values())) == 3
    assert re.search(r"(?i)header|size|claim|length", reports["unfinished"])


@pytest.mark.long
def test_what_takes_over_the_decoder_of_doctor_or_analyse_reaches_nothing(tmp_path: Path) -> None:
    """In ffmpeg's place: a program that does what a hole in it would let a recording do."""
    file, key = tmp_path / "call.m4a", tmp_path / "data" / "secrets" / "master.key"
    file.write_bytes(b"\0\0\0\x1cftypM4A " + bytes(100))
    assert vbot("init", data_dir=tmp_path / "data").returncode == 0
    install_as_ffmpeg(tmp_path, attack(file=key, socket=tmp_path / "valkey.sock", port=free_port()))
    settings = {"PATH": str(tmp_path), "VBOT_DEVICE": "cpu"}
    for command in ("doctor", "analyse"):
        done = vbot(command, file, data_dir=tmp_path / "data", settings=settings, seconds=READY_SECONDS)
        assert worked((done.stdout + done.stderr).strip().splitlines()[-1]) == set()


def test_demo_prints_the_webhook_of_a_real_conversation_last(tmp_path: Path) -> None:
    done = vbot("demo", data_dir=tmp_path / "data", seconds=600)

    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout[done.stdout.index("{") :])
    assert list(body)[:9] == WEBHOOK_KEYS
    assert body["event"] == "call.completed"
    assert body["transcription"].strip()
    assert not (tmp_path / "data").exists(), "the demo has a throw-away folder of its own"


# what is not loaded


def test_the_console_script_imports_neither_torch_nor_qt() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "appliance.cli", "--help"],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )

    assert done.returncode == 0
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines() if "|" in line}
    assert "appliance" in imported
    assert not imported & {"torch", "PySide6", "transformers", "speechbrain", "duckdb", "numpy"}
