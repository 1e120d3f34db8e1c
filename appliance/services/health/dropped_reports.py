"""Counts the reports of workers that were not taken, and says so: once for each, but not for each of a flood."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping

from appliance.domain.dropped_reports import DropReason
from appliance.messages.reports import AttemptReport
from appliance.process.log.subject import about

logger = logging.getLogger(__name__)

# A flood is one line in so long for each reason.
SAY_EVERY_SECONDS = 10.0
LATELY_SECONDS = 3600.0
MOST_REMEMBERED = 1000
WORDS = {
    DropReason.UNPROVEN: "does not prove that its worker claimed the call: it is forged, or of an older version",
    DropReason.OUTDATED: "comes too late: its attempt is over",
    DropReason.MALFORMED: "is none that we understand",
    DropReason.UNSTORABLE: "says what cannot be stored: its attempt has failed",
    DropReason.GIVEN_UP: "could not be stored for too long: its call is queued again",
}


class DroppedReports:
    """Thread-safe. Since the api was started."""

    def __init__(self, count: Callable[[DropReason], None], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._count = count
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._counts: Counter[DropReason] = Counter(dict.fromkeys(DropReason, 0))
        self._said_at: dict[DropReason, float] = {}
        self._unsaid: Counter[DropReason] = Counter()
        self._lately: deque[tuple[float, DropReason]] = deque(maxlen=MOST_REMEMBERED)

    def add(self, reason: DropReason, head: AttemptReport | None = None) -> None:
        """A report was dropped; `head`: what it says of itself, where that much can be read."""
        now = self._monotonic()
        with self._lock:
            self._count(reason)
            self._counts[reason] += 1
            if reason is not DropReason.OUTDATED:  # which is what an honest worker's may be
                self._lately.append((now, reason))
            if now - self._said_at.get(reason, float("-inf")) < SAY_EVERY_SECONDS:
                self._unsaid[reason] += 1
                return
            self._said_at[reason] = now
            unsaid = self._unsaid.pop(reason, 0)
        which = "" if head is None else f" about call {head.call_id} attempt {head.attempt} by worker {head.worker!r}"
        more = f" ({unsaid} more like it before)" if unsaid else ""
        logger.log(
            logging.INFO if reason is DropReason.OUTDATED else logging.WARNING,
            "a report%s was dropped; it %s%s",
            which,
            WORDS[reason],
            more,
            extra=about(call_id=None if head is None else head.call_id),
        )

    @property
    def counts(self) -> Mapping[DropReason, int]:
        """How many, by the reason."""
        with self._lock:
            return dict(self._counts)

    def lately(self) -> Mapping[DropReason, int]:
        """Those of the last hour that somebody should know of."""
        horizon = self._monotonic() - LATELY_SECONDS
        with self._lock:
            while self._lately and self._lately[0][0] < horizon:
                self._lately.popleft()
            return Counter(reason for _, reason in self._lately)
