"""What the first release lacks where it is what runs: it has no `vbot upgrade`, so the new version does all of it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.errors import ConfigurationError
from appliance.services.upgrade.installation import Installation
from appliance.services.upgrade.record import UpgradeRecord

if TYPE_CHECKING:
    from appliance.commands.upgrade.box import UpgradedBox

ASK_SECONDS = 120.0
# What only a newer doctor looks at, and is about the box, not about a program.
NOT_LOOKED_AT = frozenset({"note", "recordings", "backups", "backup disk", "disk speed"})
_WRONG = re.compile(r"^WRONG ([^:]+):", re.MULTILINE)


def is_what_runs(installation: Installation) -> bool:
    """Whether the link leads to a version that does not know `vbot upgrade`."""
    try:
        asked = [str(installation.link / "bin/vbot"), "upgrade", "--help"]
        done = subprocess.run(asked, stdin=subprocess.DEVNULL, capture_output=True, timeout=ASK_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 2  # argparse's word for a command that it does not have


def check_is_laid_out(box: UpgradedBox) -> None:
    """Raises ConfigurationError where there would be no way back: no version of its own folder runs, or by own units.

    As its README had it, `/opt/vbot` itself was the environment; and units in /etc go before those that come back.
    """
    current = box.installation.current
    if not current or not box.installation.folder(current).is_dir():
        found = f"{box.installation.link} leads to no folder of a version"
    elif box.runs_first_release and (units := box.services.units_by_hand()):
        found = f"{', '.join(units)} in /etc/systemd/system"
    else:
        return
    raise ConfigurationError(f"this vBot was installed by hand ({found}): systemd/README.md, By hand, without packages")


def command(record: UpgradeRecord) -> str:
    """What a person types, also where the link leads to a program that has no such command."""
    return f"{Path(sys.prefix) / 'bin/vbot'} upgrade" if record.old_is_first else "vbot upgrade"


def ways_on(record: UpgradeRecord) -> str:
    """To finish or undo an upgrade that was begun."""
    return f"`{command(record)} --resume` or `{command(record)} --back`"


def found_wrong(lines: str) -> set[str]:
    """What its `doctor`, which has no `--json`, says is wrong; and what it does not look at: that may be so already."""
    return {*_WRONG.findall(lines), *NOT_LOOKED_AT}
