"""vbot-post as it is run: by every Python that a PBX may have, killed at any moment, seen by everybody in `ps`."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.api.application import ROUTES
from appliance.api.openapi.document import openapi_document
from appliance.api.services import PublishedLimits
from tests.support.fake_appliance import FakeAppliance
from tests.support.pbx_client import KEY, PROGRAM, Installation, Says, Sent, StandInBox, load_client, tone
from tests.support.processes import wait_until

pytestmark = pytest.mark.slow
PYENV = Path(os.environ.get("PYENV_ROOT", "/root/.pyenv")) / "versions"
PYTHONS = sorted(path for path in PYENV.glob("*/bin/python") if path.parents[1].name.startswith(("2.7", "3.")))
# Another shell for the lines at the top; busybox ash is what a small PBX has.
SHELLS = [["dash"], ["bash"], ["busybox", "ash"]]


@pytest.fixture
def box() -> Iterator[StandInBox]:
    with StandInBox() as running:
        yield running


@pytest.fixture
def pbx(tmp_path: Path, box: StandInBox) -> Installation:
    return Installation(tmp_path / "pbx", box.url)


def queue_hostile_and_send(pbx: Installation, box: StandInBox) -> None:
    path = pbx.recording("a b`touch pwned`$(touch pwned)\n;type=x.wav", tone(7))
    number = '@/etc/passwd;type=text/x"\r\n--x `touch pwned`'
    done = pbx.run(path, f"caller_number={number}", "called_number=", b"agent=\xff\xfe", "external_id=1764144900.7")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (sent,) = box.waits_for(1)
    assert sent.audio == tone(7)
    assert sent.fields == {
        "caller_number": number,
        "called_number": "anonymous",
        "external_id": "1764144900.7",
        "metadata": '{"agent": "\\ufffd\\ufffd"}',
    }
    assert wait_until(pbx.is_idle, 60, 0.05)
    assert not list(pbx.folder.parent.rglob("pwned"))


@pytest.mark.parametrize("python", PYTHONS, ids=[path.parents[1].name for path in PYTHONS])
def test_it_runs_on_every_python_that_a_pbx_may_have(python: Path, pbx: Installation, box: StandInBox) -> None:
    pbx.python = str(python)
    queue_hostile_and_send(pbx, box)
    status = pbx.run("--status")
    assert status.returncode == 0, status.stderr
    assert "sent      1," in status.stdout


@pytest.mark.parametrize("shell", SHELLS, ids=[shell[-1] for shell in SHELLS])
def test_its_first_lines_run_in_every_shell(shell: list[str], pbx: Installation) -> None:
    if shutil.which(shell[0]) is None:
        pytest.skip(f"{shell[0]} is not installed")
    done = subprocess.run([*shell, str(PROGRAM), "--version"], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("vbot-post 1.0.0\n", "")
    none = subprocess.run(
        [shutil.which(shell[0]), *shell[1:], str(PROGRAM), "--version"],
        env={"PATH": str(pbx.folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    if not Path("/usr/libexec/platform-python").exists():
        assert (none.returncode, none.stdout) == (127, "")
        assert "there is no Python on this machine" in none.stderr


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_shellcheck_finds_nothing_in_its_first_lines() -> None:
    first = PROGRAM.read_text().split("\n'''\n", 1)[0].replace("''':'\n", "")
    assert first.startswith("#!/bin/sh\n")
    answer = subprocess.run(["shellcheck", "-"], input=first, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout


def test_a_real_box_takes_the_call_of_a_hook_once(tmp_path: Path) -> None:
    with FakeAppliance(tmp_path / "box") as appliance:
        customer = appliance.new_customer()
        pbx = Installation(tmp_path / "pbx", appliance.url, key=customer["api_key"])
        checked = pbx.run("--check")
        assert checked.returncode == 1, "plain HTTP is told"
        assert "WRONG  certificate  none" in checked.stdout
        assert "ok     test call" in checked.stdout
        assert "ok     result" in checked.stdout
        path = pbx.recording("a.wav", tone(7))
        for _ in range(2):
            assert pbx.run(path, "external_id=1.2", "caller_number=", "direction=inbound", "agent=12").returncode == 0
            assert wait_until(pbx.is_idle, 60, 0.05)
        calls = appliance.request("GET", "/api/calls", key=customer["api_key"]).json()["calls"]
        (call,) = [one for one in calls if one["external_id"] == "1.2"]
        assert (call["caller_number"], call["called_number"]) == ("anonymous", "anonymous")
        pbx.key_file.write_text("vbot_wrong-key-wrong-key")
        pbx.run(pbx.recording("b.wav", tone(8)), "external_id=1.3")
        assert wait_until(lambda: "STOPPED" in pbx.run("--status").stdout, 60, 0.2)
        assert pbx.run("--status").returncode == 1
        pbx.key_file.write_text(customer["api_key"])

        def is_sent() -> bool:
            # The hook's own sender may still be at it: then this one does nothing.
            assert pbx.run("--send").returncode == 0
            return pbx.is_idle()

        assert wait_until(is_sent, 60, 0.5)


def test_a_real_box_is_known_by_its_pin_and_by_no_other(tmp_path: Path) -> None:
    appliance = FakeAppliance(tmp_path / "secret")
    appliance.settings["VBOT_TLS"] = "auto"
    appliance.url = appliance.url.replace("http:", "https:")
    appliance.http.verify = False
    with appliance:
        customer = appliance.new_customer()
        pin = appliance_pin(appliance)
        pbx = Installation(tmp_path / "pbx", appliance.url, {"pin": pin}, key=customer["api_key"])
        checked = pbx.run("--check")
        assert checked.returncode == 0, checked.stdout
        assert "ok     certificate  pinned" in checked.stdout
        for python in PYTHONS[:1]:
            pbx.python = str(python)
            assert pbx.run("--check").returncode == 0
        pbx.settings["pin"] = "sha256//" + "A" * 43 + "="
        pbx.write_config()
        pbx.run(pbx.recording("a.wav", tone(1)))
        assert wait_until(lambda: "STOPPED" in pbx.run("--status").stdout, 60, 0.2)
        assert "its key is " + pin in pbx.run("--status").stdout
        calls = appliance.request("GET", "/api/calls", key=customer["api_key"]).json()["calls"]
        assert len(calls) == 1 + len(PYTHONS[:1]), "neither key nor recording went there"


def appliance_pin(appliance: FakeAppliance) -> str:
    """As `vbot certificate show` prints it."""
    command = [str(Path(sys.executable).with_name("vbot")), "certificate", "show"]
    environment = {**os.environ, "VBOT_DATA_DIR": str(appliance.data_dir), "VBOT_LISTEN": f"127.0.0.1:{appliance.port}"}
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    return next(word.strip("'\"") for word in said.split() if word.strip("'\"").startswith("sha256//"))


def command_lines_and_environments(seconds: float) -> bytes:
    """What anybody, and root, could see of the processes within this time."""
    seen, until = set(), time.monotonic() + seconds
    while time.monotonic() < until:
        for process in Path("/proc").glob("[0-9]*"):
            for name in ("cmdline", "environ", "comm"):
                try:
                    seen.add((process / name).read_bytes())
                except OSError:
                    pass
    return b"\n".join(seen)


def test_ps_never_shows_the_key(pbx: Installation, box: StandInBox) -> None:
    def slowly(sent: Sent) -> Says:
        time.sleep(1)
        return Says()

    box.answer = slowly
    path = pbx.recording("a.wav", tone(1))
    running = subprocess.Popen(pbx.command(path, "external_id=seen-in-ps"), stdin=subprocess.DEVNULL)
    seen = command_lines_and_environments(2.5)
    running.wait()
    box.waits_for(1)
    assert b"seen-in-ps" in seen, "the processes were looked at"
    assert KEY.encode() not in seen


def send_and_kill(pbx: Installation, after_seconds: float) -> None:
    sender = subprocess.Popen(pbx.command("--send"), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(after_seconds)
    sender.send_signal(signal.SIGKILL)
    sender.wait()


@pytest.mark.parametrize(
    ("seed", "kills"), [(0, 4), *(pytest.param(seed, 8, marks=pytest.mark.long) for seed in (0, 1))]
)
def test_a_sender_that_is_killed_at_any_moment_loses_and_doubles_nothing(
    seed: int, kills: int, pbx: Installation, box: StandInBox
) -> None:
    rng = random.Random(seed)
    box.answer = lambda sent: Says(0) if rng.random() < 0.2 else Says()  # and some answers get lost
    box_away = Installation(pbx.folder, "http://127.0.0.1:9")
    for number in range(kills + 2):
        path = pbx.recording(f"{number}.wav", tone(number, 20_000))
        assert box_away.run(path, f"external_id={number}").returncode == 0
    pbx.write_config()
    for _ in range(kills):
        (pbx.spool / "state.json").unlink(missing_ok=True)  # its backoff: else this would take an hour
        send_and_kill(pbx, rng.uniform(0.1, 2.0))
    box.answer = lambda sent: Says()
    for _ in range(60):  # a hook's own sender may still be at it, and remember that the box was away
        (pbx.spool / "state.json").unlink(missing_ok=True)
        pbx.run("--send", seconds=120)
        if pbx.is_idle():
            break
        time.sleep(2)
    assert pbx.is_idle()
    assert len(box.calls) == kills + 2
    assert {sent.fields["external_id"]: sent.audio for sent in box.calls.values()} == {
        str(number): tone(number, 20_000) for number in range(kills + 2)
    }


def test_the_timer_does_the_sweeps_of_the_config_and_one_that_fails_holds_nothing_up(
    pbx: Installation, box: StandInBox
) -> None:
    for name, number in (("Ärger 1/a b.wav", 1), ("other/c.wav", 2)):
        path = pbx.recording(name, tone(number))
        os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))
    lines = [f"sweep = {pbx.folder}/none --names any", f"sweep = '{pbx.monitor}/Ärger 1' --names any", "sweep = '"]
    pbx.config.write_text(pbx.config.read_text() + "\n".join(lines) + "\n")
    pbx.python = str(PYTHONS[0]) if PYTHONS else None
    done = pbx.run("--send")
    assert done.returncode == 0, done.stderr
    assert [sent.audio for sent in box.sent] == [tone(1)]
    assert pbx.run("--sweep", pbx.monitor, "--names", "any").stdout == "1 queued, 0 to go, 0 whose names do not fit\n"
    assert [sent.audio for sent in box.waits_for(2)] == [tone(1), tone(2)]


def test_a_hook_that_cannot_queue_says_so(pbx: Installation) -> None:
    missing = pbx.run(pbx.monitor / "none.wav", "external_id=1")
    assert missing.returncode == 1
    assert "No such file" in missing.stderr
    assert pbx.run("--freepbx", "1`touch pwned`").returncode == 1
    assert pbx.waiting() == []


def test_a_misspelt_field_is_named_with_the_one_that_is_meant_and_no_call_is_lost(pbx: Installation) -> None:
    recording = pbx.recording("a.wav", tone(1))
    pbx.url = "http://127.0.0.1:9"  # nobody: the hook's own sender must not have sent it before we look
    pbx.write_config()
    done = pbx.run(recording, "caler_number=+4930123456", "called_number=7", "colour=blue")
    assert (done.returncode, len(pbx.waiting())) == (0, 1)
    first, second = done.stderr.splitlines()
    assert first.startswith("vbot-post: no such field: caler_number (did you mean caller_number?); the call is sent")
    assert second.startswith("vbot-post: no such field: colour; the call is sent")
    by_hand = pbx.run("--legs", pbx.recording("b.wav", tone(1)), pbx.recording("c.wav", tone(1)), "agnet=7")
    assert by_hand.returncode == 0
    left_out = pbx.run(pbx.recording("d.wav", tone(1)), "Caller_Number=+49", "--agent=Bob", "+4917058")
    assert left_out.returncode == 0
    assert left_out.stderr.count("that is no NAME=VALUE, and left out: ") == 3
    assert "no such field: agnet (did you mean agent?)" in by_hand.stderr


def test_its_fields_are_those_of_the_api_and_its_help_names_them() -> None:
    client = load_client()
    document = openapi_document(ROUTES, PublishedLimits(100, 10, 512 * 1024 * 1024, (10.0, 60.0, 300.0), 15.0))
    published = client.form_of(json.dumps(document).encode())
    files = {"file", "caller_file", "called_file"}
    assert published == client.FIELDS | files
    assert client.PUBLISHED < client.FIELDS
    named = re.sub(r"\([^)]*\)", "", client.USAGE.partition("NAME: ")[2].partition(".\n")[0])
    assert set(re.findall(r"[a-z_]+", named)) >= client.FIELDS


@pytest.mark.skipif(os.geteuid() != 0, reason="takes another user's place")
def test_as_root_it_acts_as_the_owner_of_its_spool(pbx: Installation, box: StandInBox) -> None:
    for folder in [*pbx.folder.parents][:4]:
        if folder.stat().st_uid == 0 and str(folder).startswith("/tmp/pytest-of"):
            folder.chmod(0o755)
    pbx.spool.mkdir()
    os.chown(pbx.spool, 65534, 65534)
    secret = pbx.recording("root-s.wav", tone(1))
    secret.chmod(0o600)
    done = pbx.run(secret)
    assert done.returncode == 1
    assert "Permission denied" in done.stderr
    assert pbx.waiting() == []


def test_setup_writes_key_and_config_and_shows_neither(tmp_path: Path, box: StandInBox) -> None:
    config = tmp_path / "etc/config"
    config.parent.mkdir()
    key, spool = tmp_path / "etc/key", tmp_path / "spool"
    config.write_text(f"key_file = {key}\nspool = {spool}\nurl = http://older.example\n")
    user = "nobody" if os.geteuid() == 0 else None
    command = [str(PROGRAM), "--config", str(config), "--setup", box.url, *(["--user", user] if user else [])]
    done = subprocess.run(command, input=KEY + "\n", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert KEY not in done.stdout + done.stderr
    assert key.read_text() == KEY + "\n"
    assert key.stat().st_mode & 0o777 == 0o600
    assert spool.stat().st_mode & 0o777 == 0o700
    assert config.read_text().count("url = ") == 1
    wrong = subprocess.run([*command[:4], "ftp://x"], input=KEY, capture_output=True, text=True, check=False)
    assert wrong.returncode == 1
    assert f"url = {box.url}" in config.read_text(), "what was right is not lost"
    before = config.read_text()
    for typed in ("", "\n", "short\n"):  # left by ^D, by Enter, or with half of a key
        again = [*command[:4], "http://newer.example", *command[5:]]
        left = subprocess.run(again, input=typed, capture_output=True, text=True, check=False)
        assert (left.returncode, "nothing was changed" in left.stderr) == (1, True)
        assert (config.read_text(), key.read_text()) == (before, KEY + "\n"), "the key and the pin that work stay"
    assert sorted(path.name for path in config.parent.iterdir()) == ["config", "key"]
