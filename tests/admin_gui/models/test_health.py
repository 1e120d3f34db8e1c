"""The light on the overview, and the words beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from admin_gui import formats
from admin_gui.client.system import (
    BackupsSeen,
    Certificate,
    Component,
    DeliveriesSeen,
    DisabledEndpoint,
    Disk,
    Health,
    SilentPbx,
    System,
    Worker,
)
from admin_gui.models.health import component_words, verdict

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
WELL = System(components=[Component(name="queue", state="ok")])


def system(name: str, state: str, **parts: object) -> System:
    return msgspec.structs.replace(WELL, components=[Component(name=name, state=state, reason="Why.")], **parts)


def certificate(days_left: int) -> Certificate:
    return Certificate(fingerprint_sha256="", not_after=NOW, days_left=days_left)


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
            system("disk", "warning", disk=Disk(total_bytes=10**12, free_bytes=2**30, floor_bytes=2**29)),
            "Only 1.0 GB of the disk are free; below 512.0 MB no calls are accepted",
            "system",
        ),
        (
            system("certificate", "warning", certificate=certificate(6)),
            "The certificate expires in 6 d",
            "system?tab=certificate",
        ),
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
        (system("relay", "failed"), "Relay has stopped: restart the API", "system"),
        (system("database", "failed"), "Database: Why.", "system"),
        (system("something new", "warning"), "something new: Why.", "system"),
        (
            system("webhooks", "warning", deliveries=DeliveriesSeen(failed_last_24_hours=3)),
            "Webhooks that could not be delivered in the last 24 hours: 3",
            "webhooks?state=failed",
        ),
        (
            system(
                "webhooks",
                "warning",
                deliveries=DeliveriesSeen(
                    disabled_endpoints=[DisabledEndpoint(customer_id=7, customer_name="Ada", reason="410 Gone")]
                ),
            ),
            "Webhooks of Ada rest: 410 Gone",
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
    assert told("certificate").endswith("for another 40 d")
    assert told("backups") == f"The last one is of {formats.moment(NOW)}"
    assert told("webhooks", "warning") == "Webhooks that could not be delivered in the last 24 hours: 3"
    assert told("database", "failed") == told("something new") == "Why.", "in the appliance's own words"


def test_a_pbx_that_fell_silent_is_told(qtbot: QtBot) -> None:
    silent = SilentPbx(customer_id=7, customer_name="Ada", last_call_at=NOW - timedelta(hours=3))
    found = verdict(Health(status="healthy"), msgspec.structs.replace(WELL, silent_pbxs=[silent]), NOW)
    assert found.tone == "warn"
    assert found.findings[0].text == "Ada has fallen silent when it usually sends calls; the last one came 3 h ago"


def test_what_failed_stands_before_what_only_needs_a_look(qtbot: QtBot) -> None:
    given = System(
        components=[Component(name="disk", state="warning"), Component(name="deliverer", state="failed")],
    )
    found = verdict(Health(status="healthy"), given, NOW)
    assert found.tone == "bad"
    assert [finding.tone for finding in found.findings] == ["bad", "warn"]
