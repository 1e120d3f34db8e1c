"""One file of a form, on its way to the disk."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import PurePath
from typing import BinaryIO

from appliance.api.http.files import SIGNATURE_BYTES, recognised_type
from appliance.api.http.form.sound import (
    BEHIND_BYTES,
    HEAD_BYTES,
    Encoding,
    Sound,
    claimed_end,
    is_unfinished,
    wave_sound,
)
from appliance.errors import UnsupportedRecording
from appliance.storage.folder.recordings import RecordingStore

RAW_ENDING = ".raw"
# Of files whose first two bytes alone may tell what they are, whatever the form says of others.
_MPEG_ENDINGS = frozenset({".mp2", ".mp3", ".mpga", ".aac"})


class UploadedFile:
    """What came under one name; it is checked as soon as its first bytes are there.

    `name` is the field's, `file_name` the one that the client gives; `is_told`: how its samples are written is said in
    fields of the form, so that it need not have a header.
    """

    def __init__(self, recordings: RecordingStore, name: str, file_name: str, *, is_told: bool) -> None:
        self.name = name
        self.bytes = 0
        self.head = b""
        self._behind = b""  # where its header claims that the samples end
        self._ending = PurePath(file_name).suffix.lower()
        self._may_lack_header = is_told or self._ending in Sound.OF_ENDINGS or self._ending == RAW_ENDING
        self._recordings = recordings
        self._digest = hashlib.sha256()
        self.path, self._writer = recordings.open_incoming()

    def write(self, chunk: bytes) -> None:
        """Raises UnsupportedRecording."""
        self.bytes += len(chunk)
        if len(self.head) < HEAD_BYTES:
            was_known = len(self.head) >= SIGNATURE_BYTES
            self.head += chunk[: HEAD_BYTES - len(self.head)]
            if not was_known and len(self.head) >= SIGNATURE_BYTES:
                self.check_signature()
        self._look_behind(chunk)
        self._digest.update(chunk)
        self._writer.write(chunk)

    def _look_behind(self, chunk: bytes) -> None:
        """`chunk` is the file's last one so far."""
        missing = BEHIND_BYTES - len(self._behind)
        end = claimed_end(self.head) if missing else None
        if end is None or end + len(self._behind) >= self.bytes:
            return
        first = end + len(self._behind) - (self.bytes - len(chunk))
        self._behind += chunk[max(0, first) : max(0, first) + missing]

    @property
    def has_header(self) -> bool:
        is_bare = self._may_lack_header and self._ending not in _MPEG_ENDINGS
        return recognised_type(self.head, is_told_to_be_bare=is_bare) is not None

    def check_signature(self) -> None:
        """Raises UnsupportedRecording for what has no header and is not told to have none."""
        if not self.has_header and not self._may_lack_header:
            raise UnsupportedRecording(
                "the first bytes are no audio that we can read; sound without a header (.raw, .sln, .ulaw, .alaw) "
                "needs the field `encoding` before it, or such an ending of its file's name",
                self.name,
            )

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    @property
    def is_unfinished(self) -> bool:
        """Whether the header of a WAV file does not say how long it is."""
        return is_unfinished(self.head, self.bytes)

    def sound(self, encoding: Encoding | None, sample_rate: int | None, channels: int) -> Sound | None:
        """Where its samples lie, which are as told where it has no header; None where that is not known."""
        if self.has_header:
            return wave_sound(self.head, self.bytes, self._behind)
        of_ending = Sound.OF_ENDINGS.get(self._ending)
        if encoding is None:
            if of_ending is None:
                return None
            encoding, usual_rate = of_ending
        else:
            usual_rate = of_ending[1] if of_ending is not None else 8_000
        block = encoding.sample_bytes * channels
        return Sound(encoding, sample_rate or usual_rate, channels, 0, self.bytes - self.bytes % block)

    def finish(self, behind: bytes = b"") -> None:
        """Synced to disk, with what stands behind it."""
        self._writer.finish(behind)

    def open(self) -> BinaryIO:
        """Once it is finished: to be read. Raises OSError."""
        return self._recordings.open(self.path, self.bytes)

    def discard(self) -> None:
        """Remove what was written; harmless once the recording was moved into place."""
        with contextlib.suppress(OSError):
            self._writer.close()
        self._recordings.let_go(self.path)
