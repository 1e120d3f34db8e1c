"""What holds hostile files and workers on this machine and is not in force, in words, each with what mends it.

A new program under the units of an older one works, but its decoders and its queue are held less than they should be.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

UNITS = (
    "`install -m 644 systemd/vbot.target systemd/vbot-*.service /etc/systemd/system/ && systemctl daemon-reload && "
    "systemctl restart vbot.target vbot-api` in a checkout of this version"
)
KERNEL = "`apt install libseccomp2`, on a kernel with Landlock (`cat /sys/kernel/security/lsm`)"
QUEUE = 'its users: add `queue_access = "/run/vbot-queue"` to vbot.toml, and ' + UNITS


def without_jail(who: str, missing: Sequence[str]) -> tuple[str, ...]:
    """Of a process that is to confine itself; `missing`: what the machine refuses it."""
    if not missing:
        return ()
    mend = UNITS if "INVOCATION_ID" in os.environ else KERNEL
    return (f"{who} is not wholly held: {'; '.join(missing)}: {mend}",)


def without_user(redis_url: str | None, queue_access: Path | None) -> tuple[str, ...]:
    """Of a queue that others share, and that knows us by no user of our own."""
    if redis_url is None or queue_access is not None or "@" in redis_url:
        return ()
    return (f"whoever reaches the queue can do everything there, for want of {QUEUE}",)
