"""The appliance's parts one by one: whether each is well, and why, in words for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from appliance import __version__
from appliance.domain.clock import contract_timestamp
from appliance.domain.dropped_reports import DropReason
from appliance.domain.plurals import counted
from appliance.domain.system import (
    DISK_LOSES_BITS,
    Certificate,
    CertificateState,
    Component,
    ComponentState,
    DamagedRecordings,
    Deliveries,
    Disk,
    PlainWebhooks,
    Worker,
    WorkerState,
)
from appliance.process.exit_reason import DEATHS_THAT_TELL, died_while_loading
from appliance.services.access.audit_export import ExportState
from appliance.services.customers.post_refusals import refused_posts
from appliance.services.health.backups_seen import backups
from appliance.services.health.failing_calls import failing_calls
from appliance.services.health.findings import Findings
from appliance.services.health.peer_clocks import clock
from appliance.services.upkeep.first_boot_note import STILL_THERE, TIME_TO_KEEP
from appliance.storage.audit_chain import Broken

MAY_SIGN_OTHERS = (
    "the certificate is an authority's, as an older vBot made them: who trusts it trusts this box for every site; "
    "`vbot certificate renew` makes another, and its key stays"
)
NOT_ENCRYPTED_YET = "Its file is not encrypted yet, as an older vBot left it: it is being written anew"
# As the settings count megabytes, in powers of two.
GIGABYTE = 1024**3
# In how many times the floor there is still time to make room.
WARN_DISK_FLOORS = 5
# A slow machine takes 3 minutes for the packs that quickstart installs; a larger model, from a slow disk, more.
LOADING_SECONDS = 600.0
# It is tried from some hours before the day is over on, by which the receipts of erasures say that all is gone.
WARN_ERASURE_LATE = timedelta(hours=6)
# What each part that works by itself does, for when it does not.
BACKGROUND = {
    "relay": "hands calls to the workers",
    "deliverer": "sends webhooks",
    "housekeeping": "erases what is past its time",
    "reading_log": "writes down who read what",
    "audit_export": "sends the audit to the SIEM",
    "audit_chain": "proves every day that the audit is whole",
    "certificate_renewal": "makes the certificate anew before it ends",
}

_WHY_DROPPED = {
    DropReason.UNPROVEN: "without the token of a claim (forged, or of a worker of an older version)",
    DropReason.OUTDATED: "too late",
    DropReason.MALFORMED: "that nobody understands",
    DropReason.UNSTORABLE: "that could not be stored, whose attempt has failed",
    DropReason.GIVEN_UP: "that could not be stored for too long, whose call is queued again",
}

OK, WARNING, FAILED = ComponentState.OK, ComponentState.WARNING, ComponentState.FAILED


def components(found: Findings) -> Iterator[Component]:
    """Every part with its state."""
    yield Component("api", OK, "The api answers.")
    yield _database(found)
    yield disk_component(found.disk)
    yield _queue(found)
    yield _workers(found)
    yield _results(found)
    yield from _protections(found)
    yield from _note(found)
    yield from _settings(found.settings_at_fault)
    if found.refused_posts:
        yield refused_posts(found.refused_posts)
    yield failing_calls(found.failures)
    yield _recordings(found.damaged_recordings)
    for name, does in BACKGROUND.items():
        if name in found.running:
            runs = found.running[name]
            yield Component(name, *((OK, "It runs.") if runs else (FAILED, f"What {does} has ended: restart the api.")))
    yield _webhooks(found.deliveries)
    yield from _addresses(found.plain_webhooks)
    yield clock(found.peer_clocks)
    if found.certificate is not None:
        yield _certificate(found.certificate, found.now)
    yield _erasure(found)
    yield backups(found)
    yield _tokens(found)
    yield from _upgrade(found.upgrade)
    yield from _audit(found.broken_audit_line)
    if found.export is not None:
        yield _export(found.export)


def _database(found: Findings) -> Component:
    if found.obstacle is not None:
        return Component("database", FAILED, f"No call can be stored: {found.obstacle}.")
    if found.damage is not None:
        return Component("database", FAILED, f"{found.damage}.")
    if found.unrecorded_attempts:
        sent = counted(found.unrecorded_attempts, "webhook that was sent", "webhooks that were sent")
        text = f"It does not take what came of {sent}: the api's log says why. After a restart they are sent again."
        return Component("database", WARNING, text)
    if found.is_plain:
        return Component("database", WARNING, f"It takes what is written. {NOT_ENCRYPTED_YET}.")
    return Component("database", OK, "It takes what is written.")


def disk_component(disk: Disk) -> Component:
    """Whether there is room for what is accepted."""
    free = f"{disk.free_bytes / GIGABYTE:.1f} GB of {disk.total_bytes / GIGABYTE:.1f} GB are free"
    if disk.free_bytes < disk.floor_bytes:
        return Component("disk", FAILED, f"{free}, less than the floor of {disk.floor_bytes / GIGABYTE:.1f} GB.")
    if disk.free_bytes < disk.floor_bytes * WARN_DISK_FLOORS:
        below = f"below the floor of {disk.floor_bytes / GIGABYTE:.1f} GB no calls are accepted"
        return Component("disk", WARNING, f"Only {free}; {below}.")
    return Component("disk", OK, f"{free}.")


def _queue(found: Findings) -> Component:
    if found.queue_reachable:
        return Component("queue", OK, "It answers.")
    return Component("queue", FAILED, "The queue does not answer: calls are accepted and wait.")


def _workers(found: Findings) -> Component:
    by_state = {state: [one for one in found.workers if one.state is state] for state in WorkerState}
    ready, loading, gone = by_state[WorkerState.READY], by_state[WorkerState.LOADING], by_state[WorkerState.GONE]
    outdated = by_state[WorkerState.OUTDATED]
    # One that is started anew and dies anew sends a heartbeat now and then.
    dying = [one for one in found.workers if one.deaths_while_loading >= DEATHS_THAT_TELL]
    if dying:
        return Component("worker", WARNING if ready else FAILED, "; ".join(_died(one) for one in dying))
    if outdated:
        return Component("worker", WARNING if ready else FAILED, _of_older_version(outdated, waits=not ready))
    if not ready and not loading:
        return Component("worker", FAILED, f"No worker is there: calls are accepted and wait{_lately(gone)}.")
    if not ready:
        return _loading(loading)
    if gone:
        names = ", ".join(one.name for one in gone)
        return Component("worker", WARNING, f"Nothing is heard of {names} any more{_lately(gone)}.")
    return _ready(ready)


def _ready(workers: list[Worker]) -> Component:
    """One of them may work, but not on everything."""
    if told := [f"{one.name}: {one.last_error}" for one in workers if one.last_error]:
        return Component("worker", WARNING, f"{'; '.join(told)}.")
    return Component("worker", OK, f"{_named(workers)} ready.")


def _loading(workers: list[Worker]) -> Component:
    """A start takes its time, and is no fault unless it takes too long, or failed before."""
    seconds = max(one.known_for_seconds for one in workers)
    since = f"since {seconds:.0f} s" if seconds < 2 * 60 else f"since {seconds / 60:.0f} minutes"
    text = f"{_named(workers)} still loading, {since}: calls are accepted and wait{_lately(workers)}."
    is_normal = seconds < LOADING_SECONDS and not any(one.deaths_while_loading for one in workers)
    return Component("worker", WARNING if is_normal else FAILED, text)


def _results(found: Findings) -> Component:
    if found.results_obstacle is not None:
        text = f"Results cannot be stored: {found.results_obstacle}. They wait in the queue."
        return Component("results", FAILED, text)
    if found.dropped_lately:
        parts = [f"{count} {_WHY_DROPPED[reason]}" for reason, count in sorted(found.dropped_lately.items())]
        text = f"Reports of workers were not taken in the last hour: {', '.join(parts)}."
        return Component("results", WARNING, text)
    return Component("results", OK, "They are stored as they come.")


def _of_older_version(workers: list[Worker], *, waits: bool) -> str:
    named = ", ".join(f"{one.name} ({one.version or 'unknown'})" for one in workers)
    what = "get no calls" if not waits else "get no calls, which are accepted and wait"
    return f"Workers of an older version {what}: {named}. Install version {__version__} there and restart them."


def _protections(found: Findings) -> Iterator[Component]:
    """Where not all is in force: each with whom it concerns."""
    whose: dict[str, list[str]] = {one: ["the api"] for one in found.missing_protections}
    for worker in found.workers:
        for one in worker.missing_protections:
            whose.setdefault(one, []).append(f"worker {worker.name}")
    if whose:
        told = [f"{', '.join(names)}: {one}" for one, names in whose.items()]
        yield Component("protections", WARNING, "; ".join(told))


def _note(found: Findings) -> Iterator[Component]:
    """Where the first boot's is still there."""
    if found.first_boot_note is not None:
        name, written = found.first_boot_note
        late = found.now - written > TIME_TO_KEEP
        yield Component("note", FAILED if late else WARNING, f"{STILL_THERE.format(name=name)}.")


def _settings(at_fault: str | None) -> Iterator[Component]:
    """Only where what was changed over the API cannot be used."""
    if at_fault is not None:
        yield Component("settings", WARNING, f"{at_fault[0].upper()}{at_fault[1:]}.")


def _died(worker: Worker) -> str:
    return died_while_loading(f"worker {worker.name}", worker.deaths_while_loading, worker.last_error or "")


def _lately(workers: list[Worker]) -> str:
    """Of those that died too seldom to be sure that they cannot load, or of a device that failed."""
    died = [_died(one) for one in workers if one.deaths_while_loading]
    died += [f"{one.name}: {one.last_error}" for one in workers if one.last_error and not one.deaths_while_loading]
    return f" ({'; '.join(died)})" if died else ""


def _named(workers: list[Worker]) -> str:
    return f"{', '.join(one.name for one in workers)} {'is' if len(workers) == 1 else 'are'}"


def _webhooks(deliveries: Deliveries) -> Component:
    disabled = deliveries.disabled_endpoints
    if disabled:
        whose = _some([one.customer_name for one in disabled])
        return Component("webhooks", WARNING, f"Webhooks rest, because their endpoints were disabled: of {whose}.")
    if deliveries.resting:
        text = (
            f"{deliveries.resting} webhooks rest since a restore: they may have been sent after the backup was made. "
            "Look at them (state `disabled`), and send them again."
        )
        return Component("webhooks", WARNING, text)
    if deliveries.failed_last_24_hours:
        count = counted(deliveries.failed_last_24_hours, "webhook", "webhooks")
        return Component("webhooks", WARNING, f"{count} of the last 24 hours could not be delivered.")
    if deliveries.retrying:
        was = "was not taken and is" if deliveries.retrying == 1 else "were not taken and are"
        count = counted(deliveries.retrying, "webhook", "webhooks")
        return Component("webhooks", WARNING, f"{count} {was} tried again.")
    return Component("webhooks", OK, "All endpoints take them.")


def _addresses(plain: PlainWebhooks) -> Iterator[Component]:
    if plain.refused:
        text = (
            f"Nothing is sent to {_some(plain.refused)}: plain HTTP to a public address can be read on its way. "
            "Enter an address with https, or name its network in VBOT_WEBHOOK_PLAIN_HTTP."
        )
        yield Component("addresses", FAILED, text)
    elif plain.allowed:
        text = f"What goes to {_some(plain.allowed)} can be read on its way: plain HTTP to a public address."
        yield Component("addresses", WARNING, text)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (" and others" if len(names) > 5 else "")


def _certificate(certificate: Certificate, now: datetime) -> Component:
    state = certificate.state_at(now)
    if state is CertificateState.NOT_YET_VALID:
        text = (
            f"The certificate is valid from {certificate.not_before:%Y-%m-%d %H:%M} UTC on only, and refused until then"
        )
        return Component("certificate", FAILED, f"{text}; if that is past, this box's clock is wrong.")
    if state is CertificateState.EXPIRED:
        return Component("certificate", FAILED, f"The certificate expired on {certificate.not_after:%Y-%m-%d}.")
    left = counted(certificate.days_left(now), "day", "days")
    expires = f"The certificate expires on {certificate.not_after:%Y-%m-%d}, in {left}."
    if state is CertificateState.ENDS_SOON:
        return Component("certificate", WARNING, expires)
    if certificate.may_sign_others:
        return Component("certificate", WARNING, f"{MAY_SIGN_OTHERS[0].upper()}{MAY_SIGN_OTHERS[1:]}.")
    return Component("certificate", OK, expires)


def _tokens(found: Findings) -> Component:
    ending = [token for token in found.tokens if token.ends_soon(found.now)]
    if not ending:
        return Component("tokens", OK, "None ends soon.")
    named = [f"{one.name} ({one.id}) on {one.expires_at:%Y-%m-%d}" for one in ending[:5]]
    more = f" and {counted(len(ending) - 5, 'other', 'others')}" if len(ending) > 5 else ""
    return Component("tokens", WARNING, f"Tokens end soon: {', '.join(named)}{more}. Create new ones before.")


def _upgrade(known: str | None) -> Iterator[Component]:
    """Only where one was interrupted, or did not come to pass of late."""
    if known is not None:
        yield Component("upgrade", WARNING, f"{known[0].upper()}{known[1:].rstrip('.')}.")


def _audit(broken: Broken | None) -> Iterator[Component]:
    """Only where its chain is broken."""
    if broken is not None:
        text = f"It is broken at line {broken.id} ({broken.action}): {broken.problem}. See `vbot audit verify`."
        yield Component("audit", FAILED, text)


def _export(state: ExportState) -> Component:
    if state.unreachable_since is None:
        return Component("siem", OK, f"The audit goes to {state.target}.")
    since = contract_timestamp(state.unreachable_since)
    reason = f"cannot be exported to {state.target} since {since}: {state.reason}"
    return Component("siem", WARNING, f"The audit {reason}. {state.waiting} lines wait; none is lost.")


def _recordings(damaged: DamagedRecordings) -> Component:
    if damaged.since is None:
        return Component("recordings", OK, "None was found damaged in the last 24 hours.")
    count = len(damaged.call_ids)
    of = "The recording of 1 call was" if count == 1 else f"The recordings of {count:,} calls were"
    since = contract_timestamp(damaged.since)
    named = f"of call{'' if count == 1 else 's'} {_some(damaged.call_ids)}"
    text = f"{of} found damaged on the disk since {since}: {named}. {DISK_LOSES_BITS}."
    return Component("recordings", FAILED, text)


def _erasure(found: Findings) -> Component:
    """Whether what was erased is gone in time, and recordings are encrypted."""
    parts, state = [], WARNING
    if (rewriting := found.rewriting_postponed) is not None:
        late = found.now - rewriting.since >= WARN_ERASURE_LATE
        state = FAILED if late else WARNING
        since = contract_timestamp(rewriting.since)
        parts.append(f"What was erased leaves traces in the database; since {since} they cannot go: {rewriting.reason}")
    if (encryption := found.encryption_postponed) is not None:
        since = contract_timestamp(encryption.since)
        parts.append(f"Recordings of an earlier version are not encrypted since {since}: {encryption.reason}")
    if (erasing := found.erasing_postponed) is not None:
        since = contract_timestamp(erasing.since)
        parts.append(f"Nothing is erased by its age since {since}, as its clock has it: {erasing.reason}")
    if not parts:
        return Component("erasure", OK, "What was erased is gone in time.")
    return Component("erasure", state, f"{'. '.join(parts)}.")
