"""The pages that there are. Their modules are loaded when they are first opened."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from admin_gui.app_context import AppContext
    from admin_gui.client.appliance import Appliance
    from admin_gui.pages.page import Page

    def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802 - Qt's own, with its types
        """Marks a text for translation."""

else:
    from PySide6.QtCore import QT_TRANSLATE_NOOP


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page: its name in links and picture files, where its class is, and where the sidebar shows it."""

    name: str
    module: str
    kind: str
    # In the sidebar: its words (context "sidebar") and its icon. None: a page within another's section.
    label: str | None = None
    icon: str = ""
    # Which sidebar entry is lit while this page is seen.
    section: str = ""
    # Of a page about one thing: targets that exist, asked on a thread. The first is in its picture, and with none there
    # is no picture; tests/admin_gui/test_what_is_shown.py goes from one to the other.
    targets: Callable[[Appliance], list[str]] | None = None
    # The target that means one that is not there yet.
    new: str | None = None
    # Its tabs, for pictures; the first is the page itself.
    tabs: tuple[str, ...] = ()

    def make(self, context: AppContext) -> Page:
        """The page itself."""
        kind = cast("type[Page]", getattr(importlib.import_module(self.module), self.kind))
        return kind(context)

    @property
    def sample(self) -> Callable[[Appliance], str | None] | None:
        """For pictures: a target that exists, or None from it; None where the page has none."""
        targets = self.targets
        return None if targets is None else lambda appliance: next(iter(targets(appliance)), None)


# The tabs of the system's page, as its links name them: `system?tab=backups`.
SYSTEM_TABS = ("status", "settings", "backups", "tokens", "audit", "certificate", "log", "support")

WELCOME = "welcome"

PAGES: tuple[PageEntry, ...] = (
    PageEntry(
        "overview",
        "admin_gui.pages.overview.overview_page",
        "OverviewPage",
        label=QT_TRANSLATE_NOOP("sidebar", "Overview"),
        icon="overview",
        section="overview",
    ),
    PageEntry(
        WELCOME,
        "admin_gui.pages.customers.welcome.welcome_page",
        "WelcomePage",
        section="overview",
    ),
    PageEntry(
        "customers",
        "admin_gui.pages.customers.customers_page",
        "CustomersPage",
        label=QT_TRANSLATE_NOOP("sidebar", "Customers"),
        icon="customers",
        section="customers",
    ),
    PageEntry(
        "customer",
        "admin_gui.pages.customers.customer_page",
        "CustomerPage",
        section="customers",
        targets=lambda appliance: [str(one.id) for one in appliance.customers.everyone()],
        new="new",
    ),
    PageEntry(
        "calls",
        "admin_gui.pages.calls.calls_page",
        "CallsPage",
        label=QT_TRANSLATE_NOOP("sidebar", "Calls"),
        icon="calls",
        section="calls",
    ),
    PageEntry(
        "call",
        "admin_gui.pages.calls.call_page",
        "CallPage",
        section="calls",
        targets=lambda appliance: [one.call_id for one in appliance.calls.page(None, 2).rows],
    ),
    PageEntry(
        "insights",
        "admin_gui.pages.insights.insights_page",
        "InsightsPage",
        label=QT_TRANSLATE_NOOP("sidebar", "Insights"),
        icon="insights",
        section="insights",
    ),
    PageEntry(
        "webhooks",
        "admin_gui.pages.webhooks.webhooks_page",
        "WebhooksPage",
        label=QT_TRANSLATE_NOOP("sidebar", "Webhooks"),
        icon="webhooks",
        section="webhooks",
    ),
    PageEntry(
        "webhook",
        "admin_gui.pages.webhooks.webhook_page",
        "WebhookPage",
        section="webhooks",
        targets=lambda appliance: [one.id for one in appliance.deliveries.page(None, 2).rows],
    ),
    PageEntry(
        "system",
        "admin_gui.pages.system.system_page",
        "SystemPage",
        label=QT_TRANSLATE_NOOP("sidebar", "System"),
        icon="system",
        section="system",
        tabs=SYSTEM_TABS,
    ),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A page, or one of its tabs, as its picture's file is named."""

    name: str
    entry: PageEntry
    tab: str | None = None


def pictures() -> list[Picture]:
    """Everything that there is a picture of: `system`, `system-backups`, …"""
    found = []
    for entry in PAGES:
        found.append(Picture(entry.name, entry))
        found += [Picture(f"{entry.name}-{tab}", entry, tab) for tab in entry.tabs[1:]]
    return found


def entry_of(name: str) -> PageEntry | None:
    """The page of that name."""
    return next((entry for entry in PAGES if entry.name == name), None)
