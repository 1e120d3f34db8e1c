"""Vectors of sentences."""

from __future__ import annotations

import numpy as np
import pytest

from engine.language.sentence_embedding import Embedder


@pytest.mark.slow
def test_each_text_has_a_unit_vector_and_no_text_none(embedder: Embedder) -> None:
    vectors = embedder.encode(["The boiler's leaking.", "Is it Monday?", "The heater drips."])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[2] > vectors[0] @ vectors[1]
    assert embedder.encode([]).shape == (0, vectors.shape[1])
