"""Whether there are backups, in words for people."""

from __future__ import annotations

from datetime import timedelta

from appliance.domain.clock import contract_timestamp
from appliance.domain.system import NO_BACKUPS_OLD_AFTER, Component, ComponentState
from appliance.services.health.findings import Findings

# A backup takes its time, and the appliance may just have started.
WARN_BACKUP_LATE = timedelta(hours=1)
OK, WARNING, FAILED = ComponentState.OK, ComponentState.WARNING, ComponentState.FAILED


def backups(found: Findings) -> Component:
    """The part that makes them, and the last one."""
    seen = found.backups
    if not found.running.get("backups", True):
        return Component("backups", FAILED, "What makes backups has ended: restart the api.")
    if seen.last_error is not None:
        return Component("backups", WARNING, f"The last backup failed: {seen.last_error}.")
    if seen.next_due_at is not None and found.now - seen.next_due_at > WARN_BACKUP_LATE:
        return Component("backups", WARNING, f"A backup is due since {contract_timestamp(seen.next_due_at)}.")
    last = seen.last_done_at
    # One that somebody else makes and moves elsewhere is not seen.
    told = "There is no backup in its folder." if last is None else f"The last one is of {contract_timestamp(last)}."
    if seen.next_due_at is None and (last is None or abs(found.now - last) > NO_BACKUPS_OLD_AFTER):
        return Component("backups", WARNING, f"No backup is made by itself: VBOT_BACKUP_EVERY_HOURS is 0. {told}")
    return Component("backups", OK, told)
