"""Calls analysed at the same time, as the worker does it: each comes out as it does alone."""

from __future__ import annotations

import dataclasses
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from engine.audio.samples import Samples
from engine.call_analysis import CallAnalysis
from engine.pipeline import AnalysisOptions, Models, analyse
from engine.warm_up import warm_up

from .sounds import silence, write_call

pytestmark = pytest.mark.slow


def said(analysis: CallAnalysis) -> tuple[object, ...]:
    """All that is told of a call, without the last digits of its numbers."""
    segments = [(segment.start, segment.party, segment.text) for segment in analysis.segments]
    return analysis.transcription, analysis.summary, analysis.sentiment, analysis.keywords, analysis.language, segments


def test_a_call_comes_out_the_same_alone_and_beside_others(
    tmp_path: Path, options: AnalysisOptions, speech: dict[str, Samples]
) -> None:
    one, other, third = speech["austen-0880"], speech["cards-005"], speech["austen-0930"]
    paths = [
        write_call(tmp_path / "1.wav", one, subtype="ULAW"),
        write_call(tmp_path / "2.wav", np.concatenate([other, silence(4)]), np.concatenate([silence(4), third])),
        write_call(tmp_path / "3.wav", third, rate=16000),
    ]
    alone = {path: said(analyse(path, options)) for path in paths}

    with ThreadPoolExecutor(3) as threads:
        beside = list(threads.map(lambda path: (path, said(analyse(path, options))), paths * 2))

    for path, found in beside:
        assert found == alone[path]


def test_words_are_weighed_while_other_calls_are_embedded(models: Models) -> None:
    texts = ["A short one.", "One that is a good deal longer than the others, and than all of them together."]
    vectors, rarity = models.embedder.encode(texts), models.embedder.rarity("invoice")

    def look(number: int) -> bool:
        if number % 2:
            return models.embedder.rarity("invoice") == rarity
        return np.allclose(models.embedder.encode(texts), vectors, atol=1e-5)

    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(look, range(60)))


def test_the_worker_is_warmed_up_by_what_a_call_needs(models: Models) -> None:
    class Counted:
        """The recognizer, and how many turns it was given."""

        name, languages = models.recognizer.name, models.recognizer.languages
        detect_language = models.recognizer.detect_language
        turns = 0

        def transcribe(self, turns, *options):  # type: ignore[no-untyped-def]
            Counted.turns += len(turns)
            return models.recognizer.transcribe(turns, *options)

    warm_up(dataclasses.replace(models, recognizer=Counted()))

    assert Counted.turns == 2


def test_on_a_processor_each_core_has_a_call_and_one_is_made_ready(models: Models) -> None:
    cores = len(os.sched_getaffinity(0))
    assert models.calls_at_once == min(cores, 8) + 1
    assert dataclasses.replace(models, device="cuda:1").calls_at_once == 8
