"""Tags: each with a cross that takes it away, and a field for another one, which knows those that there are."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, QStringListModel, Qt, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QPushButton, QWidget

from admin_gui.appearance.theme import Theme
from admin_gui.text.plain_text import plain_button
from admin_gui.text.seen_typing import refuse_unseen
from admin_gui.widgets import icons
from admin_gui.widgets.layout.wrapping_row import WrappingRow

LONGEST_TAG = 40
FIELD_WIDTH = 130
ICON_SIZE = 14


class TagCompleter(QCompleter):
    """Offers what is known, by any part of it, in capitals or not."""

    def __init__(self, field: QLineEdit) -> None:
        super().__init__(QStringListModel(field), field)
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        field.setMaxLength(LONGEST_TAG)
        field.setCompleter(self)

    def set_tags(self, tags: Sequence[str]) -> None:
        """What is offered."""
        model = self.model()
        assert isinstance(model, QStringListModel)  # noqa: S101 - it was given that
        model.setStringList(list(tags))


class TagEditor(QWidget):
    """Shows tags, and tells which one is to be added or taken away."""

    added = Signal(str)
    removed = Signal(str)
    barred = Signal()  # what was typed was entered, and cannot be added at present

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, of_several: bool = False) -> None:
        """`of_several`: what is shown, some of them have; it can be added for the others."""
        super().__init__(parent)
        self._theme, self._of_several = theme, of_several
        self._tags: list[str] = []
        self._chips: list[QPushButton] = []
        self._may_change = True
        self._told = ""  # what was told last, since somebody typed
        self.field = QLineEdit()
        refuse_unseen(self.field)
        self.field.setPlaceholderText(self.tr("Add a tag"))
        self.field.setAccessibleName(self.tr("Add a tag"))
        self.field.setMinimumWidth(FIELD_WIDTH)
        self.field.setMaximumWidth(2 * FIELD_WIDTH)
        self.field.returnPressed.connect(self.enter)
        self.field.textEdited.connect(self._typed)
        self.completer = TagCompleter(self.field)
        # The field takes what was chosen only after that was told.
        self.completer.activated.connect(self.enter, Qt.ConnectionType.QueuedConnection)
        self._line = WrappingRow()
        self._line.addWidget(self.field)
        self.setLayout(self._line)
        theme.changed.connect(self._paint_icons)

    @property
    def tags(self) -> list[str]:
        """Those that are shown."""
        return list(self._tags)

    def set_tags(self, tags: Sequence[str], *, may_change: bool, may_type: bool) -> None:
        """Show these. `may_type`: not yet what cannot be added at present, so that no key is lost."""
        self._may_change = may_change
        self.field.setVisible(may_type)
        if list(tags) != self._tags:
            self._tags = list(tags)
            self._make_chips()
        for chip in self._chips:
            chip.setEnabled(may_change)

    def chip(self, tag: str) -> QPushButton:
        """The one that takes this tag away."""
        return self._chips[self._tags.index(tag)]

    def _make_chips(self) -> None:
        if any(chip.hasFocus() for chip in self._chips):
            self.field.setFocus()  # the one that had the keyboard goes
        for chip in self._chips:
            self._line.removeWidget(chip)
            chip.deleteLater()
        self._line.removeWidget(self.field)
        self._chips = [self._chip(tag) for tag in self._tags]
        for widget in (*self._chips, self.field):
            self._line.addWidget(widget)
        self._paint_icons()
        self.updateGeometry()

    def _chip(self, tag: str) -> QPushButton:
        made = QPushButton(plain_button(tag), self)
        made.setProperty("chip", True)
        made.setProperty("source", True)  # the palette calls it by its accessible name
        made.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        made.setAccessibleName(self.tr("Remove the tag: %1").replace("%1", tag))
        made.clicked.connect(lambda: self.removed.emit(tag))
        made.show()
        return made

    def enter(self, *_: object) -> None:
        """Tell of what was typed."""
        tag = " ".join(self.field.text().split())
        if tag and not self._may_change:
            self.barred.emit()
            return
        self.field.setText("")  # not `clear`, which Ctrl+Z takes back: the tag would stay, and its words come again
        # By Enter what was chosen comes twice: from the field and from what it offers.
        known = not self._of_several and tag.casefold() in map(str.casefold, self._tags)
        if tag and tag != self._told and not known:
            self._told = tag
            self.added.emit(tag)

    def _typed(self, _text: str) -> None:
        self._told = ""

    def _paint_icons(self) -> None:
        for chip in self._chips:
            chip.setIcon(icons.icon("close", self._theme.colors.muted, ICON_SIZE))
