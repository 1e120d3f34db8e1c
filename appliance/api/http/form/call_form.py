"""The multipart form of POST /api/process-call, parsed while it arrives: the file goes to disk, never to memory.

`feed` and `finish` block (parsing, hashing, writing): the handler runs them in a thread.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from appliance.api.http.files import SIGNATURE_BYTES, recognised_type
from appliance.api.http.form.call_fields import FORM, parse_submission
from appliance.errors import InvalidRequest, Problem, RecordingTooLarge, UnsupportedRecording
from appliance.services.calls.submit_call import Submission, Upload
from appliance.storage.folder.recordings import RecordingStore

FIELD_LIMIT_BYTES = 16 * 1024
PARTS_LIMIT = 32
PART_HEADERS_LIMIT = 8
PART_HEADER_LIMIT_BYTES = 4 * 1024

# What is written behind a recording, so that its call is not lost with the database.
FactsOf = Callable[[Submission, Upload], bytes]
# What reads the text fields; what is wrong with them it adds to the list.
ParseSubmission = Callable[[Mapping[str, bytes], str | None, list[Problem]], Submission]


class CallForm:
    """One upload in progress."""

    def __init__(self, content_type: str, recordings: RecordingStore, max_recording_bytes: int) -> None:
        """Raises InvalidRequest when the body is not announced as multipart/form-data with a boundary."""
        kind, options = parse_options_header(content_type.encode("latin-1", "replace"))
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise InvalidRequest(Problem("body", "must be multipart/form-data"))
        try:
            self._parser = MultipartParser(
                options[b"boundary"],
                self._callbacks(),
                max_header_count=PART_HEADERS_LIMIT,
                max_header_size=PART_HEADER_LIMIT_BYTES,
            )
        except FormParserError as error:
            raise InvalidRequest(Problem("body", str(error))) from None
        self._recordings = recordings
        self._max_recording_bytes = max_recording_bytes
        self._file: Any = None
        self._path: Any = None
        self._digest = hashlib.sha256()
        self._head = b""
        self._file_bytes = 0
        self._fields: dict[str, bytes] = {}
        self._parts = 0
        self._complete = False
        self._begin_part()

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the body.

        Raises InvalidRequest, RecordingTooLarge or UnsupportedRecording as soon as the body shows it.
        """
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise InvalidRequest(Problem("body", f"is not well-formed multipart: {error}")) from None

    def take_fields(self) -> dict[str, bytes]:
        """The text fields that have come, by their names: for who reads them otherwise. None is left here."""
        taken, self._fields = self._fields, {}
        return taken

    def finish(
        self, idempotency_key: str | None, facts_of: FactsOf, parse: ParseSubmission = parse_submission
    ) -> tuple[Submission, Upload]:
        """The whole form, with the recording, and the facts behind it, synced to disk.

        Raises InvalidRequest naming every field at fault.
        """
        if not self._complete:
            raise InvalidRequest(Problem("body", "ended before its closing boundary"))
        problems: list[Problem] = []
        if self._file is None:
            problems.append(Problem(FORM.file_name, "is required"))
        elif self._file_bytes == 0:
            problems.append(Problem(FORM.file_name, "is empty"))
        submission = parse(self._fields, idempotency_key, problems)
        if problems:
            raise InvalidRequest(*problems)
        if self._file_bytes < SIGNATURE_BYTES:
            self._check_signature()
        upload = Upload(self._path, self._file_bytes, self._digest.hexdigest())
        self._file.finish(behind=facts_of(submission, upload))
        return submission, upload

    def discard(self) -> None:
        """Remove what was written; harmless once the recording was moved into place."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
            self._recordings.let_go(self._path)

    # -- the parser's callbacks ------------------------------------------------------------------------------

    def _callbacks(self) -> Any:
        return {
            "on_part_begin": self._begin_part,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._begin_content,
            "on_part_data": self._content,
            "on_part_end": self._end_part,
            "on_end": self._end,
        }

    def _begin_part(self) -> None:
        self._header = (b"", b"")
        self._disposition: Mapping[bytes, bytes] = {}
        self._name = ""
        self._value = bytearray()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0] + data[start:end], self._header[1])

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0], self._header[1] + data[start:end])

    def _end_header(self) -> None:
        name, value = self._header
        if name.lower() == b"content-disposition":
            _, self._disposition = parse_options_header(value)
        self._header = (b"", b"")

    def _begin_content(self) -> None:
        self._parts += 1
        if self._parts > PARTS_LIMIT:
            raise InvalidRequest(Problem("body", f"has more than {PARTS_LIMIT} parts"))
        self._name = self._disposition.get(b"name", b"").decode("utf-8", "replace")
        if self._name == FORM.file_name:
            if self._file is not None:
                raise InvalidRequest(Problem(FORM.file_name, "is there twice"))
            self._path, self._file = self._recordings.open_incoming()

    def _content(self, data: bytes, start: int, end: int) -> None:
        if self._name == FORM.file_name:
            self._write(data[start:end])
            return
        if len(self._value) + end - start > FIELD_LIMIT_BYTES:
            problem = f"is longer than {FIELD_LIMIT_BYTES} bytes"
            if b"filename" in self._disposition:  # a PBX in which another name was set for the recording's field
                problem += f"; a recording belongs in the field {FORM.file_name}"
            raise InvalidRequest(Problem(self._name[:64] or "body", problem))
        self._value += data[start:end]

    def _write(self, chunk: bytes) -> None:
        self._file_bytes += len(chunk)
        if self._file_bytes > self._max_recording_bytes:
            raise RecordingTooLarge(f"more than {self._max_recording_bytes} bytes")
        if len(self._head) < SIGNATURE_BYTES:
            self._head += chunk[:SIGNATURE_BYTES]
            if len(self._head) >= SIGNATURE_BYTES:
                self._check_signature()
        self._digest.update(chunk)
        self._file.write(chunk)

    def _check_signature(self) -> None:
        if recognised_type(self._head) is None:
            raise UnsupportedRecording("the first bytes are no audio that we can read")

    def _end_part(self) -> None:
        if self._name and self._name != FORM.file_name:
            self._fields[self._name] = bytes(self._value)

    def _end(self) -> None:
        self._complete = True
