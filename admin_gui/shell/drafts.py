"""What was typed when the connection was taken from us: kept in memory until the same appliance is there again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from admin_gui.client.transport.connection import Connection
from admin_gui.links import Link
from admin_gui.pages.page import Page, Unsaved


@dataclass(frozen=True, slots=True)
class Kept:
    """A page's draft, where it belongs, and how it is described."""

    url: str
    link: Link
    draft: object
    description: str


class Drafts:
    """One at a time: the pages ask before a second one could be begun."""

    def __init__(self) -> None:
        self._kept: Kept | None = None

    def keep(self, connection: Connection | None, pages: Iterable[Page]) -> None:
        """What was typed in these pages, which are about to go."""
        for page in pages:
            draft, unsaved = page.draft(), page.unsaved()
            if connection is not None and draft is not None and unsaved is not None:
                self._kept = Kept(connection.url, page.link, draft, unsaved.description)

    def given_back(self, connection: Connection | None) -> Kept | None:
        """What was typed for this appliance, once."""
        kept = self._kept
        if kept is None or connection is None or kept.url != connection.url:
            return None
        self._kept = None
        return kept

    def unsaved(self) -> Unsaved | None:
        """What is lost when the program ends; nothing can save it at present."""
        return None if self._kept is None else Unsaved(self._kept.description, self._drop)

    def _drop(self) -> None:
        self._kept = None
