"""Backups that are read whole on demand: what is found is told, and written down where it is bad."""

from __future__ import annotations

import asyncio
import gzip
import re
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.domain.audit import Action, Subject, SubjectKind
from appliance.errors import NotFound
from appliance.services.upkeep import backup_verification as module
from appliance.services.upkeep.backup_verification import (
    BackupVerifications,
    NoRoom,
    Verification,
    VerificationState,
    Verified,
    verify,
)
from appliance.storage.database import Database, opened_database
from appliance.storage.folder.backup_file import write_backup
from appliance.storage.folder.backup_manifest import DATABASE, Secrets
from tests.appliance.audited import written
from tests.appliance.builders import AN_ADMIN, NOON, FakeClock
from tests.support.unsealed_backups import write_unsealed

pytestmark = pytest.mark.slow

NAME = "vbot-20261124T120000Z.tar"
SCHEMAS = Path(__file__).parents[3] / "data" / "schemas"
RECOVERY_KEY = "AAAA-BBBB-CCCC-DDDD"
SECRETS = Secrets(master_key="ab" * 32, recovery_key=RECOVERY_KEY, certificate="C", certificate_key="K")


class Shelf:
    """A folder with one backup, and the use case."""

    def __init__(self, folder: Path, database: Database, clock: FakeClock) -> None:
        self.path = folder / NAME
        self.database = database
        copy = folder / "copy"
        with opened_database(copy):
            pass
        self.recovery_key = RECOVERY_KEY
        write_backup(
            self.path,
            version="1.0.0",
            created_at=NOON,
            calls=0,
            secrets=SECRETS,
            recovery_key=RECOVERY_KEY,
            members={DATABASE: copy},
        )
        self.copy = copy.rename(folder.parent / "copy.duckdb")
        self.verifications = BackupVerifications(database, self._find, lambda: self.recovery_key, 0, clock)

    async def _find(self, name: str) -> Path:
        if name != NAME:
            raise NotFound(name)
        return self.path

    async def found(self) -> Verification:
        """What a verification of the backup comes to."""
        await self.verifications.start(AN_ADMIN, NAME)
        async with asyncio.timeout(60):
            while True:
                seen = self.verifications.of(NAME)
                assert seen is not None
                if seen.state is not VerificationState.RUNNING:
                    return seen
                await asyncio.sleep(0.005)

    def damage(self) -> None:
        """One bit, in the middle of the database."""
        content = bytearray(self.path.read_bytes())
        content[len(content) // 2] ^= 1
        self.path.write_bytes(content)


@pytest.fixture
def shelf(tmp_path: Path, database: Database, clock: FakeClock) -> Shelf:
    folder = tmp_path / "shelf"
    folder.mkdir()
    return Shelf(folder, database, clock)


async def test_a_backup_is_whole_and_nothing_of_the_look_is_left(shelf: Shelf) -> None:
    assert shelf.verifications.of(NAME) is None
    assert await shelf.found() == Verification(NOON, VerificationState.WHOLE, 1.0, calls=0)
    assert list(shelf.path.parent.iterdir()) == [shelf.path]
    (line,) = await written(shelf.database)
    subject = Subject(SubjectKind.BACKUP, NAME)
    assert (line.actor, line.action, line.subject) == (AN_ADMIN, Action.BACKUP_VERIFIED, subject)


async def test_one_bit_that_is_wrong_is_found_and_written_down(shelf: Shelf) -> None:
    shelf.damage()
    seen = await shelf.found()
    assert (seen.state, seen.calls) == (VerificationState.DAMAGED, None)
    assert seen.problem == f"{NAME} is damaged: {DATABASE} is not what was written"
    assert [line.action for line in await written(shelf.database)] == [Action.BACKUP_VERIFIED, Action.BACKUP_DAMAGED]


async def test_one_of_before_they_were_sealed_is_whole_and_yet_unverified(shelf: Shelf) -> None:
    shelf.copy.write_bytes(gzip.decompress((SCHEMAS / "0010.duckdb.gz").read_bytes()))
    write_unsealed(
        shelf.path, version="1.0.0", created_at=NOON, calls=2, sealed=b"sealed", members={DATABASE: shelf.copy}
    )
    seen = await shelf.found()
    assert (seen.state, seen.calls) == (VerificationState.UNVERIFIED, 2)
    assert seen.problem is not None
    assert re.match(
        rf"{NAME} is of before backups were sealed: .* nobody can tell whether it was changed", seen.problem
    )


async def test_one_of_before_with_todays_database_was_changed(shelf: Shelf) -> None:
    write_unsealed(
        shelf.path, version="1.0.0", created_at=NOON, calls=0, sealed=b"sealed", members={DATABASE: shelf.copy}
    )
    seen = await shelf.found()
    assert (seen.state, seen.problem) == (
        VerificationState.DAMAGED,
        f"{NAME} was changed: no vBot that wrote this database left a backup unsealed",
    )


async def test_one_that_another_appliance_has_sealed_is_not_relied_on(shelf: Shelf) -> None:
    shelf.recovery_key = "EEEE-FFFF-GGGG-HHHH"
    seen = await shelf.found()
    assert (seen.state, seen.problem) == (
        VerificationState.DAMAGED,
        f"{NAME} is sealed under another recovery key than this appliance's",
    )
    assert [line.action for line in await written(shelf.database)] == [Action.BACKUP_VERIFIED, Action.BACKUP_DAMAGED]


async def test_what_is_no_backup_of_ours_is_unknown(shelf: Shelf) -> None:
    with pytest.raises(NotFound):
        await shelf.verifications.start(AN_ADMIN, "vbot-20200101T000000Z.tar")
    assert await written(shelf.database) == []


async def test_one_that_is_being_read_is_not_begun_again(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def slow(path: Path, key: str, progress: Callable[[float], None], **options: object) -> Verified:
        progress(0.5)
        assert go_on.wait(60)
        return verify(path, key, progress)

    monkeypatch.setattr(module, "verify", slow)
    await shelf.verifications.start(AN_ADMIN, NAME)
    async with asyncio.timeout(60):
        while (shelf.verifications.of(NAME) or Verification(NOON)).progress == 0:
            await asyncio.sleep(0.005)
    again = await shelf.verifications.start(AN_ADMIN, NAME)
    assert (again.state, again.progress) == (VerificationState.RUNNING, 0.5)
    go_on.set()
    assert (await shelf.found()).state is VerificationState.WHOLE
    assert len(await written(shelf.database)) == 1


def test_the_share_that_was_read_only_grows_and_ends_at_the_whole(shelf: Shelf) -> None:
    shares: list[float] = []
    verify(shelf.path, RECOVERY_KEY, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert len(shares) > 2


def test_a_disk_that_has_no_room_for_its_database_is_not_filled(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(NoRoom, match="no room to unpack"):
        verify(shelf.path, RECOVERY_KEY, unpack_in=tmp_path, floor_bytes=2**60)


async def test_what_could_not_be_looked_at_is_not_called_damaged(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object, **_options: object) -> Verified:
        raise NoRoom("the disk has no room to unpack it")

    monkeypatch.setattr(module, "verify", full)
    seen = await shelf.found()
    assert (seen.state, seen.problem) == (VerificationState.FAILED, "the disk has no room to unpack it")
    assert [line.action for line in await written(shelf.database)] == [Action.BACKUP_VERIFIED]
