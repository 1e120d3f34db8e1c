"""Turns put together and cut: no sample is lost, and each channel keeps to itself."""

from __future__ import annotations

import numpy as np
import pytest

from engine.recognition.windows import cut, split_at_quiet, window_of, windows
from tests.engine.sounds import noise, silence


def test_short_turns_of_a_channel_share_a_pack_in_their_order() -> None:
    turns = [noise(seconds, -20, seed) for seed, seconds in enumerate((4, 2, 5, 3, 7, 1))]
    found = list(windows(turns, [0, 1, 0, 1, 0, 1], 15.0))
    assert [[piece.turn for piece in window.pieces] for window in found] == [[0, 2], [4], [1, 3, 5]]
    assert np.array_equal(found[0].sound, np.concatenate([turns[0], turns[2]]))
    assert [(piece.start, piece.end) for piece in found[2].pieces] == [(0, 2), (2, 5), (5, 6)]


def test_a_long_turn_is_cut_into_pieces_that_know_their_place() -> None:
    turn = np.concatenate([noise(9, -20), silence(0.4), noise(9, -20), silence(0.4), noise(9, -20)])
    pieces = [piece for window in windows([turn], [0], 15.0) for piece in window.pieces]
    assert [round(piece.offset, 1) for piece in pieces] == pytest.approx([0, 9.2, 18.6], abs=0.11)
    assert sum(piece.share for piece in pieces) == pytest.approx(1)
    halves = cut(next(windows([turn[: 16000 * 9]], [0], 15.0)), 6.0)
    assert [half.pieces[0].turn for half in halves] == [0, 0]
    assert halves[1].pieces[0].offset == pytest.approx(halves[0].seconds)


def test_a_piece_alone_has_its_own_sound() -> None:
    turns = [noise(4, -20, 1), noise(5, -20, 2)]
    window = next(windows(turns, [0, 0], 15.0))
    second = window_of(window, window.pieces[1])
    assert np.array_equal(second.sound, turns[1])
    assert (second.pieces[0].turn, second.pieces[0].start, second.pieces[0].end) == (1, 0, 5)


def test_cuts_are_at_quiet_places_and_keep_every_sample() -> None:
    sound = np.concatenate([noise(9, -20), silence(0.4), noise(9, -20), silence(0.4), noise(9, -20)])
    windows = split_at_quiet(sound, 15.0)
    assert np.array_equal(np.concatenate(windows), sound)
    assert [round(len(window) / 16000, 1) for window in windows] == pytest.approx([9.2, 9.4, 9.2], abs=0.11)


def test_a_turn_without_sound_is_a_pack() -> None:
    assert [window.seconds for window in windows([silence(0)], [0], 15.0)] == [0.0]
