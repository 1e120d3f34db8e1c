"""What the first release lacks where it is what runs: it has no `vbot upgrade`, so the new version does all of it."""

from __future__ import annotations

import re
import subprocess

from appliance.services.upgrade.installation import Installation

ASK_SECONDS = 120.0
_WRONG = re.compile(r"^WRONG ([^:]+):", re.MULTILINE)


def is_what_runs(installation: Installation) -> bool:
    """Whether the link leads to a version that does not know `vbot upgrade`."""
    try:
        asked = [str(installation.link / "bin/vbot"), "upgrade", "--help"]
        done = subprocess.run(asked, stdin=subprocess.DEVNULL, capture_output=True, timeout=ASK_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 2  # argparse's word for a command that it does not have


def found_wrong(lines: str) -> set[str]:
    """What its `doctor`, which has no `--json`, says is wrong."""
    return set(_WRONG.findall(lines))
