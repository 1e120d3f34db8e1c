"""The machine: room on its disk against the floor that is set, how long a write takes, whether its clock is set."""

from __future__ import annotations

import contextlib
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.commands.checks.finding import Doubtful, NotLookedAt, Wrong, as_root
from appliance.commands.checks.units import output_of

if TYPE_CHECKING:
    from appliance.commands.checks.box import Box

WRITES = 11
BLOCK = bytes(4096)
MEASURE_SECONDS = 5.0
# An SSD takes one millisecond and a turning disk twenty. A call waits for four such writes.
SLOW_SECONDS = 0.2


def check_room(box: Box) -> str:
    """As the api judges it, by the same setting."""
    from appliance.domain.system import ComponentState, Disk  # noqa: PLC0415
    from appliance.services.health.components import disk_component  # noqa: PLC0415

    place = _there(box.settings.data_dir)
    usage = shutil.disk_usage(place)
    seen = disk_component(Disk(usage.total, usage.free, box.settings.disk_floor_mb * 1024**2, 0, 0, 0))
    if seen.state is ComponentState.OK:
        return seen.reason
    if box.is_unknown("disk_floor_mb"):
        why = "That is the default, and the box's own is not for us to see"
        raise NotLookedAt(f"{place}: {seen.reason} {why}", "sudo vbot doctor")
    raise (Wrong if seen.state is ComponentState.FAILED else Doubtful)(
        f"{place}: {seen.reason}", what_takes_room(place)
    )


def what_takes_room(place: Path) -> str:
    """The command that shows it."""
    return as_root(f"du -xh --max-depth=2 {place}")


def check_speed(box: Box) -> str:
    """A few small writes into a file without a name, each waited for; nothing is left."""
    if not box.folder.root.is_dir():
        return "none yet"
    try:
        median = statistics.median(_writes(box.folder.root))
    except OSError as error:
        raise Wrong(
            f"{box.folder.root} cannot be written: {error.strerror}", what_takes_room(box.folder.root)
        ) from error
    said = f"a write takes {median * 1000:.1f} ms to be safe on it"
    if median > SLOW_SECONDS:
        raise Doubtful(f"{said}, and each call waits for four: the disk is slow, busy or failing", _kernels_words())
    return said


def _writes(folder: Path) -> list[float]:
    """How many seconds each took."""
    took: list[float] = []
    until = time.monotonic() + MEASURE_SECONDS
    with tempfile.TemporaryFile(dir=folder) as file:
        while len(took) < WRITES and (not took or time.monotonic() < until):
            began = time.monotonic()
            os.pwrite(file.fileno(), BLOCK, 0)
            os.fdatasync(file.fileno())
            took.append(time.monotonic() - began)
    return took


def _kernels_words() -> str:
    return as_root("journalctl -k -p warning -n 20")


def _there(place: Path) -> Path:
    """The folder, or that in which it would be made."""
    for folder in (place, *place.parents):
        with contextlib.suppress(OSError):  # it is not there, or not for us to see
            folder.stat()
            return folder
    return Path("/")


def check_clock(_box: Box) -> str:
    """As systemd-timedated has it, if it runs. What peers say of the time the running api knows."""
    from appliance.domain.clock import contract_timestamp, utc_now  # noqa: PLC0415

    now = f"it shows {contract_timestamp(utc_now())}"
    shown = dict(
        line.split("=", 1)
        for line in output_of("timedatectl", "show", "--property=NTP,NTPSynchronized").splitlines()
        if "=" in line
    )
    if shown.get("NTPSynchronized") == "no":
        text = "and no time server sets it: webhooks are refused by their receivers once it is 5 minutes off"
        raise Doubtful(f"{now}, {text}", as_root("timedatectl set-ntp true"))
    return f"{now}, and is set by a time server" if shown else now
