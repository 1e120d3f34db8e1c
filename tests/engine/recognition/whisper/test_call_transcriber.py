"""How a call's packs are judged: what is believed, what is heard again, what is given up. The recognizer is made up."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

import numpy as np
import pytest
import torch

from engine.recognition.recognizer import RecognizerOptions
from engine.recognition.whisper.beam_search import Decoded
from engine.recognition.whisper.call_transcriber import CallHearing
from engine.recognition.windows import Pack
from tests.engine.sounds import silence

SPELLINGS = [b" yes", b" no", b" maybe", b" la", b","]
YES, NO, MAYBE, LA = range(4)


def _decoded(pack: Pack, *said: tuple[int, float], sure: float = -0.1, no_speech: float = 0.0) -> Decoded:
    """Tokens with the moments (seconds) at which they were listened for."""
    attention = torch.full((len(said), round(pack.seconds * 50) + 10), 1e-4)
    for row, (_, moment) in enumerate(said):
        attention[row, round(moment * 50)] = 1.0
    tokens = tuple(token for token, _ in said)
    return Decoded(tokens, (sure,) * (len(tokens) + 1), no_speech, ended=True, attention=attention)


def _loop(pack: Pack) -> Decoded:
    return _decoded(pack, *((LA, 0.1 * index) for index in range(40)))


class Listener:
    """Hands back what `answer` makes of each pack, and remembers which turns were in it."""

    def __init__(self, answer: Callable[[Pack], Decoded]) -> None:
        self._answer = answer
        self.heard: list[list[int]] = []
        self.futures: list[Future[Decoded]] = []

    def __call__(self, pack: Pack) -> Future[Decoded]:
        future: Future[Decoded] = Future()
        self.heard.append([piece.turn for piece in pack.pieces])
        self.futures.append(future)
        try:
            future.set_result(self._answer(pack))
        except ValueError as error:
            future.set_exception(error)
        return future


def _hearing(listener: Listener, told: list[int] | None = None) -> CallHearing:
    return CallHearing(listener, SPELLINGS, "en", RecognizerOptions(), None if told is None else told.append)


def test_words_of_a_pack_go_to_their_turns_with_their_times() -> None:
    listener, told = Listener(lambda pack: _decoded(pack, (YES, 0.5), (NO, 1.9), (MAYBE, 2.4))), []
    heard = _hearing(listener, told).hear([silence(1.5), silence(1.5)], [0, 0])
    assert [one.text for one in heard] == ["yes", "no maybe"]
    assert [word.text for word in heard[1].words] == ["no", "maybe"]
    assert all(0 <= word.start <= word.end <= 1.5 for one in heard for word in one.words)
    assert heard[1].words[0].start < 0.6 < heard[1].words[1].end
    assert heard[0].confidence == pytest.approx(np.exp(-0.1))
    assert (listener.heard, told) == ([[0, 1]], [1, 2])


def test_a_turn_without_words_among_others_is_heard_alone() -> None:
    def answer(pack: Pack) -> Decoded:
        return _decoded(pack, (YES, 0.5)) if len(pack.pieces) > 1 else _decoded(pack, (NO, 0.5))

    listener = Listener(answer)
    heard = _hearing(listener).hear([silence(1.5), silence(1.5)], [0, 0])
    assert [one.text for one in heard] == ["yes", "no"]
    assert listener.heard == [[0, 1], [1]]


def test_a_turn_with_fewer_words_than_anybody_says_is_heard_alone() -> None:
    def answer(pack: Pack) -> Decoded:
        words = (YES, NO, MAYBE, YES, NO, MAYBE, YES, NO)
        first = ((YES, 0.5), *((word, 5.5 + place * 0.4) for place, word in enumerate(words)))
        return _decoded(pack, *(first if len(pack.pieces) > 1 else ((NO, 0.5), (MAYBE, 1.0), (YES, 1.5), (NO, 2.0))))

    listener = Listener(answer)
    heard = _hearing(listener).hear([silence(5), silence(5)], [0, 0])
    assert [one.text for one in heard] == ["no maybe yes no", "yes no maybe yes no maybe yes no"]
    assert listener.heard == [[0, 1], [0]]


def test_a_pack_that_loops_is_heard_turn_by_turn() -> None:
    listener = Listener(lambda pack: _loop(pack) if len(pack.pieces) > 1 else _decoded(pack, (YES, 0.5)))
    heard = _hearing(listener).hear([silence(5), silence(4)], [0, 0])
    assert [one.text for one in heard] == ["yes", "yes"]
    assert listener.heard == [[0, 1], [0], [1]]


def test_a_turn_that_loops_is_cut_once_and_then_given_up() -> None:
    told: list[int] = []
    listener = Listener(_loop)
    heard = _hearing(listener, told).hear([silence(8)], [0])
    assert (heard[0].text, heard[0].confidence) == ("", 0.0)
    assert listener.heard == [[0], [0], [0]]
    assert told == [1]


def test_what_is_heard_after_a_cut_is_put_together_in_order() -> None:
    listener = Listener(lambda pack: _loop(pack) if pack.seconds > 6 else _decoded(pack, (YES, 0.5), (NO, 1.0)))
    heard = _hearing(listener).hear([silence(8)], [0])[0]
    assert heard.text == "yes no yes no"
    assert [word.start for word in heard.words] == sorted(word.start for word in heard.words)
    assert heard.words[2].start > 3


@pytest.mark.parametrize(("sure", "no_speech"), [(-1.6, 0.0), (-0.1, 0.7), (-0.7, 0.5)])
def test_what_the_model_doubts_is_no_text(sure: float, no_speech: float) -> None:
    listener = Listener(lambda pack: _decoded(pack, (YES, 0.5), sure=sure, no_speech=no_speech))
    assert _hearing(listener).hear([silence(2)], [0])[0].text == ""


def test_channels_never_share_a_pack() -> None:
    listener = Listener(lambda pack: _decoded(pack, (YES, 0.5)))
    _hearing(listener).hear([silence(1)] * 3, [0, 1, 0])
    assert sorted(sorted(turns) for turns in listener.heard if len(turns) > 1) == [[0, 2]]


def test_a_failure_takes_back_what_still_waits() -> None:
    listener = Listener(lambda pack: _decoded(pack, (YES, 0.5)))
    waiting: list[Future[Decoded]] = []

    def submit(pack: Pack) -> Future[Decoded]:
        if not listener.heard:
            listener.heard.append([])
            failed: Future[Decoded] = Future()
            failed.set_exception(ValueError("no such sound"))
            return failed
        waiting.append(Future())
        return waiting[-1]

    hearing = CallHearing(submit, SPELLINGS, "en", RecognizerOptions(longest_pack_seconds=15.0), None)
    with pytest.raises(ValueError, match="no such sound"):
        hearing.hear([silence(10)] * 3, [0, 0, 0])
    assert [future.cancelled() for future in waiting] == [True, True]


def test_a_long_call_hands_in_a_bounded_number_of_packs() -> None:
    options = RecognizerOptions(packs_ahead=4, longest_pack_seconds=15.0)  # a turn each
    most = 0
    open_futures: list[tuple[Future[Decoded], Pack]] = []

    def submit(pack: Pack) -> Future[Decoded]:
        nonlocal most
        future: Future[Decoded] = Future()
        open_futures.append((future, pack))
        most = max(most, len(open_futures))
        if len(open_futures) == 4:  # nothing more comes until one is done
            for done, one in open_futures:
                done.set_result(_decoded(one, (YES, 1.0), (NO, 4.0)))
            open_futures.clear()
        return future

    turns = [silence(10)] * 12
    hearing = CallHearing(submit, SPELLINGS, "en", options, None)
    assert [one.text for one in hearing.hear(turns, [0] * 12)] == ["yes no"] * 12
    assert most == 4
