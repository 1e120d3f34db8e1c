"""Two channels of samples under a header that says one.

Asterisk's MixMonitor with option `D` writes a sample of each leg by turns, and a file named `.wav` gets a header of one
channel all the same: played as it says, the call lasts twice as long and is noise.
"""

from __future__ import annotations

import numpy as np

from engine.audio.samples import SampleSource

_FOUND = "The header claims 1 channel, the samples are those of two (Asterisk's MixMonitor with option D)."
_BLOCK_SECONDS = 60
_SPAN_SECONDS = 0.1  # in which usually one party alone speaks


def deal(source: SampleSource) -> str | None:
    """What to tell when the samples of a one-channel source belong to two, else None.

    In sound, neighbouring samples are correlated. Here they are not, but every second one is; and the even samples are
    now loud, now quiet beside the odd ones, as two parties are. No sound of one channel has both: in a low and a high
    tone together neighbours may not be correlated, but the even samples are always as loud as the odd ones.
    """
    energy = neighbours = seconds = apart = equal = unequal = 0.0
    span = max(1, round(_SPAN_SECONDS * source.sample_rate))
    for start in range(0, source.frames, _BLOCK_SECONDS * source.sample_rate):
        samples = source.read(start, _BLOCK_SECONDS * source.sample_rate)[:, 0]
        samples = samples[: len(samples) // 2 * 2]
        energy += float(np.dot(samples, samples))
        neighbours += float(np.dot(samples[1:], samples[:-1]))
        seconds += float(np.dot(samples[2:], samples[:-2]))
        pairs = samples.reshape(-1, 2)  # [frames, legs]
        equal += float(np.count_nonzero(pairs[:, 0] == pairs[:, 1]))
        unequal += float(np.count_nonzero(pairs[:, 0] != pairs[:, 1]))
        levels = np.add.reduceat(np.square(pairs), np.arange(0, len(pairs), span), axis=0) if len(pairs) else pairs
        apart += float(np.abs(levels[:, 0] - levels[:, 1]).sum())
    if energy == 0:
        return None
    unlike = abs(neighbours) < 0.5 * energy and seconds > 0.4 * energy
    if unlike and apart > 0.3 * energy:
        return _FOUND
    # The same mix on both legs: each sample stands there twice. (Silence does too, but has no energy.)
    same = unequal == 0 and equal > 0 and seconds < 0.999 * neighbours
    return _FOUND if same else None
