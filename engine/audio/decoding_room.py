"""The room that decoded samples take on the disk: bounded for each recording, and never the last of the disk."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from engine.errors import DecodedTooLarge, NoRoomToDecode

# What is left free for everybody else: so much, or a tenth of a disk that is small.
_LEFT_FREE_BYTES = 200 * 1024**2
_LEFT_FREE_SHARE = 10
_LOOK_EVERY_SECONDS = 5.0


class DecodingRoom:
    """What one recording's samples may take in a folder.

    It is half of what is free at most, so that whatever is decoded beside it, such as another customer's call, has
    room as well.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder, self._most_bytes = folder, most_bytes
        self._taken_bytes = 0

    def take(self, count: int) -> None:
        """Room for so many bytes more. Raises DecodedTooLarge, or NoRoomToDecode where the disk is too full now."""
        self._taken_bytes += count
        if self._taken_bytes > self._most_bytes:
            raise DecodedTooLarge(
                f"The recording is larger than {self._most_bytes / 1e9:.3g} GB when it is decoded, "
                "which no call of the permitted length is."
            )
        if self._taken_bytes > (self._free_bytes() + self._taken_bytes - count) / 2:
            raise NoRoomToDecode(
                f"The worker's disk has no room for the decoded recording: {self._taken_bytes / 1e6:.0f} MB are needed "
                "so far, and it may take half of what is free."
            )

    def wait(self, until: float, on_look: Callable[[], None] | None) -> bool:
        """Wait until what was asked for would be there, at most until a moment (monotonic); tell whether it is."""
        while self._free_bytes() < 2 * self._taken_bytes:
            if time.monotonic() >= until:
                return False
            if on_look is not None:
                on_look()
            time.sleep(min(_LOOK_EVERY_SECONDS, max(0.0, until - time.monotonic())))
        return True

    def _free_bytes(self) -> int:
        disk = os.statvfs(self._folder)
        left_free = min(_LEFT_FREE_BYTES, disk.f_blocks * disk.f_frsize // _LEFT_FREE_SHARE)
        return disk.f_bavail * disk.f_frsize - left_free
