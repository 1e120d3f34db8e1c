"""What vbot-post learns of a call from its file's name and the PBX's own records."""

from __future__ import annotations

import os
import random
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.pbx_client import StandInBox, tone
from tests.support.pbx_sender import Pbx, client

BEGAN = 1_764_144_900  # 2025-11-26T08:15:00Z
ID = f"{BEGAN}.7"
UUID = "0b7c2f4e-7a4b-4f5c-9a3e-2f6f5b1d9c11"


@pytest.fixture(autouse=True)
def _in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def box() -> Iterator[StandInBox]:
    with StandInBox() as running:
        running.knows = ["agent", "extension", "queue", "did", "linked_id", "disposition", "answered_at"]
        yield running


@pytest.fixture
def pbx(folder: Path, box: StandInBox) -> Pbx:
    return Pbx(folder / "pbx", box.url)


def by_id(pbx: Pbx, adapter: str, call_id: str, *words: str) -> None:
    """As the hook does, and the sender, well after the call."""
    pbx.send_soon = lambda: None  # type: ignore[attr-defined]
    hook: Any = type(
        "Hook", (), {"records": pbx.records, "spool": pbx.here, "log": pbx.log, "send_soon": lambda _: None}
    )()
    client.queue_by_id(hook, adapter, [call_id, *words])
    pbx.clock.now += 40
    pbx.send()


@pytest.mark.parametrize(
    ("names", "stem", "fields"),
    [
        (
            "freepbx",
            f"out-004930123-101-20251126-091500-{ID}",
            {"called_number": "004930123", "caller_number": "101", "direction": "outbound", "external_id": ID},
        ),
        (
            "freepbx",
            f"in-4155550100-+49-30-1-20251126-091500-{ID}",
            {"caller_number": "+49-30-1", "direction": "inbound"},
        ),
        (
            "freepbx",
            f"in-415-1-20990101-000000-5.5-20251126-091500-berlin-{ID}",  # a caller who calls himself a file's name
            {"caller_number": "1-20990101-000000-5.5", "external_id": f"berlin-{ID}"},
        ),
        ("issabel", f"20251126-091500-{ID}", {"external_id": ID, "started_at": "2025-11-26T08:15:00Z"}),
        (
            "yeastar",
            f"20251126091500-{ID}-1001-1002-Internal",
            {"external_id": ID, "caller_number": "1001", "called_number": "1002", "direction": "internal"},
        ),
        (
            "grandstream",
            f"auto-{BEGAN}-1001-03012",
            {"caller_number": "1001", "called_number": "03012", "started_at": "2025-11-26T08:15:00Z"},
        ),
        (
            "3cx",
            "[Doe%2C John]_101-03012_20251126091500(3012)",
            {
                "agent": "Doe, John",
                "caller_number": "101",
                "called_number": "03012",
                "started_at": "2025-11-26T08:15:00Z",
            },
        ),
        (
            "{date}_{time}_{caller}_{called}",
            "20251126_091500_+49 30_7",
            {"caller_number": "+49 30", "called_number": "7"},
        ),
    ],
)
def test_a_name_says_what_it_says(names: str, stem: str, fields: dict[str, str]) -> None:
    expression = client.compile_pattern(client.PATTERNS.get(names, names))
    if names == "issabel":
        expression = client.compile_pattern(client.CALL_CENTER)
    found = client.fields_of_name(expression, stem)
    assert found is not None
    assert fields.items() <= found.items()


def test_names_that_do_not_fit_are_left_and_counted(pbx: Pbx, box: StandInBox) -> None:
    for name in (f"out-1-2-20251126-091500-{ID}.wav", "music.wav", "notes.txt"):
        os.utime(pbx.recording(f"2025/{name}", tone(1)), (BEGAN, BEGAN))
    (pbx.monitor / "link.wav").symlink_to(pbx.monitor / "2025/music.wav")
    assert pbx.sweep(str(pbx.monitor), "--names", "freepbx") == (1, 0, 1)
    with pytest.raises(client.Trouble, match="there is no"):
        pbx.sweep(str(pbx.monitor), "--names", "{calller}")
    with pytest.raises(client.Trouble, match="wants a folder and --names"):
        pbx.sweep(str(pbx.monitor))


def test_a_sweep_leaves_what_is_young_to_its_hook(pbx: Pbx) -> None:
    pbx.clock.now = pbx.recording("a.wav", tone(1)).stat().st_mtime + 1
    assert pbx.sweep(str(pbx.monitor), "--names", "any") == (0, 0, 0)
    assert pbx.sweep(str(pbx.monitor), "--names", "any", "--older", "0") == (1, 0, 0)


def test_a_call_of_freepbx_is_found_by_its_id(pbx: Pbx, box: StandInBox) -> None:
    day = pbx.monitor / "2025/11/26"
    pbx.recording(f"2025/11/26/q-600-+4930`touch pwned`1-20251126-091500-{ID}.wav", tone(1))
    pbx.recording(f"2025/11/26/q-600-2-20251126-091500-1{ID}.wav", tone(2))
    by_id(pbx, "freepbx", ID)
    (sent,) = box.sent
    assert sent.audio == tone(1)
    assert sent.fields == {
        "called_number": "600",
        "caller_number": "+4930`touch pwned`1",
        "direction": "inbound",
        "external_id": ID,
        "started_at": "2025-11-26T08:15:00Z",
    }
    assert len(list(day.iterdir())) == 2


def test_a_recording_that_comes_after_the_hook_is_found_later(pbx: Pbx, box: StandInBox) -> None:
    by_id(pbx, "freepbx", ID)
    assert len(pbx.waiting()) == 1
    os.utime(pbx.recording(f"elsewhere/out-7-101-20251126-091500-{ID}.WAV", tone(1)), (BEGAN, BEGAN))
    pbx.clock.now += 120
    pbx.send()
    pbx.clock.now += 40
    pbx.send()
    assert [sent.fields["external_id"] for sent in box.sent] == [ID]
    assert pbx.is_idle()


def test_a_call_without_a_recording_is_told_after_an_hour(pbx: Pbx, box: StandInBox) -> None:
    by_id(pbx, "freepbx", ID)
    pbx.clock.now += 3700
    pbx.send()
    assert [*pbx.rejected().values()] == ["not sent: no recording of this id was found\n"]


def test_several_recordings_within_one_call_are_not_one_another_s_revision(pbx: Pbx, box: StandInBox) -> None:
    pbx.recording(f"2025/11/26/q-600-1-20251126-091500-{ID}.wav", tone(1))
    pbx.recording(f"2025/11/26/out-7-1-20251126-091600-{ID}.wav", tone(2))
    by_id(pbx, "freepbx", ID)
    assert len({sent.fields["external_id"] for sent in box.sent}) == 2
    assert {sent.fields["linked_id"] for sent in box.sent} == {ID}


MYSQL = """#!/bin/sh
printf '%s\\n' "$@" >"{folder}/arguments"
cat "${{1#--defaults-extra-file=}}" >"{folder}/secret"
stat -c %a "${{1#--defaults-extra-file=}}" >"{folder}/mode"
cat >"{folder}/query"
cat "{folder}/rows"
"""
COLUMNS = ["calldate", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata", "duration", "billsec"]
COLUMNS += ["disposition", "did", "linkedid", "cnum"]


def rows_of(*rows: dict[str, str]) -> str:
    """As `mysql --batch` prints them."""
    return "".join(
        "\t".join(line) + "\n" for line in [COLUMNS, *([row.get(name, "") for name in COLUMNS] for row in rows)]
    )


def with_cdr(pbx: Pbx, *rows: dict[str, str]) -> None:
    """A FreePBX whose own MySQL client answers so: the program that the settings name stands at our seam."""
    program = pbx.folder / "mysql"
    program.write_text(MYSQL.format(folder=pbx.folder))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (pbx.folder / "rows").write_text(rows_of(*rows))
    (pbx.folder / "freepbx.conf").write_text(
        '<?php\n$amp_conf["AMPDBUSER"] = "freepbxuser";\n$amp_conf["AMPDBPASS"] = "se\\"cret";\n'
        "$amp_conf['AMPDBHOST'] = 'localhost';\n"
    )
    pbx.settings["mysql"] = str(program)
    pbx.open()


def test_the_cdr_tells_agent_queue_did_and_answer(pbx: Pbx, box: StandInBox) -> None:
    queue = {"dcontext": "ext-queues", "lastapp": "Queue", "lastdata": "600,t,,,", "dst": "600", "linkedid": ID}
    with_cdr(
        pbx,
        {
            **queue,
            "calldate": "2025-11-26 09:15:00",
            "dstchannel": "Local/101@from-queue-0001;1",
            "disposition": "NO ANSWER",
        },
        {
            **queue,
            "calldate": "2025-11-26 09:15:10",
            "dstchannel": "Local/102@from-queue-0002;1",
            "disposition": "ANSWERED",
            "duration": "70",
            "billsec": "60",
            "did": "4155550100",
        },
    )
    pbx.recording(f"2025/11/26/q-600-+4930-20251126-091500-{ID}.wav", tone(1))
    by_id(pbx, "freepbx", ID)
    (sent,) = box.sent
    assert {
        "agent": "102",
        "extension": "102",
        "queue": "600",
        "did": "4155550100",
        "disposition": "answered",
        "answered_at": "2025-11-26T08:15:20Z",
        "linked_id": ID,
        "caller_number": "+4930",
    }.items() <= sent.fields.items()
    assert "cret" not in (pbx.folder / "arguments").read_text()
    assert 'password="se\\\\\\"cret"' in (pbx.folder / "secret").read_text()
    assert (pbx.folder / "mode").read_text() == "600\n"
    assert not list(pbx.spool.glob("*.cnf"))
    assert f"uniqueid = '{ID}'" in (pbx.folder / "query").read_text()


def test_a_call_that_nobody_answered_is_dropped_where_that_is_wanted(pbx: Pbx, box: StandInBox) -> None:
    pbx.settings["unanswered"] = "drop"
    with_cdr(pbx, {"calldate": "2025-11-26 09:15:00", "disposition": "NO ANSWER"})
    pbx.recording(f"2025/11/26/out-7-101-20251126-091500-{ID}.wav", tone(1))
    by_id(pbx, "freepbx", ID)
    assert (box.sent, pbx.waiting()) == ([], [])


def test_a_cdr_that_cannot_be_asked_holds_no_call_up(pbx: Pbx, box: StandInBox) -> None:
    with_cdr(pbx)
    (pbx.folder / "mysql").write_text("#!/bin/sh\necho no server >&2; exit 1\n")
    pbx.recording(f"2025/11/26/out-7-101-20251126-091500-{ID}.wav", tone(1))
    by_id(pbx, "freepbx", ID)
    assert [sent.fields["direction"] for sent in box.sent] == ["outbound"]
    assert any("no server" in line for line in pbx.log.lines)


def test_asterisk_s_two_legs_are_one_call_and_the_mix_beside_them_none(pbx: Pbx, box: StandInBox) -> None:
    for ending, number in (("-caller", 1), ("-called", 2), ("", 3)):
        os.utime(pbx.recording(f"{ID}{ending}.wav", tone(number)), (BEGAN, BEGAN))
    (pbx.folder / "Master.csv").write_text(
        '"","+4930""`touch pwned`","101","from-outside","","PJSIP/trunk-1","PJSIP/101-2","Dial","x",'
        '"2025-11-26 09:15:00","2025-11-26 09:15:05","2025-11-26 09:16:00",60,56,"ANSWERED",'
        f'"DOCUMENTATION","{ID}",""\n'
    )
    by_id(pbx, "asterisk", ID, "direction=inbound", "caller_number:base64=KzQ5MzA=")
    (sent,) = box.sent
    assert sent.audio == client_stereo(1, 2)
    assert {
        "caller_number": "+4930",
        "called_number": "101",
        "agent": "101",
        "answered_at": "2025-11-26T08:15:05Z",
    }.items() <= (sent.fields.items())
    assert pbx.sweep(str(pbx.monitor), "--names", "asterisk")[:2] == (0, 0)


def client_stereo(left: int, right: int) -> bytes:
    """Two tones as the left and the right channel."""
    pairs = zip(tone(left)[44:], tone(right)[44:], strict=True)
    samples = bytearray()
    lefts, rights = zip(*pairs, strict=True)
    for start in range(0, len(lefts), 2):
        samples += bytes(lefts[start : start + 2]) + bytes(rights[start : start + 2])
    header = client.wav_header(1, 2, 8000, 2, len(samples))
    return bytes(header + samples)


def test_freeswitch_s_xml_cdr_says_where_the_recording_is_and_whose(pbx: Pbx, box: StandInBox) -> None:
    path = pbx.recording(f"archive/2025/Nov/26/{UUID}.wav", tone(1))
    (pbx.folder / "xml_cdr").mkdir()
    (pbx.folder / f"xml_cdr/a_{UUID}.cdr.xml").write_text(
        "<cdr><variables>"
        f"<record_path>{path.parent}</record_path><record_name>{path.name}</record_name><direction>inbound</direction>"
        "<cc_agent>101%40example.lan</cc_agent><cc_queue>sales%40example.lan</cc_queue>"
        f"<start_epoch>{BEGAN}</start_epoch><answer_epoch>{BEGAN + 5}</answer_epoch>"
        "</variables><callflow><caller_profile><caller_id_number>+4930</caller_id_number>"
        "<destination_number>600</destination_number></caller_profile></callflow></cdr>"
    )
    by_id(pbx, "freeswitch", UUID)
    (sent,) = box.sent
    assert sent.fields == {
        "agent": "101@example.lan",
        "answered_at": "2025-11-26T08:15:05Z",
        "called_number": "600",
        "caller_number": "+4930",
        "direction": "inbound",
        "disposition": "answered",
        "external_id": UUID,
        "queue": "sales@example.lan",
        "started_at": "2025-11-26T08:15:00Z",
    }


@pytest.mark.parametrize(
    "call_id", ["", "-x", "../../etc", "1'or'1", "1;x", "1 2", "1\n", "`x`", "$(x)", "ü", "a" * 101]
)
def test_what_is_no_id_comes_near_no_query_and_no_path(call_id: str, pbx: Pbx) -> None:
    with pytest.raises(client.Trouble, match="not the id of a call"):
        by_id(pbx, "freepbx", call_id)
    assert pbx.waiting() == []


def test_words_of_a_hook_are_taken_as_they_are(pbx: Pbx) -> None:
    words = [
        "caller_number=a=b",
        "agent:base64=w7w=",
        "agent:hex=1",
        "file=@/etc/passwd",
        "nonsense",
        "did:base64=%%",
        "Q=1",
    ]
    assert client.parse_fields(words, pbx.log) == {"caller_number": "a=b", "agent": "ü", "did": "%%"}
    assert len(pbx.log.lines) == 5


def hostile(rng: random.Random, longest: int, without: bytes = b"") -> bytes:
    """What a caller may call himself: any bytes but NUL, with what shells, forms and SQL take for their own."""
    pieces = [
        b"`touch pwned`", b"$(touch pwned)", b"';drop table cdr;--", b"\r\n--", b";type=text/x", b"@/etc/passwd", b'"',
        b"\\", b"%s", b"..", b"/", b"-", b" ", b"=", b"\xff", b"\xe2\x80\xae", b"\n", b"*", b"&", b"|",
        b">x", b"1", b"+49",
    ]  # fmt: skip
    made = b"".join(
        rng.choice(pieces) if rng.random() < 0.7 else bytes([rng.randrange(1, 256)]) for _ in range(rng.randrange(1, 8))
    )
    return bytes(byte for byte in made if byte not in without)[:longest]


def hostile_calls(pbx: Pbx, box: StandInBox, count: int, seed: int) -> None:
    """None makes a file, is lost, or comes with what is another's."""
    rng = random.Random(seed)
    before = {path for path in pbx.folder.parent.rglob("*") if pbx.spool not in path.parents}
    made: dict[bytes, tuple[str, str]] = {}
    for number in range(count):
        name = hostile(rng, 80, b"/") or b"x"
        path = pbx.monitor / os.fsdecode(b"%d" % number + name + b".wav")
        path.write_bytes(tone(number, 40))
        os.utime(path, (pbx.clock.now - 60, pbx.clock.now - 60))
        who, which = hostile(rng, 60), hostile(rng, 60) + b"%d" % number
        words = [os.fsdecode(b"caller_number=" + who), os.fsdecode(b"external_id=" + which)]
        pbx.here.queue([str(path)], client.parse_fields(words, pbx.log))
        made[tone(number, 40)] = (
            who.decode("utf-8", "replace").strip(),
            client.plain_id(which.decode("utf-8", "replace")),
        )
        if number % 80 == 79 or number == count - 1:
            pbx.clock.now += 61
            pbx.send()
            path.unlink()
    assert pbx.waiting() == []
    assert pbx.rejected() == {}
    assert len(box.sent) == count
    assert {sent.audio: (sent.fields["caller_number"], sent.fields["external_id"]) for sent in box.sent} == {
        audio: (who or "anonymous", which) for audio, (who, which) in made.items()
    }
    assert len({which for _, which in made.values()}) == count, "no id became another's"
    after = {path for path in pbx.folder.parent.rglob("*") if pbx.spool not in path.parents}
    assert {path for path in after - before if path.suffix != ".wav"} == set()
    assert not Path("pwned").exists()


def test_hostile_names_and_ids_make_no_file_and_lose_and_misfile_no_call(pbx: Pbx, box: StandInBox) -> None:
    hostile_calls(pbx, box, 200, seed=17)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_ten_thousand_hostile_names_and_ids(pbx: Pbx, box: StandInBox) -> None:
    hostile_calls(pbx, box, 10_000, seed=18)
