"""What comes from a telephone system: a recording, and what it says about the call."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import uuid4


@dataclass(frozen=True, slots=True)
class Submission:
    """What the PBX says about a call."""

    caller_number: str
    called_number: str
    external_id: str | None = None
    idempotency_key: str | None = None
    language: str | None = None
    direction: str | None = None
    caller_channel: str | None = None
    metadata: str | None = None
    call_started_at: datetime | None = None
    vocabulary: tuple[str, ...] = ()
    linked_id: str | None = None
    agent: str | None = None
    extension: str | None = None
    queue: str | None = None
    did: str | None = None
    disposition: str | None = None
    answered_at: datetime | None = None
    bridged_at: datetime | None = None
    recording_started_at: datetime | None = None
    warnings: tuple[str, ...] = ()  # what was found, or put right, when its recording came


@dataclass(frozen=True, slots=True)
class Upload:
    """A recording that was received whole and synced, still in the folder of unfinished uploads.

    `call_id` is the call's, unless it turns out to be one that is known already.
    """

    path: Path
    bytes: int
    sha256: str
    call_id: str = field(default_factory=lambda: str(uuid4()))
