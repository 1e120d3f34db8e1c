"""Versions of everything that takes part, and a bundle for whoever helps."""

from __future__ import annotations

import importlib.metadata
import platform
from pathlib import Path

import PySide6
from PySide6.QtWidgets import QPushButton

from admin_gui.app_context import AppContext
from admin_gui.client.transport.stop import Progress, Stop
from admin_gui.commands import Command
from admin_gui.models.system.support_bundle import write_bundle
from admin_gui.options import DISTRIBUTION
from admin_gui.pages.system.tab import SystemTab
from admin_gui.saving import ask_where_to_save, tell_saved
from admin_gui.session import Snapshot
from admin_gui.text import formats
from admin_gui.widgets.card import Card
from admin_gui.widgets.info_grid import InfoGrid
from admin_gui.widgets.layout.layouts import row
from admin_gui.widgets.plain_label import PlainLabel


class SupportTab(SystemTab):
    """What to tell, and what to send."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self.grid = InfoGrid()
        shown = Card(self.tr("Versions"))
        shown.content.addWidget(self.grid)
        self.copy_button = QPushButton(self.tr("Copy"))
        self.copy_button.clicked.connect(self.copy)
        shown.content.addLayout(row(self.copy_button, stretch_after=0))
        bundle = Card(self.tr("Support bundle"))
        for text in (
            self.tr(
                "A ZIP file for whoever helps you: how the appliance stands, its settings, the newest lines of its "
                "log, the states of the newest webhooks, all versions."
            ),
            self.tr(
                "Not in it: keys, tokens and other secrets, customers' names, telephone numbers, words of calls, what "
                "webhooks said. It is plain text: look into it before you send it."
            ),
        ):
            label = PlainLabel(text)
            label.setWordWrap(True)
            bundle.content.addWidget(label)
        self.no_log = PlainLabel(self.tr("With a viewer's token the log is not in it either."))
        self.no_log.setProperty("muted", True)
        bundle.content.addWidget(self.no_log)
        self.no_log.setHidden(not context.session.is_viewer)
        self.save_button = QPushButton(self.tr("Save a support bundle …"))
        self.save_button.setProperty("primary", True)
        self.save_button.clicked.connect(self.ask_where_to_save)
        bundle.content.addLayout(row(self.save_button, stretch_after=0))
        column = self.scrolled()
        column.addWidget(shown)
        column.addWidget(bundle)
        column.addStretch(1)

    def refresh(self) -> None:
        for name, version in program_versions().items():
            self.grid.put(name, self._names().get(name, name), version)
        self.ready.emit()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        system = snapshot.system
        self.grid.put("appliance", self.tr("Appliance"), f"vBot {snapshot.health.version}")
        self.grid.put("address", self.tr("Address"), self.context.appliance.connection.url)
        if system is None:
            return
        workers = ", ".join(f"{one.name} {one.version}".strip() for one in system.workers)
        self.grid.put("workers", self.tr("Workers"), workers or formats.DASH)
        self.grid.put_moment("started", self.tr("Started"), system.started_at)
        self.grid.put("boot", self.tr("Id of this start"), system.boot_id or formats.DASH, mono=True)

    def commands(self) -> list[Command]:
        group = self.tr("Support")
        return [
            Command(self.tr("Save a support bundle …"), self.ask_where_to_save, "Ctrl+S", group),
            Command(self.tr("Copy the versions"), self.copy, "Ctrl+Shift+C", group),
        ]

    def copy(self) -> None:
        """All lines, for a message."""
        self.context.copy(self.grid.as_lines(), self.tr("Versions"))

    def ask_where_to_save(self) -> None:
        name = f"vbot-support-{self.context.session.now():%Y-%m-%d-%H%M}.zip"
        title, kinds = self.tr("Save a support bundle"), self.tr("ZIP files (*.zip)")
        ask_where_to_save(self.context, self, title, name, kinds, self.save)

    def save(self, file: Path) -> None:
        """Gather it and write it; stopped half-way nothing is left of it."""
        appliance, program = self.context.appliance, program_versions()

        def work(progress: Progress, stop: Stop) -> Path:
            return write_bundle(appliance, file, program, progress, stop)

        self.context.run_long(
            self,
            self.tr("Gathering the support bundle"),
            work,
            lambda saved: tell_saved(
                self.context, self.tr("Support bundle saved to %1").replace("%1", str(saved)), saved
            ),
        )

    def _names(self) -> dict[str, str]:
        return {
            "vbot-admin": self.tr("This program"),
            "qt": "Qt",
            "python": "Python",
            "system": self.tr("This machine"),
        }


def program_versions() -> dict[str, str]:
    """Of this program and what it runs on."""
    return {
        "vbot-admin": importlib.metadata.version(DISTRIBUTION),
        "qt": PySide6.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} ({platform.machine()})",
    }
