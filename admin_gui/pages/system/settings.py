"""How long things are kept, what is allowed, and every setting that is no secret."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout

from admin_gui.app_context import AppContext
from admin_gui.client.system import Limits, RetentionDays
from admin_gui.links import Link
from admin_gui.models.system.settings import Setting, settings_of
from admin_gui.models.table.columns import Column
from admin_gui.pages.system.tab import SystemTab
from admin_gui.session import Snapshot
from admin_gui.text import formats
from admin_gui.widgets.card import Card
from admin_gui.widgets.info_grid import InfoGrid
from admin_gui.widgets.plain_label import PlainLabel
from admin_gui.widgets.table.paged_table import PagedTable

translate = QCoreApplication.translate


class SettingsTab(SystemTab):
    """Read only: settings are made on the appliance."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._settings: list[Setting] = []
        self.retention = InfoGrid()
        retention = Card(self.tr("Retention"))
        retention.content.addWidget(self.retention)
        self.limits = InfoGrid()
        limits = Card(self.tr("Limits"))
        limits.content.addWidget(self.limits)
        for card in (retention, limits):
            note = PlainLabel(self.tr("For customers without settings of their own."))
            note.setProperty("muted", True)
            note.setWordWrap(True)
            card.content.addWidget(note)
            card.content.addStretch(1)
        self.table = PagedTable(
            context,
            "settings",
            setting_columns(),
            lambda setting: setting.name,
            empty=("system", self.tr("No setting matches"), ""),
        )
        self.table.search.setPlaceholderText(self.tr("Search settings"))
        self.table.search.textChanged.connect(lambda _text: self._narrow())
        about = PlainLabel(
            self.tr(
                "They are set on the appliance: in its vbot.toml, or as variables that begin with VBOT_. "
                "Secrets are not shown."
            )
        )
        about.setProperty("muted", True)
        about.setWordWrap(True)
        cards = QHBoxLayout()
        cards.setSpacing(12)
        cards.addWidget(retention, 1)
        cards.addWidget(limits, 1)
        self.outer.addLayout(cards)
        self.outer.addWidget(self.table, 1)
        self.outer.addWidget(about)

    def show_link(self, link: Link) -> None:
        self.refresh()
        self.table.select(link.query.get("name", ""))

    def refresh(self) -> None:
        if self.context.session.last_snapshot is not None:
            self.ready.emit()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        system = snapshot.system
        if system is None:
            return
        self._show_retention(system.retention)
        self._show_limits(system.limits)
        found = settings_of(system.settings)
        if found != self._settings:
            self._settings = found
            self._narrow()

    def _narrow(self) -> None:
        wanted = self.table.search.text().strip().casefold()
        self.table.model.set_rows([one for one in self._settings if wanted in f"{one.name} {one.value}".casefold()])

    def _show_retention(self, days: RetentionDays) -> None:
        def days_text(count: int | None) -> str:
            if count is None:
                return formats.DASH
            return self.tr("%n day(s)", "", count) if count else self.tr("erased at once")

        self.retention.put("recordings", self.tr("Recordings are kept for"), days_text(days.recordings_days))
        self.retention.put("texts", self.tr("Texts are kept for"), days_text(days.texts_days))

    def _show_limits(self, limits: Limits) -> None:
        self.limits.put("rate", self.tr("Calls a minute"), formats.number(limits.rate_limit_per_minute))
        self.limits.put("concurrent", self.tr("Calls at a time"), formats.number(limits.max_concurrent_calls))
        self.limits.put("storage", self.tr("Recordings of one customer"), formats.size(limits.max_storage_bytes))
        self.limits.put("audio", self.tr("Hours of audio a day"), formats.number(limits.max_audio_hours_per_day))
        self.limits.put("bytes", self.tr("Largest recording"), formats.size(limits.max_recording_bytes))


def setting_columns() -> list[Column[Any]]:
    """A name and its value."""
    return [
        Column(
            "name",
            translate("settings", "Setting"),
            lambda one: one.name,
            sort=lambda one: one.name,
            mono=True,
            width=280,
        ),
        Column(
            "value",
            translate("settings", "Value"),
            lambda one: one.value,
            tooltip=lambda one: one.value,
            mono=True,
            width=520,
        ),
    ]
