"""How many calls of a customer are not final yet: there is a limit to them.

Each revision counts: a call that is sent again and again while it waits costs as much as as many calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from appliance.errors import TooManyConcurrentCalls


class UploadSlot:
    """One customer's place for a call while it is being uploaded; `release` may be called more than once."""

    def __init__(self, release: Callable[[], None]) -> None:
        self._release: Callable[[], None] | None = release

    def release(self) -> None:
        if self._release is not None:
            self._release()
            self._release = None


class OpenCalls:
    """Which calls of a customer are not final yet, and how many are being uploaded. All on the event loop."""

    def __init__(self, unfinished: Mapping[int, Mapping[str, int]]) -> None:
        """`unfinished`: of each customer's calls that are not final, how many revisions came since they last were."""
        self._unfinished: dict[int, dict[str, int]] = {customer: dict(calls) for customer, calls in unfinished.items()}
        self._uploads: dict[int, int] = {}

    def count(self, customer_id: int) -> int:
        return sum(self._unfinished.get(customer_id, {}).values()) + self._uploads.get(customer_id, 0)

    @property
    def uploads_in_progress(self) -> int:
        return sum(self._uploads.values())

    def begin_upload(self, customer_id: int, limit: int) -> UploadSlot:
        """Take a place; raises TooManyConcurrentCalls when the customer has `limit` of them already."""
        if self.count(customer_id) >= limit:
            raise TooManyConcurrentCalls(limit)
        return self._take(customer_id)

    def begin_repetition(self, customer_id: int, limit: int) -> UploadSlot:
        """Take a place beyond those for what comes as a call that is known: so many of them at a time, too."""
        if self._uploads.get(customer_id, 0) >= limit:
            raise TooManyConcurrentCalls(limit)
        return self._take(customer_id)

    def _take(self, customer_id: int) -> UploadSlot:
        self._uploads[customer_id] = self._uploads.get(customer_id, 0) + 1

        def release() -> None:
            self._uploads[customer_id] -= 1

        return UploadSlot(release)

    def accepted(self, customer_id: int, call_id: str) -> None:
        """A call, or another revision of one."""
        revisions = self._unfinished.setdefault(customer_id, {})
        revisions[call_id] = revisions.get(call_id, 0) + 1

    def finished(self, customer_id: int, call_id: str) -> None:
        """The call is final: with its newest revision those before it."""
        self._unfinished.get(customer_id, {}).pop(call_id, None)
