"""A decoder at work: `decoder_process.py` in a process of its own, confined and bounded, and what it says and gives."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO, Self

_PROGRAM = Path(__file__).with_name("decoder_process.py")
_PROBE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a decoder may use of this machine: `seconds` of its clock and of a processor, and address space."""

    seconds: float
    memory_bytes: int


class DecoderFailed(Exception):
    """The decoder gave nothing; its own words."""


class Decoder:
    """One such process, ended at the latest when this is closed."""

    def __init__(self, task: Sequence[str], readable: int, bounds: Bounds) -> None:
        """`readable` is the descriptor that it may read from."""
        self._bounds = bounds
        self._process = subprocess.Popen(
            _command(task, bounds),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(readable,),
            env=_environment(),
        )
        self.output = _pipe(self._process.stdout)
        self._questions, self._errors = _pipe(self._process.stdin), _pipe(self._process.stderr)
        self._last_lines: deque[bytes] = deque(maxlen=6)
        self._overdue = threading.Event()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @contextmanager
    def in_time(self) -> Iterator[None]:
        """The process is killed where what is done here takes longer than it may."""
        clock = threading.Timer(self._bounds.seconds, self._give_up)
        clock.daemon = True
        clock.start()
        try:
            yield
        finally:
            clock.cancel()

    def ask(self, frames: int, most_bytes: int) -> bytes:
        """So many frames of what lies in its file now; raises DecoderFailed."""
        with self.in_time():
            try:
                self._questions.write(b"%d\n" % frames)
                self._questions.flush()
            except BrokenPipeError:
                raise DecoderFailed(self.words()) from None
            head = self.output.read(4)
            size = struct.unpack("=I", head)[0] if len(head) == 4 else 0
            if size > most_bytes:
                raise DecoderFailed("its decoder gave more than it was asked for")
            answer = self.output.read(size)
            if len(head) < 4 or len(answer) < size:
                raise DecoderFailed(self.words())
            return answer

    def words(self) -> str:
        """Why it gave nothing, when it has ended."""
        code = self._process.wait()
        self._listener.join(5)
        if self._overdue.is_set():
            return f"decoding took longer than {self._bounds.seconds:.0f} s"
        return _reason(code, self._last_lines)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._listener.join(5)
        for pipe in (self.output, self._errors):
            pipe.close()
        try:
            self._questions.close()
        except BrokenPipeError:
            pass  # a question that it did not live to read

    def _give_up(self) -> None:
        self._overdue.set()
        self._process.kill()

    def _listen(self) -> None:
        for line in iter(lambda: self._errors.readline(1000), b""):
            self._last_lines.append(line)


def whole_file(readable: int) -> list[str]:
    """The task of decoding a file by libsndfile."""
    return ["whole", _libsndfile(), str(readable)]


def stretches(readable: int) -> list[str]:
    """The task of decoding what lies in a file whenever it is asked to."""
    return ["stretches", _libsndfile(), str(readable)]


def program(path: str, readable: int, arguments: Sequence[str]) -> list[str]:
    """The task of becoming another program."""
    return ["program", path, str(readable), *arguments]


@dataclass(frozen=True, slots=True)
class Protections:
    """What keeps a decoder on this machine from doing harm, and what it can do all the same, with the reason."""

    held: tuple[str, ...]
    missing: tuple[str, ...]


def protections() -> Protections:
    """Try them, as a decoder would be confined; raises DecoderFailed where no such process can be started."""
    command = _command(["protections"], Bounds(_PROBE_SECONDS, 2 * 1024**3))
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=_environment(),
            timeout=_PROBE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise DecoderFailed(f"it has not started within {_PROBE_SECONDS} s") from error
    if done.returncode:
        raise DecoderFailed(_reason(done.returncode, deque(done.stderr.encode().splitlines(), maxlen=6)))
    found = {sign: tuple(line[1:] for line in done.stdout.splitlines() if line.startswith(sign)) for sign in "+-"}
    return Protections(found["+"], found["-"])


def _command(task: Sequence[str], bounds: Bounds) -> list[str]:
    return [sys.executable, "-I", "-S", str(_PROGRAM), str(int(bounds.seconds) + 1), str(bounds.memory_bytes), *task]


def _environment() -> dict[str, str]:
    """What a decoder may know: where programs and libraries are, and no secret of ours."""
    return {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ} | {
        "LC_ALL": "C.UTF-8"
    }


@cache
def _libsndfile() -> str:
    """The library that soundfile's wheel brings, or else the machine's."""
    data = find_spec("_soundfile_data")
    brought = sorted(Path(data.origin).parent.glob("libsndfile*.so*")) if data is not None and data.origin else []
    return str(brought[0]) if brought else "libsndfile.so.1"


def _pipe(end: IO[bytes] | None) -> IO[bytes]:
    assert end is not None  # noqa: S101  # asked for
    return end


def _reason(code: int, lines: deque[bytes]) -> str:
    """Why a decoder gave nothing, in its own last words."""
    if code < 0:
        return f"its decoder was ended by signal {-code}"
    text = lines[-1].decode("utf-8", "replace") if lines else ""
    for line in lines:
        text = line.decode("utf-8", "replace")
        if "moov atom not found" in text:
            return "the index at its end is missing, so it was cut off"
    text = "".join(character for character in text if character.isprintable()).strip().rstrip(".")
    text = text.rsplit("] ", 1)[-1]
    is_about_input = text.startswith(("file:", "fd:", "Error opening input"))
    return text.split(": ", 1)[-1] if is_about_input else text or "it is damaged"
