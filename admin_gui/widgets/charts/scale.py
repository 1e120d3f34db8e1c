"""At which values a chart has labels: round ones, few, and up to where its values go."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

MOST_LABELS = 4
# Seconds, as people count them.
TIME_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18000, 36000, 86400)
NUMBER_STEPS = tuple(factor * 10.0**power for power in range(-1, 9) for factor in (1, 2, 5))
WHOLE_STEPS = tuple(step for step in NUMBER_STEPS if step >= 1)


def label_values(top: float, steps: Sequence[float]) -> list[float]:
    """From 0 to near `top`, in the smallest of these steps of which there are not too many."""
    most = MOST_LABELS - 1
    step = next((one for one in steps if top / one < most + 1), top / most)
    return list(takewhile(lambda value: value <= top, (step * number for number in range(MOST_LABELS))))
