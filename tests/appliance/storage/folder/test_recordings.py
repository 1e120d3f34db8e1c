"""Recordings on disk: durable before their call is committed, private, and none left that no call knows."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.recording_file import is_sealed, most_bytes
from appliance.storage.folder.recordings import SPARED_SECONDS, RecordingStore
from tests.appliance.builders import KEYS


@pytest.fixture(autouse=True)
def careless_umask() -> Iterator[None]:
    """Whoever starts us may have a umask that hides nothing."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def syncs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was renamed and what was synced, in order."""
    seen: list[str] = []
    real_fsync, real_rename = os.fsync, Path.rename

    def fsync(descriptor: int) -> None:
        seen.append(f"sync {Path(f'/proc/self/fd/{descriptor}').readlink()}")
        real_fsync(descriptor)

    def rename(path: Path, target: Path) -> Path:
        seen.append(f"rename to {target}")
        return real_rename(path, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "rename", rename)
    return seen


def upload(recordings: RecordingStore, content: bytes = b"RIFF") -> Path:
    path, file = recordings.open_incoming()
    file.write(content)
    file.finish()
    return path


def keep(recordings: RecordingStore, content: bytes = b"RIFF", *, age_seconds: float = 0) -> str:
    (name,) = recordings.keep([upload(recordings, content)], date(2026, 11, 24))
    make_older(recordings.path(name), age_seconds)
    return name


def make_older(path: Path, seconds: float) -> None:
    moment = time.time() - seconds
    os.utime(path, (moment, moment))


def test_an_upload_begins_as_a_private_file_of_its_own(recordings: RecordingStore, folder: DataFolder) -> None:
    first, second = upload(recordings, b""), upload(recordings, b"")
    assert first != second
    assert first.parent == folder.incoming
    assert first.stat().st_mode & 0o777 == 0o600
    assert most_bytes(first) == 0


def test_a_kept_recording_is_whole_private_and_gone_from_the_uploads(
    recordings: RecordingStore, folder: DataFolder
) -> None:
    name = keep(recordings, b"RIFF....")
    path = recordings.path(name)
    with recordings.open(path, 8) as file:
        assert file.read() == b"RIFF...."
    assert path.is_relative_to(folder.recordings)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert list(folder.incoming.iterdir()) == []


def test_keeping_is_durable_with_the_folders_that_lead_to_the_file(
    recordings: RecordingStore, folder: DataFolder, syncs: list[str]
) -> None:
    path = recordings.path(keep(recordings))
    assert syncs[1:] == [f"sync {folder.recordings}", f"rename to {path}", f"sync {path.parent}"]


def test_a_removed_recording_is_gone_and_may_be_removed_again(recordings: RecordingStore) -> None:
    name, other = keep(recordings), keep(recordings)
    recordings.remove(name)
    recordings.remove(name)
    assert not recordings.path(name).exists()
    assert recordings.path(other).exists()


def test_what_was_cut_off_in_mid_upload_is_cleared_at_start(recordings: RecordingStore, folder: DataFolder) -> None:
    kept = keep(recordings)
    upload(recordings)
    upload(recordings)
    assert recordings.clear_incoming() == 2
    assert list(folder.incoming.iterdir()) == []
    assert recordings.path(kept).exists()


def test_the_sweep_removes_what_no_call_knows_and_leaves_what_a_request_has_in_hand(folder: DataFolder) -> None:
    former = RecordingStore(folder.recordings, folder.incoming, KEYS)
    known, orphan, old_upload = keep(former), keep(former), upload(former)
    now = RecordingStore(folder.recordings, folder.incoming, KEYS)
    fresh, under_way = keep(now), upload(now)
    removed = now.sweep(lambda: {known})
    assert set(removed) == {Path(orphan).name, old_upload.name}
    assert now.path(known).exists()
    assert now.path(fresh).exists()
    assert under_way.exists()


def test_what_a_request_kept_is_spared_a_while_after_its_end_whatever_the_wall_clock_says(folder: DataFolder) -> None:
    moment = 1000.0
    store = RecordingStore(folder.recordings, folder.incoming, KEYS, monotonic=lambda: moment)
    path = upload(store)
    (name,) = store.keep([path], date(2026, 11, 24))
    make_older(store.path(name), 86400)
    assert store.sweep(set) == []
    store.let_go(path)
    moment += SPARED_SECONDS - 1
    assert store.sweep(set) == []
    moment += 2
    assert store.sweep(set) == [Path(name).name]


def test_an_upload_that_begins_as_the_sweep_looks_at_the_others_is_left_alone(recordings: RecordingStore) -> None:
    begun: list[Path] = []

    class LookedAt(dict[str, float | None]):
        def items(self) -> Any:
            seen = list(super().items())
            if not begun:  # on its own thread another request begins now
                begun.append(upload(recordings))
            return seen

    recordings._in_hand = LookedAt()
    assert recordings.sweep(set) == []
    assert begun[0].exists()


def test_an_upload_that_a_request_lets_go_is_gone_at_once(recordings: RecordingStore) -> None:
    path = upload(recordings)
    recordings.let_go(path)
    assert not path.exists()


def test_a_recording_that_is_committed_during_the_sweep_is_no_orphan(folder: DataFolder) -> None:
    late: list[str] = []

    def known_before_the_commit() -> set[str]:
        late.append(keep(RecordingStore(folder.recordings, folder.incoming, KEYS)))
        return set()

    assert RecordingStore(folder.recordings, folder.incoming, KEYS).sweep(known_before_the_commit) == []
    assert (folder.recordings / late[0]).exists()


def test_keeping_again_what_was_kept_before_another_failed_is_fine(
    recordings: RecordingStore, folder: DataFolder
) -> None:
    first, missing = upload(recordings), folder.incoming / "missing.part"
    with pytest.raises(FileNotFoundError):
        recordings.keep([first, missing], date(2026, 11, 24))
    (name,) = recordings.keep([first], date(2026, 11, 24))
    assert recordings.path(name).is_file()


def plain(recordings: RecordingStore, content: bytes) -> str:
    """A recording as an earlier version has left it, with what stands behind it."""
    path = recordings.path("2026-11-24/earlier")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return recordings.name(path)


def test_a_recording_on_the_disk_shows_nothing_of_itself(recordings: RecordingStore) -> None:
    content = b"RIFF" + b"what was said " * 20_000
    name = keep(recordings, content)
    assert b"what was said" not in recordings.path(name).read_bytes()
    with recordings.open(recordings.path(name), len(content)) as file:
        assert file.read() == content


def test_a_recording_of_an_earlier_version_is_encrypted_with_what_stands_behind_it(
    recordings: RecordingStore, folder: DataFolder
) -> None:
    content = b"RIFF" + b"what was said " * 20_000
    name = plain(recordings, content + b"facts")
    assert recordings.encrypt(name, len(content))
    stored = recordings.path(name).read_bytes()
    assert b"what was said" not in stored
    assert stored.endswith(b"facts")
    with recordings.open(recordings.path(name), len(content)) as file:
        assert file.read() == content
    recordings.forget_facts(name, len(content))
    assert recordings.size(name) == len(content)
    assert list(folder.incoming.iterdir()) == []
    assert recordings.path(name).stat().st_mode & 0o777 == 0o600


def test_one_that_is_encrypted_or_gone_is_left_alone(recordings: RecordingStore) -> None:
    name = keep(recordings, b"RIFF")
    before = recordings.path(name).read_bytes()
    assert not recordings.encrypt(name, 4)
    assert recordings.path(name).read_bytes() == before
    assert not recordings.encrypt("2026-11-24/gone", 4)


def test_one_of_which_the_end_is_missing_stays_one_of_which_the_end_is_missing(recordings: RecordingStore) -> None:
    name = plain(recordings, b"RIFF" * 10)
    assert recordings.encrypt(name, 80)
    assert is_sealed(recordings.path(name))
    assert recordings.size(name) == 40
