"""The light on the overview, and the words beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from admin_gui.client.system import (
    BackupsSeen,
    Certificate,
    Component,
    DamagedRecordings,
    DeliveriesSeen,
    DisabledEndpoint,
    Disk,
    FailureGroup,
    Failures,
    Health,
    RefusedPosts,
    SilentPbx,
    System,
    Worker,
)
from admin_gui.links import Link
from admin_gui.local_storage.first_steps import Remembered
from admin_gui.models.health import component_name, component_words, hidden_verdict, verdict
from admin_gui.models.notices.troubles import troubles_of
from admin_gui.session import Snapshot
from admin_gui.text import formats

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
WELL = System(components=[Component(name="queue", state="ok")])


def system(name: str, state: str, **parts: object) -> System:
    return msgspec.structs.replace(WELL, components=[Component(name=name, state=state, reason="Why.")], **parts)


def certificate(days_left: int) -> Certificate:
    return Certificate(fingerprint_sha256="", not_after=NOW, days_left=days_left, ends_soon=0 <= days_left < 30)


@pytest.mark.parametrize(
    ("ends_soon", "days_left", "expected"),
    [
        (True, 20, True),
        (False, 20, False),
        (False, -1, True),
        (None, 3, True),
        (None, 29, True),
        (None, 30, False),
    ],
)
def test_a_certificate_is_to_be_renewed_also_of_an_appliance_that_does_not_tell_whether_it_ends_soon(
    ends_soon: bool | None, days_left: int, expected: bool
) -> None:
    made = Certificate(fingerprint_sha256="", not_after=NOW, days_left=days_left, ends_soon=ends_soon)
    assert made.needs_renewal is expected


def test_all_is_well(qtbot: QtBot) -> None:
    found = verdict(Health(status="healthy"), WELL, NOW)
    assert (found.tone, found.title, found.findings) == ("good", "All is well", ())


@pytest.mark.parametrize(
    ("status", "tone", "title"),
    [
        ("degraded", "warn", "Calls are accepted, but wait"),
        ("unhealthy", "bad", "No calls are accepted"),
    ],
)
def test_health_decides_whatever_the_parts_say(qtbot: QtBot, status: str, tone: str, title: str) -> None:
    found = verdict(Health(status=status), None, NOW)
    assert (found.tone, found.title) == (tone, title)


@pytest.mark.parametrize(
    ("given", "text", "link"),
    [
        (system("queue", "failed"), "The queue does not answer: calls are accepted and wait", "system"),
        (system("worker", "failed"), "No worker is there: calls are accepted and wait", "system"),
        (
            system("worker", "failed", workers=[Worker(name="a", state="loading")]),
            "The workers still load their models: calls are accepted and wait",
            "system",
        ),
        (
            system("worker", "warning", workers=[Worker(name="a", state="ready"), Worker(name="b", state="gone")]),
            "Nothing is heard of b any more",
            "system",
        ),
        (
            system("worker", "failed", workers=[Worker(name="a", state="outdated", version="0.9")]),
            "These get no calls until they are updated, for their version is too old: a (0.9)",
            "system",
        ),
        (
            system("webhooks", "warning", deliveries=DeliveriesSeen(resting=12)),
            "Webhooks on hold since a restore, some of which may have been sent before: 12",
            "webhooks?state=disabled",
        ),
        (
            system("note", "warning"),
            "The note of the first boot still shows the recovery key and the first token to whoever "
            "takes the disk. Keep both elsewhere, then run “vbot backup recovery-key --kept” on the appliance",
            "system",
        ),
        (
            system("protections", "warning"),
            "Protections: Why.",
            "system",
        ),
        (
            system("disk", "warning", disk=Disk(total_bytes=10**12, free_bytes=2**30, floor_bytes=2**29)),
            "Only 1.0 GB of the disk are free; below 512.0 MB no calls are accepted",
            "system",
        ),
        (
            system("certificate", "warning", certificate=certificate(6)),
            "The certificate expires in 6 d",
            "system?tab=certificate",
        ),
        (system("addresses", "warning"), "Why.", "webhooks?view=endpoints"),
        (system("certificate", "warning", certificate=certificate(400)), "Why.", "system?tab=certificate"),
        (
            system("certificate", "failed", certificate=certificate(-1)),
            "The certificate has expired",
            "system?tab=certificate",
        ),
        (
            system("backups", "warning", backups=BackupsSeen(last_error="the disk is full")),
            "The last backup failed: the disk is full",
            "system?tab=backups",
        ),
        (
            system("backups", "warning"),
            "No backup is made by itself (backup_every_hours is 0), and there is no recent one",
            "system?tab=backups",
        ),
        (system("settings", "warning"), "Settings: Why.", "system?tab=settings"),
        (system("relay", "failed"), "Relay has stopped: restart the API", "system"),
        (system("database", "failed"), "Database: Why.", "system"),
        (system("results", "failed"), "Results: Why.", "system"),
        (system("something new", "warning"), "something new: Why.", "system"),
        (
            system("webhooks", "warning", deliveries=DeliveriesSeen(failed_last_24_hours=3)),
            "Webhooks that could not be delivered in the last 24 hours: 3",
            "webhooks?state=failed",
        ),
        (
            system("webhooks", "warning", deliveries=DeliveriesSeen(retrying=13)),
            "Webhooks that were not taken and are tried again: 13",
            "webhooks?state=retrying",
        ),
        (
            system(
                "webhooks",
                "warning",
                deliveries=DeliveriesSeen(
                    disabled_endpoints=[DisabledEndpoint(customer_id=7, customer_name="Ada", reason="410 Gone")]
                ),
            ),
            "No webhooks are sent to Ada: 410 Gone",
            "customer/7",
        ),
    ],
)
def test_each_part_that_is_not_well_is_told_in_words_with_the_way_there(
    qtbot: QtBot, given: System, text: str, link: str
) -> None:
    (finding,) = verdict(Health(status="healthy"), given, NOW).findings
    assert (finding.text, finding.link) == (text, link)


def test_what_a_part_says_of_itself_is_in_the_users_words(qtbot: QtBot) -> None:
    given = msgspec.structs.replace(
        system("something new", "ok"),
        disk=Disk(total_bytes=10**12, free_bytes=2**39),
        workers=[Worker(name="a", state="ready"), Worker(name="b", state="loading")],
        certificate=certificate(40),
        backups=BackupsSeen(last_done_at=NOW),
        deliveries=DeliveriesSeen(failed_last_24_hours=3),
    )

    def told(name: str, state: str = "ok") -> str:
        return component_words(Component(name=name, state=state, reason="Why."), given, NOW)

    assert told("database") == "It takes what is written"
    assert told("disk") == "512.0 GB of 931.3 GB are free"
    assert told("worker") == "Ready: a"
    assert told("certificate") == f"Good until {formats.date(NOW)}"
    assert told("backups") == f"The last one is of {formats.moment(NOW)}"
    assert told("webhooks", "warning") == "Webhooks that could not be delivered in the last 24 hours: 3"
    assert told("database", "failed") == "Why.", "in the appliance's own words"
    assert told("something new") == "Why", "and without the full stop that ours do not have"
    assert {told(name) for name in ("relay", "audit_chain", "certificate_renewal")} == {"It runs"}


def test_a_pbx_that_fell_silent_is_told(qtbot: QtBot) -> None:
    silent = SilentPbx(customer_id=7, customer_name="Ada", last_call_at=NOW - timedelta(hours=3))
    found = verdict(Health(status="healthy"), msgspec.structs.replace(WELL, silent_pbxs=[silent]), NOW)
    assert found.tone == "warn"
    assert found.findings[0].text == "Ada has fallen silent when it usually sends calls; the last one came 3 h ago"


def test_posts_that_are_refused_are_told_by_customer(qtbot: QtBot) -> None:
    refused = [
        RefusedPosts(customer_id=7, customer_name="Ada", count=81, last_problem="caller_number is required"),
        RefusedPosts(customer_id=9, count=1, last_problem="the recording is too large"),
    ]
    component = Component(name="intake", state="warning", reason="Customer 7: 81 posts were refused")
    system = msgspec.structs.replace(WELL, components=[component], refused_posts=refused)
    found = verdict(Health(status="healthy"), system, NOW)
    assert found.tone == "warn"
    assert [(one.text, one.link, one.key) for one in found.findings] == [
        (
            "Calls from Ada that were refused in the last hour: 81. The last one: caller_number is required",
            "customer/7",
            "intake/7",
        ),
        (
            "Calls from Customer 9 that were refused in the last hour: 1. The last one: the recording is too large",
            "customer/9",
            "intake/9",
        ),
    ]
    assert component_name("intake") == "Calls refused"


def failing(state: str, *, usual_share: float | None = 0.03, groups: bool = True) -> System:
    made = [
        FailureGroup(
            error_code="unreadable_recording", customer_id=3, customer_name="Ada", count=900, example="no audio"
        ),
        FailureGroup(error_code="new_code", customer_id=9, count=261),
    ]
    failures = Failures(
        since=NOW - timedelta(hours=1),
        until=NOW,
        finished=1262,
        failed=1161,
        share=0.92,
        usual_share=usual_share,
        groups=made if groups else [],
    )
    return system("calls", state, failures=failures)


@pytest.mark.parametrize(("state", "tone"), [("failed", "bad"), ("warning", "warn")])
def test_that_calls_fail_is_what_is_said_first(qtbot: QtBot, state: str, tone: str) -> None:
    found = verdict(Health(status="healthy"), failing(state), NOW)

    assert (found.tone, found.title) == (tone, "1161 of 1262 calls of the last hour failed; usual is 3 %")
    assert [(finding.tone, finding.text) for finding in found.findings] == [
        (tone, "Ada: 900 failed, the recording cannot be read (“no audio”)"),
        (tone, "Customer 9: 261 failed, new_code"),
    ]
    assert found.findings[0].link is not None
    assert dict(Link.parse(found.findings[0].link).query) == {
        "state": "failed",
        "customer_id": "3",
        "error_code": "unreadable_recording",
        "finished_since": "2026-11-24T11:00:00+00:00",
        "finished_until": "2026-11-24T12:00:00+00:00",
    }


@pytest.mark.parametrize(
    ("usual_share", "told"), [(None, ""), (0.0, "; usual is 0 %"), (0.004, "; usual is less than 1 %")]
)
def test_what_is_usual_is_told_where_it_is_known(qtbot: QtBot, usual_share: float | None, told: str) -> None:
    found = verdict(Health(status="healthy"), failing("failed", usual_share=usual_share), NOW)
    assert found.title == f"1161 of 1262 calls of the last hour failed{told}"


def test_failures_without_groups_are_told_as_a_whole(qtbot: QtBot) -> None:
    (finding,) = verdict(Health(status="healthy"), failing("failed", groups=False), NOW).findings
    assert finding.text == "1161 of 1262 calls of the last hour failed; usual is 3 %"
    assert "customer_id" not in str(finding.link)


def test_no_more_calls_than_usual_fail_and_nothing_is_said(qtbot: QtBot) -> None:
    found = verdict(Health(status="healthy"), failing("ok"), NOW)
    assert (found.tone, found.title, found.findings) == ("good", "All is well", ())


def test_an_appliance_that_fails_by_its_own_fault_does_not_say_that_calls_wait(qtbot: QtBot) -> None:
    found = verdict(Health(status="degraded"), failing("failed"), NOW)
    assert (found.tone, found.title[:12]) == ("bad", "1161 of 1262")


def test_damaged_recordings_are_a_fault_and_let_no_call_wait(qtbot: QtBot) -> None:
    found = verdict(Health(status="degraded"), system("recordings", "failed"), NOW)
    assert (found.tone, found.title) == ("bad", "Calls are worked on, but something has failed")
    assert [finding.text for finding in found.findings] == ["Recordings: Why."]


def test_of_damaged_recordings_the_first_call_is_one_click_away(qtbot: QtBot) -> None:
    component = Component(name="recordings", state="failed", reason="In whatever words.")
    damaged = DamagedRecordings(since=NOW, count=5, call_ids=["b752cc3e-1", "a0f782d3-2", "c3", "d4", "e5"])
    given = msgspec.structs.replace(WELL, components=[component], damaged_recordings=damaged)
    (finding,) = verdict(Health(status="degraded"), given, NOW).findings
    assert finding.link == "call/b752cc3e-1"
    assert "recordings are damaged, since" in finding.text
    assert finding.text.endswith("The calls: b752cc3e-1, a0f782d3-2, c3 and 2 more")


def test_damaged_recordings_hide_no_worker_that_is_still_loading(qtbot: QtBot) -> None:
    given = system("recordings", "failed")
    given.workers.append(Worker(name="vm/cpu", state="loading"))
    assert verdict(Health(status="degraded"), given, NOW).title == "Calls are accepted, but wait"
    given.workers.append(Worker(name="vm/gpu0", state="ready"))
    assert verdict(Health(status="degraded"), given, NOW).title == "Calls are worked on, but something has failed"


def test_who_may_not_see_the_appliance_is_not_told_that_calls_wait(qtbot: QtBot) -> None:
    """Of the reasons for it, most let no call wait."""
    told = hidden_verdict(Health(status="degraded"))
    assert (told.tone, told.title) == ("calm", "Calls are accepted; an administrator has something to look at")
    assert hidden_verdict(Health(status="healthy")).title == "Calls are accepted"


def test_that_calls_wait_goes_before_that_they_fail(qtbot: QtBot) -> None:
    given = failing("warning")
    given.components.append(Component(name="worker", state="failed", reason="No worker is there."))
    assert verdict(Health(status="degraded"), given, NOW).title == "Calls are accepted, but wait"


def test_a_worker_that_dies_while_it_loads_is_told_in_its_own_last_words(qtbot: QtBot) -> None:
    reason = "worker vm/cpu died 6 times while loading: the pack whisper-base is damaged: model.safetensors"
    given = system("worker", "failed")
    given.components[0] = Component(name="worker", state="failed", reason=reason)

    found = verdict(Health(status="degraded"), given, NOW)

    assert [finding.text for finding in found.findings] == [reason]
    assert component_words(given.components[0], given, NOW) == reason


DYING = Worker(name="vm/cpu", state="gone", deaths_while_loading=6, last_error="model.safetensors is damaged")


@pytest.mark.parametrize(
    ("workers", "reason", "text"),
    [
        (
            [DYING],
            "worker vm/cpu died 6 times …",
            "worker vm/cpu died 6 times while loading: model.safetensors is damaged",
        ),
        (
            [Worker(name="a", state="gone", deaths_while_loading=1, last_error="no room for %1")],
            "No worker is there: calls are accepted and wait (worker a died once …).",
            "No worker is there: calls are accepted and wait (worker a died once while loading: no room for %1)",
        ),
        (
            [Worker(name="a", state="loading", deaths_while_loading=1)],
            "a is still loading: calls are accepted and wait (worker a died once …).",
            "The workers still load their models: calls are accepted and wait (worker a died once while loading: –)",
        ),
    ],
)
def test_how_often_workers_died_while_loading_is_said_by_their_figures(
    qtbot: QtBot, workers: list[Worker], reason: str, text: str
) -> None:
    given = system("worker", "failed", workers=workers)
    given.components[0] = Component(name="worker", state="failed", reason=reason)
    assert [finding.text for finding in verdict(Health(status="degraded"), given, NOW).findings] == [text]


def test_how_calls_ended_is_said_of_the_part_too(qtbot: QtBot) -> None:
    given = failing("failed")
    assert component_words(given.components[0], given, NOW) == (
        "1161 of 1262 calls of the last hour failed; usual is 3 %"
    )


def test_what_failed_stands_before_what_only_needs_a_look(qtbot: QtBot) -> None:
    given = System(
        components=[Component(name="disk", state="warning"), Component(name="deliverer", state="failed")],
    )
    found = verdict(Health(status="healthy"), given, NOW)
    assert found.tone == "bad"
    assert [finding.tone for finding in found.findings] == ["bad", "warn"]


def test_what_goes_wrong_now_stands_before_what_may_wait_however_red_that_is(qtbot: QtBot) -> None:
    many = msgspec.structs.replace(
        WELL,
        # Chores first, as an appliance might tell them.
        components=[
            Component(name="note", state="failed", reason="Still there."),
            Component(name="certificate", state="warning", reason="Ends."),
            Component(name="backups", state="warning", reason="No target."),
            Component(name="protections", state="warning", reason="Why."),
            Component(name="webhooks", state="warning"),
            Component(name="disk", state="warning"),
            Component(name="worker", state="failed"),
        ],
        certificate=certificate(25),
        deliveries=DeliveriesSeen(disabled_endpoints=[DisabledEndpoint(customer_id=1, customer_name="Example")]),
    )
    found = verdict(Health(status="degraded"), many, NOW)
    keys = [finding.key for finding in found.findings]
    assert keys == ["worker", "endpoint/1", "disk", "note", "certificate", "backups", "protections"]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("certificate", {"certificate": certificate(6)}),
        ("backups", {"backups": BackupsSeen(last_error="the disk is full")}),
        ("backups", {"backups": BackupsSeen(next_due_at=NOW - timedelta(hours=1))}),
    ],
)
def test_a_chore_that_was_left_too_long_goes_wrong_now(qtbot: QtBot, name: str, parts: dict[str, object]) -> None:
    components = [Component(name="note", state="failed"), Component(name=name, state="warning")]
    found = verdict(Health(status="healthy"), msgspec.structs.replace(WELL, components=components, **parts), NOW)
    assert [finding.key for finding in found.findings] == [name, "note"]
    assert found.tone == "bad", "the worst colour, wherever it stands"


@pytest.mark.parametrize("state", ["warning", "failed"])
def test_a_note_that_somebody_knows_of_is_told_and_asks_for_nothing(qtbot: QtBot, state: str) -> None:
    kept = Remembered(recovery_key_kept=True)
    given = kept.settle(system("note", state))
    found = verdict(Health(status="healthy"), given, NOW)
    assert (found.tone, found.title) == ("good", "All is well")
    (finding,) = found.findings
    assert finding.tone == "calm"
    assert "somebody with the appliance's command line removes it" in finding.text
    assert component_words(given.components[0], given, NOW) == finding.text
    assert troubles_of(Snapshot(Health(status="healthy"), given), NOW) == []
    other = verdict(Health(status="healthy"), kept.settle(system("disk", state)), NOW)
    assert other.tone == ("warn" if state == "warning" else "bad")
