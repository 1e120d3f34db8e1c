"""The menu that says which columns of a table are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtWidgets import QMenu, QTableView

translate = QCoreApplication.translate


def open_columns_menu(
    view: QTableView, entries: Sequence[tuple[str, bool, bool]], show: Callable[[int, bool], object], at: QPoint
) -> None:
    """Each column with its title, whether it is shown, and whether it only lacks the room; `at` on the screen."""
    menu = QMenu(view)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    count = sum(shown for _title, shown, _lacks_room in entries)
    for place, (title, shown, lacks_room) in enumerate(entries):
        action = menu.addAction(title)
        if lacks_room:  # it is wanted, and exported
            action.setText(translate("TableView", "%1 (no room)").replace("%1", title))
        action.setCheckable(True)
        action.setChecked(shown)
        action.setEnabled(count > 1 or not shown)
        action.toggled.connect(lambda checked, one=place: show(one, checked))
    menu.addSeparator()
    menu.addAction(translate("TableView", "Default order")).triggered.connect(
        lambda: view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    )
    menu.popup(at)
