"""Backups that are read whole on demand: what is found is told, and written down where it is bad."""

from __future__ import annotations

import asyncio
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
    verify,
)
from appliance.storage.database import Database, opened_database
from appliance.storage.folder.backup_file import DATABASE, Manifest, write_backup
from tests.appliance.audited import written
from tests.appliance.builders import AN_ADMIN, NOON, FakeClock

NAME = "vbot-20261124T120000Z.tar"


class Shelf:
    """A folder with one backup, and the use case."""

    def __init__(self, folder: Path, database: Database, clock: FakeClock) -> None:
        self.path = folder / NAME
        self.database = database
        copy = folder / "copy"
        with opened_database(copy):
            pass
        write_backup(self.path, version="1.0.0", created_at=NOON, calls=0, sealed=b"sealed", members={DATABASE: copy})
        copy.unlink()
        self.verifications = BackupVerifications(database, self._find, 0, clock)

    def _find(self, name: str) -> Path:
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


async def test_what_is_no_backup_of_ours_is_unknown(shelf: Shelf) -> None:
    with pytest.raises(NotFound):
        await shelf.verifications.start(AN_ADMIN, "vbot-20200101T000000Z.tar")
    assert await written(shelf.database) == []


async def test_one_that_is_being_read_is_not_begun_again(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()

    def slow(path: Path, progress: Callable[[float], None], **options: object) -> Manifest:
        progress(0.5)
        assert go_on.wait(60)
        return verify(path, progress)

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
    verify(shelf.path, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert len(shares) > 2


def test_a_disk_that_has_no_room_for_its_database_is_not_filled(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(NoRoom, match="no room to unpack"):
        verify(shelf.path, unpack_in=tmp_path, floor_bytes=2**60)


async def test_what_could_not_be_looked_at_is_not_called_damaged(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object, **_options: object) -> Manifest:
        raise NoRoom("the disk has no room to unpack it")

    monkeypatch.setattr(module, "verify", full)
    seen = await shelf.found()
    assert (seen.state, seen.problem) == (VerificationState.FAILED, "the disk has no room to unpack it")
    assert [line.action for line in await written(shelf.database)] == [Action.BACKUP_VERIFIED]
