"""The state of the box: health, and what it is made of."""

from __future__ import annotations

from datetime import datetime

import msgspec

from admin_gui.client.errors import NotFound, Unavailable
from admin_gui.client.exchange import Requests


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """`healthy`; `degraded`: accepts calls, but queue or worker is missing; `unhealthy`: accepts none."""

    status: str
    version: str = ""
    timestamp: datetime | None = None


class System(msgspec.Struct, frozen=True, kw_only=True):
    """What the box is made of, and how each part is."""

    version: str = ""


class SystemState:
    """/health and /api/system."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def health(self) -> Health:
        """What everybody may know. An appliance that accepts no calls says so with 503."""
        try:
            return self._requests.get("/health", Health)
        except Unavailable:
            return Health(status="unhealthy")

    def state(self) -> System | None:
        """Everything about the box; None from an appliance that does not tell it yet."""
        try:
            return self._requests.get("/api/system", System)
        except NotFound:
            return None
