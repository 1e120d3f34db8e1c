"""Backups that the appliance keeps."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from admin_gui.client.exchange import Requests
from admin_gui.client.stop import Progress, Stop, no_progress


class Backup(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A backup: `state` is running, done or failed; its size is known when it is done."""

    name: str
    created_at: datetime
    state: str
    bytes: int | None = None
    error: str | None = None


class _BackupsReply(msgspec.Struct):
    backups: list[Backup]


class Backups:
    """/api/backups."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def all(self) -> list[Backup]:
        """Newest first."""
        return self._requests.get("/api/backups", _BackupsReply).backups

    def make(self) -> Backup:
        """Begin one; `all` tells when it is done."""
        return self._requests.post("/api/backups", Backup)

    def save(self, name: str, file: Path, progress: Progress = no_progress, stop: Stop | None = None) -> Path:
        return self._requests.download(f"/api/backups/{name}", file, progress, stop)
