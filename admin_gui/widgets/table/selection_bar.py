"""What can be done with the selected rows of a table: how many they are, and a button for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QMenu, QPushButton, QSizePolicy, QWidget

from admin_gui.app_context import AppContext
from admin_gui.text import formats
from admin_gui.text.plain_text import plain_tooltip
from admin_gui.widgets.layout.wrapping_row import WrappingRow
from admin_gui.widgets.plain_label import PlainLabel
from admin_gui.widgets.table.paged_table import PagedTable

COUNT_WIDTH = 110
MOST_LOOKED_AT = 500


@dataclass(frozen=True, slots=True)
class _Deed:
    button: QPushButton
    changes: bool
    fits: Callable[[], bool]
    why_not: Callable[[], str] = lambda: ""
    menu: QMenu | None = None
    meaning: str = ""
    barred: str = ""
    in_menu: bool = True


class SelectionBar(QWidget):
    """Under the rows, and always there: no row moves away from the pointer when the first one is selected.

    Without one a table lets one row be selected alone: whoever selects five expects what they do to be done with five.
    """

    def __init__(self, context: AppContext, table: PagedTable) -> None:
        super().__init__(table)
        self._context = context
        self._table = table
        table.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._deeds: list[_Deed] = []
        self.label = PlainLabel()
        self.label.setProperty("muted", True)
        self.label.setMinimumWidth(COUNT_WIDTH)
        self.label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._line = WrappingRow()
        self._line.addWidget(self.label)
        self.setLayout(self._line)
        # It grows into a second line where there is no room for all in one.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        table.add_below(self)
        table.add_to_menu(self._fill_menu)
        table.selection_changed.connect(self.update_buttons)
        table.model.counted.connect(self.update_buttons)
        context.session.changed.connect(self.update_buttons)
        self.update_buttons()

    def add(
        self,
        text: str,
        run: Callable[[], object],
        *,
        changes: bool = True,
        fits: Callable[[], bool] = lambda: True,
        why_not: Callable[[], str] = lambda: "",
        meaning: str = "",
        barred: str = "",
        in_menu: bool = True,
    ) -> QPushButton:
        """A button; `changes`: not for viewers, `fits`: whether it can be done with what is selected, or `why_not`.

        `meaning`: what it does, for who wonders; `barred`: why it is not for viewers; `in_menu`: not where the menu of
        a row has it already.
        """
        made = QPushButton(text)
        made.clicked.connect(lambda *_: run())
        self._add(_Deed(made, changes, fits, why_not, meaning=meaning, barred=barred, in_menu=in_menu))
        return made

    def add_menu(self, text: str, entries: Sequence[tuple[str, Callable[[], object]]]) -> QPushButton:
        """A button that opens a menu of what changes nothing."""
        made = QPushButton(text)
        menu = QMenu(made)
        for words, run in entries:
            menu.addAction(words).triggered.connect(run)
        made.setMenu(menu)
        self._add(_Deed(made, False, lambda: True, menu=menu))
        return made

    @property
    def count(self) -> int:
        """How many rows are selected."""
        return self._table.view.selected_count()

    def update_buttons(self, *_: object) -> None:
        """Something else is selected, or may be done."""
        count, may_change = self.count, self._context.session.may_change
        text = self.tr("%1 selected").replace("%1", formats.number(count)) if count else self.tr("Nothing selected")
        self.label.setText(text)
        self.label.setMinimumWidth(max(COUNT_WIDTH, self.label.sizeHint().width()))
        for deed in self._deeds:
            button = deed.button
            # Of very many rows not each is looked at, with each event: who is refused is told.
            enabled = bool(count) and (may_change or not deed.changes) and (count > MOST_LOOKED_AT or deed.fits())
            if not enabled and button.hasFocus():
                self._table.view.setFocus()  # else the keyboard would go on from anywhere
            button.setEnabled(enabled)
            is_barred = deed.changes and self._context.session.is_viewer
            if is_barred:
                button.setToolTip(plain_tooltip(deed.barred or self.tr("A viewer's token changes nothing")))
            else:
                # While the appliance is away nothing is changed, and none of the rows is the reason.
                is_refused = count and not enabled and (may_change or not deed.changes)
                told = deed.why_not() if is_refused else deed.meaning
                button.setToolTip(plain_tooltip(told) if told else "")

    def _add(self, deed: _Deed) -> None:
        self._deeds.append(deed)
        self._line.addWidget(deed.button)
        self.update_buttons()

    def _fill_menu(self, menu: QMenu) -> None:
        menu.addSeparator()
        for deed in (one for one in self._deeds if one.in_menu):
            if deed.menu is not None:
                inner = menu.addMenu(deed.button.text())
                inner.addActions(deed.menu.actions())
                inner.setEnabled(deed.button.isEnabled())
            else:
                action = menu.addAction(deed.button.text())
                action.triggered.connect(deed.button.click)
                action.setEnabled(deed.button.isEnabled())
