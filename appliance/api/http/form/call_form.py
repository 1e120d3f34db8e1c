"""The multipart form of POST /api/process-call, parsed while it arrives: files go to disk, never to memory.

`feed` and `finish` block (parsing, hashing, writing): the handler runs them in a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from appliance.api.http.files import SIGNATURE_BYTES
from appliance.api.http.form.call_fields import (
    CALLED_FILE,
    CALLER_FILE,
    FORM,
    SOUND_FIELDS,
    parse_submission,
    warnings_of_moments,
    warnings_of_names,
)
from appliance.api.http.form.field_values import read_field
from appliance.api.http.form.joined_legs import MOST_TIMES_FASTER, JoinedForm, Leg, joined, warnings_of
from appliance.api.http.form.sound import Sound, wave_header
from appliance.api.http.form.uploaded_file import UploadedFile
from appliance.domain.clock import utc_now
from appliance.errors import InvalidRequest, Problem, RecordingTooLarge, UnsupportedRecording
from appliance.services.calls.submission import Submission, Upload
from appliance.storage.folder.recordings import RecordingStore

FIELD_LIMIT_BYTES = 16 * 1024
PARTS_LIMIT = 32
PART_HEADERS_LIMIT = 8
PART_HEADER_LIMIT_BYTES = 4 * 1024
_FILES = (FORM.file_name, CALLER_FILE, CALLED_FILE)
_COPY_BYTES = 256 * 1024
UNFINISHED = "The recording's header is unfinished: it was sent before its recorder had closed it."
_LEGS = (
    "a leg must be a WAV file of one channel with PCM (16 bit), u-law or A-law samples, or without a header and with "
    "`encoding`; send other recordings as one `file`"
)

_NO_BOUNDARY = (
    "is multipart/form-data without a boundary: leave the header Content-Type to your HTTP library, which names it"
)
_RATES = f"the sample rate of one leg is more than {MOST_TIMES_FASTER} times that of the other"

# What is written behind a recording, so that its call is not lost with the database.
FactsOf = Callable[[Submission, Upload], bytes]
# What reads the text fields; what is wrong with them it adds to the list.
ParseSubmission = Callable[[Mapping[str, bytes], str | None, list[Problem]], Submission]


class CallForm:
    """One upload in progress; with legs, unless it is a form that knows only one file."""

    def __init__(
        self, content_type: str, recordings: RecordingStore, max_recording_bytes: int, *, takes_legs: bool = True
    ) -> None:
        """Raises InvalidRequest when the body is not announced as multipart/form-data with a boundary."""
        kind, options = parse_options_header(content_type.encode("latin-1", "replace"))
        if kind != b"multipart/form-data":
            raise InvalidRequest(Problem("body", "must be multipart/form-data"))
        if not options.get(b"boundary"):
            raise InvalidRequest(Problem("body", _NO_BOUNDARY))
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
        self._names = _FILES if takes_legs else _FILES[:1]
        self._files: dict[str, UploadedFile] = {}
        self._made: UploadedFile | None = None
        self._file_bytes = 0
        self._fields: dict[str, bytes] = {}
        self._doubled: dict[str, None] = {}
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
        taken, self._fields, self._doubled = self._fields, {}, {}
        return taken

    @property
    def has_legs(self) -> bool:
        """Whether files are to be joined, which takes a while where their rates differ."""
        return len(self._files) > 1

    def made_bytes(self) -> int:
        """How many bytes are written besides those that came, where a recording is made of them: known at its end.

        Raises RecordingTooLarge where it would be one.
        """
        sounds = [one.sound(**self._told([])) for one in self._files.values()]
        known = [one for one in sounds if one is not None and one.channels == 1]
        if len(sounds) == len(known) == 2 and JoinedForm.rates_fit(known[0], known[1]):
            made = JoinedForm.of(known[0], known[1]).bytes
            if made > self._max_recording_bytes:
                raise RecordingTooLarge(f"joined, more than {self._max_recording_bytes} bytes")
            return made
        return 0 if all(one.has_header for one in self._files.values()) else self._file_bytes

    def finish(
        self, idempotency_key: str | None, facts_of: FactsOf, parse: ParseSubmission = parse_submission
    ) -> tuple[Submission, Upload]:
        """The whole form, with the recording, and the facts behind it, synced to disk.

        Raises InvalidRequest naming every field at fault, UnsupportedRecording, RecordingTooLarge.
        """
        if not self._complete:
            raise InvalidRequest(Problem("body", "ended before its closing boundary"))
        problems = self._problems_of_files()
        submission = parse(self._fields, idempotency_key, problems)
        has_headers = all(file.has_header for file in self._files.values())
        warnings: list[str] = []
        told = self._told(problems, warnings if has_headers else None)
        of_names = warnings_of_names(self._fields, self._doubled)
        of_moments = warnings_of_moments(submission, utc_now())
        submission = replace(submission, warnings=(*submission.warnings, *warnings, *of_names, *of_moments))
        if problems:
            raise InvalidRequest(*problems)
        for file in self._files.values():
            if file.bytes < SIGNATURE_BYTES:
                file.check_signature()
        if len(self._files) == 2:
            return self._finish_legs(submission, facts_of, told)
        (file,) = self._files.values()
        if file.has_header:
            if file.is_unfinished:
                submission = replace(submission, warnings=(*submission.warnings, UNFINISHED))
            return self._finished(file, submission, facts_of)
        sound = file.sound(**told)
        if sound is None:
            raise UnsupportedRecording("sound without a header needs the field `encoding`", file.name)
        file.finish()
        return self._made_of(_with_header(file, sound), submission, facts_of)

    def _finish_legs(
        self, submission: Submission, facts_of: FactsOf, told: dict[str, Any]
    ) -> tuple[Submission, Upload]:
        """The caller's leg is the left channel, unless the form says that the caller is on the right one."""
        files = [self._files[CALLER_FILE], self._files[CALLED_FILE]]
        sounds = []
        for file in files:
            sound = file.sound(**told)
            if sound is None or sound.channels != 1:
                raise UnsupportedRecording(_LEGS, file.name)
            sounds.append(sound)
        if not JoinedForm.rates_fit(sounds[0], sounds[1]):
            raise UnsupportedRecording(_RATES, files[1].name)
        warnings = (*submission.warnings, *warnings_of(sounds[0], sounds[1]))
        submission = replace(submission, caller_channel=submission.caller_channel or "left", warnings=warnings)
        for file in files:
            file.finish()
        with ExitStack() as stack:
            legs = [Leg(stack.enter_context(file.open()), sound) for file, sound in zip(files, sounds, strict=True)]
            if submission.caller_channel == "right":
                legs.reverse()
            return self._made_of(joined(*legs), submission, facts_of)

    def _made_of(self, pieces: Iterator[bytes], submission: Submission, facts_of: FactsOf) -> tuple[Submission, Upload]:
        made = self._made = UploadedFile(self._recordings, FORM.file_name, "", is_told=True)
        for piece in pieces:
            made.write(piece)
        return self._finished(made, submission, facts_of)

    def _finished(self, file: UploadedFile, submission: Submission, facts_of: FactsOf) -> tuple[Submission, Upload]:
        upload = Upload(file.path, file.bytes, file.sha256)
        file.finish(behind=facts_of(submission, upload))
        return submission, upload

    def _problems_of_files(self) -> list[Problem]:
        legs = [name for name in (CALLER_FILE, CALLED_FILE) if name in self._files]
        problems = []
        if legs and FORM.file_name in self._files:
            problems.append(Problem(FORM.file_name, f"is either given, or {CALLER_FILE} and {CALLED_FILE} are"))
        elif len(legs) == 1:
            missing = CALLED_FILE if legs == [CALLER_FILE] else CALLER_FILE
            problems.append(Problem(missing, f"is required beside {legs[0]}"))
        elif not self._files:
            problems.append(Problem(FORM.file_name, "is required"))
        return problems + [Problem(name, "is empty") for name, file in self._files.items() if file.bytes == 0]

    def _told(self, problems: list[Problem], warnings: list[str] | None = None) -> dict[str, Any]:
        """What the form says of sound without a header; with one nothing depends on it, and faults are `warnings`."""
        read = {
            field.attribute: read_field(field, self._fields.get(field.name), problems, warnings)
            for field in SOUND_FIELDS
        }
        return read | {"channels": read["channels"] or 1}

    def discard(self) -> None:
        """Remove what was written; harmless once the recording was moved into place."""
        for file in (*self._files.values(), *([] if self._made is None else [self._made])):
            file.discard()

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
        if self._name in self._names:
            if self._name in self._files:
                raise InvalidRequest(Problem(self._name, "is there twice"))
            file_name = self._disposition.get(b"filename", b"").decode("utf-8", "replace")
            is_told = bool(self._fields.get(SOUND_FIELDS[0].name, b"").strip())
            self._files[self._name] = UploadedFile(self._recordings, self._name, file_name, is_told=is_told)

    def _content(self, data: bytes, start: int, end: int) -> None:
        if self._name in self._names:
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
        self._files[self._name].write(chunk)

    def _end_part(self) -> None:
        if self._name and self._name not in self._names:
            if self._name in self._fields:
                self._doubled[self._name] = None
            self._fields[self._name] = bytes(self._value)

    def _end(self) -> None:
        self._complete = True


def _with_header(file: UploadedFile, sound: Sound) -> Iterator[bytes]:
    """The same sound as a WAV file. Raises OSError."""
    yield wave_header(sound.encoding, sound.sample_rate, sound.channels, sound.size)
    left = sound.size
    with file.open() as opened:
        while left and (chunk := opened.read(min(left, _COPY_BYTES))):
            yield chunk
            left -= len(chunk)
