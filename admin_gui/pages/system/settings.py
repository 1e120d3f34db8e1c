"""Every setting: what it means, what it is, and where that was set."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QSplitter

from admin_gui.app_context import AppContext
from admin_gui.client.settings import Setting as ToldSetting
from admin_gui.client.transport.errors import NotFound
from admin_gui.commands import Command
from admin_gui.links import Link
from admin_gui.models.system.settings import Setting, holds, settings_of, told_settings
from admin_gui.models.table.columns import Column
from admin_gui.pages.system.setting_card import SettingCard
from admin_gui.pages.system.tab import SystemTab
from admin_gui.widgets.table.paged_table import PagedTable

translate = QCoreApplication.translate

CARD_HEIGHT = 190


class SettingsTab(SystemTab):
    """`system?tab=settings&name=retention_days`."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._settings: list[Setting] = []
        self._wanted = ""  # the one that a link names, until it is there
        self.table = PagedTable(
            context,
            "settings",
            setting_columns(),
            lambda setting: setting.name,
            empty=("system", self.tr("No setting matches"), ""),
        )
        self.table.search.setPlaceholderText(self.tr("Search settings"))
        self.table.search.textChanged.connect(lambda _text: self._narrow())
        self.table.selection_changed.connect(self._show_chosen)
        self.card = SettingCard()
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(12)
        self.splitter.addWidget(self.table)
        self.splitter.addWidget(self.card)
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setSizes([3 * CARD_HEIGHT, CARD_HEIGHT])
        self.outer.addWidget(self.splitter, 1)

    def show_link(self, link: Link) -> None:
        self._wanted = link.query.get("name", "")
        self.refresh()

    def refresh(self) -> None:
        settings = self.context.appliance.settings
        self.context.calls.start(self, settings.all, self._show_told, self._failed, latest="settings")

    def commands(self) -> list[Command]:
        return [Command(self.tr("Search settings"), self.table.search.setFocus, "Ctrl+F", self.tr("Settings"))]

    @property
    def chosen_name(self) -> str | None:
        setting = self.table.current()
        return None if setting is None else setting.name

    def _show_told(self, told: list[ToldSetting]) -> None:
        self._show(told_settings(told))

    def _failed(self, error: Exception) -> None:
        """An appliance of before tells names and values alone."""
        snapshot = self.context.session.last_snapshot
        if isinstance(error, NotFound) and snapshot is not None and snapshot.system is not None:
            self._show(settings_of(snapshot.system.settings))
            return
        self.context.say_error(error)
        self.ready.emit()

    def _show(self, found: list[Setting]) -> None:
        self._settings = found
        self._narrow()
        self.ready.emit()

    def _narrow(self) -> None:
        wanted = self.table.search.text().strip()
        self.table.model.set_rows([one for one in self._settings if holds(one, wanted)])
        if self._wanted and self.table.select(self._wanted):
            self._wanted = ""
        elif self.table.current() is None:
            self.table.view.put_keyboard_on_first()
        self._show_chosen()

    def _show_chosen(self) -> None:
        self.card.show_setting(self.table.current())


def setting_columns() -> list[Column[Setting]]:
    """A name, its value, and where that comes from."""
    return [
        Column(
            "name",
            translate("settings", "Setting"),
            lambda one: one.name,
            sort=lambda one: one.name,
            tooltip=lambda one: one.meaning or one.name,
            mono=True,
            width=215,
        ),
        Column(
            "value",
            translate("settings", "Value"),
            lambda one: one.value,
            sort=lambda one: one.value,
            tooltip=lambda one: one.value,
            mono=True,
            width=150,
        ),
        Column(
            "default",
            translate("settings", "Default"),
            lambda one: one.default,
            sort=lambda one: one.default,
            tooltip=lambda one: one.default,
            mono=True,
            width=140,
        ),
        Column(
            "source",
            translate("settings", "Set by"),
            lambda one: one.source,
            sort=lambda one: one.source,
            tooltip=lambda one: one.source,
            width=230,
        ),
    ]
