"""What vbot-post does with each answer of the box: nothing is lost, nothing is doubled, and no call waits in vain."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.pbx_client import Says, Sent, StandInBox, tone, wav_of
from tests.support.pbx_sender import Pbx, client

pytestmark = pytest.mark.slow


@pytest.fixture
def box() -> Iterator[StandInBox]:
    with StandInBox() as running:
        yield running


@pytest.fixture
def pbx(folder: Path, box: StandInBox) -> Pbx:
    return Pbx(folder / "pbx", box.url)


def test_a_recording_that_was_accepted_is_gone_from_the_spool(pbx: Pbx, box: StandInBox) -> None:
    original = pbx.recording("a.wav", tone(1))
    pbx.call("a.wav", tone(1), external_id="1764144900.7", direction="inbound")
    pbx.send()
    (sent,) = box.sent
    assert sent.audio == tone(1)
    assert sent.fields["external_id"] == "1764144900.7"
    assert sent.fields["direction"] == "inbound"
    assert list((pbx.spool / "wait").iterdir()) == []
    assert original.exists(), "the PBX's own file is the PBX's"


def test_the_spool_s_copy_costs_no_disk_and_outlives_the_original(pbx: Pbx, box: StandInBox) -> None:
    name = pbx.call("a.wav", tone(1))
    original = pbx.monitor / "a.wav"
    assert (pbx.spool / "wait" / f"{name}.0").samefile(original)
    original.unlink()
    pbx.send()
    assert [sent.audio for sent in box.sent] == [tone(1)]


@pytest.mark.parametrize("status", [400, 409, 411, 413, 415, 422])
def test_a_recording_that_the_box_cannot_take_is_kept_with_the_reason_and_the_others_go_on(
    status: int, pbx: Pbx, box: StandInBox
) -> None:
    box.answer = lambda sent: Says(status) if sent.audio == tone(1) else Says()
    name = pbx.call("a.wav", tone(1))
    pbx.call("b.wav", tone(2))
    pbx.send()
    assert [sent.audio for sent in box.sent] == [tone(2)]
    assert box.tries == 2, "it is tried once"
    assert pbx.rejected() == {name: f'{status} {{"status": "error", "message": "as told"}}\n'}
    assert (pbx.spool / "rejected" / f"{name}.0").read_bytes() == tone(1)
    assert any("REJECTED" in line for line in pbx.log.errors)


def test_what_was_rejected_is_tried_again_when_somebody_asks(pbx: Pbx, box: StandInBox) -> None:
    box.answer = lambda sent: Says(415)
    pbx.call("a.wav", tone(1))
    pbx.send()
    box.answer = lambda sent: Says()
    ledger = client.Ledger(str(pbx.spool / "ledger.db"), pbx.log)
    assert pbx.here.again(ledger) == 1
    ledger.close()
    pbx.clock.now += 1
    pbx.send()
    assert [sent.audio for sent in box.sent] == [tone(1)], "the box may have been mended meanwhile"
    assert pbx.rejected() == {}


@pytest.mark.parametrize("status", [401, 403, 404, 302])
def test_a_refused_key_or_address_keeps_everything_and_is_tried_seldom(status: int, pbx: Pbx, box: StandInBox) -> None:
    box.answer = lambda sent: Says(status, {"Location": "http://127.0.0.1:9/"})
    for number in range(5):
        pbx.call(f"{number}.wav", tone(number))
    for _ in range(60):  # an hour of the timer
        pbx.send()
        pbx.clock.now += 60
    assert len(pbx.waiting()) == 5
    assert pbx.rejected() == {}
    assert box.tries <= 5
    assert len([line for line in pbx.log.errors if "STOPPED" in line]) == box.tries
    box.answer = lambda sent: Says()  # mended at the box
    pbx.clock.now += 900
    pbx.send()
    assert len(box.calls) == 5


def test_a_new_key_is_tried_at_once(pbx: Pbx, box: StandInBox) -> None:
    box.key = "vbot_the-key-after-it-was-rotated"
    pbx.call("a.wav", tone(1))
    pbx.send()
    pbx.send()
    assert (box.tries, box.calls) == (1, {})
    pbx.key_file.write_text(box.key)
    pbx.send()
    assert len(box.calls) == 1
    assert pbx.state("stopped") is None


def test_a_key_that_others_may_read_is_not_used(pbx: Pbx, box: StandInBox) -> None:
    pbx.key_file.chmod(0o644)
    pbx.call("a.wav", tone(1))
    pbx.send()
    assert box.tries == 0
    assert "chmod 600" in pbx.log.errors[0]
    assert len(pbx.waiting()) == 1


def test_somebody_else_s_200_is_no_receipt(pbx: Pbx, box: StandInBox) -> None:
    box.answer = lambda sent: Says(200, body=b"<html>Welcome to our hotel</html>")
    pbx.call("a.wav", tone(1))
    pbx.send()
    assert len(pbx.waiting()) == 1
    assert "not vBot's address" in pbx.log.errors[0]


@pytest.mark.parametrize("status", [429, 503, 507])
def test_it_waits_as_long_as_the_box_says(status: int, pbx: Pbx, box: StandInBox) -> None:
    answers = [Says(status, {"Retry-After": "37"}), Says()]
    box.answer = lambda sent: answers.pop(0)
    began = pbx.clock.now
    pbx.call("a.wav", tone(1))
    pbx.send(60)
    assert len(box.calls) == 1
    assert pbx.clock.now == pytest.approx(began + 37, abs=1)


def test_a_wait_is_kept_over_a_restart_and_is_bounded_whatever_the_box_says(pbx: Pbx, box: StandInBox) -> None:
    box.answer = lambda sent: Says(429, {"Retry-After": "999999999"})
    pbx.call("a.wav", tone(1))
    pbx.send()
    pbx.open()
    box.answer = lambda sent: Says()
    pbx.clock.now += 3500
    pbx.send()
    assert (box.tries, len(box.calls)) == (1, 0)
    pbx.clock.now += 101
    pbx.send()
    assert len(box.calls) == 1


def test_a_clock_that_was_set_back_makes_no_call_wait_for_ever(pbx: Pbx, box: StandInBox) -> None:
    box.answer = lambda sent: Says(503, {"Retry-After": "60"})
    pbx.call("a.wav", tone(1))
    pbx.send()
    box.answer = lambda sent: Says()
    pbx.clock.now -= 10 * 365 * 86400.0
    for _ in range(62):
        pbx.send()
        pbx.clock.now += 60
    assert len(box.calls) == 1


def test_a_box_that_is_away_is_asked_less_and_less_often(pbx: Pbx) -> None:
    pbx.settings["url"] = "http://127.0.0.1:9"
    pbx.open()
    pbx.call("a.wav", tone(1))
    waits = []
    for _ in range(10):
        pbx.send(0)
        waits.append(round(pbx.state("not_before") - pbx.clock.now))
        pbx.clock.now = pbx.state("not_before")
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300, 300, 300]
    assert len(pbx.waiting()) == 1


def test_a_call_on_which_the_box_stumbles_does_not_hold_up_the_others(pbx: Pbx, box: StandInBox) -> None:
    box.answer = lambda sent: Says(500) if sent.audio == tone(1) else Says()
    pbx.call("a.wav", tone(1))
    pbx.call("b.wav", tone(2))
    pbx.send()
    assert [sent.audio for sent in box.sent] == [tone(2)]
    box.answer = lambda sent: Says()
    pbx.open()
    pbx.clock.now += 61
    pbx.send()
    assert [sent.audio for sent in box.sent] == [tone(2), tone(1)]


def test_an_answer_that_got_lost_doubles_no_call(pbx: Pbx, box: StandInBox) -> None:
    answers = [Says(0), Says()]
    box.answer = lambda sent: answers.pop(0)
    pbx.call("a.wav", tone(1))
    pbx.send(0)
    pbx.open()
    pbx.clock.now += 60
    pbx.send()
    assert len(box.sent) == 2
    assert len(box.calls) == 1, "the second attempt comes under the first one's key"
    assert pbx.is_idle()


def test_a_recording_that_two_hooks_and_a_sweep_find_is_sent_once(pbx: Pbx, box: StandInBox) -> None:
    pbx.call("a.wav", tone(1))
    pbx.queue(pbx.monitor / "a.wav")
    pbx.clock.now += 3600
    assert pbx.sweep(str(pbx.monitor), "--names", "any")[:2] == (0, 0)
    pbx.send()
    assert pbx.sweep(str(pbx.monitor), "--names", "any")[:2] == (0, 0)
    pbx.send()
    assert len(box.sent) == 1


def test_empty_files_and_rejected_ones_are_named_as_the_pbx_knows_them(
    pbx: Pbx, box: StandInBox, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(12):
        pbx.call(f"empty-{number}.wav", b"")
        pbx.clock.now += 1
    text = pbx.call("notes.wav", b"call me back at noon\n")
    box.answer = lambda sent: Says(415)
    refused = pbx.call("b\u00fcro.wav", tone(1))
    pbx.send()
    assert [line for line in pbx.log.lines if f"nothing recorded: {pbx.monitor}/empty-0.wav" in line]
    assert [line for line in pbx.log.errors if line.startswith(f"{pbx.monitor}/notes.wav was REJECTED")]

    assert client.status(pbx.as_client()) == 1

    lines = capsys.readouterr().out.splitlines()
    empty = lines.index("empty     12, nothing was recorded in them")
    named = [line.split() for line in lines[empty + 1 : empty + 11]]
    assert [path for _, path in named] == [f"{pbx.monitor}/empty-{number}.wav" for number in range(2, 12)]
    assert all(moment.startswith("2026-") for moment, _ in named)
    assert f"REJECTED  {pbx.monitor}/notes.wav ({text}): not sent: no recording: its 21 bytes are no sound" in lines
    assert [line for line in lines if line.startswith(f"REJECTED  {pbx.monitor}/b\\xfcro.wav ({refused}): 415 ")]


def test_a_text_named_as_a_recording_is_rejected_once_however_often_it_is_swept(pbx: Pbx, box: StandInBox) -> None:
    pbx.call("notes.wav", b"call me back at noon\n")
    pbx.clock.now += 3600
    for _ in range(3):
        pbx.sweep(str(pbx.monitor), "--names", "any")
        pbx.send()
        pbx.clock.now += 600
    assert (len(pbx.rejected()), box.tries) == (1, 0)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("queued", "not yet, after 120 s: accepted, and it waits; 3 calls of this customer are before it, and"),
        ("processing", "not yet, after 120 s: accepted, and it is being analysed"),
    ],
)
def test_a_check_of_a_busy_box_says_that_the_call_waits_and_finds_no_fault(
    state: str, words: str, pbx: Pbx, box: StandInBox, capsys: pytest.CaptureFixture[str]
) -> None:
    said = {"state": state, "received_at": "2026-09-21T14:00:09Z", "call_id": "mine"}
    before = [("queued", "1"), ("queued", "2"), ("processing", "3")]
    box.in_hand = [said, *({**said, "state": of, "call_id": one} for of, one in before)]
    box.answer = lambda sent: Says(body=b'{"status": "success", "call_id": "mine"}')

    say = client.Check()
    client._send_test_call(say, pbx.as_client(), client.open_box(pbx.read), [])

    out = capsys.readouterr().out
    assert say.is_right, out
    assert f"warn   result       {words}" in out
    assert "Key, certificate and network are right" in out


def test_a_recording_that_went_on_after_it_was_sent_is_sent_again(pbx: Pbx, box: StandInBox) -> None:
    pbx.call("a.wav", tone(1), external_id="1.2")  # an attended transfer: FreePBX tells of it twice
    pbx.send()
    pbx.call("a.wav", tone(1, 800), external_id="1.2")
    pbx.send()
    assert [len(sent.audio) for sent in box.sent] == [844, 1644]


@pytest.mark.parametrize("audio", [b"", wav_of(b""), wav_of(b"") + bytes(16), wav_of(b"")[:44]])
def test_a_call_that_nobody_answered_sends_nothing(audio: bytes, pbx: Pbx, box: StandInBox) -> None:
    pbx.call("a.wav", audio)
    pbx.send()
    assert (box.tries, pbx.waiting(), pbx.rejected()) == (0, [], {})
    pbx.clock.now += 3600
    assert pbx.sweep(str(pbx.monitor), "--names", "any") == (0, 0, 0)


@pytest.mark.parametrize(
    "audio",
    [
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1" + bytes(100),
        b"RIFF\0\0\0\0WAVELIST\xff\xff\xff\x7f" + bytes(100),
        b"RIFF\0\0\0\0WAVEfmt \xff\xff\xff\xff",
        b"ID3" + bytes(range(256)),
    ],
)
def test_what_we_cannot_read_is_the_box_s_to_judge(audio: bytes, pbx: Pbx, box: StandInBox) -> None:
    audio = audio.ljust(80, b"x")
    pbx.call("a.wav", audio)
    pbx.send()
    assert [sent.audio for sent in box.sent] == [audio]


def test_an_error_of_our_own_on_one_call_does_not_hold_up_the_others(pbx: Pbx, box: StandInBox) -> None:
    handle = pbx.sender._handle
    bad = pbx.call("a.wav", tone(1))
    pbx.call("b.wav", tone(2))

    def stumbles(job: Any) -> None:
        if job.name == bad:
            raise KeyError("nobody thought of this")
        handle(job)

    pbx.sender._handle = stumbles
    pbx.send()
    assert [sent.audio for sent in box.sent] == [tone(2)]
    assert len(pbx.waiting()) == 1


def test_a_recording_waits_until_it_is_closed(pbx: Pbx, box: StandInBox) -> None:
    path = pbx.recording("a.wav", tone(1))
    with path.open("ab") as still_open:
        pbx.queue(path)
        pbx.send(10)
        assert box.tries == 0
        still_open.write(bytes(100))
    pbx.send(10)
    assert [sent.audio for sent in box.sent] == [tone(1) + bytes(100)]


def test_a_recording_without_a_finished_header_waits_until_its_writer_has_died(pbx: Pbx, box: StandInBox) -> None:
    unfinished = bytearray(tone(1))
    unfinished[40:44] = bytes(4)
    path = pbx.recording("a.wav", bytes(unfinished))
    os.utime(path, (pbx.clock.now, pbx.clock.now))
    pbx.queue(path)
    pbx.send(50)
    assert box.tries == 0
    pbx.send(50)
    assert [sent.audio for sent in box.sent] == [bytes(unfinished)]


def test_a_recording_on_another_file_system_is_copied_and_copied_again_when_it_went_on(
    pbx: Pbx, box: StandInBox, tmp_path: Path
) -> None:
    if tmp_path.stat().st_dev == pbx.spool.stat().st_dev:
        pytest.skip("there is but one file system")
    path = tmp_path / "a.wav"
    path.write_bytes(tone(1))
    name = pbx.queue(path)
    assert (pbx.spool / "wait" / f"{name}.0").stat().st_nlink == 1
    path.write_bytes(tone(1, 800))
    pbx.send()
    second = tmp_path / "b.wav"
    second.write_bytes(tone(2))
    pbx.queue(second)
    second.unlink()
    pbx.send()
    assert [sent.audio for sent in box.sent] == [tone(1, 800), tone(2)]


def test_two_legs_become_one_stereo_call_with_the_caller_on_the_left(pbx: Pbx, box: StandInBox) -> None:
    caller = pbx.recording("1.2-caller.wav", wav_of(b"\1\0\2\0\3\0" * 9))
    called = pbx.recording("1.2-called.wav", wav_of(b"\x0a\0"))
    pbx.here.queue([str(caller), str(called)], {"caller_number": "1", "called_number": "2"})
    pbx.clock.now += 60
    pbx.send()
    assert [sent.audio for sent in box.sent] == [
        wav_of(b"\1\0\x0a\0\2\0\0\0\3\0\0\0" + b"\1\0\0\0\2\0\0\0\3\0\0\0" * 8, channels=2)
    ]
    assert box.sent[0].fields["caller_channel"] == "left"  # so the box knows it also where one of them is silent


def test_which_leg_is_the_caller_s_may_be_said_otherwise_and_one_file_says_nothing(pbx: Pbx, box: StandInBox) -> None:
    legs = [str(pbx.recording(f"1.2-{name}.wav", tone(1))) for name in ("caller", "called")]
    pbx.here.queue(legs, {"caller_channel": "right"})
    pbx.call("mix.wav", tone(2))
    pbx.send()
    assert [sent.fields.get("caller_channel") for sent in box.sent] == ["right", None]


def test_two_legs_that_cannot_be_joined_are_kept_and_say_why(pbx: Pbx, box: StandInBox) -> None:
    caller = pbx.recording("1.2-caller.wav", wav_of(bytes(99), rate=8000))
    called = pbx.recording("1.2-called.wav", wav_of(bytes(99), rate=16000))
    pbx.here.queue([str(caller), str(called)], {})
    pbx.clock.now += 60
    pbx.send()
    assert [*pbx.rejected().values()] == [
        "not sent: the two legs are not of one kind: both in the same format and at the same rate\n"
    ]


@pytest.mark.parametrize(("ending", "form", "width", "rate"), [(".sln", 1, 2, 8000), (".alaw", 6, 1, 8000)])
def test_a_recording_without_a_header_gets_one(
    ending: str, form: int, width: int, rate: int, pbx: Pbx, box: StandInBox
) -> None:
    pbx.call(f"a{ending}", bytes(range(200)))
    pbx.send()
    assert [sent.audio for sent in box.sent] == [wav_of(bytes(range(200)), form=form, width=width, rate=rate)]


def test_what_the_box_does_not_know_yet_travels_in_the_metadata(pbx: Pbx, box: StandInBox) -> None:
    pbx.call("a.wav", tone(1), agent="12", queue="600")
    pbx.send()
    box.knows = ["agent"]
    pbx.clock.now += 86400
    pbx.call("b.wav", tone(2), agent="12", queue="600")
    pbx.send()
    assert [sent.fields.get("agent") for sent in box.sent] == [None, "12"]
    assert [sent.fields["metadata"] for sent in box.sent] == ['{"agent": "12", "queue": "600"}', '{"queue": "600"}']


def test_no_more_than_so_many_are_tried_in_any_minute(pbx: Pbx, box: StandInBox) -> None:
    moments: list[float] = []

    def at_once(sent: Sent) -> Says:
        moments.append(pbx.clock.now)
        return Says()

    box.answer = at_once
    for number in range(250):
        pbx.call(f"{number}.wav", tone(number))
    for _ in range(5):
        pbx.send()
        pbx.open()
        pbx.clock.now += 5
    assert len(moments) == 250
    assert max(sum(start <= one < start + 60 for one in moments) for start in moments) <= 90


def test_news_do_not_wait_behind_the_backlog_and_order_is_kept(pbx: Pbx, box: StandInBox) -> None:
    old = [pbx.call(f"old{number}.wav", tone(number)) for number in range(4)]
    pbx.clock.now += 86400
    for number in range(10, 12):
        pbx.call(f"new{number}.wav", tone(number))
    pbx.send()
    assert len(old) == 4
    assert [sent.audio for sent in box.sent] == [tone(number) for number in (10, 0, 11, 1, 2, 3)]


def test_a_call_that_comes_while_a_backlog_is_sent_waits_for_seconds(pbx: Pbx, box: StandInBox) -> None:
    for number in range(300):
        pbx.call(f"old{number}.wav", tone(number))
    pbx.clock.now += 86400
    came: dict[bytes, float] = {}
    late: list[float] = []
    tries: list[float] = []

    def another_one(seconds: float) -> None:
        if len(came) < 40 and (not came or pbx.clock.now - max(came.values()) >= 5):
            audio = tone(1000 + len(came))
            came[audio] = pbx.clock.now
            pbx.call(f"new{len(came)}.wav", audio)

    def answer(sent: Sent) -> Says:
        tries.append(pbx.clock.now)
        if sent.audio in came:
            late.append(pbx.clock.now - came[sent.audio])
        return Says()

    box.answer = answer
    pbx.clock.on_sleep = another_one
    for _ in range(80):
        another_one(0)  # its hook starts a sender, too
        pbx.send()
        pbx.clock.now += 5
    assert len(box.calls) == 340
    assert max(late) <= 3, "what was kept for news is there for them"
    assert max(sum(start <= one < start + 60 for one in tries) for start in tries) <= 90


def test_an_archive_is_sent_after_everything_else_and_at_its_own_rate(pbx: Pbx, box: StandInBox) -> None:
    for number in range(300):
        path = pbx.recording(f"2020/{number:03}.wav", tone(number))
        os.utime(path, (1_500_000_000 + number, 1_500_000_000 + number))
    assert pbx.sweep(str(pbx.monitor / "2020"), "--names", "any", "--rate", "6") == (200, 100, 0)
    pbx.call("new.wav", tone(999))
    pbx.send(59)
    assert [sent.audio for sent in box.sent] == [tone(999), *(tone(number) for number in range(6))]
    pbx.clock.now += 60
    pbx.send(59)
    assert len(box.sent) == 13
    assert pbx.sweep(str(pbx.monitor / "2020"), "--names", "any", "--rate", "6") == (12, 88, 0)


def test_a_full_spool_gives_up_what_was_rejected_first_and_then_the_newest(pbx: Pbx, box: StandInBox) -> None:
    pbx.settings["max_mb"] = "2"
    pbx.open()
    box.answer = lambda sent: Says(415)
    pbx.call("rejected.wav", tone(9, 350_000))
    pbx.send()
    box.answer = lambda sent: Says(503, {"Retry-After": "3600"})
    for number in range(4):  # 0.7 MB each, and the PBX deletes its own at once
        pbx.call(f"{number}.wav", tone(number, 350_000))
        pbx.clock.now += 1
    kept = pbx.waiting()
    for path in pbx.monitor.iterdir():
        path.unlink()
    pbx.send(0)
    assert pbx.waiting() == kept[:2]
    assert list(pbx.spool.glob("rejected/*.0")) == []
    assert len([line for line in pbx.log.errors if "was dropped" in line]) == 3
    assert pbx.here.used_bytes() <= 2_000_000


def test_what_the_pbx_still_has_costs_nothing_and_is_never_dropped(pbx: Pbx) -> None:
    pbx.settings.update(max_mb="1", url="http://127.0.0.1:9")
    pbx.open()
    for number in range(4):
        pbx.call(f"{number}.wav", tone(number, 350_000))
    pbx.send(0)
    assert len(pbx.waiting()) == 4
    assert pbx.here.used_bytes() == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk")
def test_a_disk_without_room_loses_no_call(pbx: Pbx, box: StandInBox, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(disk)], check=True)
    try:
        pbx.settings["spool"], pbx.settings["min_free_mb"] = str(disk), "0"
        pbx.open()
        for number in range(5):  # 700 kB each: the second finds no room, and is read where it lies
            pbx.call(f"{number}.wav", tone(number, 350_000))
        (disk / "filler").write_bytes(bytes(os.statvfs(disk).f_bavail * 4096))
        path = pbx.recording("last.wav", tone(5))
        with pytest.raises(OSError, match="No space left"):  # the hook says so, and a sweep finds it later
            pbx.queue(path)
        (disk / "filler").unlink()
        os.utime(path, (1_500_000_000, 1_500_000_000))
        pbx.sweep(str(pbx.monitor), "--names", "any", "--older", "5")
        pbx.send()
        assert {sent.audio for sent in box.sent} == {tone(5), *(tone(number, 350_000) for number in range(5))}
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_damaged_job_or_ledger_holds_nothing_up(pbx: Pbx, box: StandInBox) -> None:
    name = pbx.call("a.wav", tone(1))
    (pbx.spool / "wait" / f"{name}.job").write_bytes(b"{" * 20)
    (pbx.spool / "ledger.db").write_bytes(b"no database at all" * 99)
    (pbx.spool / "state.json").write_bytes(b"[")
    pbx.call("b.wav", tone(2))
    pbx.send()
    assert [sent.audio for sent in box.sent] == [tone(2)]
    assert (pbx.spool / "rejected" / f"{name}.0").read_bytes() == tone(1)


def test_a_ledger_that_cannot_be_opened_now_is_not_taken_for_damaged(pbx: Pbx, box: StandInBox) -> None:
    """Begun anew, it knows nothing of what was sent: a locked one would have sent years of recordings again."""
    pbx.call("a.wav", tone(1))
    (pbx.spool / "ledger.db").mkdir()  # what SQLite cannot open
    with pytest.raises(sqlite3.OperationalError):
        pbx.send()
    assert not (pbx.spool / "ledger.db.damaged").exists()
    (pbx.spool / "ledger.db").rmdir()
    pbx.send()
    assert [sent.audio for sent in box.sent] == [tone(1)]


def test_only_one_sender_is_at_it(pbx: Pbx, box: StandInBox) -> None:
    pbx.call("a.wav", tone(1))
    with pbx.sender._lock() as has_lock:
        assert has_lock
        pbx.send()
        assert box.tries == 0
    pbx.send()
    assert len(box.calls) == 1


def test_what_came_while_the_sender_let_go_is_sent(pbx: Pbx, box: StandInBox) -> None:
    drained = pbx.sender._drain

    def drains_and_then_one_comes(until: float) -> bool:
        is_done: bool = drained(until)
        if len(box.sent) == 1:
            pbx.call("b.wav", tone(2))  # its own sender found the lock taken
        return is_done

    pbx.sender._drain = drains_and_then_one_comes
    pbx.call("a.wav", tone(1))
    pbx.send()
    assert len(box.calls) == 2


def test_settings_that_are_not_right_are_named(pbx: Pbx) -> None:
    for line, told in [
        ("urll = x", "line 12: there is no setting urll"),
        ("per_minute = 0", "per_minute must be a number"),
        ("pin = sha256//x", "pin must be the sha256"),
        ("url = ftp://x", "url must be the box's"),
    ]:
        pbx.write_config()
        pbx.config.write_text(pbx.config.read_text() + line + "\n")
        with pytest.raises(client.Trouble, match=told):
            client.read_settings(str(pbx.config))


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_month_with_a_box_that_is_down_at_weekends(pbx: Pbx, box: StandInBox) -> None:
    """Bounded, in order, all of it, at no more than 100 a minute, and Monday's first call not behind the weekend's."""
    rate = 4  # an hour, day and night; Saturday and Sunday are the box's days off
    start = pbx.clock.now = 1_790_000_000 // 86400 * 86400.0
    came: dict[bytes, float] = {}
    arrived: dict[bytes, float] = {}
    tries: list[float] = []
    longest, calls = 0, 0

    def is_away() -> bool:
        return int((pbx.clock.now - start) // 86400) % 7 >= 5

    def answer(sent: Sent) -> Says:
        tries.append(pbx.clock.now)
        if is_away():
            return Says(503)
        if sum(moment > pbx.clock.now - 60 for moment in tries[-101:]) > 100:
            return Says(429, {"Retry-After": "30"})
        arrived.setdefault(sent.audio, pbx.clock.now)
        return Says()

    box.answer = answer
    while pbx.clock.now < start + 30 * 86400:
        audio = tone(calls, 100)
        came[audio] = pbx.clock.now
        path = pbx.recording(f"{calls}.wav", audio)
        os.utime(path, (pbx.clock.now - 60, pbx.clock.now - 60))
        pbx.queue(path, external_id=str(calls))
        path.unlink()
        calls += 1
        next_call = start + calls * 3600 / rate
        while pbx.clock.now < next_call:
            if calls % 50 == 0:
                pbx.open()  # as after a restart
            pbx.send(10)
            longest = max(longest, len(pbx.waiting()))
            pbx.clock.now = min(next_call, pbx.clock.now + 300)
    for _ in range(60):
        pbx.send()
        pbx.clock.now += 300
    assert set(arrived) == set(came), "all arrive"
    assert len(box.calls) == calls == 30 * 24 * rate
    assert longest <= 2 * 24 * rate + rate, "what waits is the weekend's"
    assert max(sum(begin <= one < begin + 60 for one in tries[at : at + 101]) for at, begin in enumerate(tries)) <= 90
    late = {audio: at - came[audio] for audio, at in arrived.items()}
    weekday = [wait for audio, wait in late.items() if int((came[audio] - start) // 86400) % 7 < 5]
    assert max(weekday) <= 600, "a new call waits for no backlog"
    backlog = [audio for audio in arrived if late[audio] > 900]
    assert backlog == sorted(backlog, key=lambda audio: came[audio]), "in the order in which they were spoken"
    assert list((pbx.spool / "wait").iterdir()) == []
    late_seconds = max(weekday)
    print(f"{calls} calls, {len(tries)} tries, {longest} waited at most; a weekday's for {late_seconds:.0f} s at most")
