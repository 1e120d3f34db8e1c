"""Whether recordings on the disk are what was written: each block of them is authenticated, and nothing is changed."""

from __future__ import annotations

import errno
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from appliance.storage.folder.call_facts import CallFacts, read_facts
from appliance.storage.folder.keys import Keys
from appliance.storage.folder.recording_file import MARK, is_sealed, most_bytes, open_recording

_PIECE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Verified:
    """What was seen in the time that was given: the newest `read` of `files`, with the `damaged` ones' paths.

    `unproven` are of an earlier version and have nothing that they could be compared with.
    """

    files: int
    read: int
    bytes: int
    unproven: int
    damaged: tuple[str, ...]


def verify_recordings(
    recordings: Path, keys: Keys, seconds: float, monotonic: Callable[[], float] = time.monotonic
) -> Verified:
    """Read the newest recordings whole, for so long. Raises OSError where they cannot be read for another reason."""
    until = monotonic() + seconds
    read = total = unproven = 0
    damaged = []
    for path in _newest_first(recordings):
        if monotonic() >= until:
            break
        try:
            size = path.stat().st_size
            # The running api may have cut or replaced it under our hands: a fault shows twice.
            is_proven = _try_twice(path, keys)
        except FileNotFoundError:  # erased meanwhile
            continue
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            damaged.append(f"{path} ({error.strerror})")
        else:
            unproven += not is_proven
        read, total = read + 1, total + size
    files = sum(len(names) for _, _, names in os.walk(recordings))
    return Verified(files, read, total, unproven, tuple(damaged))


def verify_recording(path: Path, keys: Keys) -> bool:
    """Read one whole; returns whether there is something that proves it. Raises OSError for one that is damaged."""
    facts = read_facts(path, keys)
    if not is_sealed(path):
        return _verify_plain(path, facts)
    # Without facts, as of a call whose texts are erased, the recording ends with its file.
    size = most_bytes(path) if facts is None else facts.bytes
    if not size:  # an empty one is never accepted
        raise OSError(errno.EIO, "its end is gone")
    with open_recording(path, keys, size) as file:
        while file.read(_PIECE_BYTES):
            pass
    return True


def _verify_plain(path: Path, facts: CallFacts | None) -> bool:
    """One of an earlier version, or one whose mark is damaged."""
    with path.open("rb") as file:
        head = file.read(len(MARK))
        if sum(one == other for one, other in zip(head, MARK, strict=False)) > len(MARK) // 2:
            raise OSError(errno.EIO, "its beginning is damaged")
        if facts is None:
            return False
        file.seek(0)
        digest, left = hashlib.sha256(), facts.bytes
        while left and (piece := file.read(min(left, _PIECE_BYTES))):
            digest.update(piece)
            left -= len(piece)
    if digest.hexdigest() != facts.sha256:
        raise OSError(errno.EIO, "it is not what was received")
    return True


def _try_twice(path: Path, keys: Keys) -> bool:
    try:
        return verify_recording(path, keys)
    except FileNotFoundError:
        raise
    except OSError:
        return verify_recording(path, keys)


def _newest_first(recordings: Path) -> Iterator[Path]:
    """Day by day, each a folder of its name: of a million files only those that there is time for are looked at."""
    for folder, folders, names in os.walk(recordings):
        folders.sort(reverse=True)
        yield from sorted((Path(folder, name) for name in names), key=_written_at, reverse=True)


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
