"""Whether the appliance accepts calls, and whether it can work on them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

# `degraded`: calls are accepted but not worked on, or not well: they wait, because queue or worker is missing, or their
# results cannot be stored, or most of them fail through the appliance's own fault, or some of what is stored cannot be
# read.
# `unhealthy`: none is accepted.
HealthStatus = Literal["healthy", "degraded", "unhealthy"]


def health_of(*, writable: bool, lacking: Collection[str], failing: bool) -> HealthStatus:
    """The word for how it stands: `lacking` names the parts beside the api that are missing.

    `failing`: most calls fail through the appliance's own fault. Recordings at fault are no matter of its health.
    """
    if not writable:
        return "unhealthy"
    return "degraded" if lacking or failing else "healthy"
