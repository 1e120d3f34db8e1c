"""What was known of a call when it was accepted, behind its recording in the same file: the disk alone brings it back.

The file is the recording (recording_file), then the facts sealed under the master key for a recording of this length,
then their own length and a mark. One file, one fsync, and whoever moves, backs up or erases a recording does so with
its facts. Readers stop where the recording ends.
"""

from __future__ import annotations

import struct
from datetime import datetime
from pathlib import Path

import msgspec

from appliance.domain.cell import Cell
from appliance.errors import ConfigurationError
from appliance.storage.folder.keys import Keys
from appliance.storage.folder.recording_file import end_of_recording, recording_before

_TRAILER = struct.Struct("<I8s")
_MARK = b"\x00vBot\x02\r\n"
# Of before the schema 0011: sealed for no place.
_UNBOUND_MARK = b"\x00vBot\x01\r\n"
# A form's fields have 16 KB each; what is longer is none of ours.
_LONGEST_BYTES = 1024 * 1024


class CallFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One upload that was accepted; `submission` is what the PBX said about it, as JSON.

    An id alone does not tell a customer: after a loss it may have been given again.
    """

    call_id: str
    customer_id: int
    customer_since: datetime
    received_at: datetime
    bytes: int
    sha256: str
    submission: msgspec.Raw


def seal_facts(facts: CallFacts, keys: Keys) -> bytes:
    """What is appended to the recording."""
    sealed = keys.seal(msgspec.json.encode(facts).decode(), _cell(facts.bytes))
    return sealed + _TRAILER.pack(len(sealed), _MARK)


def _cell(recording_bytes: int) -> Cell:
    return Cell("recording", "facts", recording_bytes)


def read_facts(path: Path, keys: Keys) -> CallFacts | None:
    """What the file tells of its call; None where it tells nothing that we can read. Raises OSError."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if size < _TRAILER.size:
            return None
        file.seek(size - _TRAILER.size)
        length, mark = _TRAILER.unpack(file.read(_TRAILER.size))
        begin = size - _TRAILER.size - length
        if mark not in (_MARK, _UNBOUND_MARK) or length > _LONGEST_BYTES or begin < 0:
            return None
        recording_bytes = recording_before(file, begin)
        file.seek(begin)
        try:
            sealed = file.read(length)
            if mark == _UNBOUND_MARK:
                sealed = keys.bind(sealed, _cell(recording_bytes))
            facts = msgspec.json.decode(keys.unseal(sealed, _cell(recording_bytes)), type=CallFacts)
        except (ConfigurationError, msgspec.MsgspecError):
            return None
        return facts if facts.bytes == recording_bytes and end_of_recording(file, facts.bytes) == begin else None
