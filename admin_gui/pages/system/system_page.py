"""The box itself, by tabs: how it is, settings, backups, tokens, audit log, certificate, log, support."""

from __future__ import annotations

import importlib
from functools import partial
from typing import cast

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QTabBar

from admin_gui.app_context import AppContext
from admin_gui.client.events import Event
from admin_gui.commands import Command
from admin_gui.links import Link
from admin_gui.models.system.texts import tab_words
from admin_gui.pages.page import SPACING, Page, Unsaved
from admin_gui.pages.registry import SYSTEM_TABS
from admin_gui.pages.system.tab import SystemTab
from admin_gui.session import Snapshot
from admin_gui.widgets.plain_label import PlainLabel

translate = QCoreApplication.translate

NARROW = 840  # less wide than this, tabs stand closer to each other than to scroll
# What a viewer of some customers may see here: what concerns them.
OF_CUSTOMERS = ("audit",)
_KINDS = {
    "status": "StatusTab",
    "settings": "SettingsTab",
    "backups": "BackupsTab",
    "tokens": "TokensTab",
    "audit": "AuditTab",
    "certificate": "CertificateTab",
    "log": "LogTab",
    "support": "SupportTab",
}


class SystemPage(Page):
    """`system?tab=backups`; each tab is made when it is first opened."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._tabs: dict[str, SystemTab] = {}
        self.hidden = PlainLabel(self.tr("This token may not see the appliance itself: whoever runs it can."))
        self.hidden.setProperty("muted", True)
        self.hidden.setContentsMargins(0, SPACING, 0, 0)
        self.bar = QTabBar()
        self.bar.setExpanding(False)
        self.bar.setUsesScrollButtons(True)
        self.bar.setAccessibleName(self.tr("Parts of the system"))
        for name, words in tab_words().items():
            self.bar.setTabData(self.bar.addTab(words), name)
        self._stack = QStackedWidget()
        self.content.setSpacing(0)
        self.content.addWidget(self.bar)
        self.content.addWidget(self.hidden)
        self.content.addWidget(self._stack, 1)
        self._hide_tabs()
        self.setFocusProxy(self.bar)
        self.bar.currentChanged.connect(lambda place: self._go(self.bar.tabData(place)))
        context.session.polled.connect(self._pass_on)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        is_narrow = event.size().width() < NARROW
        if is_narrow is not self.bar.property("narrow"):
            self.bar.setProperty("narrow", is_narrow)
            self.bar.style().unpolish(self.bar)
            self.bar.style().polish(self.bar)

    def title(self) -> str:
        return self.tr("System")

    def visit(self, link: Link) -> None:
        tab = self.tab
        self.bar.blockSignals(True)
        self.bar.setCurrentIndex(SYSTEM_TABS.index(self.tab_name))
        self.bar.blockSignals(False)
        self._stack.setCurrentWidget(tab)
        snapshot = self.context.session.last_snapshot
        if snapshot is not None:
            tab.show_snapshot(snapshot)
        tab.show_link(link)

    def refresh(self) -> None:
        self.context.session.poll_now()
        self.tab.refresh()

    def on_events(self, events: list[Event]) -> None:
        self.tab.on_events(events)

    def commands(self) -> list[Command]:
        group = self.tr("System")
        places = [
            Command(self.tr("Show %1").replace("%1", words), partial(self._go, name), f"Alt+{number}", group)
            for number, (name, words) in enumerate(tab_words().items(), 1)
            if name in self._seen_tabs
        ]
        return [*self.tab.commands(), *places]

    def unsaved(self) -> Unsaved | None:
        return next((found for tab in self._tabs.values() if (found := tab.unsaved()) is not None), None)

    def shows(self, link: Link) -> bool:
        name = link.query.get("name")
        return link.query.get("tab", SYSTEM_TABS[0]) == self.tab_name and name in (None, self.tab.chosen_name)

    @property
    def tab_name(self) -> str:
        """Which tab the link means."""
        wanted, seen = self.link.query.get("tab", ""), self._seen_tabs
        return wanted if wanted in seen else seen[0]

    @property
    def _seen_tabs(self) -> tuple[str, ...]:
        """Those that our token may see."""
        return SYSTEM_TABS if self.context.session.sees_appliance else OF_CUSTOMERS

    @property
    def tab(self) -> SystemTab:
        """The tab that the link means."""
        name = self.tab_name
        if name not in self._tabs:
            kind = getattr(importlib.import_module(f"admin_gui.pages.system.{name}"), _KINDS[name])
            made = cast("type[SystemTab]", kind)(self.context)
            made.moved.connect(self._note_link)
            made.edited.connect(self.edited)
            made.ready.connect(lambda: self._tab_ready(made))
            self._tabs[name] = made
            self._stack.addWidget(made)
        return self._tabs[name]

    def _hide_tabs(self) -> None:
        """What our token may not see is not offered, and why stands beside the rest."""
        for place in range(self.bar.count()):
            self.bar.setTabVisible(place, self.bar.tabData(place) in self._seen_tabs)
        self.hidden.setVisible(not self.context.session.sees_appliance)

    def _note_link(self, link: Link) -> None:
        self.link = link
        self.context.stay(link)

    def _tab_ready(self, tab: SystemTab) -> None:
        if self._stack.currentWidget() is tab:
            self.ready.emit()

    def _go(self, name: str) -> None:
        self.context.go(Link("system", query={} if name == SYSTEM_TABS[0] else {"tab": name}))

    def _pass_on(self, snapshot: Snapshot) -> None:
        if self._tabs:
            self.tab.show_snapshot(snapshot)
