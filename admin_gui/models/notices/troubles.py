"""What is wrong with an appliance at this moment: each with a key that stays, a sentence, and where to look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from admin_gui.appearance.colors import Tone
from admin_gui.client.system import FailedWebhooks, System
from admin_gui.client.transport.errors import (
    CertificateChanged,
    ClientError,
    Forbidden,
    NotAuthorised,
    Unreachable,
)
from admin_gui.models.failing_calls import all_link, headline
from admin_gui.models.health import component_name, verdict
from admin_gui.models.system.findings import Finding
from admin_gui.session import Snapshot
from admin_gui.text import error_messages, formats

translate = QCoreApplication.translate

# Begins the keys of what keeps us from asking; while one of these lasts, nothing is known of the rest.
UNREACHED = "unreached/"
# Of all customers, where it is not known whose; each customer's is under this and its number.
FAILED_WEBHOOKS = "webhooks/failed"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong. `over` is what is said when it has passed; empty: nothing is.

    `begins`: whether it is worth a word when it begins. If not, it only keeps one going that was told of before: a
    worker that loads its models is not yet there again. `stops_results`: a customer's do not go out. That comes and
    goes by nothing but what somebody does, so it is told at once.
    """

    key: str
    tone: Tone
    text: str
    link: str = "overview"
    over: str = ""
    begins: bool = True
    stops_results: bool = False


def troubles_of(snapshot: Snapshot, now: datetime) -> list[Trouble]:
    """What an appliance that answers says is wrong with it, the worst first; `now` is its own clock."""
    found: dict[str, Trouble] = {}
    if snapshot.health.status == "unhealthy":
        over = translate("notices", "Calls are accepted again")
        found["health"] = Trouble("health", "bad", translate("health", "No calls are accepted"), over=over)
    system = snapshot.system
    if system is not None:
        for finding in verdict(snapshot.health, system, now).findings:
            for trouble in _of_finding(finding, system):
                found.setdefault(trouble.key, trouble)  # of several about one thing the worst
    return list(found.values())


def trouble_of_error(error: ClientError) -> Trouble:
    """Why an appliance could not be asked how it is."""
    if isinstance(error, CertificateChanged):
        return Trouble(f"{UNREACHED}certificate", "bad", error_messages.message_of(error))
    if isinstance(error, NotAuthorised | Forbidden):
        return Trouble(f"{UNREACHED}token", "warn", error_messages.message_of(error))
    text = error_messages.message_of(error)
    if isinstance(error, Unreachable):  # which address this is need not be said beside its name
        text = translate("notices", "It cannot be reached: %1").replace("%1", translate("errors", error.reason))
    return Trouble(f"{UNREACHED}answer", "bad", text, over=translate("notices", "It answers again"))


def _of_finding(finding: Finding, system: System) -> Iterator[Trouble]:
    kind, _, which = finding.key.partition("/")
    trouble = Trouble(finding.key, finding.tone, finding.text, finding.link or "overview", _over(kind, which, system))
    if kind == "endpoint" or finding.key == FAILED_WEBHOOKS:
        trouble = replace(trouble, stops_results=True)
    match finding.key:
        case _ if finding.tone == "calm":
            return  # somebody has said that it is known
        case "webhooks/retrying":
            return  # until they are taken or have failed it is the business of the appliance alone
        case "webhooks/failed" if system.deliveries.failed_of_customers:
            for one in system.deliveries.failed_of_customers:
                yield _of_failed_webhooks(trouble, one)
        case "calls" if system.failures is not None:
            yield replace(trouble, text=headline(system.failures), link=all_link(system.failures))
        case "worker":
            yield from _of_workers(trouble, system)
        case "disk":
            yield from _stages(trouble, system.disk.free_bytes < system.disk.floor_bytes, "disk/full", "disk/low")
        case "certificate" if system.certificate is not None:
            expired = system.certificate.days_left < 0
            yield from _stages(trouble, expired, "certificate/expired", "certificate/soon")
        case _:
            yield trouble


def _of_failed_webhooks(trouble: Trouble, failed: FailedWebhooks) -> Trouble:
    """Each customer's is a trouble of its own: another endpoint that goes down a day later is news."""
    which = str(failed.customer_id)
    name = failed.customer_name or translate("SendingAgain", "Customer %1").replace("%1", which)
    template = translate("notices", "Webhooks to %1 that could not be delivered in the last 24 hours: %2")
    text = template.replace("%2", formats.number(failed.count)).replace("%1", name)
    link = f"webhooks?customer_id={which}&state=failed"
    return replace(trouble, key=f"{trouble.key}/{which}", text=text, link=link)


def _stages(trouble: Trouble, worse: bool, worse_key: str, milder_key: str) -> Iterator[Trouble]:
    """It became worse: that is news of its own, and the milder stage is not over by it."""
    if worse:
        yield replace(trouble, key=worse_key)
    yield replace(trouble, key=milder_key, begins=not worse)


def _of_workers(trouble: Trouble, system: System) -> Iterator[Trouble]:
    """None that works, or one that is missing; while all of them still load it has only just been started."""
    states = {one.state for one in system.workers}
    died = any(one.deaths_while_loading for one in system.workers)
    if trouble.tone == "bad":
        yield replace(trouble, key="worker/none", begins=died or "loading" not in states)
    over = translate("notices", "All workers are there again")
    yield replace(trouble, key="worker/one", over=over, begins=trouble.tone != "bad" and (died or "gone" in states))


def _over(kind: str, which: str, system: System) -> str:
    """What is said when it has passed."""
    name = ""
    match kind:
        case "silent":
            name = next((one.customer_name for one in system.silent_pbxs if str(one.customer_id) == which), which)
            template = translate("notices", "%1 sends calls again")
        case "endpoint":
            disabled = system.deliveries.disabled_endpoints
            name = next((one.customer_name for one in disabled if str(one.customer_id) == which), which)
            template = translate("notices", "Webhooks are sent to %1 again")
        case "webhooks" | "recordings" | "addresses" | "tokens" | "intake":
            # They are counted over a while, or somebody has seen to them: that is no news to who did.
            template = ""
        case "queue":
            template = translate("notices", "The queue answers again")
        case "worker":
            template = translate("notices", "Calls are worked on again")
        case "calls":
            template = translate("notices", "Calls fail no more often than usual")
        case "disk":
            template = translate("notices", "There is room on the disk again")
        case "certificate":
            template = translate("notices", "The certificate has been renewed")
        case "backups" if system.backups.next_due_at is None:  # by itself none is made still: somebody made one
            template = translate("notices", "There is a recent backup now")
        case "backups":
            template = translate("notices", "Backups are made again")
        case _:
            name = component_name(kind)
            template = translate("notices", "%1: all is well again")
    return template.replace("%1", name)
