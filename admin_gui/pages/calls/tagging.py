"""Tags of the call that is on screen, and of those that are selected in the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from admin_gui.client.calls import Call
from admin_gui.client.many import Outcome
from admin_gui.pages.many_at_once import ManyAtOnce
from admin_gui.pages.object_page import ObjectPage, ShownObject
from admin_gui.pages.page import Page, Unsaved
from admin_gui.text.plain_text import from_to, isolated
from admin_gui.widgets.call.tag_editor import TagEditor
from admin_gui.widgets.layout.layouts import row, section_title
from admin_gui.widgets.plain_label import PlainLabel
from admin_gui.widgets.table.paged_table import PagedTable

Tagged = Outcome[Call, list[str]]


class CallTagging(QObject):
    """Of one call: what is added or taken away is written at once, one after the other, and can be taken back."""

    def __init__(self, page: ObjectPage[Any], editor: TagEditor, title: QWidget) -> None:
        super().__init__(page)
        self._page, self._editor, self._title = page, editor, title
        self._tags: list[str] = []  # as they are shown
        self._written: list[str] = []  # as the appliance has them
        self._is_writing = self._is_left = False
        self._then: Callable[[], object] | None = None  # once all is written
        self._knows = False
        editor.added.connect(lambda tag: self._change([*self._tags, tag]))
        editor.removed.connect(lambda tag: self._change([one for one in self._tags if one != tag]))
        editor.field.textChanged.connect(page.edited)
        editor.barred.connect(page.context.say_barred)
        page.context.session.changed.connect(self._show)

    def show_call(self, call: Call) -> None:
        """An older appliance knows of no tags."""
        for widget in (self._editor, self._title):
            widget.setVisible(call.tags is not None)
        if not self._is_writing:  # else it was asked for before
            self._tags = self._written = list(call.tags or ())
        self._show()
        if call.tags is not None and not self._knows:
            self._knows = True
            tags = self._page.context.appliance.tags
            self._page.look(tags.known, self._editor.completer.set_tags, lambda _error: None, latest="tags")

    def forget(self) -> None:
        """Another call is wanted; what is known may have changed by then."""
        self._tags, self._written, self._is_writing, self._knows, self._then = [], [], False, False, None
        self._editor.field.clear()
        self._show()

    def unsaved(self) -> Unsaved | None:
        """A tag that was typed and not entered, or that is not known to be written."""
        field = self._editor.field
        typed = field.text().strip()
        if self._page.shown is None:
            return None
        if typed:
            text = self.tr("The tag “%1” is not added yet.").replace("%1", isolated(typed))
            return Unsaved(text, field.clear, self._save)
        if self._is_writing and not self._is_left:
            text = self.tr("The tags are being saved. If you leave before that, the changes may be lost.")
            return Unsaved(text, self._leave, self._save, is_being_saved=True)
        return None

    def _save(self, then: Callable[[], object]) -> None:
        self._editor.enter()
        if self._is_writing:
            self._then = then
        elif not self._editor.field.text().strip():  # else it cannot be added at present
            then()  # the call has that tag already

    def _leave(self) -> None:
        """Nobody waits for what is being written."""
        self._is_left, self._then = True, None

    def _show(self, _situation: object = None) -> None:
        session = self._page.context.session
        self._editor.set_tags(self._tags, may_change=session.may_change, may_type=not session.is_viewer)

    def _change(self, tags: list[str], *, is_undo: bool = False) -> None:
        if self._page.shown is None or not self._page.context.session.may_change:
            return
        self._tags = tags
        self._show()
        if not self._is_writing:
            self._write(self._page.shown, is_undo=is_undo)

    def _write(self, thing: ShownObject, *, is_undo: bool = False) -> None:
        self._is_writing, self._is_left = True, False
        client, wanted, before = self._page.context.appliance.tags, self._tags, self._written

        def written(tags: list[str]) -> None:
            self._written = tags
            if self._tags != wanted:
                self._write(thing)  # somebody has changed them meanwhile
                return
            self._tags, self._is_writing = tags, False
            self._show()
            then, self._then = self._then, None
            self._page.edited.emit()
            if then is not None:
                then()

        def failed(error: Exception) -> None:
            self._is_writing, self._then = False, None
            self._page.context.say_error(error)
            self._page.edited.emit()  # nobody waits for it any more
            self._page.refresh()

        text = self.tr("Taken back") if is_undo else self.tr("The tags are changed")
        undo = None if is_undo else (lambda: self._take_back(thing, before))
        self._page.do(thing, lambda: client.write(thing.id, wanted), written, failed, success_text=text, undo=undo)
        self._page.edited.emit()

    def _take_back(self, thing: ShownObject, before: list[str]) -> None:
        if self._page.shown is not None and self._page.shown.id == thing.id:
            self._change(before, is_undo=True)
            return
        client = self._page.context.appliance.tags  # of this one, whichever is on screen by now
        self._page.do(
            thing, lambda: client.write(thing.id, before), lambda _tags: None, success_text=self.tr("Taken back")
        )


class SelectionTags(QWidget):
    """Tags of the selected calls: those that any of them has; added to all, taken away from all.

    All tags of a call are written together, so what is written next is made of what was written before: one run at a
    time.
    """

    changed = Signal()  # another run may begin, or may not

    def __init__(self, page: Page, table: PagedTable, many: ManyAtOnce) -> None:
        super().__init__()
        self._context, self._table, self._many = page.context, table, many
        self.is_writing = self._had_keyboard = False
        self._next: Callable[[], object] | None = None  # what was taken back meanwhile
        self.title = section_title("")
        self.editor = TagEditor(page.context.theme, of_several=True)
        self.editor.added.connect(self._add)
        self.editor.removed.connect(self._remove)
        self.editor.barred.connect(page.context.say_barred)
        self.close_button = QPushButton(self.tr("Close"))
        self.close_button.clicked.connect(self._leave)
        self.hint = PlainLabel(self.tr("No customer and no webhook is told of tags."))
        self.hint.setProperty("muted", True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row(self.title, self.hint, self.close_button, stretch_after=1))
        layout.addWidget(self.editor)
        table.selection_changed.connect(self._show_selected)
        page.context.session.changed.connect(self._show_selected)
        self.hide()

    def open(self) -> None:
        """For those that are selected now."""
        if self.is_writing:
            return
        tags = self._context.appliance.tags
        self._context.calls.start(self, tags.known, self.editor.completer.set_tags, lambda _error: None, latest="tags")
        if self.isHidden():
            self.editor.field.clear()  # it was typed for others
        self.show()
        self._show_selected()
        self.editor.field.setFocus()

    def _leave(self) -> None:
        """With what was typed and not entered: it is meant, and can be taken back. What is barred stays to be seen."""
        if not self.is_writing:
            self.editor.enter()
            if self.editor.field.text().strip():
                return
        elif self._next is None:
            meant = {call.call_id for call in self._table.selected()}
            self._next = lambda: self._enter_for(meant)
        self.hide()
        self._table.view.setFocus()

    def _enter_for(self, meant: set[str]) -> None:
        """What was typed, unless others are selected by now."""
        if {call.call_id for call in self._table.selected()} == meant:
            self.show()
            self._show_selected()
            self.editor.enter()
            self.setVisible(bool(self.editor.field.text().strip()))  # it stays where the appliance has gone meanwhile
        else:
            self.editor.field.clear()

    def _show_selected(self, _situation: object = None) -> None:
        if self.isHidden():
            return
        chosen: list[Call] = self._table.selected()
        if not chosen:
            self.hide()
            return
        self.title.setText(self.tr("Tags of %n call(s)", "", len(chosen)))
        tags = dict.fromkeys(tag for call in chosen for tag in call.tags or ())
        session = self._context.session
        self.editor.set_tags(list(tags), may_change=session.may_change, may_type=not session.is_viewer)

    def _add(self, tag: str) -> None:
        self._change(self._table.selected(), tag, _with)

    def _remove(self, tag: str) -> None:
        self._change(self._table.selected(), tag, _without)

    def _change(self, chosen: Sequence[Call], tag: str, changed: Callable[[Sequence[str], str], list[str]]) -> None:
        """As they are tagged now: those that the connection kept from it may be done later."""
        known = [self._known(call) for call in chosen]
        wanted = [(call, changed(call.tags or (), tag)) for call in known]
        changing = [(call, tags) for call, tags in wanted if tags != list(call.tags or ())]
        self._write(changing, tag, again=lambda rest: self._change(rest, tag, changed))

    def _known(self, call: Call) -> Call:
        place = self._table.model.place_of(call.call_id)
        known: Call = call if place is None else self._table.model.row_at(place)
        return known

    def _write(
        self,
        wanted: Sequence[tuple[Call, list[str]]],
        tag: str,
        *,
        again: Callable[[Sequence[Call]], object] | None = None,
        is_undo: bool = False,
    ) -> None:
        if self.is_writing or not wanted:
            return
        client, by_id = self._context.appliance.tags, {call.call_id: tags for call, tags in wanted}

        def take_back(outcome: Tagged) -> None:
            if self.is_writing:
                self._next = lambda: take_back(outcome)
                return
            before = [(call, self._without_change(call, tags)) for call, tags in outcome.done]
            self._write(before, tag, is_undo=True)

        self._begin()
        self._many.do(
            self.tr("Tag: %1").replace("%1", tag),
            [call for call, _ in wanted],
            lambda call, _stop: client.write(call.call_id, by_id[call.call_id]),
            lambda call: from_to(call.caller_number, call.called_number),
            lambda count: (
                self.tr("Taken back") if is_undo else self.tr("The tags of %n call(s) are changed", "", count)
            ),
            then=self._show_written,
            undo=None if is_undo else take_back,
            again=again,
            ended=self._end,
        )

    def _begin(self) -> None:
        self.is_writing = True
        focus = self.window().focusWidget()
        self._had_keyboard = focus is not None and self.editor.isAncestorOf(focus)
        if self._had_keyboard:
            self.close_button.setFocus()  # what is disabled loses it to anybody
        self.editor.setEnabled(False)
        self.changed.emit()

    def _end(self) -> None:
        self.is_writing = False
        self.editor.setEnabled(True)
        self.changed.emit()
        if self._had_keyboard and self.window().focusWidget() is self.close_button:
            self.editor.field.setFocus()
        following, self._next = self._next, None
        if following is not None:
            following()

    def _without_change(self, before: Call, written: Sequence[str]) -> list[str]:
        """The tags that the call has now, but for what was written on it; with what was taken away by that."""
        former, is_shown = list(before.tags or ()), self._table.model.place_of(before.call_id) is not None
        now = (self._known(before).tags or ()) if is_shown else written
        if list(now) == list(written):
            return former
        kept = [tag for tag in now if tag in former or tag not in written]
        return [*kept, *(tag for tag in former if tag not in written and tag not in kept)]

    def _show_written(self, outcome: Tagged) -> None:
        model = self._table.model
        rows = [
            msgspec.structs.replace(model.row_at(place), tags=tags)
            for call, tags in outcome.done
            if (place := model.place_of(call.call_id)) is not None
        ]
        self._table.merge_known(rows)
        self._show_selected()


def _with(tags: Sequence[str], tag: str) -> list[str]:
    if tag in tags:
        return list(tags)
    return [*(one for one in tags if one.casefold() != tag.casefold()), tag]


def _without(tags: Sequence[str], tag: str) -> list[str]:
    return [one for one in tags if one != tag]
