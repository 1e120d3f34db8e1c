"""`python -m tests.support.fake_worker`: the production worker with an engine that is there at once.

Its recordings say in plain text among their samples what is to be made of them (tests/support/spool.py writes them):
how long the work takes, which file holds it up, that it cannot be read, that it breaks the engine, or that it brings
its worker down.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import setproctitle

from appliance.commands.worker import expected_identity
from appliance.domain.call import EMPTY_RECORDING
from appliance.messages.analyse_call import AnalyseCall
from appliance.messages.call_result import (
    CallResult,
    ConversationResult,
    Failure,
    PartyName,
    SegmentResult,
    TalkResult,
    TimedWord,
)
from appliance.settings import Settings, load
from appliance.storage.folder.data_folder import DataFolder, valkey_url
from appliance.worker import process as worker
from appliance.worker.engine import RecordingAtFault
from tests.support.fake_moods import moods_of

TAKES_SECONDS = re.compile(rb"takes (\d+\.\d+) seconds")
HELD = re.compile(rb"is held by (\S+) ")
KILLS = b"brings its worker down"
BREAKS = b"breaks the engine"
UNREADABLE = b"is no audio at all"
EMPTY = b"holds nothing at all"
BESIDE = "calls beside it"
EXPECTED = "expected words"
SAID = re.compile(rb"said (\[.*\]) until here")
WARNS = re.compile(rb"warns (\[.*\]) of itself")


def that_says(recording: bytes, turns: list[dict[str, Any]], warnings: Sequence[str] = ()) -> bytes:
    """The recording with the turns that the fake engine will hear in it: start, end, channel, party, text, voice."""
    warned = b"warns " + json.dumps(warnings).encode() + b" of itself" if warnings else b""
    return recording + b"said " + json.dumps(turns).encode() + b" until here" + warned


class FakeEngine:
    """Makes of each recording the SHA-256 of what it was given, and tells how many others were analysed beside it."""

    device = "cpu"
    model = "fake"
    code_packs: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    calls_at_once = 2

    def __init__(self) -> None:
        self._beside: dict[AnalyseCall, int] = {}  # of the calls at work
        self._lock = threading.Lock()

    def warm_up(self) -> None:
        """It is warm."""

    def analyse(self, recording: Path, call: AnalyseCall, on_progress: Callable[[float], None]) -> CallResult:
        with self._lock:
            self._beside[call] = 0
            for other in self._beside:
                self._beside[other] = max(self._beside[other], len(self._beside) - 1)
        audio = recording.read_bytes()
        found = TAKES_SECONDS.search(audio)
        time.sleep(float(found[1]) if found else 0.2)
        held = HELD.search(audio)
        while held is not None and Path(os.fsdecode(held[1])).exists():
            on_progress(0.0)  # else it would be taken for hung
            time.sleep(0.01)
        if KILLS in audio:
            os.kill(os.getpid(), signal.SIGKILL)
        on_progress(1.0)
        with self._lock:
            beside = self._beside.pop(call)
        if UNREADABLE in audio:
            raise RecordingAtFault(Failure(code="unreadable_recording", message="the bytes are no audio"))
        if EMPTY in audio:
            raise RecordingAtFault(Failure(code=EMPTY_RECORDING, message="The recording holds no samples."))
        if BREAKS in audio:
            raise RuntimeError("this recording breaks the engine")
        said = SAID.search(audio)
        turns = [SegmentResult(confidence=0.9, **turn) for turn in json.loads(said[1])] if said else []
        if call.parties_by_channel and call.caller_channel == "right":
            turns = [_exchanged(turn) for turn in turns]
        moods = moods_of(call, turns, audio)
        models = {"asr": self.model, **moods.pop("models")}
        return CallResult(
            transcription="\n".join(turn.text for turn in turns) or hashlib.sha256(audio).hexdigest(),
            summary=" ".join(turn.text for turn in turns[:2]),
            summary_sources=[[place] for place in range(len(turns[:2]))],
            keywords=", ".join(turn.text.split()[-1].strip(".?!") for turn in turns),
            duration_seconds=max((turn.end for turn in turns), default=1.0),
            speech_seconds=sum(turn.end - turn.start for turn in turns),
            language="en",
            segments=turns,
            keyword_scores={BESIDE: beside / 100},  # a weight is a share
            models={**models, **({EXPECTED: ", ".join(call.vocabulary)} if call.vocabulary else {})},
            no_speech=False,
            voices_confidence=0.8 if any(turn.voice for turn in turns) else 0.0,
            conversation=_conversation(turns),
            warnings=json.loads(warned[1]) if (warned := WARNS.search(audio)) else [],
            words=[_words(turn) for turn in turns],
            **moods,
        )


def _exchanged(turn: SegmentResult) -> SegmentResult:
    """By the other one: what a recording says of its parties is true of a caller at the left."""
    other: dict[str, PartyName] = {"caller": "called", "called": "caller"}
    return msgspec.structs.replace(turn, party=other.get(turn.party, turn.party))


def _words(turn: SegmentResult) -> list[TimedWord]:
    """Each as long as any other."""
    texts = turn.text.split()
    step = (turn.end - turn.start) / max(1, len(texts))
    return [
        TimedWord(round(turn.start + step * place, 3), round(turn.start + step * (place + 1), 3), text, 0.9)
        for place, text in enumerate(texts)
    ]


def _conversation(turns: Sequence[SegmentResult]) -> ConversationResult:
    def talk(party: str) -> TalkResult:
        spans = [turn.end - turn.start for turn in turns if turn.party == party]
        return TalkResult(
            talk_seconds=sum(spans), turns=len(spans), longest_turn_seconds=max(spans, default=0.0), interruptions=1
        )

    return ConversationResult(
        silence_seconds=3.5,
        longest_silence_seconds=1.5,
        overlap_seconds=0.5,
        caller=talk("caller"),
        called=talk("called"),
    )


def main() -> int:
    """As `vbot worker` does, under the same title."""
    setproctitle.setproctitle("vbot worker")
    settings: Settings = load(None, os.environ)
    queue_url = settings.redis_url or valkey_url(DataFolder(settings.data_dir))
    return worker.run(settings, queue_url, settings.local_api_url, lambda: expected_identity(settings), FakeEngine)


if __name__ == "__main__":
    sys.exit(main())
