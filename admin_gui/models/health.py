"""How the appliance is, in words: what an administrator must look at, first what goes wrong now, the worst first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication

from admin_gui.appearance.colors import Tone
from admin_gui.client.system import Component, DamagedRecordings, Failures, Health, System
from admin_gui.local_storage.first_steps import KNOWN
from admin_gui.models.failing_calls import all_link, group_link, group_words, headline, refused_words
from admin_gui.models.system.chores import may_wait
from admin_gui.models.system.findings import Finding, about_webhooks
from admin_gui.models.system.known_note import known_note_text
from admin_gui.models.system.texts import death_text
from admin_gui.text import formats
from admin_gui.text.appliance_words.sentences import translated

translate = QCoreApplication.translate

# While one of these has failed, calls wait.
NEEDED_TO_WORK = ("queue", "worker", "results")

# What a worker said last before it died, again and again.
_DIED = re.compile(r"\bdied \d+ times?\b")
# Parts of the api that only run or do not.
_IN_THE_BACKGROUND = (
    "relay",
    "deliverer",
    "housekeeping",
    "reading_log",
    "audit_export",
    "audit_chain",
    "certificate_renewal",
)
# So many calls of damaged recordings are named; how many more there are is counted.
_MOST_NAMED = 3
_WORST_FIRST: tuple[Tone, ...] = ("bad", "warn", "good", "busy", "calm")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The light and its words, with the reasons."""

    tone: Tone
    title: str
    findings: tuple[Finding, ...] = ()


def verdict(health: Health, system: System | None, now: datetime) -> Verdict:
    """The whole: red, yellow or green, in words."""
    findings = () if system is None else tuple(sorted(_findings(system, now), key=_rank))
    found: set[Tone] = {finding.tone for finding in findings} - {"calm"}  # which asks for nothing
    worst: Tone = min(found, key=_WORST_FIRST.index, default="good")
    failing = None if system is None else _failing_title(system)
    if health.status == "unhealthy":
        return Verdict("bad", translate("health", "No calls are accepted"), findings)
    if worst == "warn" and all(finding.may_wait for finding in findings):
        worst = "good"  # the colour of trouble for what may wait would teach to overlook trouble
    works_on = failing is not None or _has_failed(system, "recordings")
    if health.status == "degraded" and (not works_on or _is_kept_from_work(system)):
        return Verdict("warn", translate("health", "Calls are accepted, but wait"), findings)
    if health.status not in ("healthy", "degraded"):
        return Verdict("warn", health.status, findings)
    headline = findings[0].headline if findings else ""
    return Verdict(worst, failing or headline or _well_title(worst, is_left=bool(found)), findings)


def hidden_verdict(health: Health) -> Verdict:
    """For who may not see the appliance: what /health tells everybody, and no light for the rest."""
    if health.status == "degraded":
        # For one of several reasons, and not all of them let calls wait. It is not for this user to mend.
        return Verdict("calm", translate("health", "Calls are accepted; an administrator has something to look at"))
    told = verdict(health, None, datetime.now(UTC))
    return told if told.tone != "good" else Verdict("calm", translate("health", "Calls are accepted"))


def _well_title(worst: Tone, *, is_left: bool) -> str:
    """Of an appliance that takes calls and works on them; `is_left`: something is to be done of it, and may wait."""
    if worst == "bad":
        return translate("health", "Calls are worked on, but something has failed")
    if worst == "warn":
        return translate("health", "Calls are worked on; something needs a look")
    if is_left:
        return translate("health", "All is well; something is left to be done some day")
    return translate("health", "All is well")


def component_name(name: str) -> str:
    """A part of the appliance in the user's language."""
    return {
        "api": translate("health", "API"),
        "database": translate("health", "Database"),
        "disk": translate("health", "Disk"),
        "queue": translate("health", "Queue"),
        "worker": translate("health", "Workers"),
        "results": translate("health", "Results"),
        "calls": translate("health", "Calls"),
        "intake": translate("health", "Calls refused"),
        "recordings": translate("health", "Recordings"),
        "protections": translate("health", "Protections"),
        "note": translate("health", "Note of the first boot"),
        "settings": translate("health", "Settings"),
        "erasure": translate("health", "Erasure"),
        "relay": translate("health", "Relay"),
        "deliverer": translate("health", "Deliverer"),
        "housekeeping": translate("health", "Housekeeping"),
        "webhooks": translate("health", "Webhooks"),
        "addresses": translate("health", "Webhook addresses"),
        "clock": translate("health", "Clock"),
        "certificate": translate("health", "Certificate"),
        "backups": translate("health", "Backups"),
        "tokens": translate("health", "Tokens"),
        "siem": translate("health", "Audit export"),
        "upgrade": translate("health", "Upgrade"),
        "reading_log": translate("health", "Audit of reading"),
        "audit_export": translate("health", "Audit export"),
        "audit_chain": translate("health", "Proof of the audit"),
        "certificate_renewal": translate("health", "Renewal of the certificate"),
    }.get(name, name)


def component_words(component: Component, system: System, now: datetime) -> str:
    """What is to be said of a part, in the user's language; of one that we do not know as the appliance says it."""
    if component.name == "calls" and system.failures is not None and system.failures.finished:
        return headline(system.failures)
    if component.state != "ok":
        texts = [finding.text for finding in _about(component, system, now)]
        own = f"{component_name(component.name)}: {_said(component)}"
        return "; ".join(texts) if texts and texts != [own] else _said(component)
    runs = dict.fromkeys(_IN_THE_BACKGROUND, translate("health", "It runs"))
    constant = {
        **runs,
        "api": translate("health", "It answers"),
        "database": translate("health", "It takes what is written"),
        "queue": translate("health", "It answers"),
        "results": translate("health", "They are stored as they come"),
        "recordings": translate("health", "None was found damaged in the last 24 hours"),
        "webhooks": translate("health", "All endpoints take them"),
        "tokens": translate("health", "None ends soon"),
        "erasure": translate("health", "What was erased is gone in time"),
        "siem": translate("health", "It takes every line"),
    }
    said = _said(component)
    if ". " not in said:
        said = said.removesuffix(".")  # as our own words, which stand beside it
    return constant.get(component.name) or _in_figures(component.name, system) or said


def _said(component: Component) -> str:
    """What the appliance says of it, where nothing here says it better."""
    return translated(component.reason)


def _in_figures(name: str, system: System) -> str:
    """What is to be said of a part that is well where it depends on figures."""
    template, figures = "", ("", "")
    match name:
        case "disk":
            template = translate("health", "%1 of %2 are free")
            figures = formats.size(system.disk.free_bytes), formats.size(system.disk.total_bytes)
        case "worker":
            template = translate("health", "Ready: %1")
            figures = ", ".join(worker.name for worker in system.workers if worker.state == "ready"), ""
        case "certificate" if system.certificate is not None:
            template = translate("health", "Good until %1")  # how many days these are, the certificate's tab says
            figures = formats.date(system.certificate.not_after), ""
        case "backups" if system.backups.last_done_at is not None:
            template = translate("health", "The last one is of %1")
            figures = formats.moment(system.backups.last_done_at), ""
        case "backups":
            template = translate("health", "There is none yet")
    return template.replace("%1", figures[0]).replace("%2", figures[1])


def _findings(system: System, now: datetime) -> Iterator[Finding]:
    for component in system.components:
        if component.state != "ok":
            waits = may_wait(component, system, now)
            yield from (replace(finding, may_wait=waits) for finding in _about(component, system, now))
    for silent in system.silent_pbxs:
        template = translate("health", "%1 has fallen silent when it usually sends calls; the last one came %2")
        text = template.replace("%1", silent.customer_name).replace("%2", formats.age(silent.last_call_at, now))
        where, key = f"customer/{silent.customer_id}", f"silent/{silent.customer_id}"
        yield Finding("warn", text, where, key, headline=text)


def _about(component: Component, system: System, now: datetime) -> Iterator[Finding]:
    tone: Tone = "bad" if component.state == "failed" else "calm" if component.state == KNOWN else "warn"
    match component.name:
        case "webhooks":
            yield from about_webhooks(system.deliveries, now)
        case "worker":
            yield Finding(tone, _about_workers(component.reason, system), "system", "worker")
        case "calls" if system.failures is not None:
            yield from _about_calls(tone, system.failures)
        case "intake" if system.refused_posts:
            yield from (
                Finding(tone, refused_words(one), f"customer/{one.customer_id}", f"intake/{one.customer_id}")
                for one in system.refused_posts
            )
        case "recordings":
            yield _about_recordings(tone, _said(component), system.damaged_recordings)
        case "disk":
            yield Finding(tone, _about_disk(system), "system", "disk")
        case "certificate" if system.certificate is not None and system.certificate.needs_renewal:
            left = system.certificate.days_left
            text = (
                translate("health", "The certificate has expired")
                if left < 0
                else translate("health", "The certificate expires in %1").replace("%1", formats.span(left * 86400))
            )
            yield Finding(tone, text, "system?tab=certificate", "certificate")
        case "backups":
            yield Finding(tone, _about_backups(component, system, now), "system?tab=backups", "backups")
        case "addresses":
            # Allowed or not: patients' words in plain on the internet are no small thing.
            yield Finding("bad", _said(component), "webhooks?view=endpoints", "addresses")
        case "certificate":
            # They name the command, and the tab has the same in words of our own.
            yield Finding(tone, _said(component), "system?tab=certificate", "certificate")
        case "relay" | "deliverer" | "housekeeping" | "reading_log" | "audit_export":
            template = translate("health", "%1 has stopped: restart the API")
            text = template.replace("%1", component_name(component.name))
            yield Finding(tone, text, "system", component.name)
        case _:
            link = f"system?tab={component.name}" if component.name in ("tokens", "settings") else "system"
            yield Finding(tone, _about_other(component), link, component.name)


def _about_other(component: Component) -> str:
    """Most of it in the appliance's own words."""
    if component.name == "queue":
        return translate("health", "The queue does not answer: calls are accepted and wait")
    if component.state == KNOWN:
        return known_note_text()
    if component.name == "note":
        return translate(
            "health",
            "The note of the first boot still shows the recovery key and the first token to whoever takes the disk. "
            "Keep both elsewhere, then run “vbot backup recovery-key --kept” on the appliance",
        )
    return f"{component_name(component.name)}: {_said(component)}"


def _about_recordings(tone: Tone, reason: str, damaged: DamagedRecordings) -> Finding:
    """Since when, and the first of the calls; an older appliance tells it in its own words alone."""
    if damaged.since is None or not damaged.call_ids:
        return Finding(tone, f"{component_name('recordings')}: {reason}", "system", "recordings")
    named = ", ".join(damaged.call_ids[:_MOST_NAMED])
    if (more := damaged.count - _MOST_NAMED) > 0:
        named += " " + translate("health", "and %1 more").replace("%1", formats.number(more))
    template = translate(
        "health",
        "The disk does not give back what was written: recordings are damaged, since %1. Make a backup, and replace "
        "the disk. The calls: %2",
    )
    text = template.replace("%1", formats.moment(damaged.since)).replace("%2", named)
    return Finding(tone, text, f"call/{damaged.call_ids[0]}", "recordings")


def _about_backups(component: Component, system: System, now: datetime) -> str:
    if system.backups.last_error is not None:
        return translate("health", "The last backup failed: %1").replace("%1", translated(system.backups.last_error))
    if system.backups.next_due_at is not None and system.backups.next_due_at < now:
        since = formats.short_moment(system.backups.next_due_at, now)
        return translate("health", "A backup has been due since %1").replace("%1", since)
    if system.backups.next_due_at is None and component.state == "warning":
        return translate("health", "No backup is made by itself (backup_every_hours is 0), and there is no recent one")
    return f"{component_name(component.name)}: {_said(component)}"


def _failing_title(system: System) -> str | None:
    """How many calls fail, where that is more than usual."""
    for component in system.components:
        if component.name == "calls" and component.state != "ok":
            return _said(component) if system.failures is None else headline(system.failures)
    return None


def _is_kept_from_work(system: System | None) -> bool:
    """Whether calls wait: a part that works on them has failed, or all workers are still loading."""
    workers = () if system is None else system.workers
    is_loading = bool(workers) and all(one.state != "ready" for one in workers)
    return is_loading or _has_failed(system, *NEEDED_TO_WORK)


def _has_failed(system: System | None, *names: str) -> bool:
    """Whether one of these parts has."""
    components = () if system is None else system.components
    return any(one.name in names and one.state == "failed" for one in components)


def _about_calls(tone: Tone, failures: Failures) -> Iterator[Finding]:
    for group in failures.groups:
        yield Finding(tone, group_words(group), group_link(group, failures), "calls")
    if not failures.groups:
        yield Finding(tone, headline(failures), all_link(failures), "calls")


def _about_workers(reason: str, system: System) -> str:
    died = "; ".join(text for text in map(death_text, system.workers) if text)
    if _DIED.search(reason):
        return died or translated(reason)
    outdated = [f"{one.name} ({one.version or formats.DASH})" for one in system.workers if one.state == "outdated"]
    if outdated:
        template = translate("health", "These get no calls until they are updated, for their version is too old: %1")
        return template.replace("%1", ", ".join(outdated))
    states = {worker.state for worker in system.workers}
    if not states & {"ready", "loading"}:
        text = translate("health", "No worker is there: calls are accepted and wait")
    elif "ready" not in states:
        text = translate("health", "The workers still load their models: calls are accepted and wait")
    else:
        gone = ", ".join(worker.name for worker in system.workers if worker.state == "gone")
        return translate("health", "Nothing is heard of %1 any more").replace("%1", gone)
    return f"{text} ({died})" if died else text


def _about_disk(system: System) -> str:
    free, floor = system.disk.free_bytes, system.disk.floor_bytes
    if free < floor:
        template = translate("health", "The disk is full: %1 are free, and %2 must be")
    else:
        template = translate("health", "Only %1 of the disk are free; below %2 no calls are accepted")
    return template.replace("%1", formats.size(free)).replace("%2", formats.size(floor))


def _rank(finding: Finding) -> tuple[bool, int, bool]:
    """Of one colour what is about all customers stands before what is about one."""
    return finding.may_wait, _WORST_FIRST.index(finding.tone), bool(finding.headline)
