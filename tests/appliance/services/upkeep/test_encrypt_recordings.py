"""What an earlier version left on the disk as it came is encrypted, whatever is killed, and stays readable."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

import pytest

from appliance.services.upkeep.encrypt_recordings import WORK_SECONDS, EncryptRecordings
from appliance.storage.database import Database
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.recording_file import is_sealed
from appliance.storage.folder.recordings import RecordingStore
from appliance.storage.tables import stored_recordings
from appliance.storage.tables.stored_recordings import StoredRecording
from tests.appliance.builders import KEYS, NOON

SAID = b"RIFF" + b"what was said " * 10_000


class Earlier:
    """Some calls whose recordings lie there as they came, with facts behind each."""

    def __init__(self, database: Database, recordings: RecordingStore, folder: DataFolder) -> None:
        self.database = database
        self.recordings = recordings
        self.folder = folder
        (folder.recordings / "day").mkdir()
        self.names = [f"day/{number}" for number in range(5)]
        for name in self.names:
            recordings.path(name).write_bytes(SAID + b"facts of " + name.encode())

    async def store(self) -> None:
        stored = [StoredRecording(name, 1, name, len(SAID), "sha", NOON) for name in self.names]
        await self.database.write(lambda tx: stored_recordings.insert_many(tx, stored))

    @property
    def encrypted(self) -> list[bool]:
        return [is_sealed(self.recordings.path(name)) for name in self.names]

    def audio(self, name: str) -> bytes:
        with self.recordings.open(self.recordings.path(name), len(SAID)) as file:
            return file.read(len(SAID))


@pytest.fixture
def earlier(database: Database, recordings: RecordingStore, folder: DataFolder) -> Earlier:
    made = Earlier(database, recordings, folder)
    asyncio.run(made.store())
    return made


def clock_that_ends_after(pieces: int) -> Iterator[float]:
    yield 0.0
    yield from [0.0] * pieces
    while True:
        yield WORK_SECONDS


async def test_after_it_no_recording_shows_what_was_said_and_each_is_what_it_was(earlier: Earlier) -> None:
    await EncryptRecordings(earlier.database, earlier.recordings)()
    assert all(earlier.encrypted)
    for path in earlier.folder.root.rglob("*"):
        assert not path.is_file() or b"what was said" not in path.read_bytes()
    for name in earlier.names:
        assert earlier.audio(name) == SAID
        assert earlier.recordings.path(name).read_bytes().endswith(b"facts of " + name.encode())


async def test_it_works_for_a_while_only_and_goes_on_the_next_time(earlier: Earlier) -> None:
    moments = clock_that_ends_after(2)
    encrypt = EncryptRecordings(earlier.database, earlier.recordings, lambda: next(moments))
    await encrypt()
    assert sum(earlier.encrypted) == 2
    assert [earlier.audio(name) for name in earlier.names] == [SAID] * 5
    await EncryptRecordings(earlier.database, earlier.recordings)()  # after a kill -9, as good as any
    assert all(earlier.encrypted)


async def test_what_a_kill_left_half_done_is_cleared_and_done_again(earlier: Earlier) -> None:
    _, writer = earlier.recordings.open_incoming()
    writer.write(SAID)
    writer.close()
    later = RecordingStore(earlier.folder.recordings, earlier.folder.incoming, KEYS)
    assert later.clear_incoming() == 1
    await EncryptRecordings(earlier.database, later)()
    assert all(earlier.encrypted)


async def test_one_that_the_disk_does_not_give_is_told_and_the_others_are_done(
    earlier: Earlier, caplog: pytest.LogCaptureFixture
) -> None:
    path = earlier.recordings.path(earlier.names[2])
    path.unlink()
    path.mkdir()
    with caplog.at_level(logging.WARNING):
        await EncryptRecordings(earlier.database, earlier.recordings)()
    assert "stays as it came" in caplog.text
    path.rmdir()
    assert all(is_sealed(earlier.recordings.path(name)) for name in earlier.names if name != "day/2")
