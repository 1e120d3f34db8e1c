"""Whether the appliance accepts calls, and whether it can work on them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

# `degraded`: calls are accepted but wait, because queue or worker is missing; `unhealthy`: none is accepted.
HealthStatus = Literal["healthy", "degraded", "unhealthy"]


def health_of(*, writable: bool, lacking: Collection[str]) -> HealthStatus:
    """The word for how it stands: `lacking` names the parts beside the api that are missing."""
    if not writable:
        return "unhealthy"
    return "degraded" if lacking else "healthy"
