"""What a worker says of itself every 2 s: that it is there, and which calls it says it holds.

It is shown, and calls are given out by it; no call is taken from its holder by it, for it proves nothing.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from appliance.messages.bounds import (
    MAX_CALLS_IN_HAND,
    MAX_CODE_PACKS,
    MAX_LANGUAGES,
    Name,
    Place,
    Sentence,
    Share,
    check_texts,
)
from appliance.messages.claim_headers import PROTOCOL


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A call in a worker's hands; `progress` is the share done (0–1)."""

    call_id: Name
    revision: Place
    attempt: Place
    progress: Share = 0.0


class WorkerHeartbeat(msgspec.Struct, frozen=True, kw_only=True):
    """worker → api, a field of the hash `WORKERS_KEY`: I live, this is what I hold.

    `boot` tells one life of a worker from the next; `beat` grows, so that the api judges freshness by its own clock.
    `measured_speed` is audio seconds per second over the last calls; `calls_done` is counted in this life.
    `deaths_while_loading` counts the lives in a row that died before they were ready, `last_error` says why the last of
    them did, or that the device failed under the life before; `ended`: this life is over, and says so itself.
    `machine` is where it runs, as `appliance.worker.worker_lock` has it. `code_packs` are those of its model packs that
    run as code, `languages` those that its model recognizes. `protocol` is what it speaks: one that speaks less than
    `PROTOCOL` gets no calls.
    """

    version: int = 1
    worker: Name
    boot: Name
    beat: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    device: Name
    model: Sentence
    ready: bool
    held: Annotated[list[Held], Meta(max_length=MAX_CALLS_IN_HAND)]
    program: Name = ""
    calls_done: Place = 0
    measured_speed: Annotated[float, Meta(ge=0, le=1e9)] | None = None
    deaths_while_loading: Place = 0
    last_error: Sentence = ""
    ended: bool = False
    machine: Name = ""
    # When it is busy; 0: it does not say.
    calls_at_once: Annotated[int, Meta(ge=0, le=MAX_CALLS_IN_HAND)] = 0
    code_packs: Annotated[list[Name], Meta(max_length=MAX_CODE_PACKS)] = []
    languages: Annotated[list[Name], Meta(max_length=MAX_LANGUAGES)] = []  # none: it does not say
    protocol: Place = 1
    # What of its protections the machine refuses, and what mends that.
    missing_protections: Annotated[list[Sentence], Meta(max_length=MAX_CODE_PACKS)] = []

    @property
    def outdated(self) -> bool:
        """Whether it is of a version whose reports could not be taken."""
        return self.protocol < PROTOCOL

    @property
    def takes_calls(self) -> bool:
        """Whether its models are loaded, and calls are given to it."""
        return self.ready and not self.outdated


def read_heartbeat(name: str, body: bytes) -> WorkerHeartbeat:
    """A heartbeat that lies under this name; raises msgspec.DecodeError, of which a ValidationError is one."""
    heartbeat = msgspec.json.decode(body, type=WorkerHeartbeat)
    if heartbeat.worker != name:
        raise msgspec.ValidationError("It is another worker's.")
    check_texts(heartbeat)
    return heartbeat
