"""The units: systemd has nothing to say about them, they are confined, they agree with the settings and the code."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from appliance import supervisor
from appliance.errors import NO_RESTART_EXIT_CODE
from appliance.process import child_process
from appliance.queue.access import USERS_FILE
from appliance.server import listening
from appliance.services.upgrade.installation import Installation
from appliance.settings import DEFAULT_CONFIG_FILE, load
from appliance.storage.folder.data_folder import MASTER_KEY_CREDENTIAL
from appliance.storage.schema import MigrationFailed
from appliance.worker import consumer
from appliance.worker import process as worker
from appliance.worker.consumer import BEAT_EVERY_SECONDS
from appliance.worker.stall_detector import STILL_AFTER_SECONDS

SYSTEMD = Path(__file__).parents[2] / "systemd"
# verify takes a colon for the start of an alias: so not cuda:0 there.
UNITS = (
    "vbot.target",
    "vbot-valkey.service",
    "vbot-api.service",
    "vbot-worker@cpu.service",
    "vbot-worker@cuda.service",
    "vbot-upgrade.service",
    "vbot-worker-join@cpu.service",
    "vbot-worker-join@cuda.service",
)
# How exposed systemd says that each is, at the most: as systemd/README.md tells.
EXPOSURES = {
    "vbot-valkey.service": 0.2,
    "vbot-api.service": 1.1,
    "vbot-worker@cpu.service": 0.9,
    "vbot-worker@cuda:0.service": 1.2,
    "vbot-worker-join@cpu.service": 1.0,
    "vbot-worker-join@cuda:0.service": 1.2,
}
SERVICES = tuple(EXPOSURES)
HOST_UNITS = Path("/usr/lib/systemd/system")
# Another version of systemd weighs some lines otherwise.
ROUNDING = 0.1
# The first systemd that knows RestartSteps=; older ones ignore it and say so.
NEEDED_VERSION = 254


def systemd_version() -> int:
    if shutil.which("systemd-analyze") is None or not (HOST_UNITS / "sysinit.target").exists():
        return 0
    shown = subprocess.run(["systemd-analyze", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.match(r"systemd (\d+)", shown)
    return int(found[1]) if found else 0


with_systemd = pytest.mark.skipif(
    systemd_version() < NEEDED_VERSION, reason=f"no systemd of version {NEEDED_VERSION} or newer is installed"
)


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"SYSTEMD_COLORS": "0", "SYSTEMD_EMOJI": "0"}
    return subprocess.run(
        [*map(str, command)],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def settings_of(name: str) -> dict[str, list[str]]:
    """The assignments of one file, by name, in their order."""
    found: dict[str, list[str]] = {}
    for line in (SYSTEMD / name).read_text().splitlines():
        if "=" in line and not line.startswith(("#", ";")):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def seconds(text: str) -> float:
    """A time span of these files, in seconds."""
    units = {"": 1.0, "ms": 0.001, "s": 1.0, "min": 60.0}
    found = re.fullmatch(r"(\d+)(ms|s|min|)", text)
    assert found, text
    return int(found[1]) * units[found[2]]


class Tree:
    """A root file system with the units installed as README.md says, and their programs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.units = root / "etc/systemd/system"
        self.units.mkdir(parents=True)
        for file in [*SYSTEMD.glob("*.target"), *SYSTEMD.glob("*.service")]:
            shutil.copy(file, self.units)
        for folder in SYSTEMD.glob("*.service.d"):
            shutil.copytree(folder, self.units / folder.name)
        for instance in ("cpu", "cuda", "cuda:0"):
            for template in ("vbot-worker", "vbot-worker-join"):
                (self.units / f"{template}@{instance}.service").symlink_to(f"{template}@.service")
        shutil.copytree(HOST_UNITS, root / HOST_UNITS.relative_to("/"), ignore=lambda _, names: not_targets(names))
        for program in {line.split()[0] for file in SYSTEMD.glob("*.service") for line in programs(file.name)}:
            path = root / program.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("#!/bin/sh\n")
            path.chmod(0o755)

    def verify(self, unit: str) -> subprocess.CompletedProcess[str]:
        return run("systemd-analyze", "verify", f"--root={self.root}", "--man=no", f"/etc/systemd/system/{unit}")


def programs(unit: str) -> list[str]:
    return [line for key, lines in settings_of(unit).items() if key.startswith("Exec") for line in lines]


def not_targets(names: list[str]) -> list[str]:
    return [name for name in names if not name.endswith(".target")]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "root")


# -- what systemd says --------------------------------------------------------------------------------------------


@with_systemd
@pytest.mark.parametrize("unit", UNITS)
def test_systemd_has_nothing_to_say_about(unit: str, tree: Tree) -> None:
    answer = tree.verify(unit)
    assert (answer.stdout, answer.stderr, answer.returncode) == ("", "", 0)


@with_systemd
def test_a_line_that_systemd_does_not_know_and_a_program_that_is_missing_would_be_noticed(tree: Tree) -> None:
    api = tree.units / "vbot-api.service"
    api.write_text(api.read_text().replace("WatchdogSec", "WatchdogSecs"))
    assert "Unknown key 'WatchdogSecs'" in tree.verify("vbot-api.service").stderr
    (tree.root / "opt/vbot/current/bin/python").unlink()
    assert "is not executable" in tree.verify("vbot-valkey.service").stderr


@with_systemd
@pytest.mark.parametrize("unit", SERVICES)
def test_each_service_is_confined(unit: str, tree: Tree) -> None:
    answer = run("systemd-analyze", "security", "--offline=true", f"--root={tree.root}", "--no-pager", unit)
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", answer.stdout)
    assert found, answer.stderr
    assert float(found[1]) <= EXPOSURES[unit] + ROUNDING, answer.stdout
    assert answer.stderr == ""


def test_readme_tells_how_exposed_each_service_is() -> None:
    readme = " ".join((SYSTEMD / "README.md").read_text().split())
    (told,) = re.findall(r"`systemd-analyze security --offline=true` gives ([^(]+)\(", readme)
    assert re.findall(r"\d\.\d", told) == [f"{exposure}" for exposure in EXPOSURES.values()]


@with_systemd
def test_what_a_cpu_worker_does_not_need_is_taken_away(tree: Tree) -> None:
    def shown(unit: str) -> str:
        return run("systemd-analyze", "security", "--offline=true", f"--root={tree.root}", "--no-pager", unit).stdout

    assert re.search(r"✗ PrivateDevices=", shown("vbot-worker@cuda:0.service"))
    assert re.search(r"✓ PrivateDevices=", shown("vbot-worker@cpu.service"))
    assert re.search(r"✓ SupplementaryGroups=", shown("vbot-worker@cpu.service"))


@with_systemd
def test_users_and_folders_are_made_so_that_only_the_api_sees_the_data(tmp_path: Path) -> None:
    said = run("systemd-sysusers", "--dry-run", f"--root={tmp_path}", SYSTEMD / "vbot.sysusers.conf")
    assert said.returncode == 0, said.stderr
    told = said.stdout + said.stderr
    assert set(re.findall(r"Creating user '([\w-]+)'", told)) == {"vbot", "vbot-worker"}
    if os.geteuid() != 0:
        pytest.skip("only root can give files to others")

    made = run("systemd-sysusers", f"--root={tmp_path}", SYSTEMD / "vbot.sysusers.conf")
    assert made.returncode == 0, made.stderr
    laid = run("systemd-tmpfiles", "--create", f"--root={tmp_path}", SYSTEMD / "vbot.tmpfiles.conf")
    assert (laid.stdout, laid.stderr, laid.returncode) == ("", "", 0)

    users = ids(tmp_path / "etc/passwd")
    groups = ids(tmp_path / "etc/group")
    members = {
        line.split(":")[0]: line.split(":")[3].split(",") for line in (tmp_path / "etc/group").read_text().split()
    }
    assert sorted(members["vbot-queue"]) == ["vbot", "vbot-worker"]
    assert users["vbot"] != users["vbot-worker"]
    expected = {
        "etc/vbot": (0, 0, 0o755),
        "etc/vbot/tls": (0, groups["vbot"], 0o750),
        "var/lib/vbot": (users["vbot"], groups["vbot"], 0o700),
        "var/lib/vbot-models": (0, 0, 0o755),
    }
    found = {name: (tmp_path / name).stat() for name in expected}
    assert {name: (it.st_uid, it.st_gid, stat.S_IMODE(it.st_mode)) for name, it in found.items()} == expected


def ids(file: Path) -> dict[str, int]:
    return {line.split(":")[0]: int(line.split(":")[2]) for line in file.read_text().splitlines()}


# -- what the units and the code agree on -------------------------------------------------------------------------


def test_the_units_start_the_version_that_the_link_names_and_both_ways_of_installing_make_it() -> None:
    started = {line.split()[0].lstrip("+") for file in SYSTEMD.glob("*.service") for line in programs(file.name)}
    ours = {program for program in started if program.startswith("/opt/")}
    assert {str(Path(program).parent) for program in ours} == {"/opt/vbot/current/bin"}
    assert "\nln -sfn 1.0.0 /opt/vbot/current\n" in (SYSTEMD / "README.md").read_text()
    postinst = SYSTEMD.parent / "packaging/deb/vbot-appliance/postinst"
    assert "ln -s @VERSION@ /opt/vbot/current.new\n" in postinst.read_text()


def test_the_settings_file_fits_the_units() -> None:
    settings = load(SYSTEMD / "vbot.toml", {})
    valkey, api = settings_of("vbot-valkey.service"), settings_of("vbot-api.service")
    assert settings.data_dir == Path("/var/lib") / api["StateDirectory"][0]
    assert settings.api_certificate == Path("/run") / api["RuntimeDirectory"][0] / "certificate.pem"
    socket = valkey["ExecStart"][0].split()[-1].replace("%t", "/run")
    assert settings.redis_url == f"unix://{socket}"
    assert Path(socket).parent == Path("/run") / valkey["RuntimeDirectory"][0]
    # Who may do what in the queue is made before it starts, where the settings look for it.
    makes = next(line for line in valkey["ExecStartPre"] if "appliance.queue.access" in line)
    assert makes.startswith("+")  # as root: it gives each password to another group
    assert settings.queue_access == Path(makes.split()[-1].replace("%t", "/run"))
    assert str(settings.queue_access / USERS_FILE) in valkey["ExecStart"][0].replace("%t", "/run")
    assert str(DEFAULT_CONFIG_FILE) in api["ExecStart"][0]
    assert str(DEFAULT_CONFIG_FILE) in settings_of("vbot-worker@.service")["ExecStart"][0]


def test_a_worker_of_another_machines_box_is_held_as_one_of_this_machine_but_for_its_network_and_its_token() -> None:
    here, elsewhere = settings_of("vbot-worker@.service"), settings_of("vbot-worker-join@.service")
    differ = {key for key in {*here, *elsewhere} if here.get(key) != elsewhere.get(key)}
    unit = {"Description", "ConditionPathExists", "Wants", "After", "PartOf", "WantedBy"}
    own = {"EnvironmentFile", "LoadCredential", "Environment", "SyslogIdentifier", "RuntimeDirectory"}
    assert differ == {*unit, *own, "IPAddressAllow"}
    folders = [f"{name}@cpu.service.d/no-gpu.conf" for name in ("vbot-worker", "vbot-worker-join")]
    assert len({(SYSTEMD / file).read_text() for file in folders}) == 1
    token = elsewhere["LoadCredential"][0].partition(":")[0]
    assert set(elsewhere["Environment"]) - set(here["Environment"]) == {f"VBOT_JOIN_TOKEN_FILE=%d/{token}"}
    for folder, template in zip(("vbot-worker", "vbot-worker-join"), (here, elsewhere), strict=True):
        assert template["RuntimeDirectory"] == [folder]


def test_the_credential_has_the_name_that_the_api_looks_for() -> None:
    assert settings_of("vbot-api.service")["LoadCredentialEncrypted"] == [MASTER_KEY_CREDENTIAL]
    for other in ("vbot-valkey.service", "vbot-worker@.service"):
        assert not any("Credential" in key for key in settings_of(other))


def test_whoever_is_stopped_has_the_time_that_it_needs_and_all_are_gone_after_15_s() -> None:
    stops = {
        name: seconds(settings_of(name)["TimeoutStopSec"][0]) for name in ("vbot-api.service", "vbot-worker@.service")
    }
    # Beside the uploads, the api waits for the reports in hand.
    assert listening.DRAIN_SECONDS + 3 < stops["vbot-api.service"] <= 15
    assert worker.HAND_BACK_SECONDS + BEAT_EVERY_SECONDS < stops["vbot-worker@.service"] <= 15


@pytest.mark.parametrize("name", ["vbot-valkey.service", "vbot-api.service", "vbot-worker@.service"])
def test_whatever_dies_is_back_within_10_s_for_ever(name: str) -> None:
    unit = settings_of(name)
    assert unit["Restart"] == ["always"]
    assert unit["StartLimitIntervalSec"] == ["0"]
    assert seconds(unit["RestartSec"][0]) < seconds(unit["RestartMaxDelaySec"][0]) <= 10
    assert int(unit["RestartSteps"][0]) > 1
    assert unit["PartOf"] == ["vbot.target"]


@pytest.mark.parametrize("name", ["vbot-api.service", "vbot-worker@.service"])
def test_what_no_restart_mends_is_not_restarted(name: str) -> None:
    assert settings_of(name)["RestartPreventExitStatus"] == [str(NO_RESTART_EXIT_CODE)]


def test_api_and_worker_tell_when_they_are_ready_and_both_are_watched_as_vbot_up_does() -> None:
    api, worker_unit = settings_of("vbot-api.service"), settings_of("vbot-worker@.service")
    assert api["Type"] == worker_unit["Type"] == ["notify"]
    assert seconds(api["WatchdogSec"][0]) == supervisor.API_WATCHDOG_SECONDS
    assert seconds(worker_unit["WatchdogSec"][0]) == supervisor.WORKER_WATCHDOG_SECONDS
    for unit in (api, worker_unit):
        assert seconds(unit["TimeoutStartSec"][0]) == child_process.LONGEST_LOADING_SECONDS
    assert api["ExecReload"] == ["/usr/bin/kill -HUP $MAINPID"]


@pytest.mark.parametrize("name", ["vbot-api.service", "vbot-worker@.service"])
def test_what_python_or_a_library_says_last_is_an_error_in_the_journal(name: str) -> None:
    unit = settings_of(name)
    assert unit["SyslogLevel"] == ["err"]
    assert "PYTHONFAULTHANDLER=1" in unit["Environment"]


def test_a_worker_that_hangs_is_started_again_within_two_minutes_and_by_itself_before_systemd_does_it() -> None:
    unit = settings_of("vbot-worker@.service")
    watchdog = seconds(unit["WatchdogSec"][0])
    # Frozen: the last ping may have been just before. Then it has to load.
    assert watchdog + seconds(unit["RestartMaxDelaySec"][0]) <= 90
    # A call that hangs beside it is told by the worker itself, which pings meanwhile.
    assert STILL_AFTER_SECONDS + BEAT_EVERY_SECONDS <= 90
    # Whoever sees to that may be late once, and one ping be left out, before systemd loses its patience.
    assert consumer.LATE_AFTER_SECONDS + 2 * watchdog / worker.PINGS <= watchdog


def test_a_worker_that_hangs_while_it_loads_is_not_stopped_as_if_somebody_wanted_that() -> None:
    assert settings_of("vbot-worker@.service")["TimeoutStartFailureMode"] == ["abort"]


@pytest.mark.parametrize("name", ["vbot-valkey.service", "vbot-api.service", "vbot-worker@.service"])
def test_whatever_grows_is_ended_before_the_machine_is_full(name: str) -> None:
    unit = settings_of(name)
    (memory,) = unit["MemoryMax"]
    assert memory == "1G" or int(memory.removesuffix("%")) <= 75
    assert unit["MemorySwapMax"] == ["0"]
    assert int(unit["TasksMax"][0]) <= 2048


def test_a_decoder_that_is_killed_for_memory_does_not_stop_its_worker() -> None:
    assert settings_of("vbot-worker@.service")["OOMPolicy"] == ["continue"]


def test_an_upgrade_whose_migration_fails_fails_the_operators_command() -> None:
    # A notify service that ends before it is ready fails its start job, unless it is to be restarted; a target does not
    # wait for what it wants, so the command names the service as well.
    api = settings_of("vbot-api.service")
    assert (api["Type"], api["RestartPreventExitStatus"]) == (["notify"], [str(NO_RESTART_EXIT_CODE)])
    assert MigrationFailed.exit_code == NO_RESTART_EXIT_CODE
    readme = " ".join((SYSTEMD / "README.md").read_text().split())
    assert (
        "To upgrade: the lines from `python3 -m venv` to `ln -sfn` with the new version, the units copied again"
        in readme
    )
    assert "`systemctl daemon-reload`, then `systemctl restart vbot.target vbot-api`." in readme


def test_an_interrupted_upgrade_is_finished_when_the_machine_starts_and_only_then() -> None:
    unit = settings_of("vbot-upgrade.service")
    assert unit["ConditionPathExists"] == [str(Installation(Path("/opt/vbot")).record)]
    assert unit["Restart"] == ["on-abnormal"]  # a kill -9 while no api runs
    assert (unit["After"], unit["WantedBy"]) == (["vbot.target"], ["multi-user.target"])
    postinst = (SYSTEMD.parent / "packaging/deb/vbot-appliance/postinst").read_text()
    assert "deb-systemd-helper enable vbot-upgrade.service" in postinst
    assert f"[ -e {unit['ConditionPathExists'][0]} ]" in postinst


@pytest.mark.parametrize("knows", ["current", ".upgrade/root/opt/vbot/1.1.0"])
def test_it_is_finished_by_what_runs_or_where_that_is_the_first_release_by_what_was_unpacked(
    tmp_path: Path, knows: str
) -> None:
    for place in ("current", ".upgrade/root/opt/vbot/1.1.0"):
        program = tmp_path / place / "bin/vbot"
        program.parent.mkdir(parents=True)
        refuses = "" if place == knows else '[ "$1" != upgrade ] || exit 2\n'
        program.write_text(f'#!/bin/sh\n{refuses}[ "$2" = --help ] || echo {place} "$*"\n')
        program.chmod(0o755)
    (line,) = settings_of("vbot-upgrade.service")["ExecStart"]
    command = shlex.split(line.replace("$$", "$").replace("/opt/vbot/current", f"{tmp_path}/current"))
    command[-1] = command[-1].replace("/opt/vbot/.upgrade", f"{tmp_path}/.upgrade")
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == f"{knows} --config /etc/vbot/vbot.toml upgrade --resume\n"


@pytest.mark.slow
def test_each_part_has_a_user_of_its_own() -> None:
    assert settings_of("vbot-api.service")["User"] == ["vbot"]
    assert settings_of("vbot-worker@.service")["User"] == ["vbot-worker"]
    valkey = settings_of("vbot-valkey.service")
    assert "User" not in valkey
    assert valkey["DynamicUser"] == ["yes"]
