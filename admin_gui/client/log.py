"""The end of the appliance's log."""

from __future__ import annotations

from admin_gui.client.exchange import Requests


class Log:
    """/api/log."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
