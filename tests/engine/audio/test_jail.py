"""A decoder that its recording has taken over reaches nothing: whoever runs it, and in systemd's units too."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.audio import decoder
from engine.audio.conversion import Limits
from engine.audio.recording import open_recording
from engine.errors import UnreadableRecording
from tests.engine.sounds import wav_bytes
from tests.engine.stand_ins import attack, install_as_ffmpeg, python_for_anybody, worked
from tests.engine.variants import Speech

pytestmark = pytest.mark.slow  # each test starts processes

M4A = b"\0\0\0\x1cftypM4A " + bytes(100)
PROGRAM = Path(decoder.__file__).with_name("decoder_process.py")
WORKER_UNIT = Path(__file__).parents[3] / "systemd" / "vbot-worker@.service"
STRANGER = 12345  # a user who owns nothing here
# What each protection is for, by what is told where it cannot be had.
FILES, CALLS = "it can open", "it can make"
STOPPED_BY = {
    "reads a file": FILES,
    "reads what everybody may": FILES,
    "reads what root may": FILES,
    "looks at the process that started it": FILES,
    "lists a folder": FILES,
    "writes a file": FILES,
    "reaches the queue's socket": CALLS,
    "reaches a service of this machine": CALLS,
    "starts another process": CALLS,
    "ends the process that started it": CALLS,
    "becomes root": "it keeps root's rights",
}


@dataclass(frozen=True)
class Box:
    """What there is to reach: a key that everybody may read, and sockets that everybody may use."""

    folder: Path
    attack: str


@pytest.fixture
def box() -> Iterator[Box]:
    # No tmp_path: pytest's folders are closed to others, and it shall not be a folder's mode that stops it.
    with tempfile.TemporaryDirectory(prefix="vbot-box-") as name:
        Path(name).chmod(0o755)
        with _open_box(Path(name)) as made:
            yield made


@contextmanager
def _open_box(folder: Path) -> Iterator[Box]:
    key = folder / "master.key"
    key.write_text("00")
    key.chmod(0o644)
    with socket.socket(socket.AF_UNIX) as queue, socket.create_server(("127.0.0.1", 0)) as service:
        queue.bind(str(folder / "valkey.sock"))
        (folder / "valkey.sock").chmod(0o777)
        queue.listen()
        yield Box(folder, attack(file=key, socket=folder / "valkey.sock", port=service.getsockname()[1]))


def _unprotected(missing: tuple[str, ...]) -> set[str]:
    """What this machine cannot stop; said, since the test holds the less for it."""
    open_still = {name for name, told in STOPPED_BY.items() if any(line.startswith(told) for line in missing)}
    if open_still:
        print(f"not tested: {open_still}, since {missing}", file=sys.stderr)
    return open_still


def test_a_decoder_taken_over_by_its_recording_reaches_nothing(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    install_as_ffmpeg(box.folder, box.attack)
    monkeypatch.setenv("PATH", str(box.folder))
    path = box.folder / "call.m4a"
    path.write_bytes(M4A)
    with pytest.raises(UnreadableRecording) as raised, open_recording(path):
        pass
    assert worked(str(raised.value)) <= _unprotected(decoder.protections().missing)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
def test_so_it_is_for_a_plain_user(box: Box) -> None:
    assert _attacked_as_a_stranger(box, []) <= _unprotected(_missing_for_a_stranger([]))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
def test_and_for_one_in_the_worker_s_unit_where_no_namespace_can_be_made(box: Box) -> None:
    under = _under_the_unit(box.folder)
    assert _attacked_as_a_stranger(box, under) <= _unprotected(_missing_for_a_stranger(under))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
def test_the_worker_s_unit_takes_no_protection_away_from_a_decoder(box: Box) -> None:
    assert _missing_for_a_stranger(_under_the_unit(box.folder)) == _missing_for_a_stranger([])


def _attacked_as_a_stranger(box: Box, under: list[str]) -> set[str]:
    program = install_as_ffmpeg(box.folder, box.attack)
    (box.folder / "call.m4a").write_bytes(M4A)
    with (box.folder / "call.m4a").open("rb") as file:
        done = _as_stranger([*under, *_decoder("program", str(program), str(file.fileno()))], file.fileno())
    return worked(done.stderr.splitlines()[-1])


def _missing_for_a_stranger(under: list[str]) -> tuple[str, ...]:
    told = _as_stranger([*under, *_decoder("protections")]).stdout.splitlines()
    assert told
    return tuple(line[1:] for line in told if line.startswith("-"))


def _decoder(*task: str) -> list[str]:
    return [python_for_anybody(), "-I", "-S", str(PROGRAM), "20", str(2 << 30), *task]


def _as_stranger(command: list[str], *descriptors: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        user=STRANGER,
        group=STRANGER,
        extra_groups=[],
        pass_fds=descriptors,
        env={},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _under_the_unit(folder: Path) -> list[str]:
    """The worker's SystemCallFilter= and RestrictNamespaces=yes, as systemd would put them upon it."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze is installed, which knows the groups of system calls")
    allowed: set[str] = set()
    for line in re.findall(r"^SystemCallFilter=(.+)$", WORKER_UNIT.read_text(), re.MULTILINE):
        named = {call for group in line.lstrip("~").split() for call in _calls(group)}
        allowed = allowed - named if line.startswith("~") else allowed | named
    refused = (_calls("@known") - allowed) | {"unshare", "setns"}
    script = folder / "under_the_unit.py"
    script.write_text(
        "import ctypes, os, sys\n"
        "library = ctypes.CDLL('libseccomp.so.2')\n"
        "library.seccomp_init.restype = ctypes.c_void_p\n"
        "context = ctypes.c_void_p(library.seccomp_init(0x7fff0000))\n"
        "for name in sys.argv[1].split(','):\n"
        "    number = library.seccomp_syscall_resolve_name(name.encode())\n"
        "    if number >= 0:\n"
        "        assert library.seccomp_rule_add(context, 0x50001, number, 0) == 0, name\n"
        "assert library.seccomp_load(context) == 0\n"
        "os.execv(sys.argv[2], sys.argv[2:])\n"
    )
    return [python_for_anybody(), "-I", "-S", str(script), ",".join(sorted(refused))]


def _calls(group: str) -> set[str]:
    if not group.startswith("@"):
        return {group}
    shown = subprocess.run(
        ["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    names = [line.strip() for line in shown[1:] if line.strip() and not line.strip().startswith("#")]
    return {call for name in names for call in (_calls(name) if name.startswith("@") else {name})}


@pytest.mark.parametrize("subtype", ["GSM610", "IMA_ADPCM", "MS_ADPCM"])
def test_blocks_of_a_wav_are_not_decoded_in_this_process(tmp_path: Path, voices: Speech, subtype: str) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(wav_bytes(voices(8000), 8000, subtype))
    script = (
        "import sys; from pathlib import Path; from engine.audio.recording import open_recording\n"
        "with open_recording(Path(sys.argv[1])) as recording: samples = sum(len(b) for b in recording.blocks())\n"
        "print(samples > 20000, 'sndfile' in Path('/proc/self/maps').read_text())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, path], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.split() == ["True", "False"]


@pytest.mark.parametrize(
    ("number", "seconds", "says"),
    [(signal.SIGKILL, 120, "ended by signal 9"), (signal.SIGSTOP, 5, "took longer than {:g} s")],
)
def test_a_decoder_of_blocks_that_dies_or_hangs_harms_one_file_only(
    tmp_path: Path, voices: Speech, number: signal.Signals, seconds: float, says: str
) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(wav_bytes(voices(8000), 8000, "GSM610"))
    before = _children()
    with contextlib.ExitStack() as opened:
        for patience in (seconds, 4 * seconds, 16 * seconds):  # a busy machine may need longer before it gives anything
            with contextlib.suppress(UnreadableRecording):
                recording = opened.enter_context(open_recording(path, limits=Limits(decoding_seconds=patience)))
                break
        else:
            pytest.fail(f"nothing came even in {patience:g} s")
        (child,) = _children() - before
        os.kill(child, number)
        with pytest.raises(UnreadableRecording, match=says.format(patience)):
            list(recording.blocks())
    assert child not in _children()


def _children() -> set[int]:
    found: set[int] = set()
    for task in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError):  # a thread that has ended meanwhile
            found |= {int(child) for child in task.read_text().split()}
    return found


@pytest.mark.parametrize("mode", [0o644, 0o600])
def test_an_ffmpeg_older_than_6_reads_its_input_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    install_as_ffmpeg(
        tmp_path,
        "import struct, sys\n"
        "if '-fd' in sys.argv:\n"
        "    sys.exit(\"Unrecognized option 'fd'.\\nError splitting the argument list: Option not found\")\n"
        "name = sys.argv[sys.argv.index('-i') + 1].removeprefix('file:')\n"
        "content = open(name, 'rb').read()\n"
        "sys.stdout.buffer.write(b'.snd' + struct.pack('>IIIII', 24, 2**32 - 1, 3, 8000, 1) + content)",
    )
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "call.m4a"
    path.write_bytes(M4A)
    path.chmod(mode)
    with open_recording(path) as recording:
        assert recording.frames == len(M4A) // 2
