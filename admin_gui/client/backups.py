"""Backups that the appliance keeps."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from admin_gui.client.transport.exchange import Requests
from admin_gui.client.transport.stop import Progress, Stop, no_progress


class Verification(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the last look at a backup found.

    `state` is running, whole, unverified (of before backups were sealed), damaged, or failed (no look was possible).
    """

    state: str
    at: datetime | None = None
    progress: float = 0.0
    calls: int | None = None
    problem: str | None = None


class Backup(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A backup: `state` is running, done or failed; its size is known when it is done."""

    name: str
    created_at: datetime
    state: str
    bytes: int | None = None
    error: str | None = None
    verification: Verification | None = None


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

    def verify(self, name: str) -> Verification:
        """Begin to read it whole; `all` tells how far that is and what was found."""
        return self._requests.post(f"/api/backups/{name}/verify", Verification)

    def save(self, name: str, file: Path, progress: Progress = no_progress, stop: Stop | None = None) -> Path:
        return self._requests.download(f"/api/backups/{name}", file, progress, stop)
