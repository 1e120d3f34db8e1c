"""The calls in a worker's hands, and which of them must wait for others to be done with."""

from __future__ import annotations

import logging
import threading
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, NoReturn

from appliance.messages.analyse_call import AnalyseCall
from appliance.messages.heartbeat import Held
from appliance.messages.lease_renewal import ClaimedCall
from appliance.process.log.subject import about
from appliance.worker.broker import CallsInHand

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Holding:
    """One call in hand."""

    call: AnalyseCall
    began: bool = False  # from just before the claim on; until then it waits for its turn
    claim_token: str | None = None  # what the claim was answered with
    progress: float = 0.0
    moved_at: float | None = None  # when its analysis last showed progress; None: it is not being analysed

    def head(self, worker: str, boot: str) -> Any:
        """Which attempt a report is about, and that it is in the hands of this life of a worker."""
        return {
            "call_id": self.call.call_id,
            "revision": self.call.revision,
            "attempt": self.call.attempt,
            "worker": worker,
            "boot": boot,
            "claim_token": self.claim_token or "",
        }


class HeldCalls:
    """Thread-safe. Once it is closed, whoever would pick up a call or begin with it waits for the process to end."""

    def __init__(self, hands: CallsInHand) -> None:
        self._hands = hands
        self._held: list[Holding] = []
        self._closed = False
        self._changed = threading.Condition()

    def pick_up(self, call: AnalyseCall) -> Holding | None:
        """Note that we hold this attempt; None when we do already: it is a copy of the message."""
        with self._changed:
            if not self._closed:
                attempt = (call.call_id, call.revision, call.attempt)
                if attempt in ((one.call.call_id, one.call.revision, one.call.attempt) for one in self._held):
                    return None
                self._held.append(holding := Holding(call))
                return holding
        wait_for_end()  # not acknowledged; the api notices that it was passed over

    def begin(self, holding: Holding) -> None:
        """Wait until no other call is in hand, where this one is to be alone, and nobody is at the same one.

        The queue was wiped, say, and the call we are at comes again: if our work is done in time, it counts.
        """
        call = holding.call
        if call.alone:
            self._hands.wait_until_alone()

        def nobody_is_at_it() -> bool:
            working = [(one.call.call_id, one.call.revision) for one in self._held if one.began]
            return (call.call_id, call.revision) not in working

        with self._changed:
            self._changed.wait_for(nobody_is_at_it)
            if not self._closed:
                holding.began = True
                return
        wait_for_end()

    def claimed(self, holding: Holding, token: str) -> None:
        """The api has given us the call."""
        with self._changed:
            holding.claim_token = token
            self._changed.notify_all()

    def claimed_calls(self) -> list[ClaimedCall]:
        """What is in hand by the api's word, with the tokens that prove it."""
        with self._changed:
            return [
                ClaimedCall(
                    call_id=one.call.call_id,
                    revision=one.call.revision,
                    attempt=one.call.attempt,
                    claim_token=one.claim_token,
                )
                for one in self._held
                if one.claim_token is not None
            ]

    def wait_for_answers(self, seconds: float) -> None:
        """Wait until every claim on its way is answered, at most so long: without its token none can be given back."""
        with self._changed:
            self._changed.wait_for(lambda: all(one.claim_token is not None for one in self._held if one.began), seconds)

    def put_down(self, holding: Holding) -> None:
        """The call is done with."""
        with self._changed:
            self._held.remove(holding)
            self._changed.notify_all()

    def close(self) -> list[Holding]:
        """Take and begin nothing more; returns what is in hand."""
        self._hands.close()
        with self._changed:
            self._closed = True
            return list(self._held)

    def stuck(self, horizon: float) -> bool:
        """Whether some analysis has made no progress since then."""
        with self._changed:
            return any(is_stuck(one, horizon) for one in self._held)

    def under_way(self) -> list[Hashable]:
        """What is being analysed, and when each last showed progress."""
        with self._changed:
            return [(id(one), one.moved_at) for one in self._held if one.moved_at is not None]

    def begun(self) -> int:
        """How many calls are being worked on."""
        with self._changed:
            return sum(one.began for one in self._held)

    def shown(self) -> list[Held]:
        """As the heartbeats show them."""
        with self._changed:
            return [
                Held(
                    call_id=one.call.call_id,
                    revision=one.call.revision,
                    attempt=one.call.attempt,
                    progress=round(one.progress, 3),
                )
                for one in self._held
            ]


def is_stuck(holding: Holding, horizon: float) -> bool:
    """Whether its analysis has made no progress since then."""
    return holding.moved_at is not None and holding.moved_at < horizon


def log_of_call(level: int, call: AnalyseCall, what: str) -> None:
    """Of a call that another thread works on."""
    logger.log(level, "call %s attempt %d: %s", call.call_id, call.attempt, what, extra=about(call_id=call.call_id))


def wait_for_end() -> NoReturn:
    """Hold this thread until the process is over: what it would report or acknowledge must not go out."""
    while True:
        threading.Event().wait()
