"""What can be done with several calls at once: analysed again, told again, kept in a folder, erased."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from admin_gui.client.calls import Call
from admin_gui.client.many import Outcome
from admin_gui.client.transport.stop import Stop
from admin_gui.commands import Command
from admin_gui.pages.calls.folder_export import KINDS, Kind, write_call, write_table
from admin_gui.pages.calls.tagging import SelectionTags
from admin_gui.pages.many_at_once import ManyAtOnce
from admin_gui.pages.page import Page
from admin_gui.saving import ask_for_folder
from admin_gui.text import formats
from admin_gui.text.plain_text import from_to
from admin_gui.widgets.confirm_erase import ConfirmErase
from admin_gui.widgets.table.paged_table import PagedTable
from admin_gui.widgets.table.selection_bar import SelectionBar

MOST_NAMED = 3


class SelectedCalls(QObject):
    """The bar under the list of calls, and what its buttons do. The page lays out `panels`."""

    def __init__(self, page: Page, table: PagedTable) -> None:
        super().__init__(page)
        self._page, self._table, self._context = page, table, page.context
        self.many = ManyAtOnce(page.context, page)
        self.confirm = ConfirmErase(page.context.theme)
        self.confirm.answered.connect(lambda _yes: table.view.setFocus())
        self._asked_about: list[str] = []
        table.selection_changed.connect(self._look_again)
        table.loaded.connect(self._look_again)  # of a list that came anew nothing may be selected
        self.bar = SelectionBar(page.context, table)
        self.again_button = self.bar.add(self.tr("Analyse again"), self.ask_to_analyse)
        self.send_button = self.bar.add(self.tr("Send again"), self.ask_to_send)
        self.tags = SelectionTags(page, table, self.many)
        self.tags_button = self.bar.add(self.tr("Tags …"), self.tags.open, fits=lambda: not self.tags.is_writing)
        self.tags.changed.connect(self.bar.update_buttons)
        self.export_button = self.bar.add_menu(
            self.tr("Export"),
            [
                (self.tr("Sound, text and table …"), lambda: self.ask_where_to(KINDS)),
                (self.tr("Sound …"), lambda: self.ask_where_to(("sound",))),
                (self.tr("Text …"), lambda: self.ask_where_to(("text",))),
                (self.tr("Table (CSV) …"), lambda: self.ask_where_to(("table",))),
            ],
        )
        self.erase_button = self.bar.add(self.tr("Erase …"), self.ask_to_erase)
        self.erase_button.setProperty("danger", True)

    @property
    def panels(self) -> tuple[QWidget, ...]:
        """What asks, tells, or takes words for the selected ones."""
        return self.many.banner, self.confirm, self.tags

    def commands(self, group: str) -> list[Command]:
        def one(title: str, button: Any, keys: str = "") -> Command:
            return Command(title, button.click, keys, group, changes=True, enabled=button.isEnabled, button=button)

        return [
            one(self.tr("Analyse the selected calls again"), self.again_button, "Ctrl+Shift+R"),
            one(self.tr("Send the webhooks of the selected calls again"), self.send_button, "Ctrl+R"),
            one(self.tr("Tags of the selected calls …"), self.tags_button, "Ctrl+T"),
            one(self.tr("Erase the selected calls …"), self.erase_button),
        ]

    def ask_to_analyse(self) -> None:
        """Of one it is done at once; of several their customers are told several times."""
        chosen: list[Call] = self._table.selected()
        if len(chosen) == 1:
            self._analyse(chosen)
        elif chosen:
            text = self.tr("Analyse %n call(s) again? Each new result is sent to its customer.", "", len(chosen))
            run = self._of_these(chosen, self._analyse, self.ask_to_analyse)
            self.many.ask(text, self.tr("Analyse again"), run)

    def ask_to_send(self) -> None:
        """Whoever has it already gets it a second time."""
        chosen: list[Call] = self._table.selected()
        if chosen:
            text = self.tr(
                "Send the webhook of %n call(s) again? Receivers that have it get it a second time.", "", len(chosen)
            )
            self.many.ask(text, self.tr("Send again"), self._of_these(chosen, self._send, self.ask_to_send))

    def ask_where_to(self, kinds: Sequence[Kind]) -> None:
        """One folder for all of them."""
        chosen: list[Call] = self._table.selected()
        if not chosen:
            return
        title = self.tr("Export the selected calls")
        ask_for_folder(self._context, self._page, title, lambda folder: self.export_to(folder, kinds, chosen))

    def export_to(self, folder: Path, kinds: Sequence[Kind], chosen: Sequence[Call]) -> None:
        """Write their files, one call after the other, and the table with the columns that are shown."""
        calls, columns = self._context.appliance.calls, self._table.view.shown_columns()
        rows = list(chosen) if "table" in kinds else []

        def write(call: Call, stop: Stop) -> None:
            if rows:
                write_table(folder, columns, rows, stop)
                rows.clear()
            write_call(calls, folder, kinds, call, stop)

        def success(count: int) -> str:
            return self.tr("%n call(s) exported to %1", "", count).replace("%1", str(folder))

        def again(rest: Sequence[Call]) -> None:
            table_is_written = not rows
            self.export_to(folder, [one for one in kinds if one != "table" or not table_is_written], rest)

        title = self.tr("Exporting to %1").replace("%1", folder.name)
        self.many.do(title, chosen, write, _name, success, again=again)

    def ask_to_erase(self) -> None:
        """How many they are must be typed; the first ones are named."""
        chosen: list[Call] = self._table.selected()
        if not chosen:
            return
        self.confirm.ask(
            self.tr("Erase %n call(s)?", "", len(chosen)),
            [
                self._names(chosen),
                self.tr("Their recordings, transcripts, summaries and keywords."),
                self.tr("What their webhooks said. What was delivered already stays with the customers."),
                self.tr("Backups keep them until they are removed; a restore on this appliance erases them again."),
            ],
            self.tr("Erase %n call(s)", "", len(chosen)),
            self._of_these(chosen, self._erase, self.ask_to_erase),
            type_word=str(len(chosen)),
        )

    def dismiss(self) -> None:
        """What was asked is about others than those that will be seen."""
        self._asked_about = []
        self.confirm.dismiss()
        self.many.dismiss()

    def _of_these(
        self, chosen: Sequence[Call], run: Callable[[Sequence[Call]], object], ask: Callable[[], object]
    ) -> Callable[[], None]:
        """What a yes does: it is about those that were asked about, or it is asked anew about those of now."""
        self._asked_about = [call.call_id for call in chosen]

        def answered() -> None:
            if self._selected_ids() == {call.call_id for call in chosen}:
                run(chosen)
            else:
                ask()

        return answered

    def _look_again(self) -> None:
        if self._asked_about and self._selected_ids() != set(self._asked_about):
            self.dismiss()

    def _selected_ids(self) -> set[str]:
        return {call.call_id for call in self._table.selected()}

    def _names(self, chosen: Sequence[Call]) -> str:
        """The first ones with the moment at which each came: the same two talk to each other more than once."""
        now = self._context.session.now()
        named = [f"{_name(call)} ({formats.short_moment(call.received_at, now)})" for call in chosen[:MOST_NAMED]]
        more = self.tr("and %n more", "", len(chosen) - MOST_NAMED) if len(chosen) > MOST_NAMED else ""
        return f"{', '.join(named)} {more}".strip()

    def _analyse(self, chosen: Sequence[Call]) -> None:
        calls = self._context.appliance.calls
        self.many.do(
            self.tr("Analysing again"),
            chosen,
            lambda call, _stop: calls.reprocess(call.call_id),
            _name,
            lambda count: self.tr("%n call(s) are analysed again", "", count),
            again=self._analyse,
        )

    def _send(self, chosen: Sequence[Call]) -> None:
        deliveries = self._context.appliance.deliveries
        self.many.do(
            self.tr("Sending again"),
            chosen,
            lambda call, _stop: deliveries.redeliver_newest(call.call_id),
            _name,
            lambda count: self.tr("%n webhook(s) are sent again", "", count),
            again=self._send,
        )

    def _erase(self, chosen: Sequence[Call]) -> None:
        calls = self._context.appliance.calls

        def gone(outcome: Outcome[Call, Any]) -> None:
            self._table.model.remove([call.call_id for call, _ in outcome.done])

        self.many.do(
            self.tr("Erasing"),
            chosen,
            lambda call, _stop: calls.erase(call.call_id),
            _name,
            lambda count: self.tr("%n call(s) erased", "", count),
            then=gone,
            again=self._erase,
        )


def _name(call: Call) -> str:
    return from_to(call.caller_number, call.called_number)
