"""What lies behind a recording in its file: readable by us alone, and never taken for a part of the recording."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest

from appliance.storage.folder.call_facts import CallFacts, read_facts, seal_facts
from appliance.storage.folder.keys import Keys
from tests.appliance.builders import KEYS, NOON, a_recording
from tests.support.file_faults import flip, truncate

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
    path = tmp_path / "recording"
    path.write_bytes(AUDIO + seal_facts(FACTS, KEYS))
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
