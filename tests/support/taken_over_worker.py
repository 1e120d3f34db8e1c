"""A worker that was taken over: whatever whoever has the worker's user of the queue, and the api's address, can do."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import msgspec

from appliance.messages.call_result import CallResult
from appliance.messages.claim_headers import (
    CLAIM_TOKEN_HEADER,
    PROTOCOL,
    PROTOCOL_HEADER,
    SECRET_HEADER,
    WORKER_HEADER,
    boot_of,
)
from appliance.messages.queue_names import WORKERS_KEY
from appliance.messages.reports import CallAnalysed
from appliance.queue.access import Role
from appliance.queue.broker import CALLS_LIST, REPORTS_LIST, connector
from appliance.queue.dramatiq_internals import bodies_of
from appliance.storage.folder.data_folder import DataFolder, valkey_url
from tests.support.appliance import RunningAppliance
from tests.support.hostile_messages import envelope
from tests.support.valkey import patient

NAME = "evil/cpu"


@dataclass(frozen=True, slots=True)
class Stolen:
    """A call that it has claimed under its own name."""

    head: dict[str, Any]

    @property
    def call_id(self) -> str:
        return str(self.head["call_id"])


class TakenOverWorker:
    """Its way into an appliance that runs."""

    def __init__(self, box: RunningAppliance) -> None:
        self._box = box
        folder = DataFolder(box.data_dir)
        self.queue = patient(connector(valkey_url(folder), folder.queue_access, Role.WORKER)())

    def claims_one(self, seconds: float = 60) -> Stolen:
        """Take the next call out of the queue before the honest worker does, and claim it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            name: bytes | None = self.queue.lpop(CALLS_LIST)  # type: ignore[assignment]
            body: bytes | None = None if name is None else self.queue.hget(bodies_of(CALLS_LIST), name)  # type: ignore[assignment, arg-type]
            if body is None:
                time.sleep(0.002)
                continue
            call = json.loads(body)["kwargs"]["body"]
            answer = self._claims(call, NAME, "evil")
            if answer.status_code == 200:
                head = {key: call[key] for key in ("call_id", "revision", "attempt")}
                token = answer.headers[CLAIM_TOKEN_HEADER]
                return Stolen({**head, "worker": NAME, "boot": boot_of("evil"), "claim_token": token})
        raise AssertionError("it got no call")

    def looks_into_queue(self) -> dict[str, Any] | None:
        """What the first message says that waits there; it stays where it is."""
        name: bytes | None = self.queue.lindex(CALLS_LIST, 0)  # type: ignore[assignment]
        body: bytes | None = None if name is None else self.queue.hget(bodies_of(CALLS_LIST), name)  # type: ignore[assignment, arg-type]
        found: dict[str, Any] | None = None if body is None else json.loads(body)["kwargs"]["body"]
        return found

    def claims_what_another_holds(self, call: dict[str, Any], worker: str) -> list[int]:
        """Ask in that worker's name for what it has claimed: with all that is known of it. The answers."""
        boot = self.heartbeat_of(worker)["boot"]
        return [self._claims(call, worker, secret).status_code for secret in (boot, boot_of(boot), "evil")]

    def _claims(self, call: dict[str, Any], worker: str, secret: str) -> Any:
        headers = {WORKER_HEADER: worker, SECRET_HEADER: secret, PROTOCOL_HEADER: str(PROTOCOL)}
        headers["X-Worker-Boot"] = secret  # what had to be said before there were secrets
        return self._box.request("POST", call["recording_path"], headers=headers)

    def reports(self, stolen: Stolen, result: CallResult) -> None:
        """Say that this came of it."""
        message = envelope(msgspec.to_builtins(CallAnalysed(**stolen.head, result=result)))
        assert message.data is not None
        self.queue.hset(bodies_of(REPORTS_LIST), message.name, message.data)  # type: ignore[arg-type]
        self.queue.rpush(REPORTS_LIST, message.name)

    def names_reports(self, count: int) -> None:
        """Put so many ids into the queue of reports, and nothing that they would be the ids of."""
        self.queue.rpush(REPORTS_LIST, *(uuid4().hex for _ in range(count)))

    def puts_rubbish(self, count: int) -> None:
        """Put so many reports there that are none."""
        ids = [uuid4().hex for _ in range(count)]
        self.queue.hset(bodies_of(REPORTS_LIST), mapping=dict.fromkeys(ids, b"{}"))
        self.queue.rpush(REPORTS_LIST, *ids)

    def puts_brackets(self, size: int) -> None:
        """Put a report there that says nothing, in so many bytes, and proves nothing."""
        message = envelope({"call_id": "a", "revision": 1, "attempt": 1, "x": []})
        assert message.data is not None
        data = message.data.replace(b'"x": []', b'"x": [' + b"[]," * (size // 3) + b"[]]")
        self.queue.hset(bodies_of(REPORTS_LIST), message.name, data)  # type: ignore[arg-type]
        self.queue.rpush(REPORTS_LIST, message.name)

    def heartbeat_of(self, worker: str) -> dict[str, Any]:
        """What another worker says of itself."""
        body: bytes | None = self.queue.hget(WORKERS_KEY, worker)  # type: ignore[assignment]
        assert body is not None
        found: dict[str, Any] = json.loads(body)
        return found

    def beats_as(self, worker: str, heartbeat: dict[str, Any], **changes: Any) -> None:
        """Say it in that worker's place."""
        self.queue.hset(WORKERS_KEY, worker, json.dumps({**heartbeat, "worker": worker, **changes}))
