"""What pops up, and when: gathered, held back in quiet hours, and told in one line afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from pytestqt.qtbot import QtBot

from admin_gui.local_storage.notification_settings import NotificationSettings, QuietHours
from admin_gui.local_storage.profiles import Memory
from admin_gui.models.notices.standing import Standing, State
from admin_gui.models.notices.troubles import Trouble
from admin_gui.models.notices.wording import Notification
from admin_gui.shell.notices import announcer
from admin_gui.shell.notices.announcer import Announcer
from tests.admin_gui.conftest import WAIT_MS

ZONE = timezone(timedelta(hours=1))
BOX, OTHER = "https://box:8443", "https://other:8443"
TUESDAY = datetime(2026, 11, 24, 12, 0, tzinfo=ZONE)
NIGHT = QuietHours(begin=20 * 60, end=7 * 60)
WELL = Standing(State.WELL, "All is well")


def ill(*keys: str) -> Standing:
    troubles = tuple(Trouble(key, "warn", f"{key} fails", "system", over=f"{key} works again") for key in keys)
    return Standing(State.LOOK, "Something needs a look", troubles)


@pytest.mark.parametrize(
    ("day", "hour", "minute", "quiet"),
    [
        (24, 19, 59, False),
        (24, 20, 0, True),
        (25, 6, 59, True),
        (25, 7, 0, False),
        (27, 21, 0, False),  # a Friday
        (28, 3, 0, False),  # of the night that began on Friday
        (28, 21, 0, True),
        (29, 3, 0, True),
    ],
)
def test_a_quiet_night_belongs_to_the_day_on_which_it_begins(day: int, hour: int, minute: int, quiet: bool) -> None:
    hours = QuietHours(begin=20 * 60, end=7 * 60, days=(0, 1, 2, 3, 5, 6))
    assert hours.contain(datetime(2026, 11, day, hour, minute, tzinfo=ZONE)) is quiet


def test_quiet_by_day_all_day_and_on_weekends() -> None:
    noon = QuietHours(begin=12 * 60, end=13 * 60, days=(1,))
    assert [noon.contain(TUESDAY + timedelta(minutes=at)) for at in (-1, 0, 59, 60)] == [False, True, True, False]
    whole = QuietHours(begin=9 * 60, end=9 * 60, days=(1,))
    assert [whole.contain(TUESDAY.replace(hour=at)) for at in (8, 9, 23)] == [False, True, True]
    assert [whole.contain(TUESDAY.replace(day=25, hour=at)) for at in (8, 9)] == [True, False]
    weekend = QuietHours(begin=20 * 60, end=21 * 60, days=(), weekends=True)
    assert [weekend.contain(TUESDAY.replace(day=at)) for at in (27, 28, 29, 30)] == [False, True, True, False]


class Desk:
    """A clock on the wall, and what popped up."""

    def __init__(self, memory: Memory) -> None:
        self.now = TUESDAY
        self.memory = memory
        self.seen: list[Notification] = []
        self.start()

    def start(self) -> None:
        """The program, anew."""
        self.announcer = Announcer(self.memory, lambda: {BOX: "Berlin", OTHER: "Bonn"}, now=lambda: self.now)
        self.announcer.told.connect(self.seen.append)
        self.announcer.begin()

    def pass_minutes(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)

    def lasting(self, standing: Standing, appliance: str = BOX) -> None:
        """It stands so for more than a minute."""
        self.announcer.take(appliance, standing)
        self.pass_minutes(1)
        self.announcer.take(appliance, standing)

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.seen]

    @property
    def is_gathering(self) -> bool:
        return self.announcer._gather.isActive()


@pytest.fixture
def desk(qtbot: QtBot, memory: Memory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(announcer, "GATHER_MS", 50)
    return Desk(memory)  # type: ignore[return-value]


def test_what_comes_together_is_told_together(qtbot: QtBot, desk: Desk) -> None:
    desk.lasting(ill("disk", "queue"))
    desk.lasting(ill("disk"), OTHER)
    assert desk.texts == []
    qtbot.waitUntil(lambda: bool(desk.seen), timeout=WAIT_MS)
    assert desk.texts == ["Berlin: disk fails\nBerlin: queue fails\nBonn: disk fails"]
    assert desk.seen[0].title == "vBot"
    desk.lasting(ill("disk", "queue"))
    assert not desk.is_gathering, "it was told"
    desk.lasting(WELL)
    qtbot.waitUntil(lambda: len(desk.seen) == 2, timeout=WAIT_MS)
    assert (desk.seen[1].title, desk.texts[1]) == ("Berlin", "disk works again\nqueue works again")


def test_in_quiet_hours_nothing_pops_up_and_afterwards_it_is_one_line(qtbot: QtBot, desk: Desk) -> None:
    desk.announcer.change(NotificationSettings(quiet_hours=NIGHT))
    desk.now = TUESDAY.replace(hour=22)
    desk.lasting(ill("disk", "queue"))
    qtbot.waitUntil(lambda: not desk.is_gathering, timeout=WAIT_MS)
    desk.lasting(ill("disk"))
    qtbot.waitUntil(lambda: not desk.is_gathering, timeout=WAIT_MS)
    desk.announcer.look()
    assert desk.texts == []
    desk.start()  # the program was ended and started again in the night
    desk.now = TUESDAY.replace(day=25, hour=7)
    desk.announcer.look()
    assert desk.texts == ["While it was quiet: Berlin: disk fails · came and went: 1"]
    desk.announcer.look()
    assert len(desk.seen) == 1


def test_a_pause_ends_after_an_hour_or_when_somebody_ends_it(qtbot: QtBot, desk: Desk) -> None:
    desk.announcer.pause()
    desk.lasting(ill("disk"))
    qtbot.waitUntil(lambda: not desk.is_gathering, timeout=WAIT_MS)
    assert desk.announcer.is_paused
    assert desk.texts == []
    desk.pass_minutes(60)
    desk.announcer.look()
    assert not desk.announcer.is_paused
    assert desk.texts == ["While it was quiet: Berlin: disk fails"]
    desk.announcer.pause()
    desk.lasting(ill("disk", "queue"))
    qtbot.waitUntil(lambda: not desk.is_gathering, timeout=WAIT_MS)
    desk.announcer.resume()
    assert desk.texts[1:] == ["While it was quiet: Berlin: queue fails"]


def test_who_turned_them_off_is_told_nothing_and_nothing_late(qtbot: QtBot, desk: Desk) -> None:
    desk.announcer.change(NotificationSettings(are_on=False))
    desk.lasting(ill("disk"))
    assert not desk.is_gathering
    desk.start()
    assert not desk.announcer.settings.are_on, "it is remembered"
    desk.announcer.change(NotificationSettings())
    desk.lasting(ill("disk"))
    assert not desk.is_gathering
    assert desk.texts == []


def test_of_an_appliance_that_was_forgotten_nothing_is_told(qtbot: QtBot, desk: Desk) -> None:
    desk.announcer.pause()
    desk.lasting(ill("disk"))
    qtbot.waitUntil(lambda: not desk.is_gathering, timeout=WAIT_MS)
    desk.announcer.forget(BOX)
    desk.announcer.resume()
    assert desk.texts == []


@pytest.mark.parametrize("is_early", [True, False])
def test_one_that_waits_for_another_tells_nothing_until_it_begins_and_nothing_twice(
    qtbot: QtBot, desk: Desk, is_early: bool
) -> None:
    seen: list[str] = []

    def wait_beside_it() -> Announcer:
        made = Announcer(desk.memory, lambda: {BOX: "Berlin"}, now=lambda: desk.now)
        made.told.connect(lambda one: seen.append(one.text))
        return made

    second = wait_beside_it() if is_early else None
    desk.announcer.pause()
    desk.lasting(ill("disk"))
    qtbot.waitUntil(lambda: not desk.is_gathering, timeout=WAIT_MS)
    second = second or wait_beside_it()
    desk.pass_minutes(60)
    second.look()
    second.forget(OTHER)
    assert seen == []
    second.begin()
    second.look()
    assert seen == ["While it was quiet: Berlin: disk fails"]
    second.take(BOX, ill("disk"))
    desk.pass_minutes(1)
    second.take(BOX, ill("disk"))
    assert not second._gather.isActive(), "the first one has told of it"
