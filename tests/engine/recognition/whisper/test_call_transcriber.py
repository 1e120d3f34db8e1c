"""How a call's windows are judged: what is believed, repeated, given up. The recognizer is made up."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

import numpy as np
import pytest
import torch

from engine.recognition.recognizer import RecognizerOptions
from engine.recognition.whisper.beam_search import DecodingResult
from engine.recognition.whisper.call_transcriber import CallTranscriber
from engine.recognition.windows import Window
from tests.engine.sounds import silence

SPELLINGS = [b" yes", b" no", b" maybe", b" la", b","]
YES, NO, MAYBE, LA = range(4)


def _decoded(window: Window, *said: tuple[int, float], sure: float = -0.1, no_speech: float = 0.0) -> DecodingResult:
    """Tokens with the moments (seconds) that their attention is on."""
    attention = torch.full((len(said), round(window.seconds * 50) + 10), 1e-4)
    for row, (_, moment) in enumerate(said):
        attention[row, round(moment * 50)] = 1.0
    tokens = tuple(token for token, _ in said)
    return DecodingResult(tokens, (sure,) * (len(tokens) + 1), no_speech, ended=True, attention=attention)


def _loop(window: Window) -> DecodingResult:
    return _decoded(window, *((LA, 0.1 * index) for index in range(40)))


class Recorder:
    """CallsInHand back what `answer` makes of each window, and remembers which turns were in it."""

    def __init__(self, answer: Callable[[Window], DecodingResult]) -> None:
        self._answer = answer
        self.windows: list[list[int]] = []
        self.futures: list[Future[DecodingResult]] = []

    def __call__(self, window: Window) -> Future[DecodingResult]:
        future: Future[DecodingResult] = Future()
        self.windows.append([piece.turn for piece in window.pieces])
        self.futures.append(future)
        try:
            future.set_result(self._answer(window))
        except ValueError as error:
            future.set_exception(error)
        return future


def _transcriber(recorder: Recorder, reported: list[int] | None = None) -> CallTranscriber:
    return CallTranscriber(
        recorder, SPELLINGS, "en", RecognizerOptions(), None if reported is None else reported.append
    )


def test_words_of_a_window_go_to_their_turns_with_their_times() -> None:
    recorder, reported = Recorder(lambda window: _decoded(window, (YES, 0.5), (NO, 1.9), (MAYBE, 2.4))), []
    texts = _transcriber(recorder, reported).transcribe([silence(1.5), silence(1.5)], [0, 0])
    assert [one.text for one in texts] == ["yes", "no maybe"]
    assert [word.text for word in texts[1].words] == ["no", "maybe"]
    assert all(0 <= word.start <= word.end <= 1.5 for one in texts for word in one.words)
    assert texts[1].words[0].start < 0.6 < texts[1].words[1].end
    assert texts[0].confidence == pytest.approx(np.exp(-0.1))
    assert (recorder.windows, reported) == ([[0, 1]], [1, 2])


def test_a_turn_without_words_among_others_is_transcribed_alone() -> None:
    def answer(window: Window) -> DecodingResult:
        return _decoded(window, (YES, 0.5)) if len(window.pieces) > 1 else _decoded(window, (NO, 0.5))

    recorder = Recorder(answer)
    texts = _transcriber(recorder).transcribe([silence(1.5), silence(1.5)], [0, 0])
    assert [one.text for one in texts] == ["yes", "no"]
    assert recorder.windows == [[0, 1], [1]]


def test_a_turn_with_fewer_words_than_anybody_says_is_transcribed_alone() -> None:
    def answer(window: Window) -> DecodingResult:
        words = (YES, NO, MAYBE, YES, NO, MAYBE, YES, NO)
        first = ((YES, 0.5), *((word, 5.5 + place * 0.4) for place, word in enumerate(words)))
        return _decoded(
            window, *(first if len(window.pieces) > 1 else ((NO, 0.5), (MAYBE, 1.0), (YES, 1.5), (NO, 2.0)))
        )

    recorder = Recorder(answer)
    texts = _transcriber(recorder).transcribe([silence(5), silence(5)], [0, 0])
    assert [one.text for one in texts] == ["no maybe yes no", "yes no maybe yes no maybe yes no"]
    assert recorder.windows == [[0, 1], [0]]


def test_a_window_that_loops_is_transcribed_turn_by_turn() -> None:
    recorder = Recorder(lambda window: _loop(window) if len(window.pieces) > 1 else _decoded(window, (YES, 0.5)))
    texts = _transcriber(recorder).transcribe([silence(5), silence(4)], [0, 0])
    assert [one.text for one in texts] == ["yes", "yes"]
    assert recorder.windows == [[0, 1], [0], [1]]


def test_a_turn_that_loops_is_cut_once_and_then_given_up() -> None:
    reported: list[int] = []
    recorder = Recorder(_loop)
    texts = _transcriber(recorder, reported).transcribe([silence(8)], [0])
    assert (texts[0].text, texts[0].confidence) == ("", 0.0)
    assert recorder.windows == [[0], [0], [0]]
    assert reported == [1]


def test_what_is_transcribed_after_a_cut_is_put_together_in_order() -> None:
    recorder = Recorder(lambda window: _loop(window) if window.seconds > 6 else _decoded(window, (YES, 0.5), (NO, 1.0)))
    one = _transcriber(recorder).transcribe([silence(8)], [0])[0]
    assert one.text == "yes no yes no"
    assert [word.start for word in one.words] == sorted(word.start for word in one.words)
    assert one.words[2].start > 3


@pytest.mark.parametrize(("sure", "no_speech"), [(-1.6, 0.0), (-0.1, 0.7), (-0.7, 0.5)])
def test_what_the_model_doubts_is_no_text(sure: float, no_speech: float) -> None:
    recorder = Recorder(lambda window: _decoded(window, (YES, 0.5), sure=sure, no_speech=no_speech))
    assert _transcriber(recorder).transcribe([silence(2)], [0])[0].text == ""


def test_channels_never_share_a_window() -> None:
    recorder = Recorder(lambda window: _decoded(window, (YES, 0.5)))
    _transcriber(recorder).transcribe([silence(1)] * 3, [0, 1, 0])
    assert sorted(sorted(turns) for turns in recorder.windows if len(turns) > 1) == [[0, 2]]


def test_a_failure_takes_back_what_still_waits() -> None:
    recorder = Recorder(lambda window: _decoded(window, (YES, 0.5)))
    waiting: list[Future[DecodingResult]] = []

    def submit(window: Window) -> Future[DecodingResult]:
        if not recorder.windows:
            recorder.windows.append([])
            failed: Future[DecodingResult] = Future()
            failed.set_exception(ValueError("no such sound"))
            return failed
        waiting.append(Future())
        return waiting[-1]

    transcriber = CallTranscriber(submit, SPELLINGS, "en", RecognizerOptions(longest_window_seconds=15.0), None)
    with pytest.raises(ValueError, match="no such sound"):
        transcriber.transcribe([silence(10)] * 3, [0, 0, 0])
    assert [future.cancelled() for future in waiting] == [True, True]


def test_a_long_call_hands_in_a_bounded_number_of_windows() -> None:
    options = RecognizerOptions(windows_ahead=4, longest_window_seconds=15.0)  # a turn each
    most = 0
    open_futures: list[tuple[Future[DecodingResult], Window]] = []

    def submit(window: Window) -> Future[DecodingResult]:
        nonlocal most
        future: Future[DecodingResult] = Future()
        open_futures.append((future, window))
        most = max(most, len(open_futures))
        if len(open_futures) == 4:  # nothing more comes until one is done
            for done, one in open_futures:
                done.set_result(_decoded(one, (YES, 1.0), (NO, 4.0)))
            open_futures.clear()
        return future

    turns = [silence(10)] * 12
    transcriber = CallTranscriber(submit, SPELLINGS, "en", options, None)
    assert [one.text for one in transcriber.transcribe(turns, [0] * 12)] == ["yes no"] * 12
    assert most == 4
