"""From a recording to the webhook's result fields."""

from __future__ import annotations

import dataclasses
import socket
from pathlib import Path

import msgspec
import numpy as np
import pytest

from appliance.messages.call_result import CallResult
from engine.audio.samples import Samples
from engine.errors import EmptyRecording, ModelPackError, UnreadableRecording, UnsupportedLanguage
from engine.pipeline import AnalysisOptions, Models, analyse, load_models
from engine.transcript import Direction, Party

from .sounds import (
    CONVERSATION,
    WORDS,
    noise,
    silence,
    tones,
    touch_tones,
    wav_bytes,
    word_error_rate,
    write_call,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def two_parties(tmp_path: Path, speech: dict[str, Samples]) -> Path:
    """The left party speaks, then the right, then the left again; u-law, 8 kHz."""
    left = np.concatenate([speech["austen-0880"], silence(6), speech["austen-0930"]])
    right = np.concatenate([silence(3.6), speech["cards-005"]])
    return write_call(tmp_path / "call.wav", left, right, subtype="ULAW")


def test_each_channel_is_a_party_and_turns_are_in_time_order(two_parties: Path, options: AnalysisOptions) -> None:
    analysis = analyse(two_parties, options)
    parties = [segment.party for segment in analysis.segments]
    assert parties == [Party.CALLER, Party.CALLED, Party.CALLER]
    assert [segment.channel for segment in analysis.segments] == [0, 1, 0]
    lines = analysis.transcription.split("\n")
    for line, name in zip(lines, ("austen-0880", "cards-005", "austen-0930"), strict=True):
        assert word_error_rate(WORDS[name], line) <= 0.3
    starts = [segment.start for segment in analysis.segments]
    assert starts == pytest.approx([0.1, 3.7, 9.1], abs=0.4)
    assert analysis.parties.called.talk_seconds == pytest.approx(3.2, abs=0.6)
    assert analysis.duration_seconds == pytest.approx(12.28, abs=0.05)
    assert 7 < analysis.speech_seconds < 10
    assert analysis.conversation.called.talk_seconds == analysis.parties.called.talk_seconds
    assert (analysis.conversation.caller.turns, analysis.conversation.called.turns) == (2, 1)
    assert analysis.conversation.silence_seconds == pytest.approx(12.28 - analysis.speech_seconds, abs=0.1)
    assert analysis.language == "en"
    assert not analysis.no_speech


def test_a_segment_holds_its_words_and_segments_are_in_time_order(two_parties: Path, options: AnalysisOptions) -> None:
    segments = analyse(two_parties, options).segments
    for segment in segments:
        assert segment.words
        assert segment.start <= min(word.start for word in segment.words)
        assert segment.end >= max(word.end for word in segment.words)
    assert [segment.start for segment in segments] == sorted(segment.start for segment in segments)


def test_the_caller_may_be_on_the_right(two_parties: Path, options: AnalysisOptions) -> None:
    analysis = analyse(two_parties, dataclasses.replace(options, caller_channel="right"))
    assert [segment.party for segment in analysis.segments] == [Party.CALLED, Party.CALLER, Party.CALLED]
    assert [segment.channel for segment in analysis.segments] == [0, 1, 0]


def test_where_the_channels_are_told_to_be_parties_a_silent_one_changes_nothing(
    tmp_path: Path, speech: dict[str, Samples], options: AnalysisOptions
) -> None:
    said = speech["austen-0880"]
    voicemail = write_call(tmp_path / "voicemail.wav", said, silence(len(said) / 16000), subtype="ULAW")
    certain = dataclasses.replace(options, parties_by_channel=True)
    assert {segment.party for segment in analyse(voicemail, options).segments} == {Party.UNKNOWN}
    assert {segment.party for segment in analyse(voicemail, certain).segments} == {Party.CALLER}
    # But where one repeats the other, both are a mix.
    mix = write_call(tmp_path / "mix.wav", said, said, subtype="ULAW")
    assert {segment.party for segment in analyse(mix, certain).segments} == {Party.UNKNOWN}


def test_what_was_said_before_the_parties_were_connected_is_kept_apart(
    two_parties: Path, options: AnalysisOptions
) -> None:
    analysis = analyse(two_parties, dataclasses.replace(options, announcement_seconds=5.0))
    assert analysis.announcement
    assert analysis.announcement not in analysis.transcription
    assert word_error_rate(WORDS["cards-005"], f"{analysis.announcement} {analysis.segments[1].text}") <= 0.3


@pytest.mark.parametrize("seconds", [8.0, 3600.0])
def test_no_conversation_is_taken_for_an_announcement(
    two_parties: Path, options: AnalysisOptions, seconds: float
) -> None:
    analysis = analyse(two_parties, dataclasses.replace(options, announcement_seconds=seconds))
    assert [segment.party for segment in analysis.segments] == [Party.CALLER, Party.CALLED, Party.CALLER]
    assert analysis.announcement == ""
    assert len(analysis.warnings) == 1


def test_progress_never_falls_and_ends_at_one(two_parties: Path, options: AnalysisOptions) -> None:
    told: list[float] = []
    analyse(two_parties, dataclasses.replace(options, on_progress=told.append))
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) >= 5


def test_the_same_mix_on_both_channels_is_written_once(
    tmp_path: Path, options: AnalysisOptions, speech: dict[str, Samples]
) -> None:
    clip = speech["austen-0880"]
    analysis = analyse(write_call(tmp_path / "call.wav", clip, clip), options)
    assert len(analysis.segments) == 1
    assert analysis.segments[0].party is Party.UNKNOWN
    assert word_error_rate(WORDS["austen-0880"], analysis.transcription) <= 0.3


def test_a_third_channel_is_transcribed_for_nobody(
    tmp_path: Path, options: AnalysisOptions, speech: dict[str, Samples]
) -> None:
    path = write_call(
        tmp_path / "call.wav",
        speech["austen-0880"],
        np.concatenate([silence(4), speech["austen-0930"]]),
        np.concatenate([silence(9), speech["cards-005"]]),
    )
    segments = analyse(path, options).segments
    assert [(one.channel, one.party) for one in segments] == [
        (0, Party.CALLER),
        (1, Party.CALLED),
        (2, Party.UNKNOWN),
    ]


@pytest.mark.parametrize(
    "line",
    [
        silence(6),
        noise(6, -45),
        noise(6, -25),
        tones(12, 440, 480, on=2, off=4),
        tones(6, 480, 620, on=0.5, off=0.5),
        touch_tones("01514960199"),
        tones(6, 350, 440),
    ],
    ids=["silence", "faint noise", "noise", "ring", "busy", "touch tones", "dial tone"],
)
@pytest.mark.parametrize("subtype", ["PCM_16", "ULAW", "GSM610"])
def test_a_line_on_which_nobody_speaks_has_no_text(
    tmp_path: Path, options: AnalysisOptions, line: Samples, subtype: str
) -> None:
    analysis = analyse(write_call(tmp_path / "call.wav", line, subtype=subtype), options)
    assert analysis.no_speech
    assert (analysis.transcription, analysis.summary, analysis.keywords, analysis.language) == ("", "", "", "")
    assert analysis.sentiment == "neutral"
    assert (analysis.models["sentiment"], analysis.sentiment_basis) == ("not done: nobody speaks", None)
    assert analysis.segments == ()
    assert analysis.speech_seconds == 0
    assert analysis.duration_seconds == pytest.approx(len(line) / 16000, abs=0.05)


def test_the_demo_conversation_becomes_the_webhooks_fields(
    base_folder: Path, embedding_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With whisper-base, loaded as the worker does, and no way to any network."""
    monkeypatch.setattr(socket, "getaddrinfo", _no_network)
    models = load_models(base_folder, embedding_folder, "cpu")
    analysis = analyse(CONVERSATION, AnalysisOptions(models))
    result = msgspec.convert(msgspec.to_builtins(dataclasses.asdict(analysis)), CallResult, strict=True)
    assert "new jersey" in result.transcription.lower()
    assert "New Jersey" in result.keywords
    assert list(result.keyword_scores) == result.keywords.split(", ")
    assert result.duration_seconds == 30.0
    assert result.language == "en"
    assert {segment.party for segment in result.segments} == {"unknown"}
    assert result.models["asr"] == "whisper-base"
    assert result.models["embedding"] == "all-MiniLM-L6-v2"
    assert result.models["speech"].startswith("silero-vad 6.")
    assert 0 < len(result.summary) < len(result.transcription)


def _no_network(*_args: object, **_kwargs: object) -> None:
    raise AssertionError("the engine looked for the network")


def test_a_language_that_the_model_does_not_know_is_refused(two_parties: Path, options: AnalysisOptions) -> None:
    with pytest.raises(UnsupportedLanguage, match="'de'"):
        analyse(two_parties, dataclasses.replace(options, language="de"))


def test_a_language_may_have_a_region(two_parties: Path, options: AnalysisOptions) -> None:
    assert analyse(two_parties, dataclasses.replace(options, language="en-GB")).language == "en"


def test_what_is_no_recording_and_what_is_empty_have_their_errors(tmp_path: Path, options: AnalysisOptions) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(b"\x7fELF" + bytes(2000))
    with pytest.raises(UnreadableRecording):
        analyse(path, options)
    path.write_bytes(wav_bytes(silence(0), 8000))
    with pytest.raises(EmptyRecording):
        analyse(path, options)


def test_outbound_calls_take_the_called_partys_mood(options: AnalysisOptions) -> None:
    from engine.transcript_json import transcript_from_json

    text = """{"direction": "outbound", "segments": [
        {"start": 0, "end": 3, "party": "caller", "text": "Good morning, lovely to speak to you, it is wonderful."},
        {"start": 3, "end": 6, "party": "called", "text": "A disgrace, I am furious and I want my money back."}]}"""
    transcript, direction = transcript_from_json(text)
    assert analyse(transcript, dataclasses.replace(options, direction=direction)).sentiment == "negative"
    inbound = dataclasses.replace(options, direction=Direction.INBOUND)
    assert analyse(transcript, inbound).sentiment == "positive"


def test_a_folder_without_a_model_is_named(tmp_path: Path, embedding_folder: Path) -> None:
    with pytest.raises(ModelPackError, match="vbot models list"):
        load_models(tmp_path, embedding_folder)


def test_models_say_their_names(models: Models) -> None:
    assert models.names["asr"] == "whisper-tiny.en"
