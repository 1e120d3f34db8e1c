"""How many webhook attempts may be under way, so that one endpoint that hangs does not hold up all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable

ATTEMPTS_PER_ENDPOINT = 4
ATTEMPTS_IN_ALL = 64
ATTEMPTS_OF_FAILING_ENDPOINTS = 32  # half stays free for endpoints that answer


class ConcurrencyLimit:
    """Counts attempts under way. Plain bookkeeping for one thread; it neither waits nor sends."""

    def __init__(
        self,
        per_endpoint: int = ATTEMPTS_PER_ENDPOINT,
        in_all: int = ATTEMPTS_IN_ALL,
        of_failing: int = ATTEMPTS_OF_FAILING_ENDPOINTS,
    ) -> None:
        self._per_endpoint = per_endpoint
        self._in_all = in_all
        self._of_failing = of_failing
        self._held: Counter[Hashable] = Counter()
        self._failing: set[Hashable] = set()

    def copy(self) -> ConcurrencyLimit:
        """The same slots, held by the same: to find out who could get one."""
        same = ConcurrencyLimit(self._per_endpoint, self._in_all, self._of_failing)
        same._held, same._failing = self._held.copy(), self._failing.copy()
        return same

    @property
    def held(self) -> int:
        """How many attempts are under way."""
        return self._held.total()

    def held_by(self, endpoint: Hashable) -> int:
        """How many attempts to this endpoint are under way."""
        return self._held.get(endpoint, 0)

    def try_acquire(self, endpoint: Hashable) -> bool:
        """Take a slot for one attempt, or return False when there is none for this endpoint now."""
        if self.held >= self._in_all or self.held_by(endpoint) >= self._per_endpoint:
            return False
        if endpoint in self._failing and self._held_by_failing() >= self._of_failing:
            return False
        self._held[endpoint] += 1
        return True

    def release(self, endpoint: Hashable, succeeded: bool) -> None:
        """Give back the slot of one attempt, and remember how it went."""
        if self.held_by(endpoint) == 0:
            raise ValueError(f"no attempt to {endpoint!r} is under way")
        self._held[endpoint] -= 1
        if self._held[endpoint] == 0:
            del self._held[endpoint]
        if succeeded:
            self._failing.discard(endpoint)
        else:
            self._failing.add(endpoint)

    def _held_by_failing(self) -> int:
        return sum(count for endpoint, count in self._held.items() if endpoint in self._failing)
