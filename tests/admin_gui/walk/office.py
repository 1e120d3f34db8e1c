"""The offices whose calls come in during the walk: real conversations, one of them with its sound."""

from __future__ import annotations

import array
import json
import wave
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.admin_gui.conftest import TlsAppliance
from tests.support.fake_moods import that_feels
from tests.support.fake_worker import that_says
from tests.support.recordings import SPEECH, silence, wav

CONVERSATIONS = Path(__file__).parents[2] / "data/calls-everyday"
RATE = 16000
# Who speaks which clip, at the left the caller.
HEARD = (("austen-0870", 0), ("cards-005", 1), ("austen-0890", 0), ("austen-0930", 0), ("austen-0880", 1))
PAUSE_SECONDS = 0.6
SECONDS_A_WORD = 0.4
MOODS = {"positive": 0.7, "neutral": 0.0, "negative": -0.7}


@dataclass(frozen=True)
class Arriving:
    """One call as a telephone system sends it."""

    recording: bytes
    fields: dict[str, str]


def call_with_sound() -> Arriving:
    """Two people on a channel each; what they say is known to the word."""
    texts = json.loads((SPEECH / "texts.json").read_text())
    channels = array.array("h"), array.array("h")
    turns = []
    at = PAUSE_SECONDS
    for channel in channels:
        channel.frombytes(bytes(2 * round(PAUSE_SECONDS * RATE)))
    for name, side in HEARD:
        with wave.open(str(SPEECH / f"{name}.wav")) as file:
            clip = array.array("h", file.readframes(file.getnframes()))
        seconds = len(clip) / RATE
        party = "called" if side else "caller"
        words = texts[name].replace("john dashwood", "John Dashwood")
        turns.append({"start": at, "end": round(at + seconds, 3), "channel": side, "party": party, "text": words})
        quiet = array.array("h", bytes(2 * len(clip)))
        pause = array.array("h", bytes(2 * round(PAUSE_SECONDS * RATE)))
        channels[side].extend(clip + pause)
        channels[1 - side].extend(quiet + pause)
        at = round(at + seconds + PAUSE_SECONDS, 3)
    both = array.array("h", bytes(4 * len(channels[0])))
    both[0::2], both[1::2] = channels
    recording = that_says(wav(both.tobytes(), rate=RATE, channels=2), turns)
    felt = that_feels(recording, ("neutral", 0.0), ("positive", 0.7), tells_all=False)
    return Arriving(felt, {"direction": "inbound", "caller_channel": "left", "caller_number": "+442071234567"})


def calls(count: int) -> list[Arriving]:
    """Conversations that people have had with offices, the first so many of them."""
    files = sorted(CONVERSATIONS.glob("*.json"))[:count]
    assert len(files) == count, "there are no more conversations"
    return [_call(number, json.loads(file.read_text())) for number, file in enumerate(files)]


def _call(number: int, told: dict[str, Any]) -> Arriving:
    turns, at = [], 0.5
    for turn in told["turns"]:
        at = max(0.0, at + turn["pause_before"])
        end = at + SECONDS_A_WORD * len(turn["text"].split())
        side = 1 if turn["party"] == "called" else 0
        turns.append(
            {
                "start": round(at, 2),
                "end": round(end, 2),
                "channel": side,
                "party": turn["party"],
                "text": turn["text"],
            }
        )
        at = end
    mood = told["expected"]["overall"][0]
    felt = mood, MOODS[mood]
    recording = that_feels(
        that_says(silence(0.5) + b"takes 0.05 seconds", turns), felt, ("neutral", 0.0), tells_all=False
    )
    fields = {"direction": told["direction"], "caller_number": f"+44161496{number:04}", "external_id": told["id"]}
    return Arriving(recording, fields)


class Offices:
    """Their telephone systems, which send on a thread of their own, as the window lives on."""

    def __init__(self, appliance: TlsAppliance) -> None:
        self._appliance = appliance
        self._thread = ThreadPoolExecutor(1)

    def send(self, key: str, arriving: list[Arriving]) -> Future[list[str]]:
        """One after the other; the ids under which they were accepted."""
        return self._thread.submit(self._send, key, arriving)

    def close(self) -> None:
        self._thread.shutdown()

    def _send(self, key: str, arriving: list[Arriving]) -> list[str]:
        accepted = []
        with requests.Session() as http:
            http.trust_env = False
            http.verify = self._appliance.http.verify
            for one in arriving:
                answer = http.post(
                    f"{self._appliance.url}/api/process-call",
                    headers={"X-API-Key": key},
                    data={"called_number": "+4940654321", **one.fields},
                    files={"file": ("call.wav", one.recording, "audio/wav")},
                    timeout=60,
                )
                assert answer.status_code == 200, answer.text
                accepted.append(str(answer.json()["call_id"]))
        return accepted
