"""An upgrade that kills itself at a moment that a test names."""

from __future__ import annotations

import os
import signal

from appliance.services.upgrade.installation import Installation
from appliance.services.upgrade.record import Step, read_record

KILL_WHEN = "UPGRADE_IS_KILLED_WHEN"
# On the way back, when the data folder is the old version's again and the link is not yet turned.
BEFORE_THE_LINK = "before the link"


class KilledInstallation(Installation):
    """One whose way back may be cut off in its midst."""

    __slots__ = ()

    def bring_back(self, version: str) -> None:
        record = read_record(self)
        if record is not None and record.step is Step.GOING_BACK:
            killed_when(BEFORE_THE_LINK)
        super().bring_back(version)


def killed_when(moment: str) -> None:
    """Where this is the moment, it ends here."""
    if moment.startswith(os.environ.get(KILL_WHEN, "never")):
        os.kill(os.getpid(), signal.SIGKILL)
