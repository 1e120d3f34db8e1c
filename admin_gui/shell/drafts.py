"""What was typed when the connection was taken from us: kept in memory until the same appliance is there again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from admin_gui.client.transport.connection import Connection
from admin_gui.links import Link
from admin_gui.pages.page import Page, Unsaved

Place = tuple[str, str, str | None]  # the appliance's address, the page, and what it shows


@dataclass(frozen=True, slots=True)
class Kept:
    """A page's draft, where it belongs, and how it is described."""

    link: Link
    draft: object
    description: str


class Drafts:
    """Each waits until its own page is opened again: that of the welcome does not go when a customer's is kept."""

    def __init__(self) -> None:
        self._kept: dict[Place, Kept] = {}

    def keep(self, connection: Connection | None, pages: Iterable[Page]) -> None:
        """What was typed in these pages, which are about to go."""
        for page in pages:
            draft, unsaved = page.draft(), page.unsaved()
            if connection is not None and draft is not None and unsaved is not None:
                self._kept[_place(connection, page.link)] = Kept(page.link, draft, unsaved.description)

    def link_of_one(self, connection: Connection | None, here: Link | None) -> Link | None:
        """Where something that was typed for this appliance waits: `here`, if it is there, where one was at last."""
        if connection is None:
            return None
        if here is not None and _place(connection, here) in self._kept:
            return here
        return next((kept.link for (url, *_), kept in self._kept.items() if url == connection.url), None)

    def given_back(self, connection: Connection | None, link: Link) -> object | None:
        """What was typed there, once."""
        kept = None if connection is None else self._kept.pop(_place(connection, link), None)
        return None if kept is None else kept.draft

    def unsaved(self) -> Unsaved | None:
        """What is lost when the program ends; nothing can save it at present. One after the other is asked about."""
        place = next(iter(self._kept), None)
        return None if place is None else Unsaved(self._kept[place].description, lambda: self._kept.pop(place, None))


def _place(connection: Connection, link: Link) -> Place:
    return connection.url, link.page, link.target
