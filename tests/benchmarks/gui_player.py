"""A call of two hours is heard while events come: how smooth the page stays, and where its playhead is.

The playhead is compared with the sound at each tone of the recording (`long_call.py`): the moment at which the tone
begins to sound (`virtual_sink.py`), what the page had painted last by then, and where in the recording the tone is.
Negative: the playhead is behind. Of a jump the first 150 ms are left out: the page shows at once where it goes, while
the device still has some of the old.
"""

from __future__ import annotations

import random
import time
from bisect import bisect_right
from collections.abc import Callable

import miniaudio
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject

from admin_gui.pages.calls.call_page import CallPage
from admin_gui.shell.main_window import MainWindow
from admin_gui.sound.output import DeviceOutput
from admin_gui.widgets.call.player_bar import SPEEDS
from tests.benchmarks import virtual_sink
from tests.benchmarks.gui_loop import Phases, share_of, wait
from tests.benchmarks.long_call import CALL_ID, SECONDS, nearest_tone
from tests.benchmarks.virtual_sink import VirtualSink

OLD_SOUND_SECONDS = 0.15
CHANGES = 10


def listen(window: MainWindow, phases: Phases, seconds: float, sink: VirtualSink | None) -> None:
    """The call page, in a window that is connected. Without a sink it plays to nobody, in real time."""
    if sink is None:
        window.context.open_output = lambda: DeviceOutput([miniaudio.Backend.NULL])
        print("no pulseaudio here: it plays to nobody, and the playhead is compared with nothing")

    def show_call() -> None:
        window.go(f"call/{CALL_ID}")
        wait(60, lambda: isinstance(window.page, CallPage) and window.page.shown is not None)

    phases.measure("opening a call of two hours", 3, show_call)
    page = window.page
    assert isinstance(page, CallPage)
    player, speed = page.listening.player, page.listening.bar.speed

    def begin() -> None:
        page.listening.play_from(1000.0)
        wait(120, lambda: player.position > 1000.5)

    phases.measure("fetching its recording", 0.5, begin)
    underruns = 0 if sink is None else sink.underruns
    phases.measure("playing it", seconds)
    speed.setCurrentIndex(SPEEDS.index(1.5))
    phases.measure("playing it at 1.5×", seconds)
    page.listening.waveform.zoom(256)
    phases.measure("the same, the waveform looked at closely", seconds)
    assert player.is_playing
    assert page.conversation.spoken_words
    if sink is not None:
        print(f"gaps in the sound meanwhile: {sink.underruns - underruns}")
        _compare(page, sink, seconds)


def _compare(page: CallPage, sink: VirtualSink, seconds: float) -> None:
    """Each way to play, with the playhead's distance from the sound."""
    player, speed = page.listening.player, page.listening.bar.speed
    chance = random.Random(1)

    def change(action: Callable[[], None]) -> Callable[[], list[float]]:
        def run() -> list[float]:
            moments = []
            for _ in range(CHANGES):
                action()
                moments.append(time.monotonic())
                wait(seconds / CHANGES)
            return moments

        return run

    def pause() -> None:
        player.toggle()
        wait(0.3)
        player.toggle()

    def play() -> list[float]:
        wait(seconds)
        return []

    jumps = change(lambda: player.seek(chance.uniform(60, SECONDS - 600)))
    print("playhead − sound, in ms of the recording: tones, median, 95 % and most in either direction")
    for title, factor, run in (
        ("at 1×", 1.0, play),
        ("at 1×, after jumps", 1.0, jumps),
        ("at 1×, after pauses", 1.0, change(pause)),
        ("at 1.5×", 1.5, play),
        ("at 2×", 2.0, play),
        ("at 2×, after jumps", 2.0, jumps),
    ):
        speed.setCurrentIndex(SPEEDS.index(factor))
        wait(1)
        shown, listener = _Shown(page), sink.record()
        changed = run()
        shown.end()
        found = _differences(shown, *listener.end(), changed)
        away = sorted(abs(one) for one in found)
        told = " ".join(f"{one:6.1f}" for one in (float(np.median(found)), share_of(away, 0.95), away[-1]))
        print(f"{title:24} {len(found):4} {told}", flush=True)
    player.pause()


class _Shown(QObject):
    """What the waveform paints as heard, and when."""

    def __init__(self, page: CallPage) -> None:
        super().__init__()
        self._waveform = page.listening.waveform
        self.moments: list[float] = []
        self.positions: list[float] = []
        self._waveform.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Paint:
            self.moments.append(time.monotonic())
            self.positions.append(self._waveform.position)
        return super().eventFilter(watched, event)

    def end(self) -> None:
        self._waveform.removeEventFilter(self)


def _differences(shown: _Shown, began: float, sound: NDArray[np.float32], changed: list[float]) -> list[float]:
    """Of each tone, how far the playhead is before it, in ms."""
    found = []
    for first in virtual_sink.beginnings(sound):
        moment = began + first / virtual_sink.RATE_HZ
        at = bisect_right(shown.moments, moment) - 1
        after_change = bisect_right(changed, moment) - 1
        tone = sound[first : first + round(0.03 * virtual_sink.RATE_HZ)]
        if at < 0 or moment > shown.moments[-1]:
            continue
        if after_change >= 0 and moment - changed[after_change] < OLD_SOUND_SECONDS:
            continue
        loudness = np.abs(np.fft.rfft(tone * np.hanning(len(tone)), 8 * len(tone)))
        pitch = float(np.argmax(loudness)) * virtual_sink.RATE_HZ / (8 * len(tone))
        position = shown.positions[at]
        found.append((position - nearest_tone(pitch, position)) * 1000)
    return found
