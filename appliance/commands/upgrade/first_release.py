"""What the first release lacks where it is what runs: it has no `vbot upgrade`, so the new version does all of it."""

from __future__ import annotations

import contextlib
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
# It listens alone at its address, as no later version does while somebody stands in for it. A file of this name among
# its libraries is read by each Python that starts there (site), and has it listen beside others of its own user.
BESIDE = "vbot-upgrade-listens-beside.pth"
_INTERNET = "(s.AF_INET, s.AF_INET6)"
_SHARES = f"one.family in {_INTERNET} and one.setsockopt(s.SOL_SOCKET, s.SO_REUSEPORT, 1)"
LISTENS_BESIDE = (
    f"import socket; socket.socket.bind = lambda one, at, s=socket, b=socket.socket.bind: ({_SHARES}, b(one, at))[1]\n"
)
_LIBRARIES = "lib/python3*/site-packages"
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


def listen_beside(version: Path) -> None:
    """Until `listen_alone`. Without it all is as well, but for senders who find nobody while it starts."""
    for libraries in version.glob(_LIBRARIES):
        with contextlib.suppress(OSError):
            (libraries / BESIDE).write_text(LISTENS_BESIDE)
            (libraries / BESIDE).chmod(0o644)


def listen_alone(installation: Installation) -> None:
    """What runs goes on as it was started; from its next start on it is as it was released."""
    for left in installation.root.glob(f"*/{_LIBRARIES}/{BESIDE}"):
        with contextlib.suppress(OSError):
            left.unlink()


def command(record: UpgradeRecord) -> str:
    """What a person types, also where the link leads to a program that has no such command."""
    return f"{Path(sys.prefix) / 'bin/vbot'} upgrade" if record.old_is_first else "vbot upgrade"


def ways_on(record: UpgradeRecord) -> str:
    """To finish or undo an upgrade that was begun."""
    return f"`{command(record)} --resume` or `{command(record)} --back`"


def found_wrong(lines: str) -> set[str]:
    """What its `doctor`, which has no `--json`, says is wrong; and what it does not look at: that may be so already."""
    return {*_WRONG.findall(lines), *NOT_LOOKED_AT}
