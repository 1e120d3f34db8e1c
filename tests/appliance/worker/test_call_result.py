"""What the engine found out, in the shape in which it is sent: nothing of it is dropped on the way."""

from __future__ import annotations

import json
from dataclasses import replace

import msgspec
import pytest

pytest.importorskip("torch", reason="a box without a worker has none")

from appliance.messages.analyse_call import AnalyseCall
from appliance.messages.call_result import CallResult
from appliance.messages.reports import CallAnalysed, WorkerReport, check_report, read_report
from appliance.worker.speech_engine import call_result
from engine.audio.riff import MISPLACED
from engine.call_analysis import CallAnalysis, PartiesAnalysis, PartyAnalysis
from engine.language.talk_statistics import conversation
from engine.transcript import Party, Segment, Transcript, Word
from tests.appliance.builders import a_result

CUT_OFF = "The recording is cut off: its header tells of 8.0 s, 4.0 s are there."
NEW_FIELDS = ("voices_confidence", "conversation", "warnings", "summary_sources", "sentiment_basis")


def analysis(repairs: tuple[str, ...] = ()) -> CallAnalysis:
    segments = (
        Segment(0.0, 4.0, 0, Party.CALLER, "Hello.", 0.9, (Word(0.5, 0.9, "Hello.", 0.95),), voice=1),
        Segment(3.0, 6.0, 0, Party.CALLED, "Yes.", 0.8, voice=2),
    )
    party, silent = PartyAnalysis(4.0, "negative", -0.56789), PartyAnalysis(3.0, None, None)
    return CallAnalysis(
        transcription="Hello.\nYes.",
        summary="",
        sentiment="neutral",
        keywords="",
        duration_seconds=8.0,
        speech_seconds=6.0,
        language="en",
        segments=segments,
        parties=PartiesAnalysis(party, silent),
        keyword_scores={},
        models={},
        no_speech=False,
        conversation=conversation(Transcript(segments, "en"), 8.0),
        voices_confidence=0.75,
        summary_sources=((0,), (0, 1)),
        repairs=repairs,
    )


def test_voices_and_how_the_conversation_went_come_out() -> None:
    result = call_result(analysis())

    assert [segment.voice for segment in result.segments] == [1, 2]
    assert result.voices_confidence == 0.75
    assert result.summary_sources == [[0], [0, 1]]
    assert json.loads(msgspec.json.encode(result.conversation)) == {
        "silence_seconds": 2.0,
        "longest_silence_seconds": 2.0,
        "overlap_seconds": 1.0,
        "caller": {"talk_seconds": 4.0, "turns": 1, "longest_turn_seconds": 4.0, "interruptions": 0},
        "called": {"talk_seconds": 3.0, "turns": 1, "longest_turn_seconds": 3.0, "interruptions": 1},
    }


def test_a_mood_that_was_not_computed_stays_none() -> None:
    result = call_result(replace(analysis(), sentiment_basis=None))

    assert (result.parties.caller.sentiment, result.parties.caller.sentiment_score) == ("negative", -0.5679)
    assert (result.parties.called.sentiment, result.parties.called.sentiment_score) == (None, None)
    assert result.sentiment_basis is None


def test_the_times_of_words_go_along_segment_by_segment() -> None:
    result = call_result(analysis())
    assert json.loads(msgspec.json.encode(result.words)) == [[[0.5, 0.9, "Hello.", 0.95]], []]


def test_what_was_wrong_with_the_recording_is_a_warning_once() -> None:
    assert call_result(analysis((CUT_OFF, CUT_OFF))).warnings == [CUT_OFF]


def test_a_fault_of_the_header_that_costs_nothing_warns_nobody() -> None:
    assert call_result(analysis((MISPLACED,))).warnings == []


def test_the_report_of_a_worker_of_before_is_understood() -> None:
    report = msgspec.to_builtins(CallAnalysed(call_id="c", revision=1, attempt=1, result=a_result()))
    for name in NEW_FIELDS:
        del report["result"][name]
    del report["result"]["segments"][0]["voice"]

    read = msgspec.convert(report, WorkerReport)

    assert isinstance(read, CallAnalysed)
    assert (read.result.voices_confidence, read.result.conversation, read.result.warnings) == (0.0, None, [])
    assert read.result.summary_sources == []
    assert read.result.sentiment_basis == "text"
    assert read.result.words is msgspec.UNSET
    assert read.result.segments[0].voice == 0


def test_what_a_later_version_adds_is_ignored() -> None:
    order = {"call_id": "c", "revision": 1, "attempt": 1, "recording_path": "/", "of_tomorrow": [1]}
    assert msgspec.convert(order, AnalyseCall).call_id == "c"
    report = msgspec.to_builtins(CallAnalysed(call_id="c", revision=1, attempt=1, result=a_result()))
    report["result"]["of_tomorrow"] = {"a": 1}
    read = msgspec.convert(report, WorkerReport)
    assert isinstance(read, CallAnalysed)
    assert isinstance(read.result, CallResult)


def test_what_a_model_makes_of_a_call_that_cannot_be_is_put_right_before_it_is_sent() -> None:
    """Half precision gives infinities and what is no number; a decoder of tokens gives halves of characters."""
    made = analysis(repairs=("a header says \x00\x1b[31m",))
    broken = replace(
        made,
        transcription="Hel\ud800lo\x00.\u202eYes.",
        summary="\x07Hello.",
        keywords="hel\ud83dlo",
        keyword_scores={"hel\ud83dlo": float("nan"), "yes": 1.2},
        voices_confidence=float("nan"),
        segments=tuple(
            replace(
                segment,
                start=-0.01,
                text=f"{segment.text}\udfff",
                confidence=number,
                words=tuple(replace(word, confidence=number, text="\x9bHello") for word in segment.words),
            )
            for segment, number in zip(made.segments, (float("nan"), float("inf")), strict=True)
        ),
        parties=PartiesAnalysis(PartyAnalysis(4.0, "negative", float("-inf")), PartyAnalysis(3.0, None, None)),
    )

    result = call_result(broken)

    report = CallAnalysed(call_id="c", revision=1, attempt=1, worker="w", boot="b", result=result)
    check_report(report)
    read = read_report(json.dumps(msgspec.to_builtins(report)))
    assert isinstance(read, CallAnalysed)
    assert (result.transcription, result.summary, result.keywords) == ("Hello.Yes.", "Hello.", "hello")
    assert [segment.confidence for segment in result.segments] == [0.0, 1.0]
    assert (result.keyword_scores, result.parties.caller.sentiment_score) == ({"hello": 0.0, "yes": 1.0}, -1.0)
    assert result.warnings == ["a header says [31m"]
