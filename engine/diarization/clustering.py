"""Two groups of voice vectors, by SpeechBrain's spectral clustering."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.diarization.speaker_embedding import Vectors
from engine.runtime.torchaudio_stub import ensure_torchaudio

Groups = npt.NDArray[np.int8]

# Eigenvectors of so many vectors take a twentieth of a second; more of a call change nothing.
_MOST_CLUSTERED = 300
_KEPT_SHARE = 0.2  # of the similarities of each vector, the strongest: the rest is noise
_LEAST_KEPT = 4


def two_groups(vectors: Vectors) -> Groups:
    """Which of two groups each unit vector belongs to, 0 or 1; the same vectors give the same groups.  # [n]"""
    count = len(vectors)
    chosen = np.linspace(0, count - 1, min(count, _MOST_CLUSTERED)).astype(int)
    groups = _spectral(vectors[chosen])
    if len(chosen) == count:
        return groups
    means = np.stack([vectors[chosen[groups == group]].mean(axis=0) for group in (0, 1)])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    nearest: Groups = (vectors @ means.T).argmax(axis=1).astype(np.int8)
    return nearest


def _spectral(vectors: Vectors) -> Groups:
    ensure_torchaudio()
    from sklearn.cluster import k_means  # noqa: PLC0415
    from speechbrain.integrations.alignment.diarization import Spec_Clust_unorm  # noqa: PLC0415  # after the stub

    clustering: Any = Spec_Clust_unorm(min_num_spkrs=2, max_num_spkrs=2)
    kept = max(_KEPT_SHARE, min(1.0, _LEAST_KEPT / len(vectors)))
    similarity = clustering.p_pruning(clustering.get_sim_mat(vectors.astype(np.float64)), kept)
    laplacian = clustering.get_laplacian(0.5 * (similarity + similarity.T))
    places, _ = clustering.get_spec_embs(laplacian, k_oracle=2)
    # Its own k-means begins at a random place of its own.
    groups: Groups = k_means(places, 2, random_state=0, n_init=3)[1].astype(np.int8)
    return groups
