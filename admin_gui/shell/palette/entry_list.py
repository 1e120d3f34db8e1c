"""The lines of the palette, by groups; what stands over a group cannot be chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QSizePolicy, QWidget

from admin_gui.commands import native_keys
from admin_gui.shell.palette.entries import Entry
from admin_gui.text.plain_text import visible
from admin_gui.widgets.elided_label import ElidedLabel
from admin_gui.widgets.plain_label import PlainLabel

LINE_HEIGHT = 34
HEADING_HEIGHT = 32
PAGE_LINES = 8
MOST_OF_DETAIL = 320  # about half of a line


class EntryList(QListWidget):
    """The keyboard stays in the field above it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("entries")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(self.tr("What was found"))
        self._shown: list[tuple[str, list[Entry]]] = []

    def show_groups(self, groups: Sequence[tuple[str, list[Entry]]], keep: str | None, *, else_first: bool) -> None:
        """Each with what stands over it. `keep`: the key of the one that stays chosen, if it is there still.

        If it is not, the first one is chosen, or none: then Enter does nothing until somebody goes to one.
        """
        if list(groups) != self._shown:
            self._shown = list(groups)
            self.clear()
            for words, entries in groups:
                self._add_heading(words)
                for one in entries:
                    self._add(one)
        places = [place for place in range(self.count()) if self.entry(place) is not None]
        kept = [place for place in places if (entry := self.entry(place)) is not None and entry.key == keep]
        self.setCurrentRow((kept or (places if else_first else []) or [-1])[0])
        if self.currentRow() == 1:
            self.scrollToTop()  # with what stands over it

    def entries(self) -> list[Entry]:
        """All that can be chosen, from the top."""
        return [entry for place in range(self.count()) if (entry := self.entry(place)) is not None]

    def entry(self, place: int) -> Entry | None:
        """The one of this line; None of a heading."""
        item = self.item(place)
        found: Entry | None = None if item is None else item.data(Qt.ItemDataRole.UserRole)
        return found

    @property
    def chosen(self) -> Entry | None:
        """The one that Enter runs."""
        return self.entry(self.currentRow())

    def step(self, count: int) -> None:
        """So many lines down or up; headings are passed over, and after the last comes the first."""
        places = [place for place in range(self.count()) if self.entry(place) is not None]
        if not places:
            return
        # With none chosen the first step down leads to the first one, and up to the last.
        at = places.index(self.currentRow()) if self.currentRow() in places else -1 if count > 0 else 0
        # Only a single step goes round the end: with a page of lines one wants to see where that is.
        at = (at + count) % len(places) if abs(count) == 1 else min(max(at + count, 0), len(places) - 1)
        self.setCurrentRow(places[at])
        if at == 0:
            self.scrollToTop()

    def _add_heading(self, words: str) -> None:
        item = QListWidgetItem(self)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
        item.setSizeHint(QSize(0, HEADING_HEIGHT))
        label = PlainLabel(words)
        label.setProperty("muted", True)
        label.setContentsMargins(8, 0, 8, 2)
        label.setAlignment(Qt.AlignmentFlag.AlignBottom)
        self.setItemWidget(item, label)

    def _add(self, entry: Entry) -> None:
        keys = native_keys(entry.keys)
        item = QListWidgetItem(self)
        item.setData(Qt.ItemDataRole.UserRole, entry)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, visible(f"{entry.title} {entry.detail} {keys}".strip()))
        item.setSizeHint(QSize(0, LINE_HEIGHT))
        line = QWidget()
        line.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inner = QHBoxLayout(line)
        inner.setContentsMargins(8, 0, 8, 0)
        inner.setSpacing(12)
        title = ElidedLabel(entry.title)
        title.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        inner.addWidget(title, 3)
        if entry.detail:
            detail = ElidedLabel(entry.detail)
            detail.setProperty("muted", True)
            detail.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            # As it is, up to half of the line.
            detail.setMinimumWidth(min(detail.sizeHint().width(), MOST_OF_DETAIL))
            inner.addWidget(detail, 2)
        if keys:
            faint = PlainLabel(keys)
            faint.setProperty("muted", True)
            inner.addWidget(faint)
        self.setItemWidget(item, line)
