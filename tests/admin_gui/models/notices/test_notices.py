"""What is wrong becomes news: told once when it begins, once when it is over, never again while it lasts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from admin_gui.client.system import (
    BackupsSeen,
    Certificate,
    Component,
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
from admin_gui.client.transport.errors import CertificateChanged, NotAuthorised, Unreachable
from admin_gui.local_storage.profiles import Memory
from admin_gui.models.notices.ledger import Ledger, News
from admin_gui.models.notices.troubles import Trouble, trouble_of_error, troubles_of
from admin_gui.models.notices.wording import after_quiet, notification
from admin_gui.session import Snapshot

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
BOX, OTHER = "https://box:8443", "https://other:8443"
NAMES = {BOX: "Berlin", OTHER: "Bonn"}
MINUTE = timedelta(minutes=1)


def snapshot(*components: Component, health: str = "degraded", **parts: object) -> Snapshot:
    return Snapshot(Health(status=health), msgspec.structs.replace(System(components=[*components]), **parts))


def part(name: str, state: str = "failed") -> Component:
    return Component(name=name, state=state, reason="Why.")


def keys(found: list[Trouble]) -> dict[str, bool]:
    """Each with whether it is worth a word."""
    return {one.key: one.begins for one in found}


DISK = Disk(total_bytes=100, free_bytes=5, floor_bytes=10)
EXPIRED = Certificate(fingerprint_sha256="", not_after=NOW, days_left=-1)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (snapshot(part("worker")), {"worker/none": True, "worker/one": False}),
        (
            snapshot(part("worker"), workers=[Worker(name="a", state="loading")]),
            {"worker/none": False, "worker/one": False},
        ),
        (
            snapshot(part("worker"), workers=[Worker(name="a", state="loading", deaths_while_loading=2)]),
            {"worker/none": True, "worker/one": False},
        ),
        (
            snapshot(
                part("worker", "warning"), workers=[Worker(name="a", state="ready"), Worker(name="b", state="gone")]
            ),
            {"worker/one": True},
        ),
        (snapshot(part("disk"), disk=DISK), {"disk/full": True, "disk/low": False}),
        (
            snapshot(part("disk", "warning"), disk=msgspec.structs.replace(DISK, free_bytes=50)),
            {"disk/low": True},
        ),
        (
            snapshot(part("certificate"), certificate=EXPIRED),
            {"certificate/expired": True, "certificate/soon": False},
        ),
        (snapshot(part("backups")), {"backups": True}),
        (snapshot(silent_pbxs=[SilentPbx(customer_id=7, customer_name="Ada")]), {"silent/7": True}),
        (snapshot(part("intake", "warning"), refused_posts=[RefusedPosts(customer_id=7)]), {"intake/7": True}),
        (
            snapshot(
                part("webhooks", "warning"),
                deliveries=DeliveriesSeen(
                    retrying=3, disabled_endpoints=[DisabledEndpoint(customer_id=7, customer_name="Ada", reason="x")]
                ),
            ),
            {"endpoint/7": True},
        ),
        (snapshot(health="unhealthy"), {"health": True}),
        (Snapshot(Health(status="unhealthy"), None, system_is_hidden=True), {"health": True}),
        (snapshot(health="healthy"), {}),
    ],
)
def test_each_trouble_has_a_key_that_stays(qtbot: QtBot, given: Snapshot, expected: dict[str, bool]) -> None:
    assert keys(troubles_of(given, NOW)) == expected


@pytest.mark.parametrize(
    ("next_due_at", "over"), [(None, "There is a recent backup now"), (NOW, "Backups are made again")]
)
def test_one_backup_by_hand_is_not_told_as_backups_that_are_made_again(
    qtbot: QtBot, next_due_at: datetime | None, over: str
) -> None:
    (found,) = troubles_of(snapshot(part("backups"), backups=BackupsSeen(next_due_at=next_due_at)), NOW)
    assert found.over == over


def test_calls_that_fail_are_one_trouble_whoever_sent_them(qtbot: QtBot) -> None:
    groups = [FailureGroup(error_code="engine_error", customer_id=number, count=5) for number in (1, 2)]
    failures = Failures(since=NOW - 60 * MINUTE, until=NOW, finished=20, failed=10, share=0.5, groups=groups)
    (found,) = troubles_of(snapshot(part("calls"), failures=failures), NOW)
    assert (found.key, found.text) == ("calls", "10 of 20 calls of the last hour failed")
    assert found.link.startswith("calls?state=failed&")


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (Unreachable("box:8443", "it does not answer"), "unreached/answer"),
        (NotAuthorised(), "unreached/token"),
        (CertificateChanged("a", "b"), "unreached/certificate"),
    ],
)
def test_why_it_could_not_be_asked_is_a_trouble_too(qtbot: QtBot, error: Exception, key: str) -> None:
    assert trouble_of_error(error).key == key  # type: ignore[arg-type]


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "settings.ini")


SILENT = Trouble("silent/7", "warn", "Ada has fallen silent", "customer/7", over="Ada sends calls again")
AWAY = trouble_of_error(Unreachable("box:8443", "it does not answer"))


def told(ledger: Ledger, *troubles: Trouble, minute: float, appliance: str = BOX) -> list[str]:
    return [one.text for one in ledger.take(appliance, troubles, NOW + minute * MINUTE)]


def test_a_trouble_is_told_once_when_it_begins_and_once_when_it_is_over(qtbot: QtBot, memory: Memory) -> None:
    ledger = Ledger(memory)
    later = Trouble("silent/7", "warn", "Ada has fallen silent since an hour", "customer/7", over=SILENT.over)
    assert told(ledger, SILENT, minute=0) == [], "it may be over in a moment"
    assert told(ledger, SILENT, minute=1) == ["Ada has fallen silent"]
    assert told(ledger, later, minute=2) == []
    assert told(ledger, later, minute=60) == []
    assert told(ledger, minute=61) == [], "it may be back in a moment"
    assert told(ledger, minute=62) == ["Ada sends calls again"]
    assert told(ledger, minute=63) == []
    assert told(ledger, SILENT, minute=64) == []
    assert told(ledger, SILENT, minute=65) == ["Ada has fallen silent"], "that is another time"


def test_what_comes_and_goes_is_not_told_of(qtbot: QtBot, memory: Memory) -> None:
    ledger = Ledger(memory)
    for minute in range(10):
        assert told(ledger, SILENT, minute=minute) == []
        assert told(ledger, minute=minute + 0.5) == []


def test_one_look_before_a_computer_slept_and_one_after_it_are_not_two_in_a_row(qtbot: QtBot, memory: Memory) -> None:
    ledger = Ledger(memory)
    assert told(ledger, minute=0) == []
    assert told(ledger, AWAY, minute=1) == [], "the lid is closed, and what is open breaks"
    assert told(ledger, AWAY, minute=481) == [], "the network is not there again yet"
    assert told(ledger, minute=482) == []
    assert told(ledger, AWAY, minute=483) == []
    assert told(ledger, AWAY, minute=484) == ["It cannot be reached: it does not answer"]
    assert told(ledger, minute=485) == []
    assert told(ledger, minute=965) == [], "nor is it over by them"
    assert told(ledger, minute=966) == ["It answers again"]


def test_what_was_told_before_a_restart_is_not_told_again_but_its_end_is(qtbot: QtBot, memory: Memory) -> None:
    first = Ledger(memory)
    told(first, SILENT, minute=0)
    assert told(first, SILENT, minute=1) == ["Ada has fallen silent"]
    second = Ledger(memory)
    assert told(second, SILENT, minute=100) == told(second, SILENT, minute=101) == []
    third = Ledger(memory)
    assert told(third, minute=200) == []
    assert told(third, minute=201) == ["Ada sends calls again"]
    fourth = Ledger(memory)
    assert told(fourth, minute=300) == told(fourth, minute=301) == []


def test_of_an_appliance_that_does_not_answer_nothing_else_is_over(qtbot: QtBot, memory: Memory) -> None:
    ledger = Ledger(memory)
    told(ledger, SILENT, minute=0)
    told(ledger, SILENT, minute=1)
    assert told(ledger, AWAY, minute=2) == []
    assert told(ledger, AWAY, minute=3) == ["It cannot be reached: it does not answer"]
    assert told(ledger, AWAY, minute=90) == []
    assert told(ledger, SILENT, minute=91) == []
    assert told(ledger, SILENT, minute=92) == ["It answers again"]


def test_a_worse_stage_is_news_and_the_milder_one_is_not_over_by_it(qtbot: QtBot, memory: Memory) -> None:
    ledger = Ledger(memory)
    low = troubles_of(snapshot(part("disk", "warning"), disk=msgspec.structs.replace(DISK, free_bytes=50)), NOW)
    full = troubles_of(snapshot(part("disk"), disk=DISK), NOW)
    told(ledger, *low, minute=0)
    (begun,) = told(ledger, *low, minute=1)
    assert begun.startswith("Only 50 bytes of the disk are free")
    told(ledger, *full, minute=2)
    (worse,) = told(ledger, *full, minute=3)
    assert worse.startswith("The disk is full")


FAILED = Trouble("webhooks/failed", "warn", "Webhooks that could not be delivered: 3")
OF_ADA, OF_BOB = (Trouble(f"webhooks/failed/{which}", "warn", f"Webhooks to {which}: 2") for which in ("ada", "bob"))


def test_webhooks_told_of_without_a_name_are_not_told_once_more_by_name(qtbot: QtBot, memory: Memory) -> None:
    ledger = Ledger(memory)
    told(ledger, FAILED, minute=0)
    assert told(ledger, FAILED, minute=1) == [FAILED.text]
    for minute in (2, 3, 4):
        assert told(ledger, OF_ADA, minute=minute) == []
    told(ledger, OF_ADA, OF_BOB, minute=5)
    assert told(ledger, OF_ADA, OF_BOB, minute=6) == [OF_BOB.text], "that one is new"


def test_webhooks_told_of_by_name_are_not_told_once_more_while_the_names_cannot_be_had(
    qtbot: QtBot, memory: Memory
) -> None:
    ledger = Ledger(memory)
    told(ledger, OF_ADA, minute=0)
    assert told(ledger, OF_ADA, minute=1) == [OF_ADA.text]
    ledger = Ledger(memory)
    for minute in (2, 3, 4):
        assert told(ledger, FAILED, minute=minute) == []
    assert told(ledger, OF_ADA, OF_BOB, minute=5) == []
    assert told(ledger, OF_ADA, OF_BOB, minute=6) == [OF_BOB.text]
    told(ledger, minute=7)
    assert told(ledger, minute=8) == []
    told(ledger, FAILED, minute=9)
    assert told(ledger, FAILED, minute=10) == [FAILED.text], "another time"


def test_each_appliance_has_its_own(qtbot: QtBot, memory: Memory) -> None:
    ledger = Ledger(memory)
    told(ledger, SILENT, minute=0)
    told(ledger, SILENT, minute=1)
    told(ledger, SILENT, minute=1, appliance=OTHER)
    assert told(ledger, SILENT, minute=2, appliance=OTHER) == ["Ada has fallen silent"]
    ledger.forget(BOX)
    assert told(ledger, minute=3) == told(ledger, minute=4) == []
    told(ledger, minute=5, appliance=OTHER)
    assert told(ledger, minute=6, appliance=OTHER) == ["Ada sends calls again"]


def test_a_damaged_memory_begins_anew(qtbot: QtBot, memory: Memory) -> None:
    memory.remember("told-troubles", "{")
    assert told(Ledger(memory), SILENT, minute=0) == []


def news(key: str, text: str, *, over: bool = False, appliance: str = BOX) -> News:
    tone = "good" if over else "warn"
    return News(appliance=appliance, key=key, text=text, link=f"customer/{key}", tone=tone, is_over=over)  # type: ignore[arg-type]


def test_one_thing_is_told_in_its_own_words_and_leads_to_its_place(qtbot: QtBot) -> None:
    found = notification([news("7", "Ada has fallen silent")], NAMES)
    assert (found.title, found.text) == ("Berlin", "Ada has fallen silent")
    assert (found.appliance, found.link) == (BOX, "customer/7")


def test_several_at_once_are_one_notification(qtbot: QtBot) -> None:
    found = notification(
        [news("1", "one is well", over=True), *(news(str(n), f"{n} is not") for n in range(2, 7))], NAMES
    )
    assert found.text == "2 is not\n3 is not\n4 is not\nand 3 more"
    assert (found.title, found.link) == ("Berlin", "overview")
    both = notification([news("1", "a"), news("2", "b", appliance=OTHER)], NAMES)
    assert (both.title, both.text) == ("vBot", "Berlin: a\nBonn: b")


def test_what_came_in_quiet_hours_is_one_line(qtbot: QtBot) -> None:
    held = [
        news("1", "one fails"),
        news("2", "two fails"),
        news("2", "two is well", over=True),
        news("3", "three is well", over=True),
    ]
    found = after_quiet(held, NAMES)
    assert found is not None
    assert found.text == "While it was quiet: Berlin: one fails · Berlin: three is well · came and went: 1"
    many = after_quiet([news(str(n), f"{n} fails") for n in range(6)], NAMES)
    assert many is not None
    assert many.text == "While it was quiet: Berlin: 0 fails · Berlin: 1 fails · and 4 more"
    passed = after_quiet(held[1:3], NAMES)
    assert passed is not None
    assert (passed.text, passed.tone) == ("While it was quiet: came and went: 1", "calm")
    assert after_quiet([], NAMES) is None
