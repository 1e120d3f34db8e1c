"""What calls have let go is given back now and then."""

from __future__ import annotations

import ctypes
from pathlib import Path

from engine.runtime.malloc_trim import FreedMemory, c_library_trim


def test_it_is_given_back_no_oftener_than_said() -> None:
    now, trimmed = [100.0], []
    freed = FreedMemory(lambda: trimmed.append(now[0]), lambda: now[0], every_seconds=30.0)
    for moment in (100.0, 129.0, 131.0, 132.0, 160.0, 161.5, 500.0, 501.0):
        now[0] = moment
        freed.give_back()
    assert trimmed == [131.0, 161.5, 500.0]


def test_what_is_free_between_what_is_held_goes_back_to_the_system() -> None:
    """Blocks of 64 KB, too small for pages of their own; every other one is freed, so the end of the heap stays."""
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    blocks = [libc.malloc(ctypes.c_size_t(65536)) for _ in range(1024)]
    for block in blocks:
        ctypes.memset(block, 1, 65536)
    full = _resident()
    for block in blocks[::2]:
        libc.free(ctypes.c_void_p(block))
    c_library_trim()()
    assert full - _resident() > 24 * 1024 * 1024
    for block in blocks[1::2]:
        libc.free(ctypes.c_void_p(block))


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
