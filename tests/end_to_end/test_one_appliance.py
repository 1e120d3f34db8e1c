"""One appliance on a data folder, one worker of a name on a queue, and a word for those who may not look at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from appliance.messages.queue_names import worker_name
from appliance.process.lock_holder import LockHolder, this_process
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.folder_lock import owner_lock
from tests.support.appliance import VBOT, RunningAppliance, environment, free_port, vbot
from tests.support.broken_installation import BrokenInstallation
from tests.support.cases import long_but
from tests.support.doctor import UNTRIED, heard, look_at
from tests.support.fake_appliance import FLOOR_MB, FakeAppliance
from tests.support.processes import wait_until
from tests.support.recordings import silence

pytestmark = pytest.mark.slow

REFUSAL_SECONDS = 180.0
CONTROL_GROUPS = Path("/sys/fs/cgroup")
NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def refused(*command: str, running: RunningAppliance, **settings: str) -> str:
    """The one line with which a second one ends; its standard output is empty."""
    elsewhere = {**running.settings, "VBOT_LISTEN": f"127.0.0.1:{free_port()}", **settings}
    done = vbot(*command, data_dir=running.data_dir, settings=elsewhere, seconds=REFUSAL_SECONDS)
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr.strip()


# -- beside an appliance of the units ------------------------------------------------------------------------------

AS_A_UNIT = """
import os, sys
open(sys.argv[1] + "/cgroup.procs", "w").write(str(os.getpid()))
os.environ["SYSTEMD_EXEC_PID"] = str(os.getpid())
os.execv(sys.argv[2], sys.argv[2:])
"""


@contextlib.contextmanager
def control_group(name: str) -> Iterator[Path]:
    """What systemd makes for a unit; processes in it are known as that unit's."""
    root = CONTROL_GROUPS / "systemd" if (CONTROL_GROUPS / "systemd").is_dir() else CONTROL_GROUPS
    group = root / f"vbot-test-{os.getpid()}" / name
    try:
        group.mkdir(parents=True)
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error.strerror}")
    try:
        yield group
    finally:
        assert wait_until(lambda: not (group / "cgroup.procs").read_text(), 20)
        group.rmdir()
        group.parent.rmdir()


@pytest.fixture
def units(tmp_path: Path) -> Iterator[RunningAppliance]:
    """An api that is `vbot-api.service`, as far as a process can tell."""
    with control_group("vbot-api.service") as group:
        program = [sys.executable, "-c", AS_A_UNIT, str(group), str(VBOT), "api"]
        with RunningAppliance(tmp_path / "units", command="api", program=program) as running:
            yield running


def test_vbot_up_refuses_at_once_beside_the_running_units(units: RunningAppliance) -> None:
    # What the api itself looks at while it starts is a process of its own, and ends.
    assert wait_until(lambda: [one.pid for one in units.processes()] == [units.pid], 60), units.processes()
    before = units.processes()

    said = refused("up", running=units)

    assert said == (
        f"vbot: {units.data_dir} is in use by vbot-api.service (pid {units.pid}): systemctl stop vbot.target"
    )
    assert wait_until(lambda: units.processes() == before, 60), units.processes()
    assert not DataFolder(units.data_dir).valkey_socket.exists()  # nothing was started
    assert units.health() == "degraded"  # it has no queue, and goes on


@pytest.mark.parametrize(
    ("device", "unit"),
    long_but([("auto", "vbot-worker@cpu")], [("auto", "vbot-worker@cpu"), ("cuda:1", "vbot-worker@cuda:1")]),
)
def test_a_worker_from_a_shell_does_not_consume_the_units_queue_outside_their_sandbox(
    units: RunningAppliance, device: str, unit: str
) -> None:
    said = refused("worker", running=units, VBOT_DEVICE=device)

    assert said == (
        f"vbot: {units.data_dir} is in use by vbot-api.service (pid {units.pid}), whose workers are confined: "
        f"systemctl start {unit}"
    )


# -- beside one that somebody started ------------------------------------------------------------------------------


def test_vbot_up_refuses_beside_an_api_that_runs_alone_and_the_other_way_round(tmp_path: Path) -> None:
    with RunningAppliance(tmp_path, command="api") as running:
        said = refused("up", running=running)
        assert said == f"vbot: {running.data_dir} is in use by `vbot api` (pid {running.pid}): stop it first"
        assert refused("api", running=running) == said
        assert running.health() == "degraded"


@pytest.mark.long
def test_nothing_begins_beside_vbot_up_that_would_take_its_place(tmp_path: Path) -> None:
    with RunningAppliance(tmp_path / "up") as running:
        in_use = f"vbot: {running.data_dir} is in use by `vbot up` (pid {running.pid}): stop it first"
        assert refused("up", running=running) == in_use
        assert refused("api", running=running) == in_use

        (worker,) = running.named("vbot worker")
        url = f"unix://{DataFolder(running.data_dir).valkey_socket}"
        said = refused("worker", running=running, VBOT_REDIS_URL=url)
        assert said == (
            f"vbot: worker {worker_name('auto')} runs already (pid {worker.pid}): there is one for each device"
        )
        assert running.named("vbot worker") == [worker]
        customer = running.new_customer()
        call = running.final_call(running.accepted(customer["api_key"], silence(0.5)))
        assert (call["state"], call.get("crashes", 0)) == ("completed", 0)


@as_root
def test_nobody_keeps_a_worker_from_starting_by_a_name_that_he_can_compute(tmp_path: Path) -> None:
    """In the kernel's abstract namespace whoever is first holds a name, and any user may be."""
    url, data_dir = f"unix://{tmp_path / 'queue.sock'}", tmp_path / "data"
    digest = hashlib.sha256(f"{url}\n{worker_name('auto')}".encode()).hexdigest()
    hold = "import socket, sys, time; s = socket.socket(socket.AF_UNIX); s.bind(chr(0) + sys.argv[1]); s.listen(); "
    hold += "print('held', flush=True); time.sleep(120)"
    squatting = ["/usr/bin/python3", "-c", hold, f"vbot-worker-{digest}"]
    assert vbot("init", data_dir=data_dir).returncode == 0
    with subprocess.Popen(squatting, user=NOBODY, group=NOBODY, stdout=subprocess.PIPE, text=True) as squatter:
        assert squatter.stdout is not None
        assert squatter.stdout.readline() == "held\n"
        settings = {"VBOT_REDIS_URL": url, "VBOT_TLS": "off", "VBOT_ASR_MODEL": "none"}
        try:  # it ends where it looks for its model
            done = vbot("worker", data_dir=data_dir, settings=settings, seconds=120)
        finally:
            squatter.kill()
    assert "runs already" not in done.stderr
    assert "none" in done.stderr


@pytest.mark.long
def test_an_api_that_was_killed_is_followed_by_the_next_within_a_moment(tmp_path: Path) -> None:
    running = RunningAppliance(tmp_path, command="api")
    for _ in range(3):
        running.start()
        running.kill_parent()
    running.start()
    running.stop()


@pytest.mark.long
def test_a_backup_is_not_restored_beside_an_api_that_is_only_starting(tmp_path: Path) -> None:
    """It has taken the folder, and does not answer yet."""
    data_dir = tmp_path / "data"
    assert vbot("init", data_dir=data_dir).returncode == 0
    backup = vbot("backup", "create", data_dir=data_dir).stdout.strip()
    key = tmp_path / "recovery.key"
    key.write_text(vbot("backup", "recovery-key", data_dir=data_dir).stdout)
    lock = owner_lock(DataFolder(data_dir))
    assert lock.take(this_process("vbot api"))

    done = vbot("restore", backup, "--recovery-key-file", key, data_dir=data_dir)
    assert done.returncode == 1
    assert done.stderr == f"vbot: {data_dir} is in use by `vbot api` (pid {os.getpid()}): stop it first\n"
    lock.release()
    assert vbot("restore", backup, "--recovery-key-file", key, data_dir=data_dir).returncode == 0


# -- somebody who is not the owner ---------------------------------------------------------------------------------

AS_NOBODY = f"""
import encodings.ascii, importlib, os, pkgutil, sys
import appliance
# Where our Python lies, nobody may look: all is imported before.
for module in pkgutil.walk_packages(appliance.__path__, "appliance."):
    importlib.import_module(module.name)
os.setgroups([])
os.setgid({NOBODY})
os.setuid({NOBODY})
from appliance.cli import main
sys.exit(main(sys.argv[1:]))
"""


def as_nobody(*command: str, data_dir: Path, **settings: str | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", AS_NOBODY, *command],
        env=environment(data_dir, {"VBOT_LISTEN": f"127.0.0.1:{free_port()}", **settings}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


@pytest.fixture(scope="module")
def roots_folder() -> Iterator[Path]:
    """A data folder of root's, where everybody may see that it is there."""
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)  # noqa: PTH101
        data_dir = Path(place) / "data"
        assert vbot("init", data_dir=data_dir).returncode == 0
        yield data_dir


COMMANDS: Sequence[tuple[str, ...]] = (
    ("token", "list"),
    ("token", "create", "--role", "viewer"),
    ("backup", "create"),
    ("backup", "recovery-key"),
    ("init",),
    ("up",),
    ("api",),
)
# Of what looks at the database, what reads the keys, and what begins.
SAID_BY = (("token", "create", "--role", "viewer"), ("backup", "recovery-key"), ("up",))


@as_root
@pytest.mark.parametrize(
    "command", [pytest.param(one, marks=[pytest.mark.long] * (one not in SAID_BY)) for one in COMMANDS], ids=" ".join
)
def test_whoever_is_not_the_owner_is_told_to_use_sudo(roots_folder: Path, command: tuple[str, ...]) -> None:
    done = as_nobody(*command, data_dir=roots_folder)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"vbot: {roots_folder} belongs to root: run this with sudo\n"


@as_root
@pytest.mark.parametrize("command", [("restore", "/etc/hostname", "--recovery-key-file", "/etc/hostname"), ("worker",)])
def test_the_other_commands_say_in_one_line_what_they_may_not(roots_folder: Path, command: tuple[str, ...]) -> None:
    done = as_nobody(*command, data_dir=roots_folder)

    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(rf"vbot: [^\n]*{re.escape(str(roots_folder))}[^\n]*\n", done.stderr), done.stderr


@as_root
@pytest.mark.long
def test_where_not_even_the_place_can_be_looked_at_it_is_sudo_as_well(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    done = as_nobody("token", "list", data_dir=closed / "data")
    said = f"vbot: cannot look into {closed / 'data'}: Permission denied: run this with sudo\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", said)


@as_root
@pytest.mark.parametrize("place", long_but(["the folder is seen"], ["the folder is seen", "not even that"]))
def test_doctor_looks_at_what_anybody_may_and_says_what_takes_sudo(
    roots_folder: Path, tmp_path: Path, place: str
) -> None:
    data_dir = roots_folder if place == "the folder is seen" else tmp_path / "closed" / "data"
    (tmp_path / "closed").mkdir(mode=0o700)
    done = as_nobody("doctor", data_dir=data_dir)

    assert (done.returncode, done.stderr) == (1, "")
    (skipped,) = [line for line in done.stdout.splitlines() if line.startswith("skip ")]
    why = f"{data_dir} belongs to root" if data_dir == roots_folder else f"cannot look into {data_dir}"
    assert re.match(rf"skip  the rest: data folder, keys, .*, queue.* were not looked at: {why}", skipped), skipped
    assert skipped.endswith(": run this with sudo: `sudo vbot doctor`")
    wrong = [line for line in done.stdout.splitlines() if line.startswith("WRONG")]
    assert [line.split(":")[0] for line in wrong] == ["WRONG api"], done.stdout  # none runs there
    assert re.search(r"(?m)^ok    disk: ", done.stdout)


@as_root
@pytest.mark.parametrize("listen", ["as the box", "unset"])
def test_doctor_finds_nothing_wrong_with_a_box_that_is_well_whoever_asks(
    healthy: FakeAppliance, monkeypatch: pytest.MonkeyPatch, listen: str
) -> None:
    """It looked for packs in the home of who asked, and at the disk by the floor that he had not set."""
    monkeypatch.delenv("VBOT_MODELS_DIR", raising=False)
    address = f"127.0.0.1:{healthy.port}" if listen == "as the box" else None
    settings = {"HOME": "/nonexistent", "VBOT_TLS": "off", "VBOT_LISTEN": address}
    done = heard(
        healthy,
        lambda: as_nobody("doctor", data_dir=healthy.data_dir, **settings),
        lambda done: "and says that it is degraded" in done.stdout,
    )
    assert "WRONG" not in done.stdout, done.stdout
    assert (done.returncode, done.stderr) == (0, "")
    *told, rest = [line for line in done.stdout.splitlines() if line.startswith("skip ")]
    assert "model packs" in rest
    of_api = [line for line in told if not line.startswith("skip  disk: ")]  # of that where it is as small
    assert len(of_api) == (listen == "unset")
    assert all(line.startswith("skip  api: nothing listens on 0.0.0.0:8443, the default") for line in of_api)


@as_root
def test_doctor_in_a_shell_without_the_boxs_variables_judges_by_those_of_the_api(
    healthy: FakeAppliance, tmp_path: Path
) -> None:
    unset = dict.fromkeys(("VBOT_DISK_FLOOR_MB", "VBOT_LISTEN"))
    settings: dict[str, str | None] = {**healthy.settings, **unset}
    broken = BrokenInstallation(tmp_path)
    broken.breaks()
    path = f"{broken.environment['PYTHONPATH']}:{healthy.settings['PYTHONPATH']}"
    looked = look_at(healthy, settings | {"PYTHONPATH": path})
    assert looked.named("failed") - {UNTRIED} == set(), looked.findings
    said = looked.about("settings")
    assert said["state"] == "warning"
    assert f"disk_floor_mb (200 here, {FLOOR_MB} there)" in said["reason"]
    assert f"listen (0.0.0.0:8443 here, 127.0.0.1:{healthy.port} there)" in said["reason"]
    assert looked.about("api")["reason"].endswith(f"answers on 127.0.0.1:{healthy.port}")


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeAppliance]:
    """A box on a disk that is smaller than the floor that is the default."""
    with FakeAppliance(tmp_path_factory.mktemp("healthy")) as box:
        box.wait_until_healthy()
        yield box


@pytest.mark.long
def test_a_holder_that_wrote_nothing_is_another_process(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    assert vbot("init", data_dir=folder.root).returncode == 0
    lock = owner_lock(folder)
    assert lock.take(LockHolder(pid=0, command=""))
    done = vbot("up", data_dir=folder.root, settings={"VBOT_LISTEN": "127.0.0.1:0"}, seconds=REFUSAL_SECONDS)
    assert done.stderr.endswith(f"vbot: {folder.root} is in use by another process: stop it first\n")
    lock.release()
