"""The language half of accuracy.py: is what is told of a call true?

    python -m tests.benchmarks.accuracy language [--models-dir /var/lib/vbot-models] [--sets FOLDER] [--quick]

Sentiment: correlation with people's ratings on the four sets of vaderSentiment's source package, each judged by a head
that was trained on the other three; VADER (from that package) and TextBlob alone beside it. Then moods, facts held by
summaries, their length, and keywords on the written calls: those that were tuned on, and those held out.
`--quick` leaves the sets out, whose 24,000 texts take minutes to embed.
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
from textblob import TextBlob

import engine.runtime.torch_environment  # noqa: F401  # before torch
from engine.language.embedded_transcript import embed_transcript
from engine.language.keywords.extraction import extract_keywords
from engine.language.keywords.keyword_head import load_keyword_head
from engine.language.sentence_embedding import Embedder
from engine.language.sentences import split_sentences
from engine.language.sentiment.call_sentiment import analyse_sentiment
from engine.language.sentiment.mood_head import load_mood_head
from engine.language.sentiment.sentiment_head import SentimentHead, load_sentiment_head
from engine.language.summary.extractive import summarize
from engine.language.summary.summary_head import SummaryHead, load_summary_head
from engine.models import open_pack
from engine.training.sentiment import (
    best_penalty,
    correlation,
    examples,
    fetch_source_package,
    leave_one_set_out,
    rated_sets,
)
from engine.transcript import Party
from tests.engine.calls import ASIDE, HELD_OUT, TRAINED_ON, ReferenceCall, holds, reference_calls

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


def print_calls(folder: str, embedder: Embedder, head: SentimentHead, summary_head: SummaryHead) -> None:
    """One line on a folder of calls, and what each costs at most."""
    moods_right = {who: Score() for who in ("overall", "caller", "called")}
    facts, chief, baseline, phrases = Score(), Score(), Score(), Score()
    shares, seconds = [], []
    for call in reference_calls(folder):
        began = time.process_time()
        heard = embed_transcript(call.transcript, embedder)
        found = extract_keywords(heard, load_keyword_head())
        text = summarize(heard, summary_head, found, call.direction)
        felt = analyse_sentiment(heard, head, load_mood_head())
        seconds.append(time.process_time() - began)
        told = {
            "overall": felt.overall(call.direction),
            "caller": felt.of_party(Party.CALLER),
            "called": felt.of_party(Party.CALLED),
        }
        for who, score in moods_right.items():
            score.count([told[who].label in call.expected[who]] if call.expected[who] else [])
        held = [holds(text, fact) for fact in call.expected["facts"]]
        facts.count(held)
        chief.count(held[:2])
        baseline.count([holds(longest_sentences(call), fact) for fact in call.expected["facts"]])
        phrases.count([any(one in found for one in group) for group in call.expected["key_phrases"]])
        shares.append(len(text.split()) / call.words)
    print(
        f"\n{folder}: {len(shares)} calls\n"
        f"  moods       {', '.join(f'{who} {score}' for who, score in moods_right.items())}\n"
        f"  facts       {facts} in {np.mean(shares):.1%} of the words; the two chief ones {chief}\n"
        f"              longest sentences to {LONGEST_SENTENCES_SHARE:.0%}: {baseline}\n"
        f"  key phrases {phrases}\n"
        f"  CPU seconds {np.median(seconds):.2f} a call in the middle, {max(seconds):.2f} at most"
    )


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
    parser.add_argument("--without-held-out", action="store_true", help="while variants are compared")
    given, _ = parser.parse_known_args(arguments)
    embedder = Embedder(open_pack("all-MiniLM-L6-v2", given.models_dir), "cpu")
    extract_keywords(embed_transcript(reference_calls()[0].transcript, embedder), load_keyword_head())  # warm
    for folder in (*TRAINED_ON, ASIDE, *(() if given.without_held_out else HELD_OUT)):
        print_calls(folder, embedder, load_sentiment_head(), load_summary_head())
    if not given.quick:
        with tempfile.TemporaryDirectory(prefix="vbot-sentiment-") as scratch:
            place = Path(scratch)
            if given.sets:
                archive = fetch_source_package(given.sets)
                (place / archive.name).write_bytes(archive.read_bytes())
            print_sentiment(embedder, place)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
