"""A call as a file: its text, all that is known about it as JSON, its recording."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from admin_gui.app_context import AppContext
from admin_gui.client.calls import Call
from admin_gui.client.transport.stop import Progress, Stop
from admin_gui.commands import Command
from admin_gui.models.call_texts import as_text
from admin_gui.saving import ask_where_to_save, tell_saved
from admin_gui.text.file_names import safe_file_name

Write = Callable[[Path, Progress, Stop], object]


class CallExport(QObject):
    """Its button and commands ask where to; it is written on a thread."""

    def __init__(self, context: AppContext, page: QWidget) -> None:
        super().__init__(page)
        self._context = context
        self._page = page
        self.call: Call | None = None
        self.button = QPushButton(self.tr("Save"))
        menu = QMenu(self.button)
        text = menu.addAction(self.tr("Text …"), self.ask_for_text)
        menu.addAction(self.tr("JSON …"), self.ask_for_json)
        recording = menu.addAction(self.tr("Recording …"), self.ask_for_recording)
        # Of an erased call there is neither; its JSON tells that it took place.
        self._of_what_was_said = (text, recording)
        self.button.setMenu(menu)

    def show_call(self, call: Call | None) -> None:
        """The one that is on screen, or None."""
        self.call = call
        for action in self._of_what_was_said:
            action.setEnabled(self._is_kept())

    def commands(self, group: str) -> list[Command]:
        return [
            Command(self.tr("Save the call as text …"), self.ask_for_text, "Ctrl+S", group, enabled=self._is_kept),
            Command(self.tr("Save the call as JSON …"), self.ask_for_json, "Ctrl+Shift+S", group),
            Command(self.tr("Save the recording …"), self.ask_for_recording, "Ctrl+D", group, enabled=self._is_kept),
        ]

    def _is_kept(self) -> bool:
        return self.call is not None and not self.call.is_erased

    def ask_for_text(self) -> None:
        if self.call is not None:
            text = as_text(self.call)
            self._ask_where(self.call, "txt", lambda file, _progress, _stop: file.write_text(text, encoding="utf-8"))

    def ask_for_json(self) -> None:
        call, calls = self.call, self._context.appliance.calls
        if call is not None:
            self._ask_where(call, "json", lambda file, _progress, _stop: file.write_bytes(calls.as_json(call.call_id)))

    def ask_for_recording(self) -> None:
        call, calls = self.call, self._context.appliance.calls
        if call is not None:
            self._ask_where(
                call, "wav", lambda file, progress, stop: calls.save_recording(call.call_id, file, progress, stop)
            )

    def _ask_where(self, call: Call, ending: str, write: Write) -> None:
        title, name = self.tr("Save the call"), safe_file_name(call.call_id, f".{ending}")
        ask_where_to_save(self._context, self._page, title, name, "", lambda file: self.save_to(file, write))

    def save_to(self, file: Path, write: Write) -> None:
        """Write it on a thread, with its progress on the status line."""
        self._context.run_long(
            self._page,
            self.tr("Saving %1").replace("%1", file.name),
            lambda progress, stop: write(file, progress, stop),
            lambda _done: tell_saved(self._context, self.tr("Saved as %1").replace("%1", str(file)), file),
        )
