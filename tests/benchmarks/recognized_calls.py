"""Written calls as our own recognizer hears them: spoken by synthetic voices, through a telephone line.

    python -m tests.benchmarks.recognized_calls tests/data/calls-briefed --every 3 --to tests/data/calls-recognized

What is read of a call should be read of its recognized text, too. Moods are those of the written call; facts and tags
are left out, as a phrase that was not understood is none.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from engine.audio.recording import open_recording
from engine.models import open_pack
from engine.pipeline import AnalysisOptions, Models, transcribe
from engine.recognition.whisper.whisper_recognizer import WhisperRecognizer
from engine.transcript import Party, Transcript
from engine.turns.silero import VoiceActivity

from .call_set import Voices, spoken_call
from .recognition import Place


def as_call(written: dict[str, Any], found: Transcript) -> dict[str, Any]:
    """A recognized transcript in the form of `tests/data`, with the moods of the call that was spoken."""
    now, turns = 0.0, []
    for segment in found.segments:
        party = "caller" if segment.party is Party.CALLER else "called"
        turns.append({"party": party, "pause_before": round(segment.start - now, 2), "text": segment.text})
        now = segment.end
    moods = {key: written["expected"][key] for key in ("overall", "caller", "called")}
    expected = {**moods, "facts": [], "key_phrases": written["expected"]["key_phrases"]}
    return {**{key: written[key] for key in ("id", "direction", "topic")}, "turns": turns, "expected": expected}


def main(given: list[str]) -> int:
    """The program."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.recognized_calls")
    parser.add_argument("calls", type=Path, help="a folder of written calls")
    parser.add_argument("--every", type=int, default=1, help="speak one of so many")
    parser.add_argument("--to", type=Path, required=True)
    parser.add_argument("--model", default="whisper-base")
    parser.add_argument("--models-dir", type=Path, default=Path("/var/lib/vbot-models"))
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "vbot-recognition")
    options = parser.parse_args(given)
    place = Place(options.work)
    place.folder.mkdir(parents=True, exist_ok=True)
    _, piper_voice = place.speech()
    spoken = place.folder / "spoken"
    spoken.mkdir(exist_ok=True)
    voices = Voices(place.peers / "bin" / "piper", piper_voice, spoken)
    recognizer = WhisperRecognizer(open_pack(options.model, options.models_dir), "cpu")
    how = AnalysisOptions(Models(recognizer, VoiceActivity(), None), language="en")
    options.to.mkdir(parents=True, exist_ok=True)
    for index, path in enumerate(sorted(options.calls.glob("*.json"))[:: options.every]):
        target = options.to / path.name
        if target.is_file():
            continue
        said = spoken_call(path, index, float("inf"), place.folder, voices)
        with open_recording(Path(said.path)) as recording:
            found = transcribe(recording, how)
        call = as_call(json.loads(path.read_text()), found)
        target.write_text(json.dumps(call, ensure_ascii=False, indent=1) + "\n")
        print(f"{path.stem}: {said.seconds:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
