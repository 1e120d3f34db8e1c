"""Vectors of sentences and of their words."""

from __future__ import annotations

import numpy as np
import pytest

from engine.language.sentence_embedding import Embedder


@pytest.mark.slow
def test_words_have_vectors_of_their_own_and_sentences_the_same_as_ever(embedder: Embedder) -> None:
    texts = ["The boiler's leaking.", "Is it Monday?", "Thank you, no."]
    embeddings = embedder.embed_with_words(texts)
    assert np.allclose(embeddings.texts, embedder.encode(texts), atol=1e-5)
    assert [len(words) for words in embeddings.words] == [3, 3, 3]
    assert not np.allclose(embeddings.words[0][0], embeddings.words[0][1])
    assert np.allclose(embedder.embed_with_words(texts[1:2]).words[0], embeddings.words[1], atol=1e-4)
