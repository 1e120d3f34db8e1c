"""Who changed what."""

from __future__ import annotations

from admin_gui.client.exchange import Requests


class AuditLog:
    """/api/audit."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
