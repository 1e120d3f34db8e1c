"""Sentence embeddings from a local sentence-transformers folder; no hub, no download."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import ModelPackError
from engine.runtime.torchaudio_stub import ensure_torchaudio

# BERT's vocabulary begins with special tokens, letters and signs.
_FIRST_WORDS = 1996
_BATCH = 32

Vectors = npt.NDArray[np.float32]


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

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector per text.  # [texts, width]"""
        if not texts:
            return np.zeros((0, self._width), dtype=np.float32)
        with self._lock:
            vectors: Vectors = self._model.encode(
                list(texts), normalize_embeddings=True, show_progress_bar=False, batch_size=_BATCH
            )
        return vectors
