"""The language half of accuracy.py: is what is told of a call true?

    python -m tests.benchmarks.accuracy language [--models-dir /var/lib/vbot-models] [--sets FOLDER] [--quick]

Sentiment: correlation with people's ratings on the four sets of vaderSentiment's source package, each judged by a head
that was trained on the other three; VADER (from that package) and TextBlob alone beside it. Then moods, with how they
are confused, facts held by summaries, their length, and keywords on the written calls: those that were learned from,
and those kept aside. `--quick` leaves the sets out, whose 24,000 texts take minutes to embed.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from textblob import TextBlob

from engine.language.reading import MOODS
from engine.language.sentence_embedding import Embedder
from engine.language.sentences import split_sentences
from engine.language.summary.note import MAIN_FACTS
from engine.models import open_language_pack, open_pack
from engine.models.catalogue import ALL_MINILM_L6_V2, WHISPER_TINY_EN
from engine.pipeline import AnalysisOptions, Models, analyse, load_models
from engine.training.sentiment import (
    best_penalty,
    correlation,
    examples,
    fetch_source_package,
    leave_one_set_out,
    rated_sets,
)
from tests.engine.calls import ASIDE, KEPT_ASIDE, RECOGNIZED_ASIDE, TRAINED_ON, ReferenceCall, holds, reference_calls

_VADER = "vaderSentiment-3.3.2/vaderSentiment/"
_VADER_FILES = ("vaderSentiment.py", "vader_lexicon.txt", "emoji_utf8_lexicon.txt")
LONGEST_SENTENCES_SHARE = 0.3


@dataclass
class Score:
    """So many of so many."""

    right: int = 0
    of: int = 0

    def count(self, results: Sequence[bool]) -> None:
        self.right, self.of = self.right + sum(results), self.of + len(results)

    def __str__(self) -> str:
        return f"{self.right}/{self.of} = {self.right / max(1, self.of):.2f}"


def print_sentiment(embedder: Embedder, folder: Path) -> None:
    """The table of correlations."""
    archive = fetch_source_package(folder)
    rated = rated_sets(archive)
    sets = {name: examples(one, embedder) for name, one in rated.items()}
    penalty = best_penalty(sets)
    reached = leave_one_set_out(sets, penalty)
    peers: dict[str, Callable[[str], float]] = {
        "VADER": vader(archive, folder),
        "TextBlob": lambda text: float(TextBlob(text).sentiment.polarity),
    }
    print(f"\nSentiment, correlation with people's ratings (ours trained on the other three sets, penalty {penalty:g})")
    print(f"{'set':8} {'texts':>6} {'ours':>6} {'VADER':>6} {'TextBlob':>9}")
    for name, one in rated.items():
        told = [correlation(np.array([peer(text) for text in one.texts]), one.ratings) for peer in peers.values()]
        print(f"{name:8} {len(one.texts):6} {reached[name]:6.3f} {told[0]:6.3f} {told[1]:9.3f}")


def vader(archive: Path, folder: Path) -> Callable[[str], float]:
    """VADER as its source package has it; nothing is installed."""
    with tarfile.open(archive) as packed:
        for name in _VADER_FILES:
            file = packed.extractfile(_VADER + name)
            if file is None:
                raise ValueError(f"{archive} has no {name}")
            (folder / name).write_bytes(file.read())
    spec = importlib.util.spec_from_file_location("vaderSentiment", folder / _VADER_FILES[0])
    if spec is None or spec.loader is None:
        raise ValueError(f"{_VADER_FILES[0]} cannot be imported")
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    analyzer = module.SentimentIntensityAnalyzer()
    return lambda text: float(analyzer.polarity_scores(text)["compound"])


def print_calls(folder: str, models: Models) -> None:
    """What is told of a folder of calls, as the product tells it, and what each costs at most."""
    moods_right = {who: Score() for who in ("overall", "caller", "called")}
    confusion = np.zeros((len(MOODS), len(MOODS)), dtype=int)
    facts, main, baseline, phrases = Score(), Score(), Score(), Score()
    words, seconds = [], []
    for call in reference_calls(folder):
        began = time.process_time()
        analysis = analyse(call.transcript, AnalysisOptions(models, direction=call.direction))
        seconds.append(time.process_time() - began)
        told = {
            "overall": analysis.sentiment,
            "caller": analysis.parties.caller.sentiment,
            "called": analysis.parties.called.sentiment,
        }
        for who, score in moods_right.items():
            score.count([told[who] in call.expected[who]] if call.expected[who] else [])
        if call.expected["overall"]:
            wanted = call.expected["overall"]
            true = analysis.sentiment if analysis.sentiment in wanted else wanted[0]
            confusion[MOODS.index(true), MOODS.index(analysis.sentiment)] += 1
        held = [holds(analysis.summary, fact) for fact in call.expected["facts"]]
        facts.count(held)
        main.count(held[:MAIN_FACTS])
        baseline.count([holds(longest_sentences(call), fact) for fact in call.expected["facts"]])
        keywords = {keyword.lower() for keyword in analysis.keyword_scores}
        phrases.count([any(one in keywords for one in group) for group in call.expected["key_phrases"]])
        words.append(len(analysis.summary.split()))
    print(
        f"\n{folder}: {len(words)} calls\n"
        f"  moods       {', '.join(f'{who} {score}' for who, score in moods_right.items())}\n"
        f"{confusion_lines(confusion)}"
        f"  main facts  {main} of the first {MAIN_FACTS} in {np.mean(words):.0f} words; of all {facts}\n"
        f"              longest sentences to {LONGEST_SENTENCES_SHARE:.0%}: {baseline} of all\n"
        f"  key phrases {phrases}\n"
        f"  CPU seconds {np.median(seconds):.2f} a call in the middle, {max(seconds):.2f} at most"
    )


def confusion_lines(confusion: npt.NDArray[np.int_]) -> str:
    """How often each true mood is told as which, with recall and precision."""
    lines = ""
    for true, label in enumerate(MOODS):
        recall = confusion[true, true] / max(1, confusion[true].sum())
        precision = confusion[true, true] / max(1, confusion[:, true].sum())
        told = ", ".join(f"{count} {name}" for name, count in zip(MOODS, confusion[true], strict=True))
        lines += f"    {label:9} told as {told}; recall {recall:.2f}, precision {precision:.2f}\n"
    return lines


def longest_sentences(call: ReferenceCall) -> str:
    """The baseline: the longest sentences of a call, until they hold the share above of its words."""
    sentences = [text for segment in call.transcript.segments for text in split_sentences(segment.text)]
    taken: list[str] = []
    words = 0
    for text in sorted(sentences, key=lambda one: -len(one.split())):
        if words >= LONGEST_SENTENCES_SHARE * call.words:
            break
        taken.append(text)
        words += len(text.split())
    return " ".join(taken)


def main(arguments: list[str]) -> int:
    """Print everything."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.accuracy language")
    parser.add_argument("--models-dir", type=Path, default=Path("/var/lib/vbot-models"))
    parser.add_argument("--sets", type=Path, help="folder with vaderSentiment's source package; else pip fetches it")
    parser.add_argument("--quick", action="store_true", help="the written calls alone")
    parser.add_argument("--aside-alone", action="store_true", help="the calls kept aside alone")
    parser.add_argument("--without-model", action="store_true", help="as where no language model is installed")
    given, _ = parser.parse_known_args(arguments)
    models = load_models(
        open_pack(WHISPER_TINY_EN.name, given.models_dir),  # no sound is listened to
        open_pack(ALL_MINILM_L6_V2.name, given.models_dir),
        "cpu",
        language_model=None if given.without_model else open_language_pack(None, given.models_dir),
    )
    analyse(reference_calls()[0].transcript, AnalysisOptions(models))  # warm
    for folder in (*(() if given.aside_alone else TRAINED_ON), ASIDE, *KEPT_ASIDE, RECOGNIZED_ASIDE):
        print_calls(folder, models)
    if not given.quick:
        with tempfile.TemporaryDirectory(prefix="vbot-sentiment-") as scratch:
            place = Path(scratch)
            if given.sets:
                archive = fetch_source_package(given.sets)
                (place / archive.name).write_bytes(archive.read_bytes())
            print_sentiment(models.embedder, place)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
