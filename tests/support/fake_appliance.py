"""A whole appliance with the fake worker: there in a second or two, on a disk of its own where possible."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.appliance import RunningAppliance
from tests.support.fake_up import CLOCK_FILE, CLOCK_LIBRARY
from tests.support.processes import wait_until

CHECKOUT = Path(__file__).parents[2]
READY_SECONDS = 180.0
MIB = 1024 * 1024
DISK_MB, FLOOR_MB = 96, 32
CLOCK_LIBRARIES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/lib64/faketime/libfaketimeMT.so.1")
SETTINGS = {
    "VBOT_RATE_LIMIT_PER_MINUTE": "100000",
    "VBOT_MAX_CONCURRENT_CALLS": "1000",
    "VBOT_WEBHOOK_TIMEOUT_SECONDS": "30",  # the receiver is a thread of ours, on a busy machine
    "VBOT_WEBHOOK_RETRY_SECONDS": "1,8,8",
    "VBOT_DISK_FLOOR_MB": str(FLOOR_MB),
    "VBOT_BACKUP_EVERY_HOURS": "0",
    # A jump of the clock by a day must not look like an endpoint that has failed for days.
    "VBOT_WEBHOOK_DISABLE_AFTER_DAYS": "5",
}


def with_fake_engine(folder: Path) -> RunningAppliance:
    """As `vbot up` is and with the settings of the others, but that nothing is heard."""
    program = [sys.executable, "-m", "tests.support.fake_up"]
    return RunningAppliance(folder, {"PYTHONPATH": str(CHECKOUT)}, program=program)


class FakeAppliance(RunningAppliance):
    """`tests.support.fake_up` in the place of `vbot up`.

    As root its data folder lies on a small disk of its own. With `clock`, and Debian's libfaketime, its api has a clock
    to set: for those tests only that set it, for the api then takes three times the processor time.
    """

    def __init__(self, folder: Path, *, clock: bool = False) -> None:
        self.disk = folder / "disk"
        self.clock = folder / "clock"
        libraries = (str(path) for glob in CLOCK_LIBRARIES for path in Path("/").glob(glob[1:]))
        library = next(libraries, None) if clock else None
        temporary = folder / "temporary"
        for needed in (self.disk, temporary):
            needed.mkdir(parents=True)
        settings = {**SETTINGS, "TMPDIR": str(temporary), "PYTHONPATH": str(CHECKOUT)}
        if library is not None:
            settings |= {CLOCK_LIBRARY: library, CLOCK_FILE: str(self.clock)}
        super().__init__(
            folder, settings, program=[sys.executable, "-m", "tests.support.fake_up"], data_dir=self.disk / "data"
        )
        self.temporary = temporary
        self.has_clock = library is not None
        self.has_disk = False
        self.set_clock("+0")

    def start(self, seconds: float = READY_SECONDS) -> Self:
        """Start it and wait until it says that it is ready. Fails with its log when it does not."""
        self._mount()
        try:
            return super().start(seconds)
        except BaseException:
            self.close()
            raise

    def takes_over(self, data_dir: Path) -> None:
        """Begin with a copy of the data folder of another one, with the same first administrator."""
        self._mount()
        shutil.copytree(data_dir, self.data_dir, ignore=shutil.ignore_patterns("*.sock"))

    def tries_to_start(self, seconds: float) -> bool:
        """Start it, and tell whether it was ready in time; its disk stays whatever becomes of it."""
        try:
            super().start(seconds)
        except AssertionError:
            return False
        return True

    def close(self) -> None:
        """End what is left of it and take its disk away."""
        self.destroy()
        if self.has_disk:
            gone = wait_until(self._unmount, 60, 0.1)  # until the last of the killed has let go of it
            assert gone, f"{self.disk} stays mounted"
            self.has_disk = False

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # What is done to it

    def set_clock(self, offset: str) -> None:
        """Set the api's wall clock off by `+1d`, say; it notices within a second."""
        aside = self.clock.with_name("clock.new")
        aside.write_text(f"{offset}\n")
        aside.rename(self.clock)

    def fill_disk(self, *, leave_bytes: int) -> None:
        """Somebody else takes the room on the data folder's disk, but for so much."""
        descriptor = os.open(self.disk / "filler", os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            for _ in range(50):  # the appliance takes some of it meanwhile
                room = shutil.disk_usage(self.disk).free - leave_bytes
                if room <= 0:
                    return
                with contextlib.suppress(OSError):
                    os.posix_fallocate(descriptor, os.fstat(descriptor).st_size, room)
        finally:
            os.close(descriptor)

    def free_disk(self) -> None:
        """And gives it back."""
        (self.disk / "filler").unlink(missing_ok=True)

    def _unmount(self) -> bool:
        return subprocess.run(["umount", str(self.disk)], check=False, capture_output=True).returncode == 0

    def _mount(self) -> None:
        if os.geteuid() != 0 or self.has_disk:
            return
        command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=0700", "none", str(self.disk)]
        self.has_disk = subprocess.run(command, check=False, capture_output=True).returncode == 0
