"""Whoever calls chooses his number: no text of his may ever run on the telephone system that has our snippets."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from admin_gui.models.customer_snippets import snippets
from tests.admin_gui.models.telephone_system import THERE, TelephoneSystem, after_recording, dial_plan

pytestmark = pytest.mark.slow

UNIQUEID = "1764144900.42"
KEY = "vbk_3q9_-secret"
NUMBERS = {
    "backticks": "1`touch pwned`2",
    "backticks without a space": "1`touch${IFS}pwned`2",
    "substitution": "1$(touch pwned)2",
    "substitution in quotes": '1"$(touch pwned)"2',
    "single quotes": "1'; touch pwned; '2",
    "single quote": "O'Hara",
    "double quote": 'the "boss"',
    "newline": "1\ntouch pwned\n2",
    "newline at the end": "12\n",
    "end of our text": "1\nEND\ntouch pwned\n",
    "carriage return": "1\r\n2",
    "semicolon": "1;touch pwned;2",
    "pipe": "1|touch pwned",
    "and": "1&&touch pwned&",
    "redirection": "1>pwned",
    "subshell": "1 (touch pwned)",
    "letters": "Müller 北京 ☎",
    "bytes": os.fsdecode(b"\xff\xfe1"),
    "option": "-K/etc/passwd",
    "long option": "--output pwned",
    "file": "@/etc/passwd",
    "content of a file": "<@/etc/passwd>pwned".replace("/", "-"),
    "form syntax": "1;type=text-html;filename=x",
    "config syntax": '1"\nurl = "http:--198.51.100.1"\noutput = "pwned',
    "percent": "%n%s%20%{http_code}",
    "spaces": "  1   2  ",
    "pattern": "*?[a-z]",
    "backslashes": "1\\n\\\\2\\",
    "comma": "1,2",
    "variable": "^{SHELL(touch pwned)}${PATH}$PATH",
    "dashes": "415-555-0100",
    "many dashes": "-1--2-",
    "equals sign": "called_number=9",
}
AS_NAMES = {name: number.replace("/", "-") for name, number in NUMBERS.items()}


def text_of(name: str) -> str:
    """What the desktop shows."""
    return next(one.text for one in snippets("https://10.0.0.5:8443", KEY) if one.name == name)


@pytest.fixture(params=THERE, ids=" ".join)
def shell(request: pytest.FixtureRequest) -> list[str]:
    found: list[str] = request.param
    return found


@pytest.fixture
def system(tmp_path: Path) -> TelephoneSystem:
    return TelephoneSystem(tmp_path)


def freepbx(number: str, file: Path) -> str:
    """What FreePBX's dial plan gives to a shell for the line that the desktop shows."""
    line = text_of("FreePBX").rstrip("\n").splitlines()[-1]
    variables = {
        "UNIQUEID": UNIQUEID,
        "CALLERID(num)": number,
        "CALLERID(name)": number,
        "FROMEXTEN": number,
        "CALLFILENAME": file.stem,
    }
    return after_recording(line, str(file), variables)


@pytest.mark.parametrize("kind", AS_NAMES)
def test_freepbx_sends_the_number_as_it_is_and_runs_nothing_of_it(
    kind: str, shell: list[str], system: TelephoneSystem
) -> None:
    number = AS_NAMES[kind]
    system.install(text_of("FreePBX"))
    file = system.recording(f"in-4930654321-{number}-20261126-101500-{UNIQUEID}.wav")

    done = system.run(shell, freepbx(number, file))

    assert (system.strangers, system.names) == ([], ["curl"])
    assert (done.returncode, done.stderr) == (0, b"")
    (curl,) = system.ran
    assert curl.field("caller_number") == os.fsencode(number)
    assert curl.field("called_number") == b"4930654321"
    assert curl.field("external_id") == UNIQUEID.encode()
    assert curl.sound == b"RIFF of the call"
    assert b"direction=inbound" in curl.arguments


@pytest.mark.parametrize("kind", NUMBERS)
def test_asterisk_gives_a_shell_nothing_but_digits_of_a_number(
    kind: str, shell: list[str], system: TelephoneSystem
) -> None:
    number = NUMBERS[kind]
    text = text_of("Asterisk")
    system.install(text)
    lines = [line for line in text.splitlines() if line.startswith("same =>")]
    variables = {"UNIQUEID": UNIQUEID, "CALLERID(num)": number, "EXTEN": f"0{number}"}

    file, options, command = dial_plan(lines, variables)

    digits = "".join(letter for letter in number if letter in "0123456789+")
    assert (file, options) == (f"{UNIQUEID}.wav", "b")
    assert command == f"/usr/local/bin/vbot-post {file} {UNIQUEID} from={digits} to=0{digits}"
    (system.home / file).write_bytes(b"RIFF of the call")
    done = system.run(shell, command)
    assert (system.strangers, system.names) == ([str(system.home / file)], ["curl"])
    assert (done.returncode, done.stderr) == (0, b"")
    (curl,) = system.ran
    assert curl.field("caller_number") == (digits or "anonymous").encode()
    assert curl.field("called_number") == f"0{digits}".encode()


def test_a_number_that_is_a_path_runs_nothing_either(shell: list[str], system: TelephoneSystem) -> None:
    number = "../`touch pwned`/$(touch pwned)/x"
    system.install(text_of("FreePBX"))
    file = system.recording(f"in-4930654321-{number}-20261126-101500-{UNIQUEID}.wav")

    done = system.run(shell, freepbx(number, file))

    assert (system.strangers, system.names, done.returncode) == ([], [], 1)
    assert b"no recording of call 1764144900.42" in done.stderr


@pytest.mark.parametrize(
    "uniqueid", ["1`touch pwned`", "$(touch pwned)", "../../x", "*", "1 2", "", "1\n2", "'", "1;2"]
)
def test_what_is_not_the_id_of_a_call_is_refused(uniqueid: str, shell: list[str], system: TelephoneSystem) -> None:
    """Should anybody put more into the line than is shown, the script still takes nothing but an id."""
    system.install(text_of("FreePBX"))
    system.recording("in-1-2-20261126-101500-17.42.wav")
    quoted = "'" + uniqueid.replace("'", "'\\''") + "'"

    done = system.run(shell, f"/usr/local/bin/vbot-post {quoted}")

    assert (system.strangers, system.names, done.returncode) == ([], [], 1)
    assert done.stderr == b"vbot-post: that is not the id of a call\n"


@pytest.mark.parametrize(
    ("name", "caller", "called", "direction"),
    [
        ("out-0891234-201-20261126-101500-17.42.wav", "201", "0891234", "outbound"),
        ("external-201-0891234-20261126-101500-17.42.WAV", "0891234", "201", "inbound"),
        ("q-600-0891234-20261126-101500-17.42.gsm", "0891234", "600", "inbound"),
        ("internal-202-201-20261126-101500-17.42.wav", "201", "202", "internal"),
        ("rg-600-0891234-20261126-101500-17.42.wav", "0891234", "600", None),
        ("in-4155550100--20261126-101500-17.42.wav", "anonymous", "4155550100", "inbound"),
    ],
)
def test_numbers_and_direction_are_read_from_freepbx_name_of_the_recording(
    name: str, caller: str, called: str, direction: str | None, system: TelephoneSystem
) -> None:
    system.install(text_of("FreePBX"))
    system.recording(name)
    system.recording("in-1-2-20261126-101500-17.4.wav")
    system.recording("in-1-2-20261126-101500-117.42.wav")

    assert system.run(THERE[0], "/usr/local/bin/vbot-post 17.42").returncode == 0

    (curl,) = system.ran
    assert (curl.field("caller_number"), curl.field("called_number")) == (caller.encode(), called.encode())
    told = [argument for argument in curl.arguments if argument.startswith(b"direction=")]
    assert told == ([] if direction is None else [f"direction={direction}".encode()])


def test_a_system_that_puts_its_name_before_its_ids_is_served_too(system: TelephoneSystem) -> None:
    system.install(text_of("FreePBX"))
    system.recording("in-4155550100-0891234-20261126-101500-pbx-north-17.42.wav")

    assert system.run(THERE[0], "/usr/local/bin/vbot-post pbx-north-17.42").returncode == 0

    (curl,) = system.ran
    assert (curl.field("external_id"), curl.field("caller_number")) == (b"pbx-north-17.42", b"0891234")


@pytest.mark.parametrize("name", ["FreePBX", "Asterisk", "FreeSWITCH"])
def test_the_key_is_not_among_the_arguments_that_everybody_sees(name: str, system: TelephoneSystem) -> None:
    system.install(text_of(name))
    file = system.recording("in-4155550100-0891234-20261126-101500-17.42.wav")
    arguments = "17.42" if name == "FreePBX" else f"{file} 17.42 from=0891234 to=4155550100"

    assert system.run(THERE[0], f"/usr/local/bin/vbot-post {arguments}").returncode == 0

    (curl,) = system.ran
    assert not [argument for argument in curl.arguments if KEY.encode() in argument]
    assert f'header = "X-API-Key: {KEY}"' in curl.config
    assert 'url = "https://10.0.0.5:8443/api/process-call"' in curl.config


@pytest.mark.parametrize("refusal", ["400", "401", "403", "413", "415"])
def test_what_is_refused_is_not_sent_again(refusal: str, system: TelephoneSystem) -> None:
    system.install(text_of("FreePBX"))
    system.recording("in-4155550100-0891234-20261126-101500-17.42.wav")
    system.answer(refusal, "200")

    done = system.run(THERE[0], "/usr/local/bin/vbot-post 17.42")

    assert (done.returncode, system.names) == (1, ["curl"])
    assert f'call 17.42 was not taken: {{"status": "as told"}} {refusal}'.encode() in done.stderr


def test_it_is_sent_again_while_the_box_is_away_or_busy(system: TelephoneSystem) -> None:
    system.install(text_of("FreePBX"))
    system.recording("in-4155550100-0891234-20261126-101500-17.42.wav")
    system.answer("000", "429", "500", "503", "200", "200")

    assert system.run(THERE[0], "/usr/local/bin/vbot-post 17.42").returncode == 0

    assert system.names == ["curl", "sleep", "curl", "sleep", "curl", "sleep", "curl", "sleep", "curl"]
    assert {one.sound for one in system.ran if one.name == "curl"} == {b"RIFF of the call"}


def test_it_gives_up_after_an_hour(system: TelephoneSystem) -> None:
    system.install(text_of("FreePBX"))
    system.recording("in-4155550100-0891234-20261126-101500-17.42.wav")
    system.answer(*["000"] * 130)

    assert system.run(THERE[0], "/usr/local/bin/vbot-post 17.42").returncode == 1

    slept = [int(one.arguments[0]) for one in system.ran if one.name == "sleep"]
    assert sum(slept) == 3600


@pytest.mark.parametrize("key", ["vbk_1\nEND\ntouch pwned\n", "$(touch pwned)", '"\nurl = "http://198.51.100.1', ""])
def test_nothing_but_a_key_is_written_where_the_key_goes(key: str, system: TelephoneSystem) -> None:
    for snippet in snippets("https://10.0.0.5:8443", key):
        assert "YOUR-API-KEY" in snippet.text
        assert "pwned" not in snippet.text


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="no shellcheck installed")
@pytest.mark.parametrize("name", ["curl", "Asterisk", "FreePBX", "FreeSWITCH"])
def test_shellcheck_finds_nothing(name: str, system: TelephoneSystem) -> None:
    script = system.install(text_of(name))

    told = subprocess.run(["shellcheck", "--shell=sh", str(script)], capture_output=True, text=True, check=False)

    assert (told.returncode, told.stdout) == (0, "")


def test_the_curl_of_a_distribution_of_2014_knows_every_option(system: TelephoneSystem) -> None:
    """CentOS 7 (Issabel, FreePBX 14) has curl 7.29."""
    known = {"--config", "--cacert", "--silent", "--show-error", "--connect-timeout", "--max-time", "--form"}
    known |= {"--form-string", "--write-out"}
    for snippet in snippets("https://10.0.0.5:8443", KEY):
        used = set(re.findall(r"(?<=\s)--[a-z][a-z-]*", snippet.text))
        assert used <= known, snippet.name


def test_the_script_of_the_sandbox_is_a_trap_for_whatever_else_runs(tmp_path: Path) -> None:
    """Or the tests above would find nothing in a script that does run a number."""
    system = TelephoneSystem(tmp_path)
    script = system.install('#!/bin/sh\neval "echo $1"\n')
    assert stat.S_IMODE(script.stat().st_mode) == 0o700

    system.run(THERE[0], "/usr/local/bin/vbot-post '1`touch pwned`2>pwned'")

    assert system.names == ["touch"]
    assert system.strangers == [str(system.home / "pwned")]
