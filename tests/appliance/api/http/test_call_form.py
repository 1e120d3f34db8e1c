"""The form of an upload: the same however it is cut, and every fault named as soon as it shows."""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from appliance.api.http.files import recognised_type
from appliance.api.http.form.call_form import FIELD_LIMIT_BYTES, PARTS_LIMIT, CallForm
from appliance.errors import ApplianceError, InvalidRequest, Problem, RecordingTooLarge, UnsupportedRecording
from appliance.services.calls.submission import Submission
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.recordings import RecordingStore
from tests.appliance.api.forms import AUDIO, CONTENT_TYPE, NUMBERS, a_form, closing, part

LIMIT = 100_000


@dataclass(frozen=True)
class Parsed:
    """What came of a form."""

    submission: Submission
    audio: bytes
    bytes: int
    sha256: str


def parse(
    store: RecordingStore,
    pieces: Iterable[bytes],
    *,
    key: str | None = None,
    limit: int = LIMIT,
    kind: str = CONTENT_TYPE,
) -> Parsed:
    form = CallForm(kind, store, limit)
    try:
        for piece in pieces:
            form.feed(piece)
        submission, upload = form.finish(key, lambda submission, _: f" from {submission.caller_number}".encode())
        assert upload.path.read_bytes().endswith(f" from {submission.caller_number}".encode())
        with store.open(upload.path, upload.bytes) as file:
            audio = file.read()
        return Parsed(submission, audio, upload.bytes, upload.sha256)
    finally:
        form.discard()


def problems_of(store: RecordingStore, *pieces: bytes, **options: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as caught:
        parse(store, pieces, **options)
    return [(item.field, item.problem) for item in caught.value.problems]


# -- what a good form says -----------------------------------------------------------------------------------


def test_a_form_gives_the_numbers_and_the_recording_as_it_was_sent(recordings: RecordingStore) -> None:
    parsed = parse(recordings, [a_form()])
    assert parsed.submission == Submission("+15550100", "+15550199")
    assert (parsed.audio, parsed.bytes, parsed.sha256) == (AUDIO, len(AUDIO), hashlib.sha256(AUDIO).hexdigest())


def test_every_optional_field_is_read(recordings: RecordingStore) -> None:
    said = {
        "external_id": "pbx-1",
        "language": "EN",
        "started_at": "2026-11-24T13:00:00+01:00",
        "direction": "Inbound",
        "caller_channel": "right",
        "metadata": '{ "ticket": [1, null, "ü"] }',
        "vocabulary": "Kowalczyk, Velodyne",
    }
    assert parse(recordings, [a_form(**said)], key="once").submission == Submission(
        caller_number="+15550100",
        called_number="+15550199",
        external_id="pbx-1",
        idempotency_key="once",
        language="en",
        direction="inbound",
        caller_channel="right",
        metadata='{"ticket":[1,null,"ü"]}',
        call_started_at=datetime(2026, 11, 24, 12, tzinfo=UTC),
        vocabulary=("Kowalczyk", "Velodyne"),
    )


@pytest.mark.parametrize(
    "text",
    [
        " Zoë O'Hara ,Velodyne,, VELODYNE,",
        "Zoë O'Hara\r\nVelodyne\r\n",
        '["Zoë O\'Hara", " Velodyne ", "velodyne"]',
    ],
    ids=["commas", "lines", "JSON"],
)
def test_a_vocabulary_may_come_in_several_forms(recordings: RecordingStore, text: str) -> None:
    assert parse(recordings, [a_form(vocabulary=text)]).submission.vocabulary == ("Zoë O'Hara", "Velodyne")


def test_a_name_with_a_comma_may_come_as_json(recordings: RecordingStore) -> None:
    assert parse(recordings, [a_form(vocabulary='["Berg, Sons"]')]).submission.vocabulary == ("Berg, Sons",)


@pytest.mark.parametrize(
    ("tag", "language"),
    [("de-DE", "de"), ("pt_BR", "pt"), ("zh-Hant-TW", "zh"), ("EN-us", "en"), ("de-CH-1996", "de"), ("haw", "haw")],
)
def test_of_a_language_with_its_country_the_language_is_taken(
    recordings: RecordingStore, tag: str, language: str
) -> None:
    said = parse(recordings, [a_form(language=tag)]).submission
    assert said == Submission("+15550100", "+15550199", language=language)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("external-id", "external_id"),
        ("externalID", "external_id"),
        ("caller_numbr", "caller_number"),
        ("samplerate", "sample_rate"),
        ("bogus", None),
    ],
)
def test_a_field_that_the_form_does_not_know_is_told_without_its_value(
    recordings: RecordingStore, name: str, meant: str | None
) -> None:
    said = parse(recordings, [a_form(**{name: "+48600700800"})]).submission
    question = f" (is `{meant}` meant?)" if meant else ""
    assert said == Submission(
        "+15550100", "+15550199", warnings=(f"`{name}` is no field of this form and is left out{question}.",)
    )


def test_a_name_that_nobody_would_read_is_shown_short_and_once(recordings: RecordingStore) -> None:
    odd = part("x" * 400 + "\u202e", "1") + part("a\u202eb", "1") * 2
    assert parse(recordings, [odd + a_form()]).submission.warnings == (
        f"`{'x' * 39}…` is no field of this form and is left out.",
        "`a\ufffdb` is no field of this form and is left out.",
    )


def test_of_a_field_that_is_there_twice_the_last_counts_and_that_is_told(recordings: RecordingStore) -> None:
    twice = part("caller_number", "+777") + part("agent", "Ada") + part("agent", "Bea") + part("agent", "Cleo")
    said = parse(recordings, [twice + a_form()]).submission
    assert (said.caller_number, said.agent) == ("+15550100", "Cleo")
    assert said.warnings == (
        "`agent` is there more than once: the last one counts.",
        "`caller_number` is there more than once: the last one counts.",
    )


def test_a_moment_that_has_not_come_yet_is_taken_and_told(recordings: RecordingStore) -> None:
    local = datetime.now(UTC) + timedelta(hours=2)  # what the clock on a wall in Vilnius shows, sent as if it were UTC
    written = f"{local:%Y-%m-%d %H:%M:%S}"
    said = parse(recordings, [a_form(started_at=written, answered_at=written)]).submission
    assert said.call_started_at == local.replace(microsecond=0)
    (told,) = said.warnings
    assert told.startswith("`started_at` and `answered_at` lie 2 h ahead of this appliance's clock. A moment without")

    soon = datetime.now(UTC) + timedelta(minutes=5)  # a clock that is a little fast
    assert parse(recordings, [a_form(started_at=soon.isoformat())]).submission.warnings == ()
    (told,) = parse(recordings, [a_form(started_at="2999-01-01T00:00:00Z")]).submission.warnings
    assert told.startswith("`started_at` lies ")
    assert " days ahead of" in told


@pytest.mark.parametrize("empty", ["", "  ", "\r\n"])
def test_an_optional_field_that_is_empty_counts_as_absent(recordings: RecordingStore, empty: str) -> None:
    names = ("external_id", "language", "started_at", "direction", "caller_channel", "metadata", "vocabulary")
    assert parse(recordings, [a_form(**dict.fromkeys(names, empty))]).submission == Submission("+15550100", "+15550199")


def test_numbers_are_taken_without_the_blanks_around_them(recordings: RecordingStore) -> None:
    assert parse(recordings, [a_form(caller_number=" anonymous \t")]).submission.caller_number == "anonymous"


def test_no_call_is_lost_for_a_field_that_we_do_not_know(recordings: RecordingStore) -> None:
    (told,) = parse(recordings, [a_form(mystery="x" * 1000)]).submission.warnings
    assert "xxx" not in told


def test_the_file_may_come_before_the_fields(recordings: RecordingStore) -> None:
    body = part("file", AUDIO, file=True) + b"".join(part(*item) for item in NUMBERS.items()) + closing()
    assert parse(recordings, [body]).submission == Submission("+15550100", "+15550199")


def test_a_recording_may_be_as_large_as_the_limit(recordings: RecordingStore) -> None:
    assert parse(recordings, [a_form()], limit=len(AUDIO)).bytes == len(AUDIO)


def test_what_a_form_wrote_and_nobody_kept_is_removed(recordings: RecordingStore, folder: DataFolder) -> None:
    parse(recordings, [a_form()])
    with pytest.raises(RecordingTooLarge):
        parse(recordings, [a_form()], limit=len(AUDIO) - 1)
    assert list(folder.incoming.iterdir()) == []


# -- any chunking --------------------------------------------------------------------------------------------

BODIES = {
    "good": a_form(external_id="pbx-1", metadata='{"a":1}'),
    "audio that looks like a boundary": a_form(AUDIO + b"\r\n--vbotboundar\r\n--vbotboundaryX\r\n\r\n--"),
    "file twice": part("file", AUDIO, file=True) + a_form(),
    "no file": a_form(None),
    "empty file": a_form(b""),
    "short file": a_form(b"RIFF"),
    "no audio": a_form(b"%PDF-1.7 and more of it"),
    "too large": a_form(AUDIO + bytes(LIMIT)),
    "fields at fault": a_form(caller_number="", language="english", direction="up", metadata="{"),
    "long field": a_form(mystery="x" * (FIELD_LIMIT_BYTES + 1)),
    "cut off": a_form()[:-20],
    "after the end": a_form() + b"\r\nan epilogue\r\n",
    "no multipart": b"hello",
}


def outcome(store: RecordingStore, pieces: Iterable[bytes]) -> object:
    try:
        return parse(store, pieces)
    except ApplianceError as error:
        return type(error), getattr(error, "problems", None)


@pytest.mark.parametrize("name", BODIES)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, 700), max_size=12), tail=st.integers(1, 80))
@example(cuts=list(range(1, 700)), tail=3)
def test_a_form_is_understood_alike_however_it_is_cut(
    recordings: RecordingStore, name: str, cuts: list[int], tail: int
) -> None:
    body = BODIES[name]
    edges = sorted({0, len(body), *(cut for cut in cuts if cut < len(body)), max(0, len(body) - tail)})
    pieces = [body[start:end] for start, end in itertools.pairwise(edges)]
    assert b"".join(pieces) == body
    assert outcome(recordings, pieces) == outcome(recordings, [body])


# -- faults --------------------------------------------------------------------------------------------------

MOMENT = "must be a moment such as 2026-11-24T12:00:00Z"
CONTROL = "must not contain control characters"
NO_LIST = "must be a JSON list of texts, or texts with commas or line ends between them"
FAULTS = [
    ("linked_id", "x" * 201, "must have at most 200 characters"),
    ("external_id", "x" * 201, "must have at most 200 characters"),
    ("external_id", "a\nb", CONTROL),
    ("language", "english", 'must be a language code such as "en"'),
    ("language", "e1", 'must be a language code such as "en"'),
    ("language", "de-", 'must be a language code such as "en"'),
    ("language", "de-DE.UTF-8", 'must be a language code such as "en"'),
    ("language", "de DE", 'must be a language code such as "en"'),
    ("language", "de-Deutschland", 'must be a language code such as "en"'),
    ("direction", "up", "must be one of inbound, outbound, internal"),
    ("caller_channel", "middle", "must be one of left, right"),
    ("metadata", "{", "must be JSON"),
    ("metadata", "[" * 5000, "must be JSON"),
    ("metadata", b'"\xff"', "must be UTF-8"),
    ("vocabulary", ",".join(f"name {number}" for number in range(51)), "must have at most 50 entries"),
    ("vocabulary", f"a\n{'x' * 41}", "entry 2 must have at most 40 characters"),
    ("vocabulary", "a,b\x00c", "entry 2 must not contain control characters"),
    ("vocabulary", '["a", " "]', "entry 2 must not be empty"),
    ("vocabulary", '["a", 1]', NO_LIST),
    ("vocabulary", "[a, b", NO_LIST),
    ("vocabulary", "[" * 5000, NO_LIST),
    ("started_at", "yesterday", MOMENT),
    ("started_at", "2026-13-01T00:00:00Z", MOMENT),
    ("started_at", "0001-01-01T00:00:00+14:00", MOMENT),
]


FROM_PBXS = [
    ("+49 (30) 123-456/7.8", "+49 (30) 123-456/7.8"),
    ("anonymous", "anonymous"),
    ("Unavailable", "Unavailable"),
    ("sip:alice@pbx", "sip:alice@pbx"),
    ('"Ada" <+4930123456>', '"Ada" <+4930123456>'),
    ("*97", "*97"),
    ("Zoë O'Hara 北京", "Zoë O'Hara 北京"),
    # What no PBX means, and for which it loses no call.
    ("1\x002", "1\ufffd2"),
    ("1\x9b2J", "1\ufffd2J"),
    ("\u202e6543210394+", "\ufffd6543210394+"),
    ("1\n2", "1\ufffd2"),
    ("+49\u200b30\u00ad1", "+49\ufffd30\ufffd1"),
    ("\ufeff+49\u206030", "\ufffd+49\ufffd30"),
    ("\u3164\u2800", "\ufffd\ufffd"),
    ("1\u200c2\ufe0f\U000e0041", "1\ufffd2\ufffd\ufffd"),
    (b"\xff\xfe1", "\ufffd\ufffd1"),
    ("1" * 300, "1" * 199 + "…"),
    ("+1+cmd|'/C calc'!A0", "+1+cmd|'/C calc'!A0"),
]


@pytest.mark.parametrize(("sent", "kept"), FROM_PBXS)
def test_no_call_is_lost_for_a_strange_number_and_nothing_in_it_is_hidden(
    recordings: RecordingStore, sent: bytes | str, kept: str
) -> None:
    submission = parse(recordings, [a_form(caller_number=sent, called_number=sent)]).submission
    assert (submission.caller_number, submission.called_number) == (kept, kept)


@pytest.mark.parametrize("name", ["caller_number", "called_number", "agent", "extension", "queue", "did"])
def test_what_is_cut_is_told(recordings: RecordingStore, name: str) -> None:
    submission = parse(recordings, [a_form(**{name: "1" * 201})]).submission
    assert getattr(submission, name) == "1" * 199 + "…"
    assert submission.warnings == (f"`{name}` has more than 200 characters: its end is left out.",)
    whole = parse(recordings, [a_form(**{name: "1" * 200})]).submission
    assert (getattr(whole, name), whole.warnings) == ("1" * 200, ())


def test_what_nobody_would_see_in_an_id_is_shown(recordings: RecordingStore) -> None:
    assert (
        parse(recordings, [a_form(external_id="1\u202e7\x9b1\u3164")]).submission.external_id == "1\ufffd7\ufffd1\ufffd"
    )


@pytest.mark.parametrize(("field", "value", "problem"), FAULTS)
def test_a_field_at_fault_is_named(recordings: RecordingStore, field: str, value: bytes | str, problem: str) -> None:
    assert problems_of(recordings, a_form(**{field: value})) == [(field, problem)]


def test_every_field_at_fault_is_named_at_once(recordings: RecordingStore) -> None:
    body = part("language", "english") + part("metadata", "{") + closing()
    assert problems_of(recordings, body, key="a\x00b") == [
        ("file", "is required"),
        ("caller_number", "is required"),
        ("called_number", "is required"),
        ("language", 'must be a language code such as "en"'),
        ("metadata", "must be JSON"),
        ("Idempotency-Key", CONTROL),
    ]


def test_a_missing_file_is_named(recordings: RecordingStore) -> None:
    assert problems_of(recordings, a_form(None)) == [("file", "is required")]


def test_an_empty_file_is_named(recordings: RecordingStore) -> None:
    assert problems_of(recordings, a_form(b"")) == [("file", "is empty")]


def test_a_second_file_is_refused(recordings: RecordingStore, folder: DataFolder) -> None:
    assert problems_of(recordings, part("file", AUDIO, file=True) + a_form()) == [("file", "is there twice")]
    assert list(folder.incoming.iterdir()) == []


def test_a_recording_that_is_too_large_is_refused_before_it_has_come_whole(recordings: RecordingStore) -> None:
    form = CallForm(CONTENT_TYPE, recordings, 50)
    with pytest.raises(RecordingTooLarge):
        form.feed(a_form()[:-500])
    form.discard()


def test_what_is_no_audio_is_refused_at_its_first_bytes(recordings: RecordingStore) -> None:
    form = CallForm(CONTENT_TYPE, recordings, LIMIT)
    with pytest.raises(UnsupportedRecording):
        form.feed(part("file", b"<!DOCTYPE html>", file=True)[:-3])
    form.discard()


def test_a_file_too_short_for_any_signature_is_no_audio(recordings: RecordingStore) -> None:
    with pytest.raises(UnsupportedRecording):
        parse(recordings, [a_form(b"RIFF")])


def test_there_is_a_limit_to_the_number_of_parts(recordings: RecordingStore) -> None:
    spare = PARTS_LIMIT - len(NUMBERS) - 1
    as_many = b"".join(part(f"x{number}", "y") for number in range(spare))
    assert parse(recordings, [as_many + a_form()]).submission.caller_number == "+15550100"
    wrong = [("body", f"has more than {PARTS_LIMIT} parts")]
    assert problems_of(recordings, as_many + part("one-more", "y") + a_form()) == wrong


def test_a_recording_in_a_field_of_another_name_is_told_where_it_belongs(recordings: RecordingStore) -> None:
    head = b'--limit\r\nContent-Disposition: form-data; name="audio_file"; filename="call.wav"\r\n\r\n'
    form = CallForm("multipart/form-data; boundary=limit", recordings, 10**6)
    with pytest.raises(InvalidRequest) as caught:
        form.feed(head + b"x" * (FIELD_LIMIT_BYTES + 1))
    (problem,) = caught.value.problems
    assert (problem.field, problem.problem.partition("; ")[2]) == (
        "audio_file",
        "a recording belongs in the field file",
    )


def test_there_is_a_limit_to_the_length_of_a_field(recordings: RecordingStore) -> None:
    assert parse(recordings, [a_form(mystery="x" * FIELD_LIMIT_BYTES)])
    wrong = [("mystery", f"is longer than {FIELD_LIMIT_BYTES} bytes")]
    assert problems_of(recordings, a_form(mystery="x" * (FIELD_LIMIT_BYTES + 1))) == wrong


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "application/json",
        "multipart/mixed; boundary=x",
        ";",
    ],
)
def test_a_body_that_is_not_announced_as_a_form_is_refused(recordings: RecordingStore, kind: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        CallForm(kind, recordings, LIMIT)
    assert caught.value.problems == (Problem("body", "must be multipart/form-data"),)


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=", "Multipart/Form-Data;"])
def test_a_form_that_is_announced_without_a_boundary_is_told_as_that(recordings: RecordingStore, kind: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        CallForm(kind, recordings, LIMIT)
    (problem,) = caught.value.problems
    assert problem.problem.startswith("is multipart/form-data without a boundary: ")


def test_an_announced_boundary_may_stand_in_quotes_and_have_an_odd_case(recordings: RecordingStore) -> None:
    kind = 'Multipart/Form-Data; Boundary="vbotboundary"; charset=utf-8'
    assert parse(recordings, [a_form()], kind=kind).audio == AUDIO


def test_a_boundary_beyond_reason_is_refused(recordings: RecordingStore) -> None:
    with pytest.raises(InvalidRequest):
        CallForm(f"multipart/form-data; boundary={'x' * 100_000}", recordings, LIMIT)


def test_a_body_without_its_boundary_is_not_well_formed(recordings: RecordingStore) -> None:
    ((field, problem),) = problems_of(recordings, b'{"file": 1}')
    assert field == "body"
    assert problem.startswith("is not well-formed multipart: ")


@pytest.mark.parametrize("length", [0, 30, 200, len(a_form()) - len(closing()), len(a_form()) - 5])
def test_a_body_that_ends_before_its_closing_boundary_is_refused(recordings: RecordingStore, length: int) -> None:
    cut_off = [("body", "ended before its closing boundary")]
    assert problems_of(recordings, a_form()[:length]) == cut_off


def test_a_full_disk_is_not_hidden(recordings: RecordingStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def fsync(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="No space"):
        parse(recordings, [a_form()])


# -- the first bytes of a recording --------------------------------------------------------------------------

SIGNATURES = [
    ("audio/wav", b"RIFF\x24\x00\x00\x00WAVE"),
    ("audio/wav", b"RIFF\x00\x00\x00\x00WAVE"),
    ("audio/wav", b"RF64\xff\xff\xff\xffWAVE"),
    ("audio/wav", b"BW64\xff\xff\xff\xffWAVE"),
    ("audio/flac", b"fLaC\x00\x00\x00\x22\x10\x00\x10\x00"),
    ("audio/ogg", b"OggS\x00\x02\x00\x00\x00\x00\x00\x00"),
    ("audio/aiff", b"FORM\x00\x00\x10\x00AIFF"),
    ("audio/aiff", b"FORM\x00\x00\x10\x00AIFC"),
    ("audio/basic", b".snd\x00\x00\x00\x18\x00\x00\x10\x00"),
    ("audio/mpeg", b"ID3\x04\x00\x00\x00\x00\x00\x00\x00\x00"),
    ("audio/mpeg", b"\xff\xfb\x90\x64\x00\x00\x00\x00\x00\x00\x00\x00"),
    ("audio/mpeg", b"\xff\xf3\x40\xc4\x00\x00\x00\x00\x00\x00\x00\x00"),
    ("audio/mp4", b"\x00\x00\x00\x20ftypM4A "),
    ("audio/webm", b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81"),
    ("audio/amr", b"#!AMR\n\x3c\x00\x00\x00\x00\x00"),
    ("audio/amr", b"#!AMR-WB\n\x04\x00\x00"),
    ("audio/wav", b"RIFX\x00\x00\x10\x00WAVE"),
    ("audio/x-w64", b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb"),
    ("audio/aac", b"\xff\xf1\x50\x80\x00\x1f\xfc\x00\x00\x00\x00\x00"),
    ("audio/x-ms-wma", b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa"),
]
JUNK = {
    "zeros": bytes(12),
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf",
    "png": b"\x89PNG\r\n\x1a\n\x00\x00\x00",
    "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01",
    "zip": b"PK\x03\x04\x14\x00\x00\x00\x08\x00\x00\x00",
    "page": b"<!DOCTYPE html>",
    "json": b'{"file": "x"}',
    "avi": b"RIFF\x24\x00\x00\x00AVI ",
    "iff picture": b"FORM\x00\x00\x10\x00ILBM",
    "program": b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00",
    "reserved mpeg layer": b"\xff\xe1\x90\x64\x00\x00\x00\x00\x00\x00\x00\x00",
    "one byte": b"\xff",
    "cut off": b"RIFF\x24\x00\x00\x00WAV",
}


@pytest.mark.parametrize(("kind", "head"), SIGNATURES)
def test_audio_is_recognised_by_its_first_bytes(recordings: RecordingStore, kind: str, head: bytes) -> None:
    assert recognised_type(head) == kind
    assert parse(recordings, [a_form(head + bytes(100))]).bytes == len(head) + 100


@pytest.mark.parametrize("name", JUNK)
def test_what_is_no_audio_is_refused(recordings: RecordingStore, name: str) -> None:
    assert recognised_type(JUNK[name]) is None
    with pytest.raises(UnsupportedRecording):
        parse(recordings, [a_form(JUNK[name])])


@given(st.binary(max_size=20))
def test_no_first_bytes_whatever_raise(head: bytes) -> None:
    recognised_type(head)
