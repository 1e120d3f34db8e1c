"""Whether an upgrade was interrupted, how the last one ended, and whether what runs is what dpkg has installed."""

from __future__ import annotations

import re

from appliance import __version__
from appliance.commands.checks.box import Box
from appliance.commands.checks.finding import Doubtful, Wrong, as_root
from appliance.commands.checks.units import output_of
from appliance.domain.clock import utc_now
from appliance.services.upgrade.installation import KEPT_BY_DPKG, Installation
from appliance.services.upgrade.record import is_at_work, read_record, what_to_know

PACKAGE = "vbot-appliance"


def check_upgrade(_box: Box) -> str:
    """Wrong while one is half done and nobody is at it; doubtful for a week after one that did not come to pass."""
    installation = Installation.of_this_program()
    if installation is None:
        return f"vBot {__version__}, which lies beside no other version"
    known = what_to_know(installation, utc_now())
    if known is None:
        working = is_at_work(installation)
        if not working:
            _check_link(installation)
        return f"vBot {__version__}{' is being replaced by `vbot upgrade` now' if working else ''}"
    if read_record(installation) is not None:
        raise Wrong(known, as_root("vbot upgrade --resume"))
    raise Doubtful(known, as_root(f"ls {installation.root}"))


def _check_link(installation: Installation) -> None:
    """A version that apt has installed while `vbot upgrade` was at work lies beside the one that runs, and waits."""
    shown = output_of("dpkg-query", "--show", "--showformat=${db:Status-Status} ${Version}", PACKAGE).split()
    if len(shown) != 2 or shown[0] != "installed":
        return
    # As packaging/deb names the folder.
    version = re.split("[+-]", shown[1])[0]
    runs = installation.current.removesuffix(KEPT_BY_DPKG)
    if version != runs and installation.has(version):
        text = f"{version} is installed, and {runs} runs: it was installed while an upgrade was at work"
        raise Doubtful(text, as_root(f"dpkg-reconfigure {PACKAGE}"))
