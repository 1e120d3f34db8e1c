"""A call is heard as it is read, by mouse and by keys: a real appliance, a fake engine, a sound device of our own."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from admin_gui.client.calls import Calls
from admin_gui.client.transport.errors import DamagedFile, NotFound
from admin_gui.client.transport.stop import Progress, Stop
from admin_gui.pages.calls import recording_player
from admin_gui.pages.calls.call_page import CallPage
from admin_gui.pages.calls.listening import Listening
from admin_gui.shell.main_window import MainWindow
from admin_gui.shell.palette.command_palette import CommandPalette
from admin_gui.sound.output import SoundFailed
from admin_gui.widgets.call.waveform import BAND_HEIGHT, CHANNEL_HEIGHT, MARKS_HEIGHT, Waveform
from admin_gui.widgets.layout.least_height import LeastHeight
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import click, opened, press
from tests.admin_gui.sound_sink import NoSound, SoundSink
from tests.support.fake_worker import that_says
from tests.support.recordings import wav

# Each has a window of its own before an appliance.
pytestmark = pytest.mark.slow

RATE = 8000
SECONDS = 12.0
TURNS = [
    {"start": 1.0, "end": 3.0, "channel": 0, "party": "caller", "text": "My parcel from Uppsala is missing."},
    {"start": 4.0, "end": 6.0, "channel": 1, "party": "called", "text": "We look for it at once."},
    {"start": 10.0, "end": 12.0, "channel": 0, "party": "caller", "text": "The parcel is blue."},
]


def recording() -> bytes:
    """Both channels tell by themselves where in the recording they are: the value is the share that has passed.

    The caller's is above nothing, the called party's below; the called is half as loud.
    """
    share = np.arange(int(RATE * SECONDS)) / (RATE * SECONDS)
    both = np.stack([share, -share / 2], axis=1)
    return that_says(wav((both * 32767).astype("<i2").tobytes(), rate=RATE, channels=2), TURNS)


def is_at(sink: SoundSink) -> float:
    """Where in the recording that is which is heard now, in seconds."""
    return float(sink.heard[-1]) * 2 * SECONDS


@pytest.fixture
def customer(appliance: TlsAppliance) -> dict[str, Any]:
    return appliance.new_customer(company_name="Listening Ltd")


@pytest.fixture
def call_id(appliance: TlsAppliance, customer: dict[str, Any]) -> str:
    accepted = appliance.accepted(customer["api_key"], recording())
    appliance.final_call(accepted)
    return accepted


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow, call_id: str) -> CallPage:
    window.resize(1280, 900)
    found = opened(qtbot, window, f"call/{call_id}")
    assert isinstance(found, CallPage)
    qtbot.waitUntil(found.listening.waveform.isVisible, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)  # the words' times too
    return found


@pytest.fixture
def listening(page: CallPage) -> Listening:
    return page.listening


def click_word(listening: Listening, row: int, number: int) -> None:
    conversation = listening.conversation
    at = conversation.word_rect(row, number).center()
    QTest.mouseClick(conversation.viewport(), Qt.MouseButton.LeftButton, pos=at)


def click_moment(waveform: Waveform, seconds: float) -> None:
    QTest.mouseClick(waveform, Qt.MouseButton.LeftButton, pos=QPoint(round(waveform.x_of(seconds)), 20))


def has_moved(qtbot: QtBot, listening: Listening, seconds: float) -> None:
    qtbot.waitUntil(lambda: abs(listening.player.position - seconds) < 0.06, timeout=WAIT_MS)


def test_space_plays_and_pauses_and_the_playhead_is_where_the_sound_is(
    qtbot: QtBot, page: CallPage, listening: Listening, sinks: list[SoundSink]
) -> None:
    assert page.conversation.hasFocus()
    QTest.keyClick(page.conversation, Qt.Key.Key_Space)
    (sink,) = sinks
    assert sink.rate_hz == RATE
    for _ in range(5):
        sink.play(0.7)
        has_moved(qtbot, listening, is_at(sink))
        assert listening.waveform.position == listening.player.position
    assert listening.bar.clock.text() == "0:03 / 0:12"
    QTest.keyClick(page.conversation, Qt.Key.Key_Space)
    assert not sink.is_playing
    assert listening.player.position == pytest.approx(3.5, abs=0.05)
    QTest.keyClick(page.conversation, Qt.Key.Key_Space)
    sink.play(0.5)
    has_moved(qtbot, listening, 4.0)
    assert is_at(sink) == pytest.approx(4.0, abs=0.05)


@pytest.mark.long
def test_the_playhead_does_not_step_back_at_a_pause(qtbot: QtBot, listening: Listening, sinks: list[SoundSink]) -> None:
    listening.play_from(1.0)
    sinks[-1].play(1.0)
    has_moved(qtbot, listening, is_at(sinks[-1]))
    before = listening.player.position
    listening.player.pause()
    assert listening.player.position == before


def test_the_word_that_is_spoken_is_lit(qtbot: QtBot, listening: Listening, sinks: list[SoundSink]) -> None:
    listening.play_from(0.08)
    lit = []
    for _ in range(12):
        sinks[-1].play(0.5)
        has_moved(qtbot, listening, is_at(sinks[-1]))
        lit += listening.conversation.spoken_words
    # The fake engine says each word as long as any other: .33 s, and .33 s of the second turn.
    assert lit == ["My", "parcel", "Uppsala", "is", "We", "look", "it", "at"]


@pytest.mark.long
def test_a_click_on_a_word_plays_from_there(qtbot: QtBot, listening: Listening, sinks: list[SoundSink]) -> None:
    click_word(listening, 1, 2)
    assert listening.player.is_playing
    sinks[-1].play(0.1)
    has_moved(qtbot, listening, is_at(sinks[-1]))
    assert listening.player.position == pytest.approx(4.0 + 2 * 2 / 6 + 0.1, abs=0.05)
    assert listening.conversation.spoken_words == ["for"]
    click_word(listening, 2, 3)
    sinks[-1].play(0.2)
    has_moved(qtbot, listening, 11.6)
    assert listening.conversation.spoken_words == ["blue."]


def test_enter_plays_the_turn_and_the_arrows_leap(qtbot: QtBot, page: CallPage, sinks: list[SoundSink]) -> None:
    conversation, player = page.conversation, page.listening.player
    QTest.keyClick(conversation, Qt.Key.Key_Down)
    QTest.keyClick(conversation, Qt.Key.Key_Down)
    QTest.keyClick(conversation, Qt.Key.Key_Return)
    row = conversation.currentIndex().row()
    assert player.is_playing
    assert player.position == TURNS[row]["start"]
    QTest.keyClick(conversation, Qt.Key.Key_Space)
    player.seek(6.0)
    QTest.keyClick(conversation, Qt.Key.Key_Right)
    assert player.position == 11.0
    QTest.keyClick(conversation, Qt.Key.Key_Right)
    assert player.position == SECONDS
    QTest.keyClick(conversation, Qt.Key.Key_Left)
    assert player.position == SECONDS - 5


def test_the_keys_work_wherever_the_keyboard_is_and_buttons_keep_theirs(
    qtbot: QtBot, window: MainWindow, page: CallPage, sinks: list[SoundSink]
) -> None:
    bar, player = page.listening.bar, page.listening.player
    bar.silence.setFocus()
    QTest.keyClick(bar.silence, Qt.Key.Key_Space)
    assert bar.silence.isChecked()
    assert not player.is_playing
    press(qtbot, window, Qt.Key.Key_Right)
    assert player.position == 5.0
    around = page.findChild(LeastHeight)
    assert isinstance(around, LeastHeight)
    QTest.keyClick(around, Qt.Key.Key_Left)  # as from a widget in it that does nothing by this key
    assert player.position == 0
    QTest.keyClick(around, Qt.Key.Key_Right)
    assert player.position == 5.0
    press(qtbot, window, Qt.Key.Key_P)
    assert player.is_playing
    press(qtbot, window, Qt.Key.Key_Period)
    assert bar.speed.currentData() == 1.25
    press(qtbot, window, Qt.Key.Key_Comma)
    assert bar.speed.currentData() == 1.0
    waveform = page.listening.waveform
    waveform.setFocus()
    QTest.keyClick(waveform, Qt.Key.Key_Space)
    assert not player.is_playing
    QTest.keyClick(waveform, Qt.Key.Key_Home)
    assert player.position == 0


def test_a_click_on_the_waveform_seeks_and_one_looks_closer(qtbot: QtBot, listening: Listening) -> None:
    waveform = listening.waveform
    qtbot.waitUntil(lambda: waveform.width() > 200, timeout=WAIT_MS)
    click_moment(waveform, 8.0)
    assert listening.player.position == pytest.approx(8.0, abs=0.05)
    assert not listening.player.is_playing
    click(listening.bar.closer)
    start, end = waveform.visible_seconds
    assert end - start == pytest.approx(SECONDS / 2)
    assert start < 8.0 < end
    listening.player.seek(1.0)
    start, end = waveform.visible_seconds
    assert start <= 1.0 <= end, "what is heard stays in sight"
    QTest.keyClick(waveform, Qt.Key.Key_Minus)
    assert waveform.visible_seconds == (0.0, SECONDS)
    assert not waveform.grab().toImage().isNull()


def test_a_call_is_heard_faster(qtbot: QtBot, listening: Listening, sinks: list[SoundSink]) -> None:
    listening.bar.speed.setCurrentText("2×")
    click(listening.bar.play_button)
    sinks[-1].play(3.0)
    has_moved(qtbot, listening, 6.0)
    assert is_at(sinks[-1]) == pytest.approx(6.0, abs=0.06)


def test_each_party_is_muted_and_one_is_louder_than_the_other(listening: Listening, sinks: list[SoundSink]) -> None:
    bar = listening.bar
    assert (bar.left_button.text(), bar.right_button.text()) == ("Caller", "Called")
    listening.play_from(6.0)
    sink = sinks[-1]

    def heard() -> float:
        sink.play(0.3)
        return float(sink.heard[-1]) / (listening.player._playback.position(sink.heard_frames()) / SECONDS)  # type: ignore[union-attr]

    assert heard() == pytest.approx(0.5, abs=0.02)
    click(bar.left_button)
    assert heard() == pytest.approx(-0.5, abs=0.02)
    click(bar.left_button)
    click(bar.right_button)
    assert heard() == pytest.approx(1.0, abs=0.02)
    click(bar.right_button)
    bar.balance.setFocus()
    QTest.keyClick(bar.balance, Qt.Key.Key_End)
    assert heard() == pytest.approx(-0.5, abs=0.02), "to the right the called party alone"


def test_silence_is_skipped_at_will(qtbot: QtBot, listening: Listening, sinks: list[SoundSink]) -> None:
    listening.play_from(5.5)
    sinks[-1].play(1.5)
    has_moved(qtbot, listening, 7.0)
    click(listening.bar.silence)
    sinks[-1].play(0.5)
    qtbot.waitUntil(lambda: listening.player.position > 9.6, timeout=WAIT_MS)


@pytest.mark.long
def test_it_ends_by_itself_and_begins_anew(qtbot: QtBot, listening: Listening, sinks: list[SoundSink]) -> None:
    listening.play_from(11.5)
    sinks[-1].play(1.0)
    qtbot.waitUntil(lambda: not listening.player.is_playing, timeout=WAIT_MS)
    assert listening.player.position == SECONDS
    assert listening.bar.play_button.accessibleName() == "Play"
    click(listening.bar.play_button)
    assert listening.player.position == 0.0
    assert listening.bar.play_button.accessibleName() == "Pause"


def test_a_sentence_of_the_summary_shows_and_plays_what_it_stands_on(
    qtbot: QtBot, page: CallPage, sinks: list[SoundSink]
) -> None:
    _first, second = page.summary.buttons
    assert isinstance(second, QToolButton)
    assert second.text() == "0:04"
    assert "We look for it at once." in second.accessibleName()
    click(second)
    assert page.conversation.sources == [1]
    sinks[-1].play(1.0)
    has_moved(qtbot, page.listening, 4.75)
    sinks[-1].play(2.0)
    qtbot.waitUntil(lambda: not page.listening.player.is_playing, timeout=WAIT_MS)
    assert page.listening.player.position == pytest.approx(6.25, abs=0.06)
    click_word(page.listening, 0, 0)
    assert page.conversation.sources == []


def test_something_is_found_within_the_call_by_keys(qtbot: QtBot, window: MainWindow, page: CallPage) -> None:
    find_bar = page.listening.find_bar
    assert not find_bar.isVisible()
    press(qtbot, window, Qt.Key.Key_F)
    assert find_bar.field.hasFocus()
    QTest.keyClicks(find_bar.field, "PARCEL is")
    assert find_bar.count.text() == "1 of 1"
    find_bar.field.selectAll()
    QTest.keyClicks(find_bar.field, "parcel")
    assert find_bar.count.text() == "1 of 2"
    assert page.listening.player.position == pytest.approx(1 + 2 / 6, abs=0.01), "Space would play from there"
    QTest.keyClick(find_bar.field, Qt.Key.Key_Return)
    assert find_bar.count.text() == "2 of 2"
    assert page.listening.player.position == pytest.approx(10.5, abs=0.01)
    QTest.keyClick(find_bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert find_bar.count.text() == "1 of 2"
    QTest.keyClicks(find_bar.field, " of gold")
    assert find_bar.count.text() == "Not found"
    QTest.keyClick(find_bar.field, Qt.Key.Key_Escape)
    assert not find_bar.isVisible()
    assert page.conversation.hasFocus()
    assert find_bar.hits == []


@pytest.mark.long
def test_without_the_words_times_they_are_shared_out_over_the_turn(
    qtbot: QtBot, window: MainWindow, call_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_known(*_: object) -> None:
        raise NotFound("Resource not found", status=404)

    monkeypatch.setattr(window.context.appliance.calls, "words", not_known)
    page = opened(qtbot, window, f"call/{call_id}")
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    page.listening.player.seek(11.9)
    assert page.conversation.spoken_words == ["blue."]
    assert "the word that is lit is a guess" in page.listening.note.text()
    assert window.status_line.message == ""


def test_on_a_computer_without_a_sound_device_there_is_one_line_and_the_words_stay(
    qtbot: QtBot, window: MainWindow, page: CallPage
) -> None:
    window.context.open_output = NoSound
    click(page.listening.bar.play_button)
    qtbot.waitUntil(page.listening.note.isVisible, timeout=WAIT_MS)
    assert page.listening.note.text().startswith("No sound device works on this computer")
    assert page.listening.note.text() == window.status_line.message
    assert not page.listening.player.is_playing
    click_moment(page.listening.waveform, 4.2)
    assert page.conversation.spoken_words == ["We"]


def test_nothing_of_a_recording_is_written_anywhere_and_it_is_gone_with_the_page(
    qtbot: QtBot,
    window: MainWindow,
    page: CallPage,
    sinks: list[SoundSink],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    page.listening.player.forget()
    page.refresh()
    qtbot.waitUntil(lambda: page.listening.player._playback is not None, timeout=WAIT_MS)
    click(page.listening.bar.play_button)
    sinks[-1].play(0.5)
    window.context.go("customers")
    qtbot.waitUntil(lambda: window.page is not page, timeout=WAIT_MS)
    assert sinks[-1].is_closed
    assert page.listening.player._playback is None
    assert [file for file in tmp_path.rglob("*") if file.is_file() and file.name != "settings.ini"] == []
    window.go_back()
    qtbot.waitUntil(page.listening.waveform.isVisible, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.listening.player._playback is not None, timeout=WAIT_MS)
    click(page.listening.bar.play_button)
    assert len(sinks) == 2


def test_what_is_to_be_heard_before_the_recording_has_come_is_heard_when_it_has(
    qtbot: QtBot, window: MainWindow, call_id: str, sinks: list[SoundSink], monkeypatch: pytest.MonkeyPatch
) -> None:
    clicked, fetch = threading.Event(), Calls.recording

    def late(*arguments: Any) -> bytes:
        assert clicked.wait(WAIT_MS / 1000)
        return fetch(*arguments)

    monkeypatch.setattr(Calls, "recording", late)
    window.context.go(f"call/{call_id}")
    page = window.page
    assert isinstance(page, CallPage)
    qtbot.waitUntil(lambda: len(page.conversation.turns) == 3, timeout=WAIT_MS)
    assert page.listening.player.is_on_its_way
    page.listening.play_from(4.0)
    assert sinks == []
    clicked.set()
    qtbot.waitUntil(lambda: page.listening.player.is_playing, timeout=WAIT_MS)
    assert page.listening.player.position == 4.0


def test_a_long_recording_is_fetched_when_it_is_played(
    qtbot: QtBot, window: MainWindow, call_id: str, sinks: list[SoundSink], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording_player, "LONGEST_UNASKED_SECONDS", 1)
    page = opened(qtbot, window, f"call/{call_id}")
    assert "fetched when it is played" in page.listening.note.text()
    height = page.listening.waveform.height()
    click(page.listening.bar.play_button)
    qtbot.waitUntil(lambda: page.listening.player.is_playing, timeout=WAIT_MS)
    assert page.listening.waveform.height() == height - MARKS_HEIGHT + 2 * CHANNEL_HEIGHT
    assert not page.listening.note.isVisible()
    assert not page.listening.load_button.isVisible()


def test_of_a_long_recording_one_sees_who_speaks_when_before_it_is_fetched(
    qtbot: QtBot, window: MainWindow, call_id: str, held: HeldFetches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording_player, "LONGEST_UNASKED_SECONDS", 1)
    page = opened(qtbot, window, f"call/{call_id}")
    listening, waveform, colors = page.listening, page.listening.waveform, window.context.theme.colors
    qtbot.waitUntil(waveform.isVisible, timeout=WAIT_MS)
    picture = waveform.grab().toImage()

    def color_at(seconds: float, line: int) -> QColor:
        return picture.pixelColor(round(waveform.x_of(seconds)), MARKS_HEIGHT + line * BAND_HEIGHT + 2)

    assert [color_at(2, 0), color_at(5, 1)] == [QColor(colors.good), QColor(colors.accent)]
    assert color_at(2, 1) == color_at(5, 0) == color_at(8, 0), "nobody speaks there"
    click_moment(waveform, 5.0)
    assert listening.player.position == pytest.approx(5.0, abs=0.1)
    listening.find_words("parcel")
    assert len(waveform._marks) == 2
    listening.find_bar.close_it()
    assert held.asked == []


def test_the_waveform_of_a_long_recording_comes_by_one_press(
    qtbot: QtBot,
    window: MainWindow,
    call_id: str,
    sinks: list[SoundSink],
    held: HeldFetches,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recording_player, "LONGEST_UNASKED_SECONDS", 1)
    page = opened(qtbot, window, f"call/{call_id}")
    listening, waveform = page.listening, page.listening.waveform
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    listening.player.seek(5.0)
    listening.load_button.setFocus()
    for _ in range(2):  # the second press asks for nothing more
        QTest.keyClick(listening.load_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: held.asked == [call_id], timeout=WAIT_MS)
    held.let_go.set()
    qtbot.waitUntil(lambda: waveform.height() > 2 * CHANNEL_HEIGHT, timeout=WAIT_MS)
    assert sinks == [], "nobody wanted to hear it"
    assert waveform.position == listening.player.position == 5.0
    assert listening.load_button.isHidden()
    assert waveform.hasFocus()
    assert held.asked == [call_id]


def test_a_long_recording_that_is_gone_leaves_the_keyboard_where_one_reads(
    qtbot: QtBot, window: MainWindow, call_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise NotFound("Resource not found", status=404)

    monkeypatch.setattr(recording_player, "LONGEST_UNASKED_SECONDS", 1)
    monkeypatch.setattr(window.context.appliance.calls, "recording", gone)
    page = opened(qtbot, window, f"call/{call_id}")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    page.listening.load_button.setFocus()
    QTest.keyClick(page.listening.load_button, Qt.Key.Key_Space)
    qtbot.waitUntil(page.listening.waveform.isHidden, timeout=WAIT_MS)
    assert page.conversation.hasFocus()
    assert "erased when its retention ended" in page.listening.note.text()


def test_a_recording_that_the_disk_has_damaged_is_told_and_the_texts_stay(
    qtbot: QtBot, window: MainWindow, call_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Damaged by word alone: the appliance, which others share, would be alarmed for a day."""

    def damaged(*_: object) -> None:
        raise DamagedFile("Internal server error", status=500)

    monkeypatch.setattr(window.context.appliance.calls, "recording", damaged)
    page = opened(qtbot, window, f"call/{call_id}")
    qtbot.waitUntil(page.listening.note.isVisible, timeout=WAIT_MS)
    assert "damaged on the appliance's disk" in page.listening.note.text()
    assert not page.listening.bar.isVisible()
    assert len(page.conversation.turns) == 3
    page.listening.toggle()
    qtbot.waitUntil(lambda: "damaged on the appliance's disk" in window.status_line.message, timeout=WAIT_MS)


def test_a_recording_that_cannot_be_decoded_can_be_read_and_saved(
    qtbot: QtBot, window: MainWindow, call_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window.context.appliance.calls, "recording", lambda *_: b"G.729 or so")
    page = opened(qtbot, window, f"call/{call_id}")
    qtbot.waitUntil(page.listening.note.isVisible, timeout=WAIT_MS)
    assert "cannot be played here; it can be saved" in page.listening.note.text()
    assert not page.listening.bar.isVisible()


def test_a_screen_reader_moves_the_waveform_and_a_playhead_that_moves_seeks_nothing(listening: Listening) -> None:
    sought: list[float] = []
    listening.waveform.sought.connect(sought.append)
    listening.waveform.triggerAction(Waveform.SliderAction.SliderSingleStepAdd)
    assert listening.player.position == 5.0
    listening.waveform.setValue(9)
    assert listening.player.position == 9.0
    assert sought == [5.0, 9.0]
    listening.player.seek(3.4)
    assert listening.waveform.value() == 3
    assert sought == [5.0, 9.0]


@pytest.mark.long
def test_the_palette_calls_a_sentences_button_by_what_it_plays(window: MainWindow, page: CallPage) -> None:
    window.open_palette()
    palette = window.findChild(CommandPalette)
    assert isinstance(palette, CommandPalette)
    QTest.keyClicks(palette.field, "stands on we look")
    assert palette.list.chosen is not None
    assert palette.list.chosen.title == page.summary.buttons[1].accessibleName()  # type: ignore[union-attr]
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert page.conversation.sources == [1]


class HeldFetches:
    """In the place of the client's: each waits until it is let go, and notes when it was asked to stop."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.stops: list[Stop] = []
        self.let_go = threading.Event()
        self._fetch = Calls.recording

        def recording(calls: Calls, call_id: str, progress: Progress, stop: Stop) -> bytes:
            return self.fetch(calls, call_id, progress, stop)

        monkeypatch.setattr(Calls, "recording", recording)

    def fetch(self, calls: Calls, call_id: str, progress: Progress, stop: Stop) -> bytes:
        self.asked.append(call_id)
        self.stops.append(stop)
        assert self.let_go.wait(WAIT_MS / 1000)
        return self._fetch(calls, call_id, progress)  # it has come all the same, whoever wants it by now


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[HeldFetches]:
    made = HeldFetches(monkeypatch)
    yield made
    made.let_go.set()


def shown_without_recording(qtbot: QtBot, window: MainWindow, call_id: str) -> CallPage:
    window.context.go(f"call/{call_id}")
    page = window.page
    assert isinstance(page, CallPage)
    qtbot.waitUntil(lambda: page.shown is not None and page.shown.id == call_id, timeout=WAIT_MS)
    return page


@pytest.mark.parametrize("longest", [0, 3600], ids=["fetched when it is played", "fetched by itself"])
def test_what_was_to_be_heard_of_one_call_is_not_heard_of_the_next(
    qtbot: QtBot,
    window: MainWindow,
    appliance: TlsAppliance,
    customer: dict[str, Any],
    call_id: str,
    sinks: list[SoundSink],
    held: HeldFetches,
    monkeypatch: pytest.MonkeyPatch,
    longest: int,
) -> None:
    other = appliance.accepted(customer["api_key"], recording())
    appliance.final_call(other)
    monkeypatch.setattr(recording_player, "LONGEST_UNASKED_SECONDS", longest)
    page = shown_without_recording(qtbot, window, call_id)
    click(page.listening.bar.play_button)
    click(page.listening.bar.play_button)  # nothing is heard yet: it is pressed again
    qtbot.waitUntil(lambda: held.asked == [call_id], timeout=WAIT_MS)
    shown_without_recording(qtbot, window, other)
    assert held.stops[0].requested, "nobody wants it any more"
    assert window.status_line.tasks == []
    held.let_go.set()
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    assert sinks == []
    assert not page.listening.player.is_playing
    click(page.listening.bar.play_button)
    qtbot.waitUntil(lambda: page.listening.player.is_playing, timeout=WAIT_MS)
    assert held.asked == [call_id, other]


@pytest.mark.long
def test_a_fetch_that_was_stopped_is_begun_anew_by_play(
    qtbot: QtBot, window: MainWindow, call_id: str, held: HeldFetches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording_player, "LONGEST_UNASKED_SECONDS", 1)
    page = shown_without_recording(qtbot, window, call_id)
    click(page.listening.bar.play_button)
    (title,) = window.status_line.tasks
    window.status_line.stop_task(title)
    assert window.status_line.tasks == []
    held.let_go.set()
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    assert not page.listening.player.is_playing
    click(page.listening.bar.play_button)
    qtbot.waitUntil(lambda: page.listening.player.is_playing, timeout=WAIT_MS)


def test_under_another_page_nothing_is_fetched_and_what_is_under_way_is_stopped(
    qtbot: QtBot, window: MainWindow, call_id: str, held: HeldFetches, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = shown_without_recording(qtbot, window, call_id)
    qtbot.waitUntil(lambda: held.asked == [call_id], timeout=WAIT_MS)
    opened(qtbot, window, "customers")
    assert held.stops[0].requested
    held.let_go.set()
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    assert page.listening.player._playback is None

    left, ask = threading.Event(), Calls.one

    def late(*arguments: Any) -> Any:
        assert left.wait(WAIT_MS / 1000)
        return ask(*arguments)

    monkeypatch.setattr(Calls, "one", late)
    window.go_back()
    qtbot.waitUntil(lambda: len(held.asked) == 2, timeout=WAIT_MS)  # the call is known: it is fetched at once
    qtbot.waitUntil(page.listening.waveform.isVisible, timeout=WAIT_MS)
    window.context.go("customers")
    left.set()  # the page hears of the call when nobody sees it
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    assert len(held.asked) == 2
    assert page.listening.player._playback is None


@pytest.mark.long
def test_turns_that_overlap_are_heard_once(qtbot: QtBot, listening: Listening, sinks: list[SoundSink]) -> None:
    turns = listening.conversation.turns
    listening.conversation.show_turns([turns[0], msgspec.structs.replace(turns[1], start=2.5, end=3.4)])
    listening.play_sources([1, 0])
    assert listening.player.position == 0.75
    sinks[-1].play(4.0)
    qtbot.waitUntil(lambda: not listening.player.is_playing, timeout=WAIT_MS)
    assert listening.player.position == pytest.approx(3.65, abs=0.06)
    heard = np.diff(sinks[-1].heard[: int(2.8 * RATE)])
    assert (heard[RATE // 10 :] > -1e-4).all(), "it never goes back"


@pytest.mark.long
def test_an_answer_that_comes_late_leaves_the_playhead_where_somebody_put_it(
    qtbot: QtBot, window: MainWindow, call_id: str, held: HeldFetches, monkeypatch: pytest.MonkeyPatch
) -> None:
    went, ask = threading.Event(), Calls.words

    def late(calls: Calls, of: str) -> Any:
        assert went.wait(WAIT_MS / 1000)
        return ask(calls, of)

    monkeypatch.setattr(Calls, "words", late)
    window.context.go(f"call/{call_id}?q=parcel")
    page = window.page
    assert isinstance(page, CallPage)
    qtbot.waitUntil(lambda: page.listening.find_bar.count.text() == "1 of 2", timeout=WAIT_MS)
    listening = page.listening
    assert listening.player.position > 1.0, "where it was found"
    listening.leap(5.0)
    put = listening.player.position
    held.let_go.set()
    qtbot.waitUntil(listening.waveform.isVisible, timeout=WAIT_MS)
    went.set()
    qtbot.waitUntil(lambda: window.context.calls.under_way == 0, timeout=WAIT_MS)
    assert listening.player.position == put
    assert listening.waveform.position == put


@pytest.mark.long
def test_what_was_found_is_painted_once_and_not_at_each_step_of_the_playhead(
    window: MainWindow, page: CallPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    waveform, painted, paint = page.listening.waveform, [], Waveform._paint_marks
    before = waveform.grab().toImage()

    def counted(of: Waveform, painter: QPainter) -> None:
        painted.append(of)
        paint(of, painter)

    monkeypatch.setattr(Waveform, "_paint_marks", counted)
    page.listening.find_words("parcel")
    page.listening.player.seek(0.0)
    assert waveform.grab().toImage() != before
    count = len(painted)
    assert count > 0
    for second in range(1, 5):
        page.listening.player.seek(float(second))
        waveform.grab()
    assert len(painted) == count


def test_a_sound_that_fails_is_said_to_have_failed(
    qtbot: QtBot, window: MainWindow, listening: Listening, sinks: list[SoundSink]
) -> None:
    click(listening.bar.play_button)
    sinks[-1].failure = SoundFailed("no more of it")
    qtbot.waitUntil(lambda: not listening.player.is_playing, timeout=WAIT_MS)
    assert listening.note.text().startswith("The recording cannot be played on")
