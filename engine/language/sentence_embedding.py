"""Sentence embeddings from a local sentence-transformers folder; no hub, no download."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import ModelPackError
from engine.runtime.torchaudio_stub import ensure_torchaudio

# BERT's vocabulary begins with special tokens, letters and signs.
_FIRST_WORDS = 1996
# The last layers see the sentence alone; in the middle a word is still itself, and already in its place.
_WORD_LAYER = 4
_BATCH = 32

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Embeddings:
    """A unit vector for each text, and a vector for each of its words (as white space parts them)."""

    texts: Vectors  # [texts, width]
    words: tuple[Vectors, ...]  # of each text: [words, width]; 0 beyond what the model can read at once


class Embedder:
    """Turns texts into unit vectors, whose dot product is cosine similarity; calls on several threads share it."""

    def __init__(self, folder: Path, device: str) -> None:
        ensure_torchaudio()
        from keybert import KeyBERT  # noqa: PLC0415  # imports sentence_transformers
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415  # 4 s, and only after the stub

        self.name = folder.name
        try:
            self._model: Any = SentenceTransformer(str(folder), device=device, local_files_only=True)
        except (OSError, ValueError, KeyError) as error:
            raise ModelPackError(f"{folder} is no embedding model that can be loaded: {error}") from error

        # Its tokenizer is set anew for each batch, and refuses two threads that do so at the same time.
        self._lock = threading.Lock()
        network: Any = self._model[0]
        network.auto_model.config.output_hidden_states = True  # `embed_with_words` looks at them
        self._width = int(network.auto_model.config.hidden_size)
        # It takes this very object, so the weights are in memory once.
        self.keybert: Any = KeyBERT(model=self._model)

    def rarity(self, word: str) -> float:
        """How rare a word is in the language, 0–1: the model's vocabulary is sorted by frequency.

        What it has to put together of pieces is rarer than all it knows.
        """
        tokenizer = self._model.tokenizer
        with self._lock:
            pieces = tokenizer.encode(word, add_special_tokens=False)
        if len(pieces) != 1:
            return 1.0
        rank = max(1, pieces[0] - _FIRST_WORDS)
        return min(1.0, math.log(rank) / math.log(max(2, len(tokenizer) - _FIRST_WORDS)))

    def embed_with_words(self, texts: Sequence[str]) -> Embeddings:
        """What `encode` returns, and the words' vectors, in one go."""
        vectors = np.zeros((len(texts), self._width), dtype=np.float32)
        words: list[Vectors] = [np.zeros((0, vectors.shape[1]), dtype=np.float32)] * len(texts)
        by_length = sorted(range(len(texts)), key=lambda index: -len(texts[index]))
        for start in range(0, len(texts), _BATCH):
            batch = by_length[start : start + _BATCH]
            embedded, offsets, layer = self._forward([texts[index] for index in batch])
            vectors[batch] = embedded
            for row, index in enumerate(batch):
                words[index] = _word_means(texts[index], offsets[row], layer[row])
        return Embeddings(vectors, tuple(words))

    def _forward(self, texts: list[str]) -> tuple[Vectors, npt.NDArray[np.int64], Vectors]:
        """Unit vectors, where each token stands in its text, and the tokens in the middle of the network."""
        import torch  # noqa: PLC0415  # after the stub

        with self._lock, torch.inference_mode():
            tokens = self._model.tokenizer(
                texts, padding=True, truncation=True, return_offsets_mapping=True, return_tensors="pt"
            )
            offsets = tokens.pop("offset_mapping").numpy()
            output = self._model({name: value.to(self._model.device) for name, value in tokens.items()})
            embedded = torch.nn.functional.normalize(output["sentence_embedding"], dim=1).float().cpu().numpy()
            return embedded, offsets, output["all_layer_embeddings"][_WORD_LAYER].float().cpu().numpy()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector per text.  # [texts, width]"""
        with self._lock:
            vectors: Vectors = self._model.encode(
                list(texts), normalize_embeddings=True, show_progress_bar=False, batch_size=32
            )
        return vectors


def _word_means(text: str, offsets: npt.NDArray[np.int64], tokens: Vectors) -> Vectors:
    """Each word's vector is the mean of its tokens'.  # [words, width]"""
    ends = [match.end() for match in re.finditer(r"\S+", text)]
    means = np.zeros((len(ends), tokens.shape[1]), dtype=np.float32)
    real = np.flatnonzero(offsets[:, 1] > offsets[:, 0])  # [CLS], [SEP] and padding stand nowhere
    word = np.searchsorted(ends, offsets[real, 1])
    np.add.at(means, word, tokens[real])
    means /= np.maximum(np.bincount(word, minlength=len(ends)), 1)[:, None]
    return means
