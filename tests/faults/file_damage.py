"""What a disk does to the files of an appliance that is down, and the way out that an operator is told of each."""

from __future__ import annotations

import errno
import random
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.appliance import vbot
from tests.support.fake_appliance import FakeAppliance
from tests.support.file_faults import flip, truncate, zero_page

SHIM = Path(__file__).with_name("disk_errors.c")
Damage = Callable[["Victim"], None]


@dataclass
class Victim:
    """One file of a box that is down, and the chance by which it is hit."""

    box: FakeAppliance
    path: Path
    rng: random.Random
    shim: Path | None
    notes: list[str] = field(default_factory=list)


def bit_is_flipped(victim: Victim) -> None:
    at, bit = victim.rng.randrange(victim.path.stat().st_size), victim.rng.randrange(8)
    victim.notes.append(f"bit {bit} of byte {at}")
    flip(victim.path, at, bit)


def end_is_gone(victim: Victim) -> None:
    size = victim.rng.randrange(victim.path.stat().st_size)
    victim.notes.append(f"{size} bytes are left")
    truncate(victim.path, size)


def page_is_zero(victim: Victim) -> None:
    at = victim.rng.randrange(victim.path.stat().st_size)
    victim.notes.append(f"the page of byte {at}")
    zero_page(victim.path, at)


def file_is_gone(victim: Victim) -> None:
    victim.path.unlink()


def disk_does_not_read(victim: Victim) -> None:
    _refuse(victim, "FAULTS_DISK_READ", errno.EIO)


def disk_does_not_write(victim: Victim) -> None:
    _refuse(victim, "FAULTS_DISK_WRITE", errno.EIO)


def no_room_for_it(victim: Victim) -> None:
    _refuse(victim, "FAULTS_DISK_WRITE", errno.ENOSPC)


def disk_is_full(victim: Victim) -> None:
    """The whole one, to the last byte; where it is not ours to fill, for this file alone."""
    if victim.box.has_disk:
        victim.box.fill_disk(leave_bytes=0)
    else:
        no_room_for_it(victim)


def _refuse(victim: Victim, operation: str, error: int) -> None:
    assert victim.shim is not None, "no compiler: see `shim`"
    victim.box.settings |= {
        "LD_PRELOAD": str(victim.shim),
        "FAULTS_DISK_PATH": str(victim.path.relative_to(victim.box.data_dir)),
        operation: str(error),
    }


def mend_disk(box: FakeAppliance) -> None:
    """The disk is exchanged: it gives and takes everything again."""
    for name in ("LD_PRELOAD", "FAULTS_DISK_PATH", "FAULTS_DISK_READ", "FAULTS_DISK_WRITE"):
        box.settings.pop(name, None)
    box.free_disk()


def compile_shim(folder: Path) -> Path | None:
    """The library that refuses; None where there is no C compiler."""
    compiler = next((found for name in ("cc", "gcc", "clang") if (found := shutil.which(name))), None)
    if compiler is None:
        return None
    library = folder / "disk_errors.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, SHIM, "-ldl"], check=True, timeout=120)
    return library


# -- ways out -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Help:
    """What an operator has at hand."""

    backup: Path
    recovery_key: Path


WayOut = Callable[[FakeAppliance, Help], list[subprocess.CompletedProcess[str]]]


def repair(box: FakeAppliance, help_: Help) -> list[subprocess.CompletedProcess[str]]:
    """`vbot repair`; where it says that a backup is needed, for all or for the customers: that, and then again."""
    done = [_run(box, "repair")]
    if done[0].returncode or "brings the customers back" in done[0].stdout:
        assert not done[0].returncode or "only a backup helps" in done[0].stderr, done[0].stderr
        done += [_run(box, "restore", help_.backup, "--recovery-key-file", help_.recovery_key), _run(box, "repair")]
        assert not done[1].returncode, done[1].stderr
        assert not done[2].returncode, done[2].stderr
    return done


def restore_secrets(box: FakeAppliance, help_: Help) -> list[subprocess.CompletedProcess[str]]:
    done = _run(box, "restore", help_.backup, "--recovery-key-file", help_.recovery_key, "--secrets-only")
    assert not done.returncode, done.stderr
    return [done]


def restore_again(box: FakeAppliance, help_: Help) -> list[subprocess.CompletedProcess[str]]:
    done = _run(box, "restore", help_.backup, "--recovery-key-file", help_.recovery_key)
    assert not done.returncode, done.stderr
    return [done, _run(box, "repair")]


def nothing(_box: FakeAppliance, _help: Help) -> list[subprocess.CompletedProcess[str]]:
    """It comes back by itself."""
    return []


def _run(box: FakeAppliance, *command: str | Path) -> subprocess.CompletedProcess[str]:
    return vbot(*command, data_dir=box.data_dir, settings=box.settings, seconds=180)
