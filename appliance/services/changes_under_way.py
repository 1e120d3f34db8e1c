"""Requests that change something and are not answered yet: the api's end waits a moment for them."""

from __future__ import annotations

import weakref


class ChangesUnderWay:
    """Whoever is not told of what was done does it once more: another key, another token. All on the event loop."""

    def __init__(self) -> None:
        self._requests: weakref.WeakSet[object] = weakref.WeakSet()

    def begin(self, request: object) -> None:
        self._requests.add(request)

    def end(self, request: object) -> None:
        """It is answered, or nobody waits for the answer."""
        self._requests.discard(request)

    def __bool__(self) -> bool:
        return bool(self._requests)
