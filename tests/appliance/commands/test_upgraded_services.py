"""What `vbot upgrade` asks of systemd."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from appliance.commands.upgrade import services
from appliance.commands.upgrade.services import SystemdServices
from appliance.commands.upgrade.watching import Patience, Watch
from appliance.services.upgrade.installation import Installation
from appliance.services.upgrade.record import only_upgrade
from appliance.storage.folder.data_folder import DataFolder
from tests.support.processes import wait_until


def test_workers_for_another_box_are_renewed_with_the_link_and_their_absence_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, program = tmp_path / "told", tmp_path / "systemctl"
    program.write_text(f'#!/bin/sh\necho "$*" >>{told}\n[ "$1" != try-restart ]\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    SystemdServices().start(["vbot-worker@cpu.service"])
    assert told.read_text().splitlines()[-2:] == [
        "start --no-block vbot.target vbot-worker@cpu.service",
        "try-restart --no-block vbot-worker-join@*",
    ]


def test_on_a_machine_of_workers_for_another_box_no_second_box_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its target is off and it is told which box to join: only its workers are started, and watched."""
    told, program, joined = tmp_path / "told", tmp_path / "systemctl", "vbot-worker-join@cpu.service"
    units = [
        "Id=vbot.target\nActiveState=inactive\nLoadState=loaded\nUnitFileState=disabled\n",
        f"Id={joined}\nActiveState=active\nLoadState=loaded\nUnitFileState=enabled\n",
    ]
    answer = "\n".join(units)
    program.write_text(f"""#!/bin/sh
[ "$1" != show ] || {{ cat <<'END'
{answer}END
exit; }}
echo "$*" >>{told}
""")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    (tmp_path / "join.env").touch()
    monkeypatch.setattr("appliance.commands.checks.units.JOIN_ENV", tmp_path / "join.env")
    services = SystemdServices()
    workers = services.workers()
    assert workers == [joined]
    services.stop()
    services.start(workers)
    watch = Watch(DataFolder(tmp_path / "data"), services, Patience(1, 1, 0.1, 0.1, 0.01), workers=workers)
    watch.until_accepting()
    watch.stays_as_well_as("unreachable")
    started = [line for line in told.read_text().splitlines() if "start" in line]
    assert started == [f"start --no-block {joined}", "try-restart --no-block vbot-worker-join@*"]


def test_a_guard_waits_for_the_upgrade_s_end_and_then_starts_who_finishes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard itself, run without systemd: it starts nothing while somebody holds the lock."""
    lock, told = tmp_path / "upgrade.lock", tmp_path / "told"
    for name, body in (("systemctl", f'echo "$*" >{told}'), ("systemd-run", 'shift 3; "$@" >/dev/null 2>&1 &')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with only_upgrade(Installation(tmp_path)):
        SystemdServices().start_guard(lock)
        time.sleep(0.1)
        assert not told.exists()
    assert wait_until(told.exists, 60)
    assert wait_until(lambda: told.read_text() == "start --no-block vbot-upgrade.service\n", 60)
    SystemdServices().stop_guard()
    assert told.read_text() == "stop vbot-upgrade-guard.service\n"


def test_the_units_of_before_come_back_and_with_them_a_queue_without_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "systemctl").write_text("#!/bin/sh\n")
    (tmp_path / "systemctl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    units, users, kept = tmp_path / "units", tmp_path / "users", tmp_path / "kept"
    monkeypatch.setattr(services, "UNITS", units)
    monkeypatch.setattr(services, "USERS_OF_UNIT", users)
    monkeypatch.setattr(services, "STARTED_WITH_THE_MACHINE", tmp_path / "wants")
    (units / "vbot-worker@cpu.service.d").mkdir(parents=True)
    users.mkdir()

    def write(version: str, *names: str) -> None:
        for name in names:
            (units / name).write_text(version)

    write("old", "vbot-api.service", "vbot-worker@cpu.service.d/no-gpu.conf", "ssh.service")
    SystemdServices().keep_units(kept)
    write("new", "vbot-api.service", "vbot-worker@cpu.service.d/no-gpu.conf", "ssh.service", "vbot-upgrade.service")
    write("new", "vbot-worker@cpu.service.d/more.conf")
    SystemdServices().keep_units(kept)  # again, after dpkg was cut off: what is there now is no longer the old one's
    SystemdServices().bring_units_back(kept)
    found = {path.relative_to(units).as_posix(): path.read_text() for path in units.rglob("*.*") if path.is_file()}
    assert found == {
        "vbot-api.service": "old",
        "vbot-worker@cpu.service.d/no-gpu.conf": "old",
        "ssh.service": "new",
        "vbot-upgrade.service": "new",
    }
    assert not users.exists()
    assert (tmp_path / "wants/vbot-upgrade.service").read_text() == "new"  # also before dpkg has enabled it
    assert not list(units.glob(".*"))
    (units / "vbot-upgrade.service").unlink()
    SystemdServices().bring_units_back(kept)  # of a new version that was not even unpacked
    assert list((tmp_path / "wants").iterdir()) == []
    SystemdServices().bring_units_back(tmp_path / "no such")


def test_a_unit_is_whole_at_every_moment_and_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    units, kept, done = tmp_path / "units", tmp_path / "kept", list[str]()
    for name in ("vbot-api.service", "vbot-worker@cpu.service.d/no-gpu.conf"):
        for folder, version in ((units, "new"), (kept, "old")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(version)
    monkeypatch.setattr(services, "UNITS", units)
    monkeypatch.setattr(services, "USERS_OF_UNIT", tmp_path / "users")
    monkeypatch.setattr(services, "STARTED_WITH_THE_MACHINE", tmp_path / "wants")
    monkeypatch.setattr(services, "_systemctl", lambda *_: None)

    def synced(path: Path) -> None:
        assert (units / "vbot-api.service").read_text() == ("old" if "vbot-api.service" in done else "new")
        done.append(path.name.removeprefix(".").removesuffix(".new"))

    monkeypatch.setattr(services, "sync_file", synced)
    monkeypatch.setattr(services, "sync_folder", synced)
    SystemdServices().bring_units_back(kept)
    assert sorted(done) == ["no-gpu.conf", "units", "units", "vbot-api.service", "vbot-worker@cpu.service.d"]


def test_a_unit_by_hand_is_a_file_and_no_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "BY_HAND", tmp_path)
    (tmp_path / "vbot-worker@cpu.service").symlink_to("/dev/null")
    (tmp_path / "vbot-api.service.d").mkdir()
    assert SystemdServices().units_by_hand() == []
    for name in ("vbot.target", "vbot-api.service", "ssh.service"):
        (tmp_path / name).touch()
    assert SystemdServices().units_by_hand() == ["vbot-api.service", "vbot.target"]
