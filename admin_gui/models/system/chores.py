"""What an administrator has to do some day, beside what goes wrong now."""

from __future__ import annotations

from datetime import datetime

from admin_gui.client.system import Component, System

# Of these every finding: the note of the first boot, what a service could be kept from, tokens that end in weeks.
_ALWAYS = ("note", "protections", "tokens")
# A certificate that ends sooner than so comes between whatever else is to be done.
_URGENT_DAYS = 14


def may_wait(component: Component, system: System, now: datetime) -> bool:
    """Whether nothing goes wrong today because of it, however red it is."""
    match component.name:
        case "certificate":
            seen = system.certificate
            return component.state == "warning" and (seen is None or seen.days_left >= _URGENT_DAYS)
        case "backups":
            due = system.backups.next_due_at
            return component.state == "warning" and system.backups.last_error is None and (due is None or due >= now)
        case "database":
            return component.state == "warning"  # it takes what is written, and is still to be encrypted
        case name:
            return name in _ALWAYS
