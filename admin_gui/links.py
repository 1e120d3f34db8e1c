"""Places in the program: a page, what of it, what it is narrowed to. Written `call/5f6c`, `calls?state=failed`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlencode


@dataclass(frozen=True, slots=True)
class Link:
    """A place in the program."""

    page: str
    target: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Link:
        path, _, query = text.partition("?")
        page, _, target = path.partition("/")
        return cls(page, unquote(target) or None, dict(parse_qsl(query)))

    def __str__(self) -> str:
        path = self.page if self.target is None else f"{self.page}/{quote(self.target, safe='')}"
        return f"{path}?{urlencode(self.query)}" if self.query else path


class History:
    """Back and forward, as a browser has them."""

    LONGEST = 100

    def __init__(self) -> None:
        self._places: list[Link] = []
        self._at = -1
        self._aside: tuple[str, list[Link], int] | None = None

    def visit(self, link: Link) -> None:
        """Go somewhere new; what was forward of here is forgotten."""
        if self.here is not None and str(self.here) == str(link):
            return
        self._places = [*self._places[: self._at + 1], link][-self.LONGEST :]
        self._at = len(self._places) - 1

    def replace(self, link: Link) -> None:
        """Here is somewhat else now (a filter was set): no step of its own."""
        if self._at >= 0:
            self._places[self._at] = link

    @property
    def here(self) -> Link | None:
        return self._places[self._at] if self._at >= 0 else None

    @property
    def can_go_back(self) -> bool:
        return self._at > 0

    @property
    def can_go_forward(self) -> bool:
        return self._at < len(self._places) - 1

    @property
    def behind(self) -> Link | None:
        """Where `back` goes."""
        return self._places[self._at - 1] if self.can_go_back else None

    @property
    def ahead(self) -> Link | None:
        """Where `forward` goes."""
        return self._places[self._at + 1] if self.can_go_forward else None

    def back(self) -> Link | None:
        if not self.can_go_back:
            return None
        self._at -= 1
        return self.here

    def forward(self) -> Link | None:
        if not self.can_go_forward:
            return None
        self._at += 1
        return self.here

    def put_aside(self, appliance: str) -> None:
        """The connection was taken from us: one comes back to here, with another token."""
        if self._places:
            self._aside = appliance, self._places, self._at

    def take_back(self, appliance: str) -> Link | None:
        """Begin anew; with what was put aside of this appliance, and where one was there."""
        aside, self._aside = self._aside, None
        self.clear()
        if aside is not None and aside[0] == appliance:
            _, self._places, self._at = aside
        return self.here

    def clear(self) -> None:
        self._places, self._at = [], -1
