"""What can be done on the page that is seen: its commands, and every button of it that no command stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import shiboken6
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPushButton, QTabBar, QToolButton, QWidget

from admin_gui.commands import Command, CommandBook
from admin_gui.pages.page import Page
from admin_gui.shell.palette.entries import Entry, Group
from admin_gui.shell.palette.recents import BUTTON, COMMAND
from admin_gui.widgets.table.paged_table import PagedTable

# Qt makes these for itself: the arrows of tabs, the cross within a field. What they do is done otherwise, too.
_QTS_OWN = (QTabBar, QLineEdit, QComboBox)


def command_entry(book: CommandBook, command: Command, group: Group) -> Entry:
    """A command as a line."""
    also = command.group if command.button is None else f"{command.group} {label_of(command.button)}"
    return Entry(
        f"{COMMAND}{command.title}",
        command.title,
        group,
        partial(book.run, command),
        command.detail,
        command.keys,
        f"{also} {command.synonyms}",
    )


def page_entries(book: CommandBook, page: Page) -> list[Entry]:
    """All of the page's, what can be done now alone."""
    commands = [one for one in book.of_page() if book.available(one)]
    entries = [command_entry(book, one, Group.HERE) for one in commands]
    stood_for = {id(one.button) for one in commands if one.button is not None}
    titles = {_bare(one.title) for one in commands}
    for button in buttons_of(page):
        if id(button) in stood_for:
            continue
        for label, run in _deeds(button):
            if _bare(label) not in titles:
                titles.add(_bare(label))
                entries.append(Entry(f"{BUTTON}{label}", label, Group.HERE, run, also=button.text()))
    return [*entries, *_of_tables(page)]


def buttons_of(page: Page) -> Iterator[QAbstractButton]:
    """Those that are seen and can be pressed, and say what they do."""
    for root in (page.tools, page):
        for button in root.findChildren(QAbstractButton):
            if button.isVisible() and button.isEnabled() and label_of(button) and not _is_qts_own(button):
                yield button


def label_of(button: QAbstractButton) -> str:
    """What stands on it, or what it is called where that is an icon alone, or a time of which there are several."""
    if button.property("source"):
        return button.accessibleName()
    return (button.text().replace("&&", "\0").replace("&", "").replace("\0", "&") or button.accessibleName()).strip()


def _deeds(button: QAbstractButton) -> Iterator[tuple[str, Callable[[], object]]]:
    """What it does when it is pressed; of one that opens a menu, each line of that."""
    menu = button.menu() if isinstance(button, QPushButton | QToolButton) else None
    if menu is None:
        yield label_of(button), partial(_press, button)
        return
    for action in menu.actions():
        if action.isEnabled() and action.text():
            yield f"{label_of(button)}: {action.text().replace('&', '')}", action.trigger


def _press(button: QAbstractButton) -> None:
    """Unless it has gone, or was hidden, since the palette was opened."""
    if shiboken6.isValid(button) and button.isVisible():
        button.click()


def _of_tables(page: Page) -> list[Entry]:
    """What a table's menu has: with several tables on a page those of the one that is seen first."""
    table = next((one for one in page.findChildren(PagedTable) if one.isVisible()), None)
    if table is None or table.view.current() is None:
        return []
    return [Entry(f"{BUTTON}{title}", title, Group.HERE, run, keys=keys) for title, keys, run in table.row_actions()]


def _bare(label: str) -> str:
    return label.removesuffix("…").strip().casefold()


def _is_qts_own(button: QAbstractButton) -> bool:
    parent: QWidget | None = button.parentWidget()
    return isinstance(parent, _QTS_OWN) or button.objectName().startswith("qt_")
