"""What of a window does not fit: widgets over each other, words that are cut and do not say so, what is cut off."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QLabel,
    QLayout,
    QPushButton,
    QStyle,
    QStyleOptionComboBox,
    QTableView,
    QToolButton,
    QWidget,
)

from admin_gui.widgets.elided_choice import ElidedChoice
from admin_gui.widgets.elided_label import ElidedLabel
from admin_gui.widgets.pill import CELL_PADDING
from admin_gui.widgets.table.paged_table import PagedTable

# Half a pixel of a letter's side bearing is no cut.
AIR = 1


def misfits(root: QWidget) -> list[str]:
    """Everything in it that a person sees and that does not fit, in words."""
    found: list[str] = []
    for widget in [root, *root.findChildren(QWidget)]:
        if widget.isVisible():
            found += _overlaps(widget)
            found += _cuts(widget)
            found += _out_of_reach(widget)
    return found


def cut_cells(table: PagedTable, *keys: str) -> list[str]:
    """Cells of these columns that end in …, among the rows that there are."""
    view, columns = table.view, table.model.columns
    found = []
    for place, column in enumerate(columns):
        room = view.columnWidth(place) - 2 * CELL_PADDING
        texts = [column.text(row) for row in table.model.rows if column.key in keys]
        found += [text for text in texts if _text_width(view, text) > room]
    return found


def _overlaps(parent: QWidget) -> Iterator[str]:
    """Of what its layout has put side by side."""
    inside = [one for one in _laid_out(parent) if one.isVisible()]
    for one, other in combinations(inside, 2):
        if one.geometry().intersects(other.geometry()):
            yield f"{_name(one)} and {_name(other)} overlap"


def _laid_out(parent: QWidget) -> list[QWidget]:
    """Without `QLayout.itemAt`: Qt deletes items as it likes, shiboken does not hear of it, and takes what lies there
    next for the item that was. A window died of that, in the event loop, long after it had been looked at.
    """
    layout = parent.layout()
    if layout is None:
        return []
    layouts = [layout, *layout.findChildren(QLayout)]
    own = parent.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [one for one in own if any(each.indexOf(one) >= 0 for each in layouts)]


def _cuts(widget: QWidget) -> Iterator[str]:
    room = _room(widget)
    match widget:
        case ElidedLabel() | ElidedChoice():
            return
        case QLabel() if widget.text() and widget.wordWrap():
            needed = widget.heightForWidth(widget.width())
            if widget.height() + AIR < needed:
                yield f"{_name(widget)} shows {widget.height()} of {needed} px of its lines"
        case QLabel() if widget.text():
            yield from _too_narrow(widget, widget.sizeHint().width(), room)
        case QComboBox() if widget.isEditable() and widget.currentIndex() != 0:
            return  # a name in a field that can be typed into; its tooltip has all of it
        case QComboBox():
            yield from _too_narrow(widget, _text_width(widget, widget.currentText()), _field_width(widget))
        case QPushButton() | QToolButton() if widget.text():
            yield from _too_narrow(widget, widget.minimumSizeHint().width(), room)
    if isinstance(widget, QAbstractButton | QComboBox | QLabel) and room + AIR < widget.width():
        yield f"{_name(widget)} stands out of what holds it: {room} of {widget.width()} px are seen"


def _out_of_reach(widget: QWidget) -> Iterator[str]:
    """Buttons that no scrolling brings into sight, and rows whose ends are seen by scrolling sideways alone."""
    if isinstance(widget, QAbstractButton) and (seen := _seen_height(widget)) < widget.height():
        yield f"{_name(widget)} is below what holds it: {seen} of {widget.height()} px are seen"
    if isinstance(widget, QTableView) and (more := widget.horizontalScrollBar().maximum()):
        yield f"{_name(widget)} scrolls sideways, by {more} px"


def _too_narrow(widget: QWidget, needed: int, room: int) -> Iterator[str]:
    if room + AIR < needed:
        yield f"{_name(widget)} has {room} of {needed} px"


def _room(widget: QWidget) -> int:
    """How much of its width can be seen; what is only scrolled away, up or down, counts as seen."""
    left = widget.mapTo(widget.window(), QPoint(0, 0)).x()
    seen = QRect(left, 0, widget.width(), 1)
    holder = widget.parentWidget()
    while holder is not None:
        seen = seen.intersected(QRect(holder.mapTo(widget.window(), QPoint(0, 0)).x(), 0, holder.width(), 1))
        holder = None if holder.isWindow() else holder.parentWidget()
    return seen.width()


def _seen_height(widget: QWidget) -> int:
    """How much of its height can be seen, after scrolling where that can be done."""
    seen = QRect(0, widget.mapTo(widget.window(), QPoint(0, 0)).y(), 1, widget.height())
    holder = widget.parentWidget()
    while holder is not None and not isinstance(holder.parentWidget(), QAbstractScrollArea):
        seen = seen.intersected(QRect(0, holder.mapTo(widget.window(), QPoint(0, 0)).y(), 1, holder.height()))
        holder = None if holder.isWindow() else holder.parentWidget()
    return seen.height()


def _field_width(choice: QComboBox) -> int:
    option = QStyleOptionComboBox()
    choice.initStyleOption(option)
    part = QStyle.SubControl.SC_ComboBoxEditField
    return choice.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, choice).width()


def _text_width(widget: QWidget, text: str) -> int:
    return widget.fontMetrics().horizontalAdvance(text)


def _name(widget: QWidget) -> str:
    words = widget.currentText() if isinstance(widget, QComboBox) else getattr(widget, "text", str)
    text = words if isinstance(words, str) else words() if callable(words) else ""
    return f"{type(widget).__name__} “{text or widget.accessibleName() or widget.objectName()}”"
