"""How right the engine hears: words per coding and noise, nothing on what is no speech, and who said what.

    python -m tests.benchmarks.accuracy_audio [--only words,non-speech,parties,voices] [--recognizer whisper-base]

Everything goes through `engine.pipeline.analyse`, as recordings on disk. `real_speech.py` says where the speech comes
from; limits of voices were set on some of Asterisk's prompts and flite's slt and kal, and are reported on others and on
the real conversation. Of the words, tests/data/speech has been looked at while the recognizer's limits were set;
the other clips of pocketsphinx-testdata and Dickens have not.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

import engine.runtime.torch_environment  # noqa: F401  # before torch
from engine.audio.samples import RECOGNITION_RATE, Samples
from engine.call_analysis import CallAnalysis
from engine.models import open_pack, open_voice_pack
from engine.pipeline import AnalysisOptions, analyse, load_models
from engine.transcript import Party
from tests.benchmarks.mixed_calls import (
    mixed_call,
    read_rttm,
    speech_right,
    words_right,
    words_right_by_voice,
)
from tests.benchmarks.non_speech import non_speech
from tests.benchmarks.real_speech import readings, voices
from tests.engine.sounds import (
    CONVERSATION,
    noise,
    silence,
    spoken,
    tones,
    word_error_rate,
    write_call,
)

CODINGS = ("PCM_16", "ULAW", "ALAW", "GSM610", "IMA_ADPCM")
NOISE_DB = (30, 20, 15, 10, 5)
CONVERSATION_RTTM = Path(__file__).parents[1] / "data" / "speech" / "conversation.rttm"
PARTS = ("words", "non-speech", "parties", "voices")


class Calls:
    """Analyses sounds as the worker would: written to disk in a coding of the telephone."""

    def __init__(self, options: AnalysisOptions, folder: Path) -> None:
        self.options, self._path = options, folder / "call.wav"

    def analyse(self, *channels: Samples, coding: str = "ULAW", **known: str) -> CallAnalysis:
        """The engine's analysis of these channels at 8 kHz."""
        return analyse(
            write_call(self._path, *channels, subtype=coding),
            replace(self.options, **known),  # type: ignore[arg-type]
        )


# -- words -----------------------------------------------------------------------------------------------------------


def report_words(calls: Calls) -> None:
    """The word error rate of each speaker's clips as one call, by coding, then by noise."""
    print("\nWords: word error rate (asked: u-law ≤ .06)")
    speakers = readings()
    for coding in CODINGS:
        _print_words(coding, speakers, lambda sound, coding=coding: calls.analyse(sound, coding=coding).transcription)
    _print_words("PCM, 16 kHz", speakers, lambda sound: _wideband(calls, sound))
    for level in NOISE_DB:
        _print_words(f"u-law, {level} dB", speakers, lambda sound, level=level: _noisy(calls, sound, level))


def _print_words(name: str, speakers: list, hear: Callable[[Samples], str]) -> None:  # type: ignore[type-arg]
    errors = words = 0.0
    details = []
    for one in speakers:
        pause = silence(1.2)
        sound = np.concatenate([part for clip in one.clips for part in (pause, clip)] + [pause])
        reference = " ".join(one.texts)
        rate = word_error_rate(reference, hear(sound))
        count = len(spoken(reference))
        errors, words = errors + rate * count, words + count
        details.append(f"{one.speaker} {rate:.3f}")
    print(f"  {name:14s} {errors / words:.3f} of {words:.0f} words ({', '.join(details)})", flush=True)


def _noisy(calls: Calls, sound: Samples, level_db: float) -> str:
    loud = np.abs(sound) > 0.01
    level = 10 * np.log10(float(np.mean(np.square(sound[loud]))))
    return calls.analyse(sound + noise(len(sound) / RECOGNITION_RATE, level - level_db)[: len(sound)]).transcription


def _wideband(calls: Calls, sound: Samples) -> str:
    path = calls._path.with_name("wide.wav")
    return analyse(write_call(path, sound, rate=RECOGNITION_RATE), calls.options).transcription


# -- what is no speech -----------------------------------------------------------------------------------------------


def report_non_speech(calls: Calls) -> None:
    """How many words are invented on each."""
    print("\nNo speech: invented words (asked: 0 on all)")
    invented, items = 0, 0
    for name, sound in non_speech():
        for coding in ("PCM_16", "ULAW", "GSM610"):
            text = calls.analyse(sound, coding=coding).transcription
            items += 1
            invented += len(text.split())
            if text:
                print(f"  {name}, {coding}: {len(text.split())} words: {text[:80]!r}")
    print(f"  {invented} words on {items} recordings", flush=True)
    babble = sum(_looped(one.clips[0], 12)[: 12 * RECOGNITION_RATE] for one in readings())
    for seed in range(1, 6):
        babble = babble + np.roll(babble, seed * 17_000) * 0.7
    text = calls.analyse(np.asarray(babble / np.abs(babble).max() * 0.1, dtype=np.float32)).transcription
    print(f"  for information, babble (a dozen voices at once, -20 dB): {len(text.split())} words", flush=True)


def _looped(sound: Samples, seconds: float) -> Samples:
    return np.resize(sound, round(seconds * RECOGNITION_RATE))


# -- parties on channels ---------------------------------------------------------------------------------------------


def report_parties(calls: Calls) -> None:
    """The share of words whose segment has the right party, on recordings of two channels."""
    print("\nParties on two channels: words with the right party (asked: ≥ .98)")
    speakers = voices(held_out=True)
    names = [name for name in speakers if name in ("Austen's reader", "Dickens' reader", "flite rms", "flite awb")]
    pairs = list(itertools.combinations(names, 2))[:3] or [(names[0], names[0])]
    left_calls, right_calls = (Party.CALLER, Party.CALLED), (Party.CALLED, Party.CALLER)
    quiet, late = 10 ** (-12 / 20), round(0.12 * RECOGNITION_RATE)
    totals: dict[str, list[float]] = {}
    for seed, (one, other) in enumerate(pairs):
        (left, right), said = mixed_call((speakers[one], speakers[other]), 40, seed)
        echo = [_delayed(leg, late) * 0.1 for leg in (left, right)]
        cases = {
            "plain": ((left, right), {}, left_calls),
            "the caller on the right": ((left, right), {"caller_channel": "right"}, right_calls),
            "right 12 dB quieter": ((left, right * quiet), {}, left_calls),
            "echo, -20 dB, 0.12 s": ((left + echo[1], right + echo[0]), {}, left_calls),
            "noise, 20 dB": (
                tuple(leg + noise(len(leg) / RECOGNITION_RATE, -46) for leg in (left, right)),
                {},
                left_calls,
            ),
        }
        for name, (channels, known, parties) in cases.items():
            share = words_right(calls.analyse(*channels, **known).segments, said, parties, by_voice=False)
            total = totals.setdefault(name, [0.0, 0.0])
            total[0], total[1] = total[0] + share.right, total[1] + share.counted
    for name, (right_words, counted) in totals.items():
        print(f"  {name:24s} {right_words / max(1, counted):.4f} of {counted:.0f} words", flush=True)
    _report_dual_mono(calls)


def _report_dual_mono(calls: Calls) -> None:
    """Nothing is written twice: the words of a mix on two channels against those of the mix on one."""
    reader = readings()[0]
    sound = np.concatenate([part for clip in reader.clips for part in (silence(1), clip)])
    once = calls.analyse(sound)
    cases = {
        "the same on both": (sound, sound),
        "the same, 6 dB quieter": (sound, sound * 0.5),
        "the same, 5 ms late": (sound, _delayed(sound, 80)),
        "one dead channel": (sound, np.zeros_like(sound)),
        "one channel of hum": (sound, tones(len(sound) / RECOGNITION_RATE, 50, 100)[: len(sound)] * 0.05),
    }
    for name, channels in cases.items():
        both = calls.analyse(*channels)
        named = sum(segment.party is not Party.UNKNOWN for segment in both.segments)
        words = f"{len(both.transcription.split())} words for {len(once.transcription.split())}"
        print(f"  {name:24s} {words}, {named} segments named", flush=True)


def _with_noise(*legs: Samples) -> tuple[Samples, ...]:
    return tuple(leg + noise(len(leg) / RECOGNITION_RATE, -46)[: len(leg)] for leg in legs)


def _delayed(sound: Samples, samples: int) -> Samples:
    return np.concatenate([np.zeros(samples, dtype=np.float32), sound])[: len(sound)]


# -- voices of a mix -------------------------------------------------------------------------------------------------


def report_voices(calls: Calls, mixes: int, seconds: float) -> None:
    """Who speaks on mono recordings: the real conversation, mixes of speakers held out, and single speakers."""
    if calls.options.models.voices is None:
        print("\nVoices: no pack for voices is installed (vbot models install ge2e-voices)")
        return
    print("\nVoices of a mono recording: time and words with the wrong voice")
    _report_conversation(calls)
    speakers = voices(held_out=True)
    shares, words, cut, named, cpu = [], [], 0, 0, [0.0, 0.0]
    pairs = list(itertools.combinations(speakers, 2))
    pairs = pairs[:: -(-len(pairs) // mixes)]
    for seed, (one, other) in enumerate(pairs):
        legs, said = mixed_call((speakers[one], speakers[other]), seconds, seed)
        mix = np.sum(legs, axis=0)
        analysis, with_voices, without = _both_ways(calls, mix, ("ULAW", "GSM610")[seed % 2])
        cpu[0], cpu[1] = cpu[0] + with_voices, cpu[1] + without
        shares.append(speech_right(analysis.segments, said))
        words.append(words_right_by_voice(analysis.segments, said))
        cut += any(segment.voice for segment in analysis.segments)
        named += any(segment.party is not Party.UNKNOWN for segment in analysis.segments)
    if pairs:
        wrong = 1 - sum(one.right for one in shares) / sum(one.counted for one in shares)
        missed = sum(one.missed for one in shares) / sum(one.counted + one.missed for one in shares)
        wrong_words = 1 - sum(one.right for one in words) / sum(one.counted for one in words)
        print(f"  {len(pairs)} mixes of {seconds:.0f} s: {cut} told apart, {named} named; wrong voice {wrong:.4f} of")
        print(f"    the time, {wrong_words:.4f} of the words; not in any segment {missed:.4f}")
        print(f"    CPU seconds {cpu[0]:.1f} with voices, {cpu[1]:.1f} without: ratio {cpu[0] / cpu[1]:.3f}")
    singles = [name for name in speakers if sum(map(len, speakers[name])) > seconds * RECOGNITION_RATE / 2]
    wrongly = [name for name in singles if _is_cut(calls, speakers[name], seconds)]
    print(f"  {len(singles)} single speakers: {len(wrongly)} taken for two {wrongly or ''}", flush=True)


def _report_conversation(calls: Calls) -> None:
    said = read_rttm(CONVERSATION_RTTM)
    segments = analyse(CONVERSATION, calls.options).segments
    time_, words = speech_right(segments, said), words_right_by_voice(segments, said)
    alone = analyse(CONVERSATION, replace(calls.options, models=replace(calls.options.models, voices=None))).segments
    blind = words_right_by_voice(alone, said)
    print(
        f"  real conversation: {len(segments)} segments; wrong voice {1 - time_.right / time_.counted:.3f} of the time"
        f", {1 - words.right / words.counted:.3f} of the words (as one voice: {1 - blind.right / blind.counted:.3f})",
        flush=True,
    )


def _both_ways(calls: Calls, sound: Samples, coding: str) -> tuple[CallAnalysis, float, float]:
    """The analysis with voices, its CPU seconds, and those without."""
    blind = Calls(replace(calls.options, models=replace(calls.options.models, voices=None)), calls._path.parent)
    began = time.process_time()
    blind.analyse(sound, coding=coding)
    middle = time.process_time()
    analysis = calls.analyse(sound, coding=coding)
    return analysis, time.process_time() - middle, middle - began


def _is_cut(calls: Calls, clips: list[Samples], seconds: float) -> bool:
    legs, _ = mixed_call((clips[::2], clips[1::2] or clips), seconds, 7)
    return any(segment.voice for segment in calls.analyse(np.sum(legs, axis=0)).segments)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.accuracy_audio")
    parser.add_argument("--only", default=",".join(PARTS), help=f"of {', '.join(PARTS)}")
    parser.add_argument("--recognizer", default="whisper-base")
    parser.add_argument("--mixes", type=int, default=12, help="of two speakers held out, at most")
    parser.add_argument("--mix-seconds", type=float, default=45.0)
    default = Path(os.environ.get("VBOT_MODELS_DIR", "/var/lib/vbot-models"))
    parser.add_argument("--models-dir", type=Path, default=default)
    given = parser.parse_args(arguments)
    packs = given.models_dir
    models = load_models(
        open_pack(given.recognizer, packs), open_pack("all-MiniLM-L6-v2", packs), "cpu", open_voice_pack(None, packs)
    )
    print(f"{given.recognizer}; {', '.join(f'{task} {name}' for task, name in models.names.items())}")
    with tempfile.TemporaryDirectory(prefix="vbot-accuracy-", dir="/var/tmp") as folder:
        calls = Calls(AnalysisOptions(models), Path(folder))
        parts = given.only.split(",")
        if "words" in parts:
            report_words(calls)
        if "non-speech" in parts:
            report_non_speech(calls)
        if "parties" in parts:
            report_parties(calls)
        if "voices" in parts:
            report_voices(calls, given.mixes, given.mix_seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
