"""Tags: what administrators write on calls."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from admin_gui.client.transport.errors import NotFound
from admin_gui.client.transport.exchange import Requests


class _CallTags(msgspec.Struct):
    tags: list[str]


class _KnownTag(msgspec.Struct):
    tag: str


class _KnownTags(msgspec.Struct):
    tags: list[_KnownTag]


class Tags:
    """/api/tags, and those of a call."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    def write(self, call_id: str, tags: Sequence[str]) -> list[str]:
        """In the place of those that it has; returns them as they are written."""
        return self._requests.put(f"/api/calls/{call_id}/tags", _CallTags, {"tags": list(tags)}).tags

    def known(self) -> list[str]:
        """Those that calls have, the most frequent first; none of an older appliance."""
        try:
            return [one.tag for one in self._requests.get("/api/tags", _KnownTags).tags]
        except NotFound:
            return []
