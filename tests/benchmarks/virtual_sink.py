"""A sound device that nobody hears: PulseAudio's null sink in a daemon of its own, and what it plays, by the clock.

The sink plays in blocks: each is taken from its streams at the moment at which it begins to sound. Nothing lies behind
it that would add to that (a real card does, and the program cannot see it). The monitor hands each block over as it is
taken: so the first sample of a block comes when it sounds, a little late at the worst. The earliest of all blocks tells
when the first sample sounded, and the sink runs by the same clock as the program, so that tells it of every other one.
Needs the Debian packages `pulseaudio` and `pulseaudio-utils`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
BLOCK_MS = 5
NAME = "virtual"
# A tone is louder than this, and there has been none for so long before it.
LOUD, QUIET_SECONDS = 0.1, 0.08
_UNDERRUN = re.compile(r"nderrun o[fn] ")
# Reads the monitor; a process of its own, so that it is not kept waiting by the program that is measured. Each line of
# what it tells: the moment at which a piece came, and its bytes.
_READER = """
import os, sys, time
out, moments = open(sys.argv[1], "wb"), open(sys.argv[2], "w")
while piece := os.read(0, 65536):
    moments.write(f"{time.monotonic()} {len(piece)}\\n")
    out.write(piece)
    moments.flush()
    out.flush()
"""


def is_there() -> bool:
    """Whether this machine has what it takes."""
    return all(shutil.which(program) for program in ("pulseaudio", "parec"))


class VirtualSink:
    """The daemon. While it runs, the sound of this process goes there: set before the first device is opened."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "pulse"
        self._folder.mkdir(mode=0o700)
        self._log = self._folder / "log"
        self.server = f"unix:{self._folder}/native"
        self._daemon: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> VirtualSink:
        own = dict.fromkeys(("XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH", "PULSE_STATE_PATH"), str(self._folder))
        modules = (
            f"module-native-protocol-unix socket={self._folder}/native auth-anonymous=1",
            f"module-null-sink sink_name={NAME} rate={RATE_HZ}",
        )
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "-vv"]
        command += [part for module in modules for part in ("-L", module)]
        with self._log.open("wb") as log:
            self._daemon = subprocess.Popen(command, env=os.environ | own, stderr=log, stdout=log)
        os.environ["PULSE_SERVER"] = self.server
        until = time.monotonic() + 20
        while subprocess.run(["pactl", "info"], capture_output=True, check=False).returncode:
            if self._daemon.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"no PulseAudio: {self._log.read_text()[-500:]}")
            time.sleep(0.1)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        del os.environ["PULSE_SERVER"]
        if self._daemon is not None:
            self._daemon.terminate()
            self._daemon.wait(10)

    def record(self) -> Listener:
        """Listen from now on."""
        return Listener(self._folder)

    @property
    def underruns(self) -> int:
        """How often a stream had nothing to give: one hears a gap."""
        return len(_UNDERRUN.findall(self._log.read_text(errors="replace")))


class Listener:
    """What the sink plays, from when it is made to `end`."""

    def __init__(self, folder: Path) -> None:
        self._sound, self._moments = folder / "sound", folder / "moments"
        self._monitor = subprocess.Popen(
            ["parec", "-d", f"{NAME}.monitor", f"--latency-msec={BLOCK_MS}", f"--rate={RATE_HZ}", "--channels=1"],
            stdout=subprocess.PIPE,
        )
        self._reader = subprocess.Popen(
            [sys.executable, "-c", _READER, self._sound, self._moments], stdin=self._monitor.stdout
        )
        assert self._monitor.stdout is not None
        self._monitor.stdout.close()  # the reader's alone
        until = time.monotonic() + 20
        while not self._sound.exists() or not self._sound.stat().st_size:
            if time.monotonic() > until:
                raise RuntimeError("nothing comes from the monitor")
            time.sleep(0.02)

    def end(self) -> tuple[float, NDArray[np.float32]]:
        """When the first sample sounded, by the monotonic clock, and all samples."""
        self._monitor.terminate()
        self._monitor.wait(10)
        self._reader.wait(10)
        came = np.loadtxt(self._moments, ndmin=2)
        first = np.concatenate([[0.0], np.cumsum(came[:-1, 1])]) / 2  # samples of two bytes, before each piece
        # A block may come in pieces: only the first after a pause has the beginning of one.
        begins = np.diff(came[:, 0], prepend=-np.inf) > BLOCK_MS / 2000
        sounded = float(np.min((came[:, 0] - first / RATE_HZ)[begins]))
        return sounded, (np.fromfile(self._sound, np.int16) / 2**15).astype(np.float32)


def beginnings(sound: NDArray[np.float32]) -> list[int]:
    """The samples with which tones begin."""
    loud = np.flatnonzero(np.abs(sound) > LOUD)
    found: list[int] = loud[np.diff(loud, prepend=-RATE_HZ) > QUIET_SECONDS * RATE_HZ].tolist()
    return found
