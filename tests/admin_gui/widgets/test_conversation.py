"""A conversation of hours is laid out in pieces, and what is to be in sight is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSlider
from pytestqt.qtbot import QtBot

from admin_gui.appearance.theme import Theme
from admin_gui.client.calls import Turn
from admin_gui.models.spoken_words import Hit
from admin_gui.widgets.call.conversation import Conversation

TURNS = 1500
WAIT_MS = 60_000


class Watched(Conversation):
    """Counts how often all turns are laid out anew."""

    layouts = 0

    def scheduleDelayedItemsLayout(self) -> None:  # noqa: N802
        self.layouts += 1
        super().scheduleDelayedItemsLayout()


@pytest.fixture
def conversation(qtbot: QtBot) -> Watched:
    made = Watched(Theme("light"))
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show()
    turns = [
        Turn(start=number, end=number + 0.9, text="Who signed for the parcel, and where is it kept?", party="caller")
        for number in range(TURNS)
    ]
    made.show_turns(turns)
    return made


def is_seen(conversation: Conversation, row: int) -> bool:
    rect = conversation.visualRect(conversation.model().index(row, 0))
    return rect.isValid() and conversation.viewport().rect().contains(rect)


def test_it_is_not_laid_out_all_at_once(qtbot: QtBot, conversation: Conversation) -> None:
    assert conversation.is_laid_out(0)
    assert not conversation.is_laid_out(TURNS - 1)
    qtbot.waitUntil(lambda: conversation.is_laid_out(TURNS - 1), timeout=WAIT_MS)


@pytest.mark.parametrize(
    "show",
    [
        lambda it: it.show_moment(TURNS - 0.5),
        lambda it: it.show_sources([TURNS - 1]),
        lambda it: it.show_hits([Hit(TURNS - 1, 0, 3)], Hit(TURNS - 1, 0, 3)),
    ],
    ids=["spoken", "a source", "found"],
)
def test_what_is_asked_for_before_it_has_a_place_comes_into_sight(
    qtbot: QtBot, conversation: Conversation, show: Callable[[Conversation], None]
) -> None:
    show(conversation)
    qtbot.waitUntil(lambda: is_seen(conversation, TURNS - 1), timeout=WAIT_MS)


@pytest.mark.parametrize(
    "look_elsewhere",
    [
        lambda it: it.verticalScrollBar().triggerAction(QAbstractSlider.SliderAction.SliderSingleStepAdd),
        lambda it: QTest.keyClick(it, Qt.Key.Key_Down),
    ],
    ids=["by the scroll bar", "by a key"],
)
def test_who_looks_elsewhere_meanwhile_stays_there(
    qtbot: QtBot, conversation: Conversation, look_elsewhere: Callable[[Conversation], None]
) -> None:
    conversation.show_moment(TURNS - 0.5)
    look_elsewhere(conversation)
    qtbot.waitUntil(lambda: conversation.is_laid_out(TURNS - 1), timeout=WAIT_MS)
    qtbot.wait(100)
    assert is_seen(conversation, 2)


def test_in_another_width_it_does_not_jump_to_the_beginning(qtbot: QtBot, conversation: Conversation) -> None:
    qtbot.waitUntil(lambda: conversation.is_laid_out(TURNS - 1), timeout=WAIT_MS)
    bar = conversation.verticalScrollBar()
    bar.setValue(bar.maximum())
    before = bar.value()
    conversation.resize(480, 400)
    assert conversation.is_laid_out(TURNS - 1)
    assert bar.value() >= before


def test_in_another_height_it_is_not_laid_out_anew(qtbot: QtBot, conversation: Watched) -> None:
    qtbot.waitUntil(lambda: conversation.is_laid_out(TURNS - 1), timeout=WAIT_MS)
    before = conversation.layouts
    conversation.resize(500, 300)
    assert conversation.layouts == before
    conversation.resize(480, 300)
    assert conversation.layouts > before
