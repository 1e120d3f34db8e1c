"""`vbot backup` and `vbot restore`: the whole box back from one file, and nothing of it without the recovery key."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.contract import assert_error
from tests.support.appliance import RunningAppliance, vbot
from tests.support.fake_appliance import with_fake_engine
from tests.support.recordings import conversation, silence

pytestmark = pytest.mark.slow


@dataclass
class Kept:
    """A stopped appliance, a backup of it, and what happened before and after that was made."""

    running: RunningAppliance
    key_file: Path
    backup: Path
    customer: dict[str, object]
    before: str
    erased_since: str
    after: str
    name: str  # of the backup in the data folder
    listed: str  # by the running appliance


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("backups")
    running = with_fake_engine(folder)
    with running:
        customer = running.new_customer()
        key = str(customer["api_key"])
        before = running.accepted(key, conversation(0.0, 8.0), language="en", external_id="before")
        erased_since = running.accepted(key, silence(0.4), external_id="erased")
        for call_id in (before, erased_since):
            running.final_call(call_id)
        made = vbot("backup", "create", data_dir=running.data_dir)
        assert made.returncode == 0, made.stderr
        listed = vbot("backup", "list", data_dir=running.data_dir).stdout
        assert running.admin("DELETE", f"/api/calls/{erased_since}").status_code == 200
        after = running.accepted(key, silence(0.5), external_id="after")
        running.final_call(after)
    shown = vbot("backup", "recovery-key", data_dir=running.data_dir)
    key_file = folder / "recovery.key"
    key_file.write_text(shown.stdout)
    backup = folder / "carried.tar"
    backup.write_bytes(Path(made.stdout.strip()).read_bytes())
    return Kept(
        running, key_file, backup, customer, before, erased_since, after, Path(made.stdout.strip()).name, listed
    )


def restore(kept: Kept, data_dir: Path, backup: Path | None = None) -> str:
    """What it told."""
    done = vbot("restore", backup or kept.backup, "--recovery-key-file", kept.key_file, data_dir=data_dir)
    assert done.returncode == 0, done.stderr
    assert "restored" in done.stdout
    return done.stdout


def on(kept: Kept, data_dir: Path, folder: Path) -> RunningAppliance:
    """The same appliance (token, port) on another data folder."""
    running = RunningAppliance(folder, {"VBOT_ADMIN_TOKEN": None}, data_dir=data_dir, command="api")
    running.admin_token = kept.running.admin_token
    return running


def test_a_backup_of_a_running_appliance_is_private_and_verifies(kept: Kept) -> None:
    done = vbot("backup", "verify", kept.backup, data_dir=kept.running.data_dir)

    assert done.returncode == 0, done.stderr
    assert "2 calls" in done.stdout
    for backup in (kept.running.data_dir / "backups").iterdir():
        assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_a_backup_shows_no_secret_without_the_recovery_key(kept: Kept) -> None:
    content = kept.backup.read_bytes()

    assert str(kept.customer["api_key"]).encode() not in content
    assert str(kept.customer["webhook_secret"]).encode() not in content
    assert (kept.running.data_dir / "secrets" / "master.key").read_bytes().strip() not in content
    assert b"PRIVATE KEY" not in content
    assert b"Example Ltd" not in content


def test_a_backup_is_listed_and_verified_by_its_bare_name(kept: Kept) -> None:
    listed = vbot("backup", "list", data_dir=kept.running.data_dir)
    verified = vbot("backup", "verify", kept.name, data_dir=kept.running.data_dir)
    other = vbot("backup", "verify", kept.backup.name, data_dir=kept.running.data_dir)

    for shown in (listed.stdout, kept.listed):  # whether it runs or not
        head, *rows = shown.splitlines()
        assert head.split() == ["NAME", "MADE", "SIZE", "STATE"]
        (row,) = [row for row in rows if row.startswith(f"{kept.name} ")]
        assert row.endswith(" MB  done")
    assert (verified.returncode, "2 calls" in verified.stdout) == (0, True), verified.stderr
    assert (other.returncode, other.stderr.startswith("vbot: cannot read carried.tar")) == (1, True)


def test_a_new_machine_becomes_the_old_one(kept: Kept, tmp_path: Path) -> None:
    told = restore(kept, tmp_path / "data")
    (line,) = [line for line in told.splitlines() if "erased" in line]
    assert line.startswith(f"{tmp_path / 'data'} held no database of this box")
    assert "erase and delete them again: the receipts" in line

    with on(kept, tmp_path / "data", tmp_path) as running:
        call = running.admin("GET", f"/api/calls/{kept.before}").json()
        assert call["state"] == "completed"
        assert call["transcription"]
        assert running.request("GET", "/api/calls", key=str(kept.customer["api_key"])).status_code == 200
        assert running.admin("GET", f"/api/calls/{kept.erased_since}").status_code == 200  # as it was told
        # The audio of calls that are final is not part of a backup.
        assert_error(running.admin("GET", f"/api/calls/{kept.before}/recording"), 404)


@pytest.mark.long
def test_on_a_new_machine_a_recording_that_still_waits_plays_and_the_old_disk_shows_none_of_it(tmp_path: Path) -> None:
    spoken = conversation(0.0, 8.0)
    old = RunningAppliance(tmp_path / "old", command="api")  # without workers: the call is not begun
    with old:
        waiting = old.accepted(str(old.new_customer()["api_key"]), spoken, language="en")
        made = vbot("backup", "create", data_dir=old.data_dir)
        assert made.returncode == 0, made.stderr
    key_file = tmp_path / "recovery.key"
    key_file.write_text(vbot("backup", "recovery-key", data_dir=old.data_dir).stdout)
    done = vbot("restore", made.stdout.strip(), "--recovery-key-file", key_file, data_dir=tmp_path / "data")
    assert done.returncode == 0, done.stderr

    for data_dir in (old.data_dir, tmp_path / "data"):
        (recording,) = (path for path in (data_dir / "recordings").rglob("*") if path.is_file())
        assert spoken[1000:1064] not in recording.read_bytes()
    with RunningAppliance(tmp_path, {"VBOT_ADMIN_TOKEN": None}, data_dir=tmp_path / "data", command="api") as running:
        running.admin_token = old.admin_token
        assert running.admin("GET", f"/api/calls/{waiting}/recording").content == spoken


def test_restoring_in_place_keeps_recordings_repeats_erasures_and_moves_the_rest_aside(
    kept: Kept, tmp_path: Path
) -> None:
    data_dir = kept.running.data_dir
    told = restore(kept, data_dir, Path(kept.name))  # by the bare name of one of its own
    assert "erased again what was erased since: 1 call\n" in told
    assert "held no database" not in told

    assert list(data_dir.glob("before-restore-*/vbot.duckdb"))
    assert len(list((data_dir / "lost+found").iterdir())) == 1
    with on(kept, data_dir, tmp_path) as running:
        answer = running.admin("GET", f"/api/calls/{kept.before}/recording")
        assert answer.content == conversation(0.0, 8.0)
        assert_error(running.admin("GET", f"/api/calls/{kept.erased_since}"), 404)
        assert_error(running.admin("GET", f"/api/calls/{kept.after}"), 404)


def test_the_wrong_recovery_key_is_said_before_anything_is_touched(kept: Kept, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.key"
    wrong.write_text("AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG-HHHH\n")

    done = vbot("restore", kept.backup, "--recovery-key-file", wrong, data_dir=tmp_path / "data")

    assert done.returncode == 1
    assert "recovery key" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "data").exists()


@pytest.mark.long
def test_a_running_appliance_is_not_overwritten(kept: Kept, appliance: RunningAppliance) -> None:
    done = vbot("restore", kept.backup, "--recovery-key-file", kept.key_file, data_dir=appliance.data_dir)

    assert done.returncode == 1
    assert "stop it first" in done.stderr
    appliance.wait_until_healthy()


@pytest.mark.parametrize("damage", ["cut off", "one byte changed", "no tar at all"])
def test_a_damaged_backup_is_named_and_not_restored(kept: Kept, tmp_path: Path, damage: str) -> None:
    content = bytearray(kept.backup.read_bytes())
    if damage == "cut off":
        content = content[: len(content) // 2]
    elif damage == "one byte changed":
        content[len(content) // 2] ^= 1
    else:
        content = bytearray(b"not a tar" * 1000)
    damaged = tmp_path / "damaged.tar"
    damaged.write_bytes(content)

    for command in (
        ("backup", "verify", damaged, "--recovery-key-file", kept.key_file),
        ("backup", "verify", damaged),
        ("restore", damaged, "--recovery-key-file", kept.key_file),
    ):
        done = vbot(*command, data_dir=tmp_path / "data")
        assert done.returncode == 1
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert str(damaged) in done.stderr
    assert not (tmp_path / "data").exists()


def test_backups_are_made_listed_and_downloaded_over_http(appliance: RunningAppliance, tmp_path: Path) -> None:
    begun = appliance.admin("POST", "/api/backups")
    assert begun.status_code == 200
    vbot("backup", "create", data_dir=appliance.data_dir)  # returns when a later one is done

    listed = appliance.admin("GET", "/api/backups").json()["backups"]
    mine = next(item for item in listed if item["name"] == begun.json()["name"])
    assert mine["state"] == "done"

    file = tmp_path / "downloaded.tar"
    file.write_bytes(appliance.admin("GET", f"/api/backups/{mine['name']}").content)
    assert file.stat().st_size == mine["bytes"]
    done = vbot("backup", "verify", file, data_dir=appliance.data_dir)
    assert done.returncode == 0, done.stderr
    assert_error(appliance.admin("GET", "/api/backups/unknown.tar"), 404)


def test_a_viewer_lists_backups_and_downloads_none(appliance: RunningAppliance) -> None:
    viewer = vbot("token", "create", "--role", "viewer", data_dir=appliance.data_dir).stdout.strip()

    assert appliance.request("GET", "/api/backups", bearer=viewer).status_code == 200
    assert_error(appliance.request("POST", "/api/backups", bearer=viewer), 403)
    assert_error(appliance.request("GET", "/api/backups/any.tar", bearer=viewer), 403)
