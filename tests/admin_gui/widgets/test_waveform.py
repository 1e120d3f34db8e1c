"""A channel's sound has the colour of who speaks there."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from admin_gui.appearance.theme import Theme
from admin_gui.client.calls import Turn
from admin_gui.sound.recording import PEAKS_PER_SECOND
from admin_gui.widgets.call.waveform import BAR_STEP, CHANNEL_HEIGHT, Waveform

SECONDS = 10


def turn(party: str, channel: int, voice: int = 0) -> Turn:
    return Turn(start=2.0, end=3.0, text="", party=party, channel=channel, voice=voice)


@pytest.mark.parametrize(
    ("turns", "callers"),
    [
        ([turn("caller", 0), turn("called", 1)], 0),
        ([turn("caller", 1), turn("called", 0)], 1),
        ([turn("caller", 1)], 1),
        ([turn("unknown", 0, voice=2)], 0),
        ([], 0),
    ],
)
def test_the_caller_is_green_on_whichever_channel(qtbot: QtBot, turns: list[Turn], callers: int) -> None:
    theme = Theme("light")
    waveform = Waveform(theme)
    qtbot.addWidget(waveform)
    waveform.resize(300, waveform.sizeHint().height())
    peaks = np.ones((2, SECONDS * PEAKS_PER_SECOND), dtype=np.float32)
    waveform.show_loudness(peaks, turns, SECONDS)
    waveform.show()
    picture = waveform.grab().toImage()
    found = [picture.pixelColor(20 * BAR_STEP, channel * CHANNEL_HEIGHT + CHANNEL_HEIGHT // 2) for channel in (0, 1)]
    assert found[callers] == QColor(theme.colors.good)
    assert found[1 - callers] == QColor(theme.colors.accent)
