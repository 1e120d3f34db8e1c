"""Two legs, and sound without a header: what is stored, and can be downloaded, is one WAV file."""

from __future__ import annotations

import io
import math
import random
import struct
import wave
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest

from appliance.api.http.form.sound import Encoding, wave_header
from appliance.services.calls.upload_rooms import UploadRoom
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.tables import calls
from tests.appliance.api.conftest import Answer, Api, nothing_incoming, serving
from tests.appliance.api.forms import BOUNDARY, CONTENT_TYPE, NUMBERS, closing, part

CALLER = struct.pack("<400h", *(round(8000 * math.sin(step / 9)) for step in range(400)))
CALLED = struct.pack("<400h", *(round(3000 * math.sin(step / 5)) for step in range(400)))


@dataclass(frozen=True)
class File:
    """A file of a form."""

    field: str
    content: bytes
    name: str = "leg.wav"

    @property
    def part(self) -> bytes:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{self.field}"; filename="{self.name}"\r\n\r\n'
        return head.encode() + self.content + b"\r\n"


def leg(samples: bytes, rate: int = 8000, encoding: Encoding = Encoding.PCM, channels: int = 1) -> bytes:
    return wave_header(encoding, rate, channels, len(samples)) + samples


async def post(api: Api, key: str, *files: File, last: dict[str, str] | None = None, **said: str) -> Answer:
    fields = [part(name, text) for name, text in {**NUMBERS, **said}.items()]
    behind = [part(name, text) for name, text in (last or {}).items()]
    body = b"".join([*fields, *(file.part for file in files), *behind, closing()])
    return await api.request("POST", "/api/process-call", key=key, body=body, headers={"Content-Type": CONTENT_TYPE})


async def stored(api: Api, key: str, *files: File, **said: Any) -> bytes:
    """The recording as it is downloaded."""
    answer = await post(api, key, *files, **said)
    assert answer.status == 200, answer.text
    call_id = answer.json()["call_id"]
    return (await api.request("GET", f"/api/calls/{call_id}/recording", key=key)).body


def both(caller: bytes, called: bytes, name: str = "leg.wav") -> tuple[File, File]:
    return File("caller_file", caller, name), File("called_file", called, name)


def channels_of(recording: bytes) -> tuple[int, list[int], list[int]]:
    """Rate, and the samples of the left and the right channel."""
    with wave.open(io.BytesIO(recording)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (2, 2)
        samples = struct.unpack(f"<{2 * file.getnframes()}h", file.readframes(file.getnframes()))
        return file.getframerate(), list(samples[::2]), list(samples[1::2])


def numbers(samples: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(samples) // 2}h", samples))


async def test_two_legs_are_one_recording_with_the_caller_on_the_left(api: Api, folder: DataFolder) -> None:
    _, key = await api.customer()

    recording = await stored(api, key, *both(leg(CALLER), leg(CALLED)))

    assert channels_of(recording) == (8000, numbers(CALLER), numbers(CALLED))
    assert len([path for path in folder.recordings.rglob("*") if path.is_file()]) == 1
    await nothing_incoming(folder)


async def test_the_order_of_the_parts_says_nothing_and_the_caller_may_be_on_the_right(api: Api) -> None:
    _, key = await api.customer()
    files = both(leg(CALLER), leg(CALLED))[::-1]

    recording = await stored(api, key, *files, caller_channel="right")

    assert channels_of(recording) == (8000, numbers(CALLED), numbers(CALLER))


async def test_the_call_knows_on_which_channel_the_caller_is(api: Api) -> None:
    _, key = await api.customer()
    call_id = (await post(api, key, *both(leg(CALLER), leg(CALLED)))).json()["call_id"]
    call = await api.database.read(lambda tx: calls.get(tx, call_id))
    assert call is not None
    assert call.caller_channel == "left"


async def test_the_same_legs_sent_again_are_the_same_call(api: Api) -> None:
    _, key = await api.customer()
    sent = [await post(api, key, *both(leg(CALLER), leg(CALLED)), external_id="1.1") for _ in range(2)]
    assert sent[0].json() == sent[1].json()


async def test_the_shorter_leg_ends_in_silence_and_that_is_told(api: Api) -> None:
    _, key = await api.customer()
    answer = await post(api, key, *both(leg(CALLER * 30), leg(CALLED)))
    call_id = answer.json()["call_id"]
    recording = (await api.request("GET", f"/api/calls/{call_id}/recording", key=key)).body

    _, left, right = channels_of(recording)

    assert left == numbers(CALLER * 30)
    assert right == numbers(CALLED) + [0] * (400 * 29)
    assert answer.json()["warnings"] == [
        "The two legs differ in length: the caller's has 1.5 s, the called party's 0.1 s; both were taken to begin "
        "together."
    ]


async def test_a_party_that_never_spoke_is_silence(api: Api) -> None:
    _, key = await api.customer()
    recording = await stored(api, key, *both(leg(CALLER), leg(b"")))
    assert channels_of(recording) == (8000, numbers(CALLER), [0] * 400)


async def test_legs_of_different_rates_are_brought_to_the_higher_one(api: Api) -> None:
    _, key = await api.customer()

    recording = await stored(api, key, *both(leg(CALLER, 16_000), leg(CALLED, 8_000)))

    rate, left, right = channels_of(recording)
    own = numbers(CALLED)
    assert (rate, left[:400], len(right)) == (16_000, numbers(CALLER), 800)
    assert right[::2] == own
    assert right[1:-1:2] == [one + (other - one) * 8000 // 16000 for one, other in pairwise(own)]


@pytest.mark.parametrize("encoding", [Encoding.ULAW, Encoding.ALAW])
async def test_legs_of_one_law_stay_as_they_are(api: Api, encoding: Encoding) -> None:
    _, key = await api.customer()
    one, other = bytes(range(256)), bytes(range(255, -1, -1))

    recording = await stored(api, key, *both(leg(one, encoding=encoding), leg(other, encoding=encoding)))

    assert recording[:46] == wave_header(encoding, 8000, 2, 512)
    assert (recording[46::2], recording[47::2]) == (one, other)


async def test_legs_of_two_kinds_become_pcm(api: Api) -> None:
    _, key = await api.customer()
    codes = bytes([0x00, 0x7F, 0x80, 0xFF])
    recording = await stored(api, key, *both(leg(codes, encoding=Encoding.ULAW), leg(codes, encoding=Encoding.ALAW)))
    # ITU-T G.711, tables 1 and 2, at 16 bits.
    assert channels_of(recording) == (8000, [-32124, 0, 32124, 0], [-5504, -848, 5504, 848])


RAW = [
    ("call.sln", {}, wave_header(Encoding.PCM, 8000, 1, 800)),
    ("call.sln16", {}, wave_header(Encoding.PCM, 16000, 1, 800)),
    ("call.ulaw", {}, wave_header(Encoding.ULAW, 8000, 1, 800)),
    ("call.ALAW", {}, wave_header(Encoding.ALAW, 8000, 1, 800)),
    ("call.raw", {"encoding": "slin", "channels": "2"}, wave_header(Encoding.PCM, 8000, 2, 800)),
    ("call", {"encoding": "ulaw", "sample_rate": "16000"}, wave_header(Encoding.ULAW, 16000, 1, 800)),
]


@pytest.mark.parametrize(("name", "said", "header"), RAW, ids=[name for name, _, _ in RAW])
async def test_sound_without_a_header_is_given_one(api: Api, name: str, said: dict[str, str], header: bytes) -> None:
    _, key = await api.customer()
    assert await stored(api, key, File("file", CALLER, name), **said) == header + CALLER


@pytest.mark.parametrize("begin", [b"\xff\xfb", b"\xff\xf3", b"\xff\xf1", b"\xff\xf9", b"ID3"])
@pytest.mark.parametrize(("name", "said"), [("call.ulaw", {}), ("call", {"encoding": "ulaw"})], ids=["name", "field"])
async def test_samples_that_begin_as_mpeg_audio_does_are_still_samples(
    api: Api, name: str, said: dict[str, str], begin: bytes
) -> None:
    """In u-law these bytes are near silence."""
    _, key = await api.customer()
    samples = (begin + b"\xfe" * 798)[:800]
    sent = await stored(api, key, File("file", samples, name), **said)
    assert sent == wave_header(Encoding.ULAW, 8000, 1, len(samples)) + samples


async def test_an_mp3_is_one_whatever_is_said(api: Api) -> None:
    _, key = await api.customer()
    for name, begin in (("call.mp3", b"\xff\xfb\x90\x00"), ("call.raw", b"ID3\x04\x00\x00\x00")):
        sent = begin + bytes(400)
        assert await stored(api, key, File("file", sent, name), encoding="ulaw") == sent


async def test_what_is_said_of_raw_sound_may_come_behind_it(api: Api) -> None:
    _, key = await api.customer()
    recording = await stored(api, key, File("file", CALLER, "x.raw"), last={"encoding": "alaw", "channels": "2"})
    assert recording == wave_header(Encoding.ALAW, 8000, 2, 800) + CALLER


async def test_legs_may_come_without_headers(api: Api) -> None:
    _, key = await api.customer()
    recording = await stored(api, key, *both(CALLER, CALLED, "x.raw"), encoding="pcm_s16le")
    assert channels_of(recording) == (8000, numbers(CALLER), numbers(CALLED))


async def test_a_file_with_a_header_is_stored_as_it_came_whatever_is_said(api: Api) -> None:
    _, key = await api.customer()
    sent = leg(CALLER + CALLED, 16_000, channels=2)
    assert await stored(api, key, File("file", sent), encoding="alaw", sample_rate="8000", channels="1") == sent


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 0x7FFFFFFF])
async def test_an_unfinished_header_is_told_in_the_answer(api: Api, size: int) -> None:
    _, key = await api.customer()
    sent = leg(CALLER)
    sent = sent[:42] + struct.pack("<I", size) + sent[46:]

    answer = await post(api, key, File("file", sent))

    assert answer.json()["warnings"] == [
        "The recording's header is unfinished: it was sent before its recorder had closed it."
    ]
    legs = (await post(api, key, *both(sent, leg(CALLED)))).json()
    assert legs["warnings"] == [
        "The header of the caller's leg is unfinished: it was sent before its recorder had closed it."
    ]


@pytest.mark.parametrize("times", [2, 40], ids=["in the first bytes", "further behind"])
async def test_a_leg_whose_header_is_stale_is_joined_whole_and_that_is_told(api: Api, times: int) -> None:
    """Its recorder wrote the length once, and went on."""
    _, key = await api.customer()
    half = leg(CALLER * times)
    answer = await post(api, key, *both(half + CALLER * times, leg(CALLED * times)))
    recording = (await api.request("GET", f"/api/calls/{answer.json()['call_id']}/recording", key=key)).body

    assert channels_of(recording)[1] == numbers(CALLER * times * 2)
    assert answer.json()["warnings"][0].startswith("The header of the caller's leg tells of ")


@pytest.mark.parametrize("times", [1, 40])
@pytest.mark.parametrize(
    "behind", [b"LIST\x04\x00\x00\x00INFO", b"Xtra\x04\x00\x00\x00\x7f\x7f\x7f\x7f", bytes(600), b"\x7f\x7f\x7f"]
)
async def test_what_stands_behind_a_leg_s_samples_is_no_sound(api: Api, times: int, behind: bytes) -> None:
    _, key = await api.customer()
    answer = await post(api, key, *both(leg(CALLER * times) + behind, leg(CALLED * times) + behind))
    recording = (await api.request("GET", f"/api/calls/{answer.json()['call_id']}/recording", key=key)).body

    assert channels_of(recording) == (8000, numbers(CALLER * times), numbers(CALLED * times))
    assert "warnings" not in answer.json()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How much room was asked for, in all, each time."""
    asked: list[int] = []
    hold = UploadRoom.hold

    async def noted(room: UploadRoom, total_bytes: int) -> None:
        asked.append(total_bytes)
        await hold(room, total_bytes)

    monkeypatch.setattr(UploadRoom, "hold", noted)
    return asked


async def test_legs_too_long_to_be_one_recording_are_413_before_any_room_is_asked_for(
    api: Api, asked: list[int]
) -> None:
    """Whoever is told that the disk is full sends it again for ever."""
    _, key = await api.customer()
    async with serving(api, max_recording_bytes=len(CALLER) * 6) as port:
        one = Api(api.appliance, api.database, port)
        answer = await post(one, key, *both(leg(CALLER * 4), leg(CALLED)))
        assert (answer.status, len(asked)) == (413, 1)
        assert (await post(one, key, *both(leg(CALLER), leg(CALLED)))).status == 200
    assert asked[2] == asked[1] + len(leg(CALLER + CALLED, channels=2))


async def test_the_door_of_satellite_holds_room_for_what_is_made_and_knows_no_legs(api: Api, asked: list[int]) -> None:
    _, key = await api.customer()
    headers = {"X-API-Token": key, "Content-Type": CONTENT_TYPE}
    async with serving(api, transcription_wait_seconds=0.1) as port:
        one = Api(api.appliance, api.database, port)
        body = File("file", CALLER, "x.ulaw").part + closing()
        made = await one.request("POST", "/api/get_transcription", headers=headers, body=body)
        body = b"".join(file.part for file in both(leg(CALLER), leg(CALLED))) + closing()
        legs = await one.request("POST", "/api/get_transcription", headers=headers, body=body)
    assert (made.status, asked[1] - asked[0]) == (504, len(CALLER))
    assert (legs.status, [item["field"] for item in legs.json()["details"]]) == (400, ["file"])


async def test_of_a_good_recording_the_answer_says_what_is_published_and_no_more(api: Api) -> None:
    _, key = await api.customer()
    assert list((await post(api, key, File("file", leg(CALLER)))).json()) == ["status", "message", "call_id"]


STEREO, MP3 = leg(CALLER, channels=2), b"ID3\x04" + bytes(100)
REFUSED: list[tuple[str, tuple[File, ...], dict[str, str], int, str]] = [
    ("one leg", (File("caller_file", leg(CALLER)),), {}, 400, "called_file"),
    ("the other leg", (File("called_file", leg(CALLER)),), {}, 400, "caller_file"),
    ("file and legs", (File("file", leg(CALLER)), *both(leg(CALLER), leg(CALLED))), {}, 400, "file"),
    ("twice", (*both(leg(CALLER), leg(CALLED)), File("caller_file", leg(CALLER))), {}, 400, "caller_file"),
    ("empty leg", both(leg(CALLER), b""), {}, 400, "called_file"),
    ("leg of two channels", both(leg(CALLER), STEREO), {}, 415, "called_file"),
    ("leg of another kind", both(MP3, leg(CALLED)), {}, 415, "caller_file"),
    ("rates too far apart", both(leg(CALLER, 192_000), leg(CALLED, 8_000)), {}, 415, "called_file"),
    ("no sound", both(leg(CALLER), b"hello, hello, hello"), {}, 415, "called_file"),
    ("raw of no kind", (File("file", CALLER, "x.raw"),), {}, 415, "file"),
    ("raw unannounced", (File("file", CALLER, "x.bin"),), {}, 415, "file"),
    ("encoding", (File("file", CALLER),), {"encoding": "opus"}, 400, "encoding"),
    ("rate", (File("file", CALLER),), {"encoding": "alaw", "sample_rate": "1e9"}, 400, "sample_rate"),
    ("channels", (File("file", CALLER),), {"encoding": "alaw", "channels": "3"}, 400, "channels"),
]


@pytest.mark.parametrize(
    ("files", "said", "status", "field"), [case[1:] for case in REFUSED], ids=[c[0] for c in REFUSED]
)
async def test_what_cannot_be_one_recording_is_refused_and_named_and_leaves_nothing(
    api: Api, folder: DataFolder, files: tuple[File, ...], said: dict[str, str], status: int, field: str
) -> None:
    _, key = await api.customer()

    answer = await post(api, key, *files, **said)

    assert (answer.status, [item["field"] for item in answer.json()["details"]]) == (status, [field]), answer.text
    assert [path for path in folder.recordings.rglob("*") if path.is_file()] == []


@pytest.mark.slow
async def test_hostile_headers_of_legs_end_in_an_answer(api: Api) -> None:
    """Seeded: bytes of a good leg are changed, cut and repeated."""
    chance = random.Random(17)
    _, key = await api.customer(rate_limit_per_minute=100_000, max_concurrent_calls=100_000)
    for _ in range(300):
        broken = bytearray(leg(CALLER[:200], chance.choice([8000, 16000, 4000, 192000])))
        for _ in range(chance.randrange(6)):
            broken[chance.randrange(46)] = chance.choice([0, 1, 2, 0x7F, 0x80, 0xFF, chance.randrange(256)])
        broken = broken[: chance.choice([len(broken), 46, 44, 13, 12, chance.randrange(1, len(broken))])]
        answer = await post(api, key, *both(bytes(broken), leg(CALLED)))
        assert answer.status in (200, 415), answer.text
