"""What was done over time."""

from __future__ import annotations

from admin_gui.client.exchange import Requests


class StatsHistory:
    """/api/stats."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
