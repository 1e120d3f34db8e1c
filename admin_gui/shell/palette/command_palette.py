"""Ctrl+K: type a few letters of what should happen, or of what one looks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidgetItem, QVBoxLayout, QWidget

from admin_gui.app_context import AppContext
from admin_gui.links import Link
from admin_gui.shell.palette import fuzzy
from admin_gui.shell.palette.call_finder import CallFinder
from admin_gui.shell.palette.delivery_finder import DeliveryFinder
from admin_gui.shell.palette.entries import Entry, Group, Parameter, best_of
from admin_gui.shell.palette.entry_list import PAGE_LINES, EntryList
from admin_gui.shell.palette.far_commands import ANY, FarCommand
from admin_gui.shell.palette.recents import COMMAND, Recents
from admin_gui.shell.palette.things import Things
from admin_gui.text.plain_text import visible
from admin_gui.widgets.plain_label import PlainLabel

WIDEST, HIGHEST = 660, 470
MOST_OF_A_GROUP = 7
MOST_TO_CHOOSE_FROM = 200
# Words that name a command and a customer together: "new key berger".
_FEWEST_WORDS = 2
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: PAGE_LINES, Qt.Key.Key_PageUp: -PAGE_LINES}

Send = Callable[[Link, str], Any]  # where to go, and what to do there


class CommandPalette(QDialog):
    """Arrows choose, Enter does, Esc leaves. A command that needs to know which one asks in a second step."""

    def __init__(
        self,
        context: AppContext,
        commands: Sequence[Entry],
        far: Sequence[FarCommand],
        recents: Recents,
        things: Things,
        send: Send,
        parent: QWidget,
    ) -> None:
        """`commands` can be run at once; `far` those of other pages, each by sending there."""
        # No popup: Qt closes those whenever any window is shown, also one that nobody has asked for.
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)  # else a dialog gets no edge
        self.setAccessibleName(self.tr("Commands"))
        self._window, self._recents, self._far, self._send = parent, recents, far, send
        self._asking: FarCommand | None = None
        self._moved = False  # by the arrow keys, since something was typed
        self._commands = [*commands, *(self._far_entry(one) for one in far)]
        self.things = things
        self.calls, self.webhooks = CallFinder(context, self), DeliveryFinder(context, self)
        self.question = PlainLabel()
        self.question.setObjectName("sectionTitle")
        self.question.setContentsMargins(8, 4, 8, 4)
        self.question.hide()
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("A command, customer, number, date, or word that was said"))
        self.field.setAccessibleName(self.tr("What to find"))
        self.field.textChanged.connect(self._typed)
        self.field.installEventFilter(self)
        self.list = EntryList()
        self.list.itemClicked.connect(self._click)
        self.list.currentRowChanged.connect(self._announce)
        self.empty = PlainLabel()
        self.empty.setProperty("muted", True)
        self.empty.setWordWrap(True)
        self.empty.setContentsMargins(8, 12, 8, 12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        for widget in (self.question, self.field, self.empty):
            layout.addWidget(widget)
        layout.addWidget(self.list, 1)
        for source in (self.things, self.calls, self.webhooks):
            source.changed.connect(self._fill)
        self.things.ask_anew(Parameter.CUSTOMER)
        self._fill()

    def open_over(self, window: QWidget) -> None:
        """At the upper middle of the window."""
        width, height = min(WIDEST, window.width() - 40), min(HIGHEST, window.height() - 90)
        self.setFixedSize(width, height)
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - width) // 2, corner.y() + 50)
        self.show()
        self.activateWindow()
        self.field.setFocus()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.WindowDeactivate:
            self.close()  # somebody has gone elsewhere: to the window below it, or to another program
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = _STEPS.get(Qt.Key(event.key()))
            if step is not None:
                self.list.step(step)
                self._moved = True
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if not event.isAutoRepeat():  # held down it would answer the next question, too
                    self._run()
                return True
            leaves = event.key() == Qt.Key.Key_Escape or (event.key() == Qt.Key.Key_Backspace and not self.field.text())
            if leaves and self._asking is not None:
                self._ask(None)
                return True
        return super().eventFilter(watched, event)

    def _announce(self, row: int) -> None:
        """The keyboard stays in the field: no screen reader would tell which line is chosen."""
        item = self.list.item(row)
        if item is not None and self.isVisible():
            text = item.data(Qt.ItemDataRole.AccessibleTextRole)
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.field, text))

    # What is found

    def _typed(self, typed: str) -> None:
        if typed.strip() and self._asking is None:
            self.things.ask(Parameter.WEBHOOK, Parameter.BACKUP, Parameter.TOKEN)
        if self._asking is None or self._asking.asks is Parameter.CALL:
            self.calls.look_for(typed, newest=self._asking is not None)
        if self._asking is None or self._asking.asks is Parameter.WEBHOOK:
            self.webhooks.look_for(typed)
        self._moved = False
        self._fill()

    def _fill(self) -> None:
        # What somebody went to stays chosen, whatever comes; else the first line is, also when a better one comes.
        # Whom a command changes has to be said: no Enter too many may choose that, nor a list that comes late.
        chosen = self.list.chosen if self._moved else None
        may_choose_first = not self._moved and (self._asking is None or not self._asking.changes)
        groups = self._to_choose_from() if self._asking is not None else self._found()
        self.list.show_groups(
            [(group.words, entries) for group, entries in groups if entries],
            None if chosen is None else chosen.key,
            else_first=may_choose_first,
        )
        text = self._empty_text([entry for group, entries in groups if group is not Group.SEARCH for entry in entries])
        self.empty.setText(text)
        self.empty.setVisible(bool(text))
        self.list.setVisible(self.list.count() > 0)

    def _found(self) -> list[tuple[Group, list[Entry]]]:
        typed = self.field.text().strip()
        if not typed:
            return self._first_groups()
        local = [*self._commands, *self.things.entries()]
        ranked = best_of([*local, *self._for_customers(typed)], typed)
        groups: dict[Group, list[tuple[int, Entry]]] = {}
        for rank, entry in ranked:
            groups.setdefault(entry.group, []).append((rank, entry))
        ordered = sorted(groups, key=lambda group: (min(rank for rank, _one in groups[group]), group))
        found = [
            (group, [one for _rank, one in sorted(groups[group], key=lambda pair: pair[0])[:MOST_OF_A_GROUP]])
            for group in ordered
        ]
        calls = [*self.calls.lists(), *self.calls.entries(self._go, self.things.company)]
        known = next((entries for group, entries in found if group is Group.WEBHOOKS), [])
        webhooks = self._found_webhooks(known, self._go)[:MOST_OF_A_GROUP]
        found = [(group, webhooks if group is Group.WEBHOOKS else entries) for group, entries in found]
        more = [] if known else webhooks  # below the calls, which a number means in the first place
        last = [*self.webhooks.search(), *self.calls.search()]
        return [*found, (Group.CALLS, calls), (Group.WEBHOOKS, more), (Group.SEARCH, last)]

    def _found_webhooks(self, known: list[Entry], then: Callable[[Link], Any]) -> list[Entry]:
        """Those first of which it is sure that they are meant; the letters of others only look alike."""
        made = self.webhooks.entries(then, self.things)
        keys = {one.key for one in made}
        return [*made, *(one for one in known if one.key not in keys)]

    def _first_groups(self) -> list[tuple[Group, list[Entry]]]:
        """Where nothing is typed: what was used last, and everything that can be done."""
        groups = [(Group.RECENT, self._recents.among(self._commands))]
        for group in (Group.HERE, Group.PLACES, Group.COMMANDS):
            groups.append((group, [one for one in self._commands if one.group is group]))
        return groups

    def _for_customers(self, typed: str) -> list[Entry]:
        """Commands with the customer that was typed beside them: "new key berger"."""
        words, send = typed.split(), self._send
        found = []
        for command in self._far if len(words) >= _FEWEST_WORDS else ():
            if command.asks is not Parameter.CUSTOMER:
                continue
            named = [one for one in words if fuzzy.is_within(one, command.named(""))]
            rest = " ".join(one for one in words if one not in named)
            if not named or not rest:
                continue
            for customer in self.things.customers:
                if fuzzy.rank(rest, customer.company_name) is not None:
                    key = f"{command.key}:{customer.id}"
                    found.append(
                        Entry(
                            key,
                            command.named(customer.company_name),
                            Group.COMMANDS,
                            partial(send, command.link_to(str(customer.id)), command.title),
                            f"#{customer.id}",
                        )
                    )
        return found

    def _to_choose_from(self) -> list[tuple[Group, list[Entry]]]:
        """Those of which one is asked for."""
        command, typed = self._asking, self.field.text().strip()
        if command is None or command.asks is None:
            return []

        def then(link: Link) -> None:
            # Of a backup or a token the link says which; of the others their page is the link.
            self._send(link, command.title)

        if command.asks is Parameter.CALL:
            return [(Group.CALLS, self.calls.entries(then, self.things.company))]
        ranked = sorted(best_of(self.things.of_kind(command.asks, then), typed), key=lambda pair: pair[0])
        group = {
            Parameter.CUSTOMER: Group.CUSTOMERS,
            Parameter.WEBHOOK: Group.WEBHOOKS,
            Parameter.BACKUP: Group.BACKUPS,
            Parameter.TOKEN: Group.TOKENS,
        }[command.asks]
        chosen = [one for _rank, one in ranked][:MOST_TO_CHOOSE_FROM]
        return [(group, self._found_webhooks(chosen, then) if command.asks is Parameter.WEBHOOK else chosen)]

    def _empty_text(self, found: list[Entry]) -> str:
        if found:
            return ""
        typed = self.field.text().strip()
        waits = self._asking is not None and self._asking.asks is not None and self.things.is_asking(self._asking.asks)
        if self.calls.is_looking or self.webhooks.is_looking or waits:
            return self.tr("Looking …")
        if self._asking is not None:
            return self.tr("There is none to choose from.") if not typed else self.tr("None matches.")
        hint = self.tr(
            "Try a part of a command's name (“backup”), a company, a telephone number, a day (“yesterday”, "
            "“27 Nov”), a call's id, or words that were said."
        )
        return self.tr("Nothing is called “%1”.").replace("%1", visible(typed)) + "\n" + hint

    # What is done

    def _far_entry(self, command: FarCommand) -> Entry:
        return Entry(
            f"{COMMAND}{command.key}",
            command.named(ANY) if command.asks is not None else command.title,
            Group.COMMANDS,
            (lambda: self._ask(command))
            if command.asks is not None
            else lambda: self._send(command.link, command.title),
            also=f"{command.title} {command.synonyms}",
            asks=command.asks,
        )

    def _click(self, item: QListWidgetItem) -> None:
        """A heading is clicked in vain."""
        if self.list.entry(self.list.row(item)) is not None:
            self.list.setCurrentItem(item)
            self._run()

    def _run(self) -> None:
        entry = self.list.chosen
        if entry is None:
            return
        if self._asking is None:  # else it is half of something: a customer, for a new key
            self._recents.note(entry)
        if entry.asks is not None:
            entry.run()
            return
        self.close()
        self._window.activateWindow()  # the keys that come next are its own
        entry.run()

    def _ask(self, command: FarCommand | None) -> None:
        """Which one; None: back to everything."""
        self._asking = command
        self.question.setVisible(command is not None)
        if command is not None and command.asks is not None:
            self.question.setText(command.named(ANY))
            self.things.ask(command.asks)
        self.field.clear()
        self._typed("")

    def _go(self, link: Link) -> None:
        self._send(link, "")
