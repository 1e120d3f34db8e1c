"""Transcripts, and those that are handed in as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from engine.errors import InvalidTranscript
from engine.transcript import Direction, Party
from engine.transcript_json import transcript_from_json

TURN = {"start": 0.5, "end": 2.0, "party": "caller", "text": "Hello there."}


def _json(**changes: Any) -> str:
    return json.dumps({"direction": "inbound", "language": "en", "segments": [TURN]} | changes)


def test_a_transcript_is_read_in_time_order_a_line_each() -> None:
    later = TURN | {"start": 3, "end": 4, "party": "called", "text": " Good \n morning. "}
    transcript, direction = transcript_from_json(_json(segments=[later, TURN]))
    assert direction is Direction.INBOUND
    assert transcript.language == "en"
    assert transcript.text == "Hello there.\nGood morning."
    assert [segment.party for segment in transcript.segments] == [Party.CALLER, Party.CALLED]
    assert [segment.channel for segment in transcript.segments] == [0, 1]


def test_direction_and_party_may_be_left_out() -> None:
    transcript, direction = transcript_from_json('{"segments": [{"start": 0, "end": 1, "text": "Hi"}]}')
    assert direction is None
    assert transcript.segments[0].party is Party.UNKNOWN


def test_turns_without_words_are_no_segments() -> None:
    transcript, _ = transcript_from_json(_json(segments=[TURN | {"text": "  "}]))
    assert transcript.segments == ()
    assert transcript.language == ""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "object"),
        ("{}", "`segments`"),
        (_json(segments={}), "`segments`"),
        (_json(segments=["hello"]), "Segment 1 must be an object"),
        (_json(segments=[TURN, TURN | {"end": 0.1}]), "Segment 2 ends before it starts"),
        (_json(segments=[TURN | {"start": "0"}]), "`start`"),
        (_json(segments=[TURN | {"start": True}]), "`start`"),
        (_json(segments=[TURN | {"start": -1}]), "`start`"),
        ('{"segments": [{"start": 0, "end": NaN, "text": "a"}]}', "`end`"),
        ('{"segments": [{"start": 0, "end": 1' + "0" * 400 + ', "text": "a"}]}', "`end`"),
        (_json(segments=[TURN | {"text": None}]), "`text`"),
        (_json(segments=[TURN | {"party": "agent"}]), "`party`"),
        (_json(segments=[TURN | {"party": ["caller"]}]), "`party`"),
        (_json(direction="sideways"), "`direction`"),
        (_json(direction=["inbound"]), "`direction`"),
        (_json(language=5), "`language`"),
    ],
)
def test_what_is_malformed_is_said_in_a_sentence(text: str, says: str) -> None:
    with pytest.raises(InvalidTranscript, match=says) as raised:
        transcript_from_json(text)
    assert "\n" not in str(raised.value)
    assert str(raised.value).endswith(".")


def test_contracts_are_importable_without_torch() -> None:
    code = (
        "import sys, engine.transcript, engine.transcript_json, engine.errors, engine.models;"
        "sys.exit('torch' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
