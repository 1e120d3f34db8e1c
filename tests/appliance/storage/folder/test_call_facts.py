"""What lies behind a recording in its file: readable by us alone, and never taken for a part of the recording."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import msgspec
import pytest

from appliance.storage.folder.call_facts import CallFacts, read_facts, seal_facts
from appliance.storage.folder.keys import NONCE_BYTES, Keys
from appliance.storage.folder.recording_file import CHUNK_BYTES, RecordingWriter, encrypt_recording, is_sealed
from tests.appliance.builders import KEYS, NOON, a_recording
from tests.support.file_faults import flip, truncate

MASTER = bytes(range(32))
NONCE = bytes(NONCE_BYTES)
AUDIO = a_recording(b"\x01\x02" * 500)
FACTS = CallFacts(
    call_id="call-1",
    customer_id=7,
    customer_since=NOON,
    received_at=NOON,
    bytes=len(AUDIO),
    sha256=hashlib.sha256(AUDIO).hexdigest(),
    submission=msgspec.Raw(b'{"caller_number":"+4930123456"}'),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """As an earlier version left it."""
    path = tmp_path / "recording"
    path.write_bytes(AUDIO + seal_facts(FACTS, KEYS))
    return path


def encrypted(path: Path, audio: bytes, behind: bytes) -> Path:
    with path.open("wb") as file:
        writer = RecordingWriter(file, KEYS)
        writer.write(audio)
        writer.finish(behind)
    return path


def test_they_are_read_as_they_were_written(path: Path) -> None:
    read = read_facts(path, KEYS)
    assert read == FACTS
    assert bytes(read.submission) == bytes(FACTS.submission)


def test_they_are_for_nobody_elses_eyes_and_from_nobody_else(path: Path) -> None:
    assert b"4930123456" not in path.read_bytes()
    assert read_facts(path, Keys(bytes(32))) is None
    forged = AUDIO + seal_facts(FACTS, Keys(bytes(32)))  # a PBX that knows the form, but not the key
    path.write_bytes(forged)
    assert read_facts(path, KEYS) is None


@pytest.mark.parametrize("size", [1, 1000, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_behind_an_encrypted_recording_they_are_the_same_and_for_one_of_this_length_alone(
    tmp_path: Path, size: int
) -> None:
    facts = msgspec.structs.replace(FACTS, bytes=size)
    behind = seal_facts(facts, KEYS)
    assert read_facts(encrypted(tmp_path / "own", bytes(size), behind), KEYS) == facts
    assert read_facts(encrypted(tmp_path / "longer", bytes(size + 1), behind), KEYS) is None
    assert read_facts(encrypted(tmp_path / "shorter", bytes(size - 1), behind), KEYS) is None


@pytest.mark.parametrize("is_bound", [True, False])
def test_a_recording_of_an_earlier_version_keeps_them_when_it_is_encrypted(path: Path, *, is_bound: bool) -> None:
    if not is_bound:
        sealed = NONCE + Keys(MASTER)._seal.encrypt(NONCE, msgspec.json.encode(FACTS), None)
        path.write_bytes(AUDIO + sealed + struct.pack("<I8s", len(sealed), b"\x00vBot\x01\r\n"))
        assert read_facts(path, KEYS) == FACTS
    encrypted_path = path.with_name("encrypted")
    with encrypted_path.open("wb") as file:
        encrypt_recording(path, RecordingWriter(file, KEYS), len(AUDIO))
    assert is_sealed(encrypted_path)
    assert read_facts(encrypted_path, KEYS) == FACTS


def test_of_two_the_last_counts(path: Path) -> None:
    # A recording that somebody got hold of with its facts, and posted as it is.
    content = path.read_bytes()
    again = msgspec.structs.replace(
        FACTS, call_id="call-2", bytes=len(content), sha256=hashlib.sha256(content).hexdigest()
    )
    path.write_bytes(content + seal_facts(again, KEYS))
    assert read_facts(path, KEYS) == again


@pytest.mark.parametrize("content", [b"", b"RIFF", AUDIO, AUDIO + b"\xff\xff\xff\xff\x00vBot\x01\r\n"])
def test_a_recording_without_any_tells_nothing(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert read_facts(path, KEYS) is None


def test_a_damaged_recording_still_tells_whose_it_is(path: Path) -> None:
    flip(path, 300)
    assert read_facts(path, KEYS) == FACTS


@pytest.mark.parametrize("behind", [0, 1, 40, 90])
def test_damaged_facts_tell_nothing(path: Path, behind: int) -> None:
    flip(path, len(AUDIO) + behind)
    assert read_facts(path, KEYS) is None


@pytest.mark.parametrize("cut", [1, 30, 200])
def test_cut_off_facts_tell_nothing(path: Path, cut: int) -> None:
    truncate(path, path.stat().st_size - cut)
    assert read_facts(path, KEYS) is None
