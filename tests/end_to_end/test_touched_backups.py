"""Whoever gets hold of a backup, or may write where they lie: reads nothing, changes nothing, and has nothing run."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from appliance.domain.actor import OWNER
from appliance.errors import ConfigurationError
from appliance.services.upkeep.first_boot import initialise
from appliance.storage.database import Database
from appliance.storage.database_keys import DatabaseKeys
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.folder.scratch_folder import scratch_folder
from tests.support.appliance import VBOT, environment, vbot
from tests.support.database_file import keys_beside, open_file
from tests.support.parts import Clocks, Parts, analysed

pytestmark = pytest.mark.slow

PATIENT = "Jane Doe SSN 123"
SAID = "the patient consents to the operation"
RECORDING = b"RIFF" + b"what was said, as sound" * 20
HOOK = "https://hospital.example.com/hook?token=1"
SCHEMAS = Path(__file__).parents[1] / "data" / "schemas"
BACKUPS = SCHEMAS.with_name("backups")
DATABASE = "vbot.duckdb"


@dataclass(frozen=True)
class Box:
    """A stopped appliance with two customers and calls, and a backup of it."""

    folder: DataFolder
    recovery_key: Path
    backup: Path

    def vbot(self, *command: str | Path, data_dir: Path | None = None) -> subprocess.CompletedProcess[str]:
        return vbot(*command, data_dir=data_dir or self.folder.root)

    def restored(self, backup: Path, data_dir: Path) -> subprocess.CompletedProcess[str]:
        return self.vbot("restore", backup, "--recovery-key-file", self.recovery_key, data_dir=data_dir)


async def fill(folder: DataFolder) -> None:
    database = Database.open(folder.database, keys=DatabaseKeys(Keys.of(folder)))
    parts = Parts(folder, database, Clocks(), Keys.of(folder))
    hospital, mallory = await parts.customer(), await parts.customer()
    await parts.customers.update(OWNER, hospital.id, webhook_secret=None, webhook_url=HOOK)
    await parts.customers.update(OWNER, mallory.id, webhook_secret=None, webhook_url="https://mallory.example.com/")
    done = await parts.submitted(hospital, external_id="1", metadata=json.dumps({"patient": PATIENT}), audio=RECORDING)
    await parts.claim_call(parts.claim(done))
    await parts.finish_call.report(analysed(await parts.call(done.call_id), text=SAID, keys=parts.keys))
    await parts.submitted(hospital, external_id="2", metadata=json.dumps({"patient": PATIENT}), audio=RECORDING + b"2")
    database.close()


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Box:
    root = tmp_path_factory.mktemp("touched")
    folder = DataFolder(root / "data")
    recovery_key = root / "recovery.key"
    recovery_key.write_text(initialise(folder, "vbt_admin", note=False).recovery_key)
    asyncio.run(fill(folder))
    assert vbot("token", "create", "--role", "viewer", data_dir=folder.root).returncode == 0
    made = vbot("backup", "create", data_dir=folder.root)
    assert made.returncode == 0, made.stderr
    backup = root / "carried.tar"
    shutil.copyfile(made.stdout.strip(), backup)
    return Box(folder, recovery_key, backup)


@pytest.fixture
def carried(box: Box, tmp_path: Path) -> Path:
    """The backup where somebody else may write."""
    return Path(shutil.copyfile(box.backup, tmp_path / "carried.tar"))


def test_a_stolen_backup_shows_nothing_of_any_call(box: Box) -> None:
    content = box.backup.read_bytes()
    words = [PATIENT, SAID, "hospital.example.com", "admin", "viewer", "customer", "CREATE TABLE", "manifest"]
    for plain in [*map(str.encode, words), RECORDING[:40]]:
        assert plain not in content, plain


# -- changed -------------------------------------------------------------------------------------------------


def be_admin(database: Path) -> None:
    """What a viewer would change: its own role, where the hospital's webhooks go, and what tells of it."""
    with open_file(database) as connection:
        connection.execute("UPDATE token SET role = 'admin'")
        connection.execute(
            "UPDATE customer SET webhook_url = (SELECT webhook_url FROM customer WHERE id = 2), "
            "sealed_webhook_url = (SELECT sealed_webhook_url FROM customer WHERE id = 2) WHERE id = 1"
        )
        connection.execute("DELETE FROM audit")


def write_plain(database: Path, target: Path) -> None:
    """As whoever has the box's keys can."""
    key = keys_beside(database).of(database)
    assert key is not None
    with duckdb.connect(str(target)) as connection:
        connection.execute("ATTACH ? AS encrypted (READ_ONLY, ENCRYPTION_KEY ?)", [str(database), key.text])
        connection.execute(f'COPY FROM DATABASE encrypted TO "{target.stem}"')


def tampered(backup: Path, change: Callable[[Path], None]) -> Path:
    """The backup with a changed database, as whoever has no key can make it; of a form that he cannot read: guessed."""
    try:
        with tarfile.open(backup) as tar:
            contents = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    except tarfile.TarError:
        content = bytearray(backup.read_bytes())
        for at in range(len(content) // 4, len(content) * 7 // 8, len(content) // 4):
            content[at : at + 5] = b"admin"
        backup.write_bytes(content)
        return backup
    database = backup.with_name("edited.duckdb")
    database.write_bytes(contents[DATABASE])
    change(database)
    contents[DATABASE] = database.read_bytes()
    return packed(backup, contents)


def packed(backup: Path, contents: dict[str, bytes], calls: int = 2) -> Path:
    """In the form of before backups were sealed, with a manifest that is right."""
    contents.pop("manifest.json", None)
    files = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in contents.items()
    }
    manifest = {
        "format": 1, "version": "1.0.0", "created_at": "2026-11-26T12:00:00Z", "calls": calls, "files": files,
    }  # fmt: skip
    with tarfile.open(backup, "w") as tar:
        for name, content in {"manifest.json": json.dumps(manifest).encode(), **contents}.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return backup


def test_nobody_makes_himself_an_administrator_by_a_backup_that_he_may_write(
    box: Box, carried: Path, tmp_path: Path
) -> None:
    tampered(carried, be_admin)

    verified = box.vbot("backup", "verify", carried)
    assert verified.returncode == 1, verified.stdout
    assert f"{carried} is damaged: {DATABASE} is not what was written" in verified.stderr
    assert box.restored(carried, tmp_path / "data").returncode == 1
    assert not (tmp_path / "data").exists()


def test_todays_database_in_the_form_of_before_is_refused(box: Box, carried: Path, tmp_path: Path) -> None:
    database = tmp_path / DATABASE
    write_plain(box.folder.database, database)
    with duckdb.connect(str(database)) as connection:
        connection.execute("UPDATE token SET role = 'admin'")
    packed(carried, {DATABASE: database.read_bytes(), "secrets.sealed": b"any"})

    verified = box.vbot("backup", "verify", carried)
    assert verified.returncode == 1, verified.stdout
    assert "no vBot that wrote this database left a backup unsealed" in verified.stderr


def test_what_is_sealed_for_one_customer_does_not_open_as_anothers(box: Box, tmp_path: Path) -> None:
    """In the database itself, as whoever may write it could."""
    folder = DataFolder(tmp_path / "data")
    shutil.copytree(box.folder.root, folder.root, ignore=shutil.ignore_patterns("run"))
    be_admin(folder.database)
    keys = Keys.of(folder)

    async def read() -> str:
        database = Database.open(folder.database, keys=DatabaseKeys(keys))
        try:
            parts = Parts(folder, database, Clocks(), keys)
            url = (await parts.customers.get(1)).webhook_url
            assert url is not None
            assert parts.customers.url(url) is None, "shown as damaged"
            return keys.unseal_url(url)
        finally:
            database.close()

    with pytest.raises(ConfigurationError, match="does not belong to this master key, or not here"):
        asyncio.run(read())


# -- run -----------------------------------------------------------------------------------------------------


def evil_database(box: Box, tmp_path: Path) -> bytes:
    """Counting its calls reads the master key: as many as its first bytes say."""
    database = tmp_path / "evil.duckdb"
    database.write_bytes(gzip.decompress((SCHEMAS / "0010.duckdb.gz").read_bytes()))
    with duckdb.connect(str(database)) as connection:
        connection.execute("DROP TABLE call")
        key = f"(SELECT content FROM read_text('{box.folder.master_key}'))"
        connection.execute(
            f"CREATE VIEW call AS SELECT 'x' AS call_id FROM range(ascii({key}) * 1000 + ascii(substr({key}, 2)))"
        )
    return database.read_bytes()


def test_a_backup_has_nothing_run_that_its_maker_wrote(box: Box, carried: Path, tmp_path: Path) -> None:
    packed(carried, {DATABASE: evil_database(box, tmp_path), "secrets.sealed": b"any"}, calls=0)
    leaked = "".join(str(byte) for byte in box.folder.master_key.read_bytes()[:2])

    verified = box.vbot("backup", "verify", carried)

    assert verified.returncode == 1, verified.stdout
    assert leaked not in re.sub(re.escape(str(carried)), "", verified.stdout + verified.stderr)
    assert "the view call is not one that a vBot has made" in verified.stderr


# -- of before ------------------------------------------------------------------------------------------------


@pytest.mark.long
def test_a_backup_of_before_is_restored_with_a_warning(box: Box, tmp_path: Path) -> None:
    """A real one, as the version before made it."""
    key, old = BACKUPS / "unsealed-0010.key", tmp_path / "unsealed.tar"
    old.write_bytes(gzip.decompress((BACKUPS / "unsealed-0010.tar.gz").read_bytes()))

    verified = box.vbot("backup", "verify", old, "--recovery-key-file", key)
    assert verified.returncode == 3, verified.stderr
    assert verified.stderr.startswith(f"vbot: unverified: {old} is of before backups were sealed")

    restored = box.vbot("restore", old, "--recovery-key-file", key, data_dir=tmp_path / "data")
    assert restored.returncode == 0, restored.stderr
    assert "WARNING" in restored.stderr
    assert "nobody can tell whether it was changed" in restored.stderr
    again = box.vbot("backup", "create", data_dir=tmp_path / "data")
    assert again.returncode == 0, again.stderr
    assert box.vbot("backup", "verify", again.stdout.strip(), data_dir=tmp_path / "data").returncode == 0


def in_a_gigabyte() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (1024**3,) * 2)


@pytest.mark.parametrize("member", ["manifest.json", "vbot.duckdb", "a header"])
def test_ten_kilobytes_among_the_backups_take_no_memory_and_no_disk(box: Box, tmp_path: Path, member: str) -> None:
    """As who may write where they lie makes them: a file of 2.5 GB in which nothing is, and a header as long."""
    bomb = box.folder.backups / "vbot-20261124T120000Z.tar"
    if member == "a header":
        info = tarfile.TarInfo("manifest.json")
        info.type, info.size = tarfile.XHDTYPE, 2500 * 1024**2
        bomb.write_bytes(info.tobuf())
        os.truncate(bomb, info.size + 1024)
    else:
        sparse = tmp_path / member
        sparse.touch()
        os.truncate(sparse, 2500 * 1024**2)
        subprocess.run(["tar", "--sparse", "-C", tmp_path, "-cf", bomb, member], check=True)
        assert bomb.stat().st_size <= 10 * 1024
    try:
        seen = subprocess.run(
            [VBOT, "backup", "verify", str(bomb)],
            env=environment(box.folder.root),
            preexec_fn=in_a_gigabyte,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
    finally:
        bomb.unlink()
    assert seen.returncode == 1
    assert seen.stderr.startswith(f"vbot: {bomb} is no backup"), seen.stderr[-500:]
    assert len(seen.stderr.splitlines()) == 1


# -- killed --------------------------------------------------------------------------------------------------


def plain_copies(*places: Path) -> list[Path]:
    return [path for place in places for path in place.glob(".verify-*/*")]


def test_a_verification_that_is_killed_leaves_no_plain_database_among_the_temporary_files(
    box: Box, tmp_path: Path
) -> None:
    """It leaves one in the data folder, which nobody else can look into and the next one clears away."""
    script = (
        "import os, signal, sys\n"
        "from appliance import cli\n"
        "from appliance.services.upkeep import backup_verification\n"
        "backup_verification.look_at = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "cli.main(['backup', 'verify', sys.argv[1]])\n"
    )
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    killed = subprocess.run(
        [sys.executable, "-c", script, str(box.backup)],
        env={**environment(box.folder.root), "TMPDIR": str(temporary)},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert plain_copies(temporary) == []
    assert len(plain_copies(box.folder.backups)) == 1
    assert box.vbot("backup", "verify", box.backup).returncode == 0
    assert plain_copies(temporary, box.folder.backups) == []


def test_away_from_the_data_folder_the_next_verification_clears_up(box: Box, tmp_path: Path) -> None:
    settings = {"TMPDIR": str(tmp_path)}
    with scratch_folder(".verify-", tmp_path) as living:
        (left := tmp_path / ".verify-killed").mkdir()
        (left / DATABASE).write_bytes(b"in plain")
        done = vbot(
            "backup", "verify", box.backup, "--recovery-key-file", box.recovery_key,
            data_dir=tmp_path / "elsewhere", settings=settings,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert list(tmp_path.glob(".verify-*")) == [living]


# -- without the key -----------------------------------------------------------------------------------------


def test_without_the_key_a_backup_is_called_unverified(box: Box, carried: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    seen = box.vbot("backup", "verify", carried, data_dir=elsewhere)
    assert seen.returncode == 3
    assert seen.stderr.startswith(f"vbot: unverified: no accident has changed {carried}, but ")
    assert len(seen.stderr.strip().splitlines()) == 1

    proven = box.vbot("backup", "verify", carried, "--recovery-key-file", box.recovery_key, data_dir=elsewhere)
    assert proven.returncode == 0, proven.stderr
    assert f"{carried} is whole: made " in proven.stdout
    assert "2 calls, 1 recording of calls that were not final" in proven.stdout
    assert not elsewhere.exists()


def test_a_backup_of_another_appliance_needs_its_key(box: Box, carried: Path, tmp_path: Path) -> None:
    initialise(DataFolder(tmp_path / "other"), "vbt_admin", note=False)
    seen = box.vbot("backup", "verify", carried, data_dir=tmp_path / "other")
    assert seen.returncode == 3
    assert "sealed under another recovery key than that of" in seen.stderr
