"""Whether an upgrade was interrupted, how the last one ended, and whether what runs is what dpkg has installed."""

from __future__ import annotations

import re

from appliance import __version__
from appliance.commands.checks.box import Box
from appliance.commands.checks.finding import Doubtful, Wrong, as_root
from appliance.commands.checks.units import output_of
from appliance.domain.clock import utc_now
from appliance.services.upgrade.installation import KEPT_BY_DPKG, Installation
from appliance.services.upgrade.record import Ending, is_at_work, read_outcome, read_record, what_to_know

PACKAGE = "vbot-appliance"


def check_upgrade(_box: Box) -> str:
    """Wrong while one is half done and nobody is at it; doubtful for a week after one that did not come to pass."""
    installation = Installation.of_this_program()
    if installation is None:
        return f"vBot {__version__}, which lies beside no other version"
    known = what_to_know(installation, utc_now())
    if known is None:
        working = " is being replaced by `vbot upgrade` now"
        return f"vBot {__version__}{working if is_at_work(installation) else _check_link(installation)}"
    if read_record(installation) is not None:
        raise Wrong(known, as_root("vbot upgrade --resume"))
    raise Doubtful(known, as_root(f"ls {installation.root}"))


def _check_link(installation: Installation) -> str:
    """A version that apt has installed while `vbot upgrade` was at work lies beside the one that runs, and waits.

    So does one whose upgrade failed: the package's script would start it untried, unwatched and with no way back.
    """
    shown = output_of("dpkg-query", "--show", "--showformat=${db:Status-Status} ${Version}", PACKAGE).split()
    if len(shown) != 2 or shown[0] != "installed":
        return ""
    # As packaging/deb names the folder.
    version = re.split("[+-]", shown[1])[0]
    runs = installation.current.removesuffix(KEPT_BY_DPKG)
    if version == runs or not installation.has(version):
        return ""
    outcome = read_outcome(installation)
    if outcome is None or outcome.ending is Ending.DONE or outcome.new != version:
        text = f"{version} is installed, and {runs} runs: it was installed while an upgrade was at work"
        raise Doubtful(text, as_root(f"dpkg-reconfigure {PACKAGE}"))
    ended = "refused" if outcome.ending is Ending.REFUSED else "taken back"
    return f"; the upgrade to {version} was {ended}: `vbot upgrade FILE ...` tries it again"
