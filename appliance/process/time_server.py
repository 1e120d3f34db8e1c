"""Whether a time server has set this machine's clock, as far as systemd tells."""

from __future__ import annotations

import subprocess

ASK_SECONDS = 10.0


def clock_is_awaited() -> bool:
    """Whether a time server is to set it, and has not yet."""
    return {"NTP=yes", "NTPSynchronized=no"} <= _shown()


def clock_is_set() -> bool:
    """Whether one has, of late. False also where nobody can tell."""
    return "NTPSynchronized=yes" in _shown()


def _shown() -> set[str]:
    asked = ["timedatectl", "show", "--property=NTP,NTPSynchronized"]
    try:
        shown = subprocess.run(asked, capture_output=True, text=True, timeout=ASK_SECONDS, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return set()
    return set(shown.splitlines())
