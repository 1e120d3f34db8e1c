"""Whether an upgrade was interrupted, and how the last one ended."""

from __future__ import annotations

from appliance import __version__
from appliance.commands.checks.box import Box
from appliance.commands.checks.finding import Doubtful, Wrong, as_root
from appliance.domain.clock import utc_now
from appliance.services.upgrade.installation import Installation
from appliance.services.upgrade.record import is_at_work, read_record, what_to_know


def check_upgrade(_box: Box) -> str:
    """Wrong while one is half done and nobody is at it; doubtful for a week after one that did not come to pass."""
    installation = Installation.of_this_program()
    if installation is None:
        return f"vBot {__version__}, which lies beside no other version"
    known = what_to_know(installation, utc_now())
    if known is None:
        working = is_at_work(installation)
        return f"vBot {__version__}{' is being replaced by `vbot upgrade` now' if working else ''}"
    if read_record(installation) is not None:
        raise Wrong(known, as_root("vbot upgrade --resume"))
    raise Doubtful(known, as_root(f"ls {installation.root}"))
