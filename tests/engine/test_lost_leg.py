"""A leg that the telephone system no longer recorded is told of; a party that only listens is not."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from engine.audio.recording import open_recording
from engine.lost_leg import lost_legs
from engine.transcript import Party, Segment
from engine.turns.channels import levels

RATE = 8000


def said(channel: int, start: float, end: float) -> Segment:
    return Segment(start, end, channel, Party.CALLED if channel else Party.CALLER, "Words.", 0.9)


TALK = (said(0, 1, 4), said(1, 5, 9), said(0, 10, 12), said(1, 13, 18), said(0, 30, 36))


def test_what_a_party_said_behind_the_end_of_its_leg_is_told_to_be_missing() -> None:
    (told,) = lost_legs(TALK, {1: 18.5}, 36.5)
    assert told.startswith("From 0:18 on the recording holds no sound at all of the called party,")


@pytest.mark.parametrize(
    ("talk", "silent_from", "why"),
    [
        (TALK, {1: 28.0}, "for some seconds one only listens"),
        (TALK[:4], {1: 18.5}, "nobody speaks after it"),
        (TALK, {}, "the line is open"),
        ((said(1, 0, 6), said(0, 8, 30)), {1: 6.5}, "a machine has greeted, and records"),
        ((said(0, 8, 30),), {1: 6.5}, "it never spoke"),
    ],
)
def test_who_is_silent_for_another_reason_is_left_alone(
    talk: tuple[Segment, ...], silent_from: dict[int, float], why: str
) -> None:
    assert lost_legs(talk, silent_from, 36.5) == (), why


def test_an_open_line_has_noise_and_is_known_by_it(tmp_path: Path) -> None:
    """As Asterisk writes them: the left line stays open, the right one is cut; the third never had any noise."""
    noise = np.random.default_rng(1).choice(np.array([-8, 8], dtype=np.int16), size=(30 * RATE, 3))
    noise[12 * RATE :, 1] = 0
    noise[2 * RATE : 11 * RATE, 2] = 0
    noise[12 * RATE :, 2] = 0
    path = tmp_path / "call.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(3)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(noise.tobytes())
    with open_recording(path) as recording:
        measured = levels(recording)
    assert measured.silent_from(0) == pytest.approx(30.0, abs=0.04)
    assert measured.silent_from(1) == pytest.approx(12.0, abs=0.04)
    assert measured.silent_from(2) is None
