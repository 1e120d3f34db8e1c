"""A telephone system with a spool: it posts each recording until the appliance has said `success`."""

from __future__ import annotations

import hashlib
import os
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import requests

from tests.support.appliance import RunningAppliance
from tests.support.fake_worker import KILLS
from tests.support.recordings import wav

GIVE_UP_SECONDS = 120.0
AGAIN_AFTER_SECONDS = 0.1  # a spool in a hurry: an office's would honour Retry-After
PAUSE_SECONDS = (0.05, 0.2)  # so that some are posted before the fault, some in it and some after it
REQUEST_SECONDS = 20.0


def recording(takes_seconds: float, *, kills: bool = False, held_by: Path | None = None) -> bytes:
    """A small recording unlike any other, with a word to the fake engine among its samples.

    It is worked on as long as the file `held_by` is there.
    """
    word = f" takes {takes_seconds:.2f} seconds ".encode() + (KILLS if kills else b"")
    if held_by is not None:
        word += b" is held by " + os.fsencode(held_by) + b" "
    return wav(word + random.randbytes(800 - len(word)), rate=8000)


@dataclass(frozen=True)
class Post:
    """One thing to post: what is meant by it, and what it must come to."""

    audio: bytes
    external_id: str | None = None
    # With other audio under the same external id it is a later revision of the call that was accepted before.
    key: str = field(default_factory=lambda: uuid4().hex)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.audio).hexdigest()


@dataclass(frozen=True)
class Said:
    """The appliance's answer to one post: `success` and this call."""

    post: Post
    call_id: str


class Spool:
    """One customer's telephone system. It posts in a thread of its own; what it met on its way is kept."""

    def __init__(self, box: RunningAppliance, api_key: str, before: Sequence[Post], after: Sequence[Post]) -> None:
        """`before` at once, `after` when the gate is opened."""
        self._box = box
        self._api_key = api_key
        self._before, self._after = before, after
        self.gate = threading.Event()
        self.said: list[Said] = []
        self.unreachable = 0
        self.refused = 0  # 503 with Retry-After
        self.wrong: list[str] = []  # any other answer: there is none that would be right
        self._thread = threading.Thread(target=self._run, name="spool", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self, seconds: float) -> bool:
        """Wait until all was accepted; tell whether it was."""
        self._thread.join(seconds)
        return not self._thread.is_alive() and len(self.said) == len(self._before) + len(self._after)

    def _run(self) -> None:
        with requests.Session() as session:
            session.trust_env = False
            for post in self._before:
                self._post(session, post)
            self.gate.wait(GIVE_UP_SECONDS)
            for post in self._after:
                self._post(session, post)
                time.sleep(random.uniform(*PAUSE_SECONDS))

    def _post(self, session: requests.Session, post: Post) -> None:
        until = time.monotonic() + GIVE_UP_SECONDS
        while time.monotonic() < until:
            try:
                answer = self._send(session, post)
            except requests.RequestException:
                self.unreachable += 1
            else:
                if answer.status_code == 200:
                    body = answer.json()
                    assert body["status"] == "success"
                    self.said.append(Said(post, body["call_id"]))
                    return
                if answer.status_code == 503 and answer.headers.get("Retry-After"):
                    self.refused += 1
                else:
                    self.wrong.append(f"{answer.status_code} {answer.text[:200]}")
            time.sleep(AGAIN_AFTER_SECONDS)

    def _send(self, session: requests.Session, post: Post) -> requests.Response:
        form = {"caller_number": "+4930123456", "called_number": "+4940654321"}
        if post.external_id is not None:
            form["external_id"] = post.external_id
        return session.post(
            self._box.url + "/api/process-call",
            headers={"X-API-Key": self._api_key, "Idempotency-Key": post.key},
            data=form,
            files={"file": ("call.wav", post.audio, "audio/wav")},
            timeout=REQUEST_SECONDS,
        )
