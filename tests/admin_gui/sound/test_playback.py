"""What is played is what was asked for, and the playhead is where the sound is. Listened to at a device of our own."""

from __future__ import annotations

import io
import itertools
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import miniaudio
import numpy as np
import pytest
import soundfile

from admin_gui.client.calls import Turn
from admin_gui.sound import output as sound_output
from admin_gui.sound.mixer import Mixer
from admin_gui.sound.output import DeviceOutput, NoSoundDevice, SoundFailed
from admin_gui.sound.playback import KEPT_SECONDS, Playback, Span, merged, silences
from admin_gui.sound.recording import loudness, open_recording
from tests.admin_gui.sound_sink import SoundSink
from tests.benchmarks import virtual_sink
from tests.benchmarks.virtual_sink import VirtualSink

RATE = 8000
SECONDS = 60
# A voice of 125 Hz, say; its pitch must not change with the speed.
PITCH_HZ = 125.0


def recording_of(sound: np.ndarray, subtype: str = "FLOAT") -> bytes:
    target = io.BytesIO()
    soundfile.write(target, sound, RATE, subtype=subtype, format="WAV")
    return target.getvalue()


def where() -> np.ndarray:
    """Sound that tells by itself where in the recording it is: its value is the share of it that has passed."""
    return np.arange(RATE * SECONDS, dtype=np.float32) / (RATE * SECONDS)


def voice() -> np.ndarray:
    moments = np.arange(RATE * SECONDS) / RATE
    return 0.3 * np.sign(np.sin(2 * np.pi * PITCH_HZ * moments)).astype(np.float32)


def playback_of(sound: np.ndarray, turns: list[Turn] | None = None) -> Playback:
    recording = open_recording(recording_of(sound))
    assert recording is not None
    return Playback(Mixer(recording, turns or []), recording.rate_hz, recording.frames)


def started(playback: Playback, seconds: float = 0.0) -> SoundSink:
    sink = SoundSink()
    playback.begin(seconds)
    sink.start(playback.rate_hz, playback.pull)
    return sink


def turn(start: float, end: float, party: str = "caller", channel: int = 0) -> Turn:
    return Turn(start=start, end=end, text="", party=party, channel=channel)


def test_at_the_common_speed_the_sound_is_as_recorded_to_the_last_bit() -> None:
    sound = np.random.default_rng(1).uniform(-0.5, 0.5, RATE * SECONDS).astype(np.float32)
    playback = playback_of(sound)
    sink = started(playback, 2.0)
    sink.play(3.0)
    fade = RATE // 50
    assert sink.heard[fade:] == pytest.approx(sound[2 * RATE + fade : 5 * RATE], abs=1e-6)


@pytest.mark.parametrize("speed", [0.75, 1.0, 1.25, 1.5, 2.0])
def test_the_playhead_is_within_50_ms_of_the_sound(speed: float) -> None:
    playback = playback_of(where())
    playback.speed = speed
    sink = started(playback, 5.0)
    for _ in range(40):
        sink.play(0.1)
        told = playback.position(sink.heard_frames())
        is_at = float(sink.heard[-1]) * SECONDS
        assert told == pytest.approx(is_at, abs=0.05)
    assert told == pytest.approx(5.0 + 4.0 * speed, abs=0.05)


def test_a_look_ahead_does_not_forget_a_leap_that_is_not_heard_yet() -> None:
    playback = playback_of(where())
    sink = started(playback)
    sink.play(1.0)
    playback.seek(30.0)
    assert playback.position(sink.heard_frames(), RATE) == 30.0
    assert playback.position(sink.heard_frames()) == 30.0


def test_the_playhead_follows_a_leap_and_a_change_of_speed() -> None:
    playback = playback_of(where())
    sink = started(playback)
    sink.play(1.0)
    playback.seek(30.0)
    assert playback.position(sink.heard_frames()) == 30.0, "at once, though the device has some of the old left"
    sink.play(1.0)
    assert playback.position(sink.heard_frames()) == pytest.approx(float(sink.heard[-1]) * SECONDS, abs=0.05)
    playback.speed = 2.0
    sink.play(2.0)
    assert playback.position(sink.heard_frames()) == pytest.approx(float(sink.heard[-1]) * SECONDS, abs=0.05)
    playback.seek(10.0)
    sink.play(1.0)
    assert playback.position(sink.heard_frames()) == pytest.approx(11.8, abs=0.1)


@pytest.mark.parametrize("speed", [0.75, 1.25, 1.5, 2.0])
def test_a_voice_keeps_its_pitch(speed: float) -> None:
    playback = playback_of(voice())
    playback.speed = speed
    sink = started(playback)
    sink.play(4.0)
    heard = sink.heard[RATE:]
    loudest = np.argmax(np.abs(np.fft.rfft(heard * np.hanning(len(heard)))))
    assert loudest * RATE / len(heard) == pytest.approx(PITCH_HZ, rel=0.01)
    assert np.abs(heard).max() < 0.4, "and nothing is added up to clipping"


def test_a_party_that_is_muted_is_not_heard_where_each_has_a_channel() -> None:
    both = np.stack([np.full(RATE * SECONDS, 0.25), np.full(RATE * SECONDS, 0.5)], axis=1).astype(np.float32)
    playback = playback_of(both, [turn(0, 5), turn(5, 9, "called", 1)])
    sink = started(playback, 1.0)
    sink.play(0.5)
    assert sink.heard[-1] == pytest.approx(0.75)
    playback.mixer.set_gains({"caller": 0.0, "called": 1.0})
    sink.play(0.5)
    assert sink.heard[-1] == pytest.approx(0.5)
    playback.mixer.set_gains({"caller": 1.0, "called": 0.5})
    sink.play(0.5)
    assert sink.heard[-1] == pytest.approx(0.5)


def test_on_one_channel_the_turns_of_a_party_are_muted_and_where_both_speak_it_is_heard() -> None:
    mono = np.full(RATE * SECONDS, 0.5, dtype=np.float32)
    playback = playback_of(mono, [turn(1, 3), turn(2.5, 5, "called"), turn(6, 7)])
    playback.mixer.set_gains({"caller": 0.0})
    sink = started(playback)
    sink.play(9.0)
    at = {second: round(float(sink.heard[int(second * RATE)]), 2) for second in (0.5, 1.5, 2.7, 4.0, 5.5, 6.5, 8.0)}
    assert at == {0.5: 0.5, 1.5: 0, 2.7: 0.5, 4.0: 0.5, 5.5: 0.5, 6.5: 0, 8.0: 0.5}


def test_silence_is_left_out_and_no_word_is() -> None:
    turns = [turn(2, 4), turn(20, 22, "called"), turn(22.4, 23)]
    playback = playback_of(where(), turns)
    playback.skipped = silences(turns, SECONDS)
    sink = started(playback)
    for _ in range(20):
        sink.play(0.5)
        if playback.has_ended(sink.heard_frames()):
            break
    heard = sink.heard * SECONDS
    kept = [(2 - KEPT_SECONDS, 4 + KEPT_SECONDS), (20 - KEPT_SECONDS, 23 + KEPT_SECONDS)]
    for start, end in kept:
        inside = heard[(heard > start + 0.02) & (heard < end - 0.02)]
        assert len(inside) / RATE == pytest.approx(end - start, abs=0.1)
    assert playback.has_ended(sink.heard_frames())
    between = heard[(heard > 5) & (heard < 19)]
    assert len(between) < 2 * RATE // 20, "but for two cross-fades"


def test_only_the_turns_that_a_sentence_stands_on_are_played() -> None:
    playback = playback_of(where())
    playback.play_spans([(10.0, 11.0), (40.0, 40.5)])
    sink = started(playback, 10.0)
    sink.play(3.0)
    heard = sink.heard[: int(1.5 * RATE)] * SECONDS
    assert heard[RATE // 2] == pytest.approx(10.5, abs=0.05)
    assert heard[int(1.25 * RATE)] == pytest.approx(40.25, abs=0.05)
    assert playback.has_ended(sink.heard_frames())
    assert not sink.heard[2 * RATE :].any()


def test_it_ends_where_the_recording_does() -> None:
    playback = playback_of(where())
    sink = started(playback, SECONDS - 1)
    sink.play(0.5)
    assert not playback.has_ended(sink.heard_frames())
    sink.play(1.0)
    assert playback.has_ended(sink.heard_frames())
    assert playback.position(sink.heard_frames()) == SECONDS


@pytest.mark.slow
def test_two_hours_take_the_room_of_their_file_and_a_leap_takes_no_time() -> None:
    hours = 2 * 3600
    # µ-law of 8 kHz, both parties: 115 MB, of which every byte says which second it is from.
    data = np.repeat((np.arange(hours) % 100).astype(np.uint8), RATE * 2).tobytes()
    header = recording_of(np.zeros((8, 2), np.float32), "ULAW")
    place = header.index(b"data")
    content = header[: place + 4] + b"\0\0\0\0" + data
    recording = open_recording(content)
    assert recording is not None
    assert recording.frames == hours * RATE
    playback = Playback(Mixer(recording, []), RATE, recording.frames)
    playback.speed = 2.0
    sink = started(playback)
    for second in (7000, 3, 5000):
        playback.seek(second + 0.0)
        sink.play(0.4)
        assert playback.position(sink.heard_frames()) == pytest.approx(second + 0.7, abs=0.15)


@pytest.mark.slow
def test_the_waveform_of_two_hours_is_measured_in_pieces() -> None:
    recording = open_recording(recording_of(np.zeros(2 * 3600 * RATE, np.int16), "PCM_16"))
    assert recording is not None
    assert loudness(recording).shape == (1, 2 * 3600 * 100)


# The computer's own device: miniaudio's, with the one of its drivers that plays to nobody, in real time.


def test_the_devices_clock_runs_and_never_tells_of_what_it_was_not_given() -> None:
    output = DeviceOutput([miniaudio.Backend.NULL])
    given: list[int] = []

    def pull(count: int) -> np.ndarray:
        given.append(count)
        return np.zeros(count, np.float32)

    try:
        output.start(RATE, pull)
        told = [0]
        until = time.monotonic() + 60
        while told[-1] < RATE // 2 and time.monotonic() < until:
            told.append(output.heard_frames())
            assert told[-1] >= told[-2]
            # What it asks for is known to it a moment before it is asked here.
            assert told[-1] <= sum(given) + max(given, default=RATE)
            time.sleep(0.005)
        assert told[-1] >= RATE // 2, "half a second is heard"
        assert output.failure is None
        output.stop()
        output.start(RATE, pull)
        assert output.heard_frames() < RATE // 2, "it begins anew"
    finally:
        output.close()


class Driver:
    """A device of miniaudio's that asks when the test does."""

    def __init__(self, backend: str) -> None:
        self.backend = backend
        self.frames: Generator[Any, int, None] | None = None

    def start(self, frames: Generator[Any, int, None]) -> None:
        self.frames = frames

    def close(self) -> None:
        self.frames = None


@pytest.mark.parametrize(
    ("backend", "waiting_ms"), [("PulseAudio", 20), ("Core Audio", 20), ("ALSA", 80), ("WASAPI", 80)]
)
def test_what_waits_in_the_device_is_not_heard_yet(
    backend: str, waiting_ms: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = Driver(backend)
    monkeypatch.setattr(sound_output, "_opened", lambda *_: driver)
    output = DeviceOutput()
    try:
        output.start(RATE, lambda count: np.zeros(count, np.float32))
        until = time.monotonic() + 60
        while driver.frames is None and time.monotonic() < until:
            time.sleep(0.005)
        assert driver.frames is not None
        period = RATE // 50
        for _ in range(20):
            before = time.monotonic()
            driver.frames.send(period)
        told = output.heard_frames()
        since = time.monotonic() - before
        heard = 19 * period - waiting_ms * RATE // 1000
        assert heard <= told <= heard + since * RATE + 1
    finally:
        output.close()


@pytest.mark.slow
@pytest.mark.skipif(not virtual_sink.is_there(), reason="needs pulseaudio and pulseaudio-utils")
def test_what_a_real_sound_server_plays_is_what_is_told_as_heard(tmp_path: Path) -> None:
    """A tone after each half second: at each, half a second more is told. The middle one of all, since we may wait."""
    made = 0

    def pull(count: int) -> np.ndarray:
        nonlocal made
        places = np.arange(made, made + count)
        made += count
        return np.where(places % 4000 < 800, np.sin(places), 0).astype(np.float32) / 2

    told: list[tuple[float, int]] = []
    with VirtualSink(tmp_path) as sink:
        listener = sink.record()
        output = DeviceOutput()
        try:
            output.start(RATE, pull)
            until = time.monotonic() + 60
            while output.heard_frames() < 6 * RATE and time.monotonic() < until:
                told.append((time.monotonic(), output.heard_frames()))
                time.sleep(0.002)
            assert output.failure is None
        finally:
            began, sound = listener.end()
            output.close()
    moments, heard = np.array(told).T
    found = virtual_sink.beginnings(sound)
    away = [np.interp(began + first / virtual_sink.RATE_HZ, moments, heard) / RATE % 0.5 for first in found]
    assert len(away) >= 10
    assert float(np.median((np.array(away) + 0.25) % 0.5 - 0.25)) == pytest.approx(0, abs=0.025)


def test_a_computer_without_a_sound_device_says_so() -> None:
    output = DeviceOutput([miniaudio.Backend.WASAPI if not hasattr(time, "tzset") else miniaudio.Backend.AUDIO4])
    try:
        output.start(RATE, lambda count: np.zeros(count, np.float32))
        until = time.monotonic() + 60
        while output.failure is None and time.monotonic() < until:
            time.sleep(0.005)
        assert isinstance(output.failure, NoSoundDevice)
    finally:
        output.close()


def test_a_sound_that_fails_says_so_and_not_that_the_device_is_gone() -> None:
    def pull(_count: int) -> np.ndarray:
        raise ValueError("no more of it")

    output = DeviceOutput([miniaudio.Backend.NULL])
    try:
        output.start(RATE, pull)
        until = time.monotonic() + 60
        while output.failure is None and time.monotonic() < until:
            time.sleep(0.005)
        assert isinstance(output.failure, SoundFailed)
        assert str(output.failure) == "no more of it"
        output.start(RATE, lambda count: np.zeros(count, np.float32))
        assert output.failure is None, "it begins anew"
    finally:
        output.close()


class Flickering(Playback):
    """Silence is skipped, and not, and skipped, each time that somebody looks: as two threads may see it."""

    _looks = itertools.count()

    @property
    def skipped(self) -> Sequence[Span]:  # type: ignore[override]
        return [(1.0, 2.0)] if next(self._looks) % 2 == 0 else []

    @skipped.setter
    def skipped(self, spans: Sequence[Span]) -> None:
        """It is as it is."""


def test_what_is_skipped_may_change_while_the_device_pulls() -> None:
    recording = open_recording(recording_of(where()))
    assert recording is not None
    playback = Flickering(Mixer(recording, []), recording.rate_hz, recording.frames)
    sink = started(playback)
    sink.play(3.0)
    assert playback.position(sink.heard_frames()) > 3.0


def test_spans_that_overlap_or_touch_are_played_as_one() -> None:
    assert merged([(40.0, 40.5), (10.0, 11.0), (10.5, 12.0), (12.0, 12.5), (10.6, 10.9)]) == [
        (10.0, 12.5),
        (40.0, 40.5),
    ]
    assert merged([]) == []
