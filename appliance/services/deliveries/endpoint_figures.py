"""How the webhook endpoints fare, on demand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from appliance.domain.clock import Clock
from appliance.domain.endpoint import EndpointFigures
from appliance.services.calls.shared_answers import SharedAnswers
from appliance.storage.database import Connection
from appliance.storage.figures import endpoints

DAY = timedelta(days=1)
# What is read of the last day makes up for what has happened since; an attempt is noted only when it has ended.
KNOWN_FOR = timedelta(hours=12)


class ReadEndpoints:
    """The use case. All who ask share one answer, as with statistics, and it stands in the same queue.

    When an endpoint took something last, maybe months ago, is found out once, and remembered.
    """

    def __init__(self, answers: SharedAnswers, now: Clock) -> None:
        self._answers = answers
        self._now = now
        self._successes: Mapping[int, datetime] = {}
        self._known_at: datetime | None = None

    async def __call__(
        self, customer_id: int | None = None, only: frozenset[int] | None = None
    ) -> list[EndpointFigures]:
        """Those of all customers, or of one; `only`: those that may be seen at all. Raises Unavailable."""
        found = await self._answers.answer(ReadEndpoints, self._read)
        return [
            one for one in found if customer_id in (None, one.customer_id) and (only is None or one.customer_id in only)
        ]

    def _read(self, tx: Connection) -> list[EndpointFigures]:
        now = self._now()  # one is read at a time
        if self._known_at is None or not timedelta() <= now - self._known_at <= KNOWN_FOR:
            self._successes = endpoints.last_successes(tx)
        found = endpoints.read(tx, now - DAY, self._successes)
        self._successes = {one.customer_id: at for one in found if (at := one.last_success_at) is not None}
        self._known_at = now
        return found
