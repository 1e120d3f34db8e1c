"""What pages can do, from everywhere: the page is opened, for the one that was asked for, and told to do it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication

from admin_gui.links import Link
from admin_gui.shell.palette.entries import Parameter

translate = QCoreApplication.translate

ANY = "…"


@dataclass(frozen=True, slots=True)
class FarCommand:
    """A command of a page. It is found there by `title`; elsewhere it is called by `words`, with %1 for which one."""

    title: str
    words: str
    link: Link
    asks: Parameter | None = None
    changes: bool = False
    # It is about the box: not for who sees some customers' things alone.
    of_appliance: bool = False
    # Other words by which people look for it.
    synonyms: str = ""

    @property
    def key(self) -> str:
        """Which one this is: its page, and how it is called there."""
        return f"{self.link}:{self.title}"

    def named(self, name: str) -> str:
        """How it is called for this one."""
        return self.words.replace("%1", name)

    def link_to(self, target: str) -> Link:
        """The page for the one that was asked for."""
        if self.link.page == "system":
            return Link("system", query={**self.link.query, "name": target})
        return Link(self.link.page, target)


def far_commands() -> list[FarCommand]:
    """All of them, whoever may run them."""
    return [*_of_customers(), *_of_calls(), *_of_webhooks(), *_of_lists(), *_of_the_system()]


def _of_customers() -> list[FarCommand]:
    def one(title: str, words: str, *, changes: bool = True) -> FarCommand:
        return FarCommand(title, words, Link("customer"), Parameter.CUSTOMER, changes)

    return [
        one(translate("customer", "New API key …"), translate("palette", "New API key for %1")),
        one(translate("customer", "New webhook secret …"), translate("palette", "New webhook secret for %1")),
        one(translate("customer", "Copy the API key"), translate("palette", "Copy the API key of %1")),
        one(translate("customer", "Copy the webhook secret"), translate("palette", "Copy the webhook secret of %1")),
        one(translate("CustomerPage", "Send a test webhook"), translate("palette", "Send a test webhook to %1")),
        one(
            translate("customer", "Look at the receiver's certificate"),
            translate("palette", "Look at the certificate of %1's receiver"),
        ),
        one(translate("customer", "Enable the webhook again"), translate("palette", "Enable the webhook of %1 again")),
        one(
            translate("customer", "Deactivate or activate the customer"),
            translate("palette", "Deactivate or activate %1"),
        ),
        one(translate("CustomerPage", "Delete the customer …"), translate("palette", "Delete the customer %1")),
        one(translate("CustomerPage", "This customer's calls"), translate("palette", "Calls of %1"), changes=False),
        one(
            translate("CustomerPage", "This customer's webhooks"),
            translate("palette", "Webhooks of customer %1"),
            changes=False,
        ),
    ]


def _of_calls() -> list[FarCommand]:
    def one(title: str, words: str, *, changes: bool = False) -> FarCommand:
        return FarCommand(title, words, Link("call"), Parameter.CALL, changes)

    return [
        one(
            translate("CallPage", "Analyse the call again"), translate("palette", "Analyse call %1 again"), changes=True
        ),
        one(
            translate("CallPage", "Exchange caller and called, and analyse again"),
            translate("palette", "Exchange caller and called of %1"),
            changes=True,
        ),
        one(translate("CallPage", "Save the call as text …"), translate("palette", "Save call %1 as text")),
        one(translate("CallPage", "Save the call as JSON …"), translate("palette", "Save call %1 as JSON")),
        one(translate("CallPage", "Save the recording …"), translate("palette", "Save the recording of %1")),
        one(translate("Listening", "Play or pause"), translate("palette", "Play the recording of %1")),
        one(translate("CallPage", "Webhooks of this call"), translate("palette", "Webhooks of call %1")),
        one(translate("CallPage", "Add a tag to the call"), translate("palette", "Add a tag to call %1"), changes=True),
        one(translate("CallPage", "Erase the call …"), translate("palette", "Erase call %1"), changes=True),
    ]


def _of_webhooks() -> list[FarCommand]:
    def one(title: str, words: str, *, changes: bool = False) -> FarCommand:
        return FarCommand(title, words, Link("webhook"), Parameter.WEBHOOK, changes)

    return [
        one(
            translate("WebhookPage", "Send this webhook again"),
            translate("palette", "Send webhook %1 again"),
            changes=True,
        ),
        one(
            translate("WebhookPage", "Copy the webhook as curl"),
            translate("palette", "Copy webhook %1 as curl"),
            changes=True,
        ),
        one(
            translate("WebhookPage", "Copy the webhook's JSON"),
            translate("palette", "Copy the JSON of webhook %1"),
            changes=True,
        ),
        one(translate("WebhookPage", "Its call"), translate("palette", "Open the call of webhook %1")),
        one(translate("WebhookPage", "Its customer"), translate("palette", "Open the customer of webhook %1")),
    ]


def _of_lists() -> list[FarCommand]:
    def one(title: str, page: str, *, changes: bool = False, synonyms: str = "") -> FarCommand:
        return FarCommand(title, title, Link(page), changes=changes, synonyms=synonyms)

    return [
        one(translate("CustomersPage", "New customer"), "customers", changes=True),
        one(translate("CustomersPage", "Search customers"), "customers"),
        one(translate("CallsPage", "Search in calls"), "calls"),
        one(translate("WebhooksPage", "Search in webhooks"), "webhooks"),
        one(translate("WebhooksPage", "Send all that match again …"), "webhooks", changes=True),
        one(translate("WebhooksPage", "Show the deliveries"), "webhooks"),
        one(
            translate("WebhooksPage", "Show the endpoints"),
            "webhooks",
            synonyms=translate("palette", "addresses receivers URLs"),
        ),
        one(translate("OverviewPage", "Plots over the last hour"), "overview"),
        one(translate("OverviewPage", "Plots over 24 hours"), "overview"),
        one(translate("OverviewPage", "Plots over 30 days"), "overview"),
        one(translate("InsightsPage", "Insights of today"), "insights"),
        one(translate("InsightsPage", "Insights of yesterday"), "insights"),
        one(translate("InsightsPage", "Insights of last week"), "insights"),
        one(translate("InsightsPage", "Insights over 7 days"), "insights"),
        one(translate("InsightsPage", "Insights over 30 days"), "insights"),
        one(translate("InsightsPage", "Insights over 90 days"), "insights"),
        one(translate("InsightsPage", "Insights from one day to another"), "insights"),
        one(translate("InsightsPage", "Compare with the time before, or do not"), "insights"),
        one(translate("InsightsPage", "Save the insights as CSV …"), "insights"),
        one(
            translate("InsightsPage", "Save the insights as a PDF report …"),
            "insights",
            synonyms=translate("palette", "print paper"),
        ),
    ]


def _of_the_system() -> list[FarCommand]:
    def one(
        tab: str, title: str, words: str = "", asks: Parameter | None = None, *, changes: bool = False
    ) -> FarCommand:
        link = Link("system", query={"tab": tab})
        return FarCommand(title, words or title, link, asks, changes, of_appliance=tab != "audit")

    check = translate("palette", "Check the backup %1")
    save = translate("palette", "Save the backup %1 here")
    revoke = translate("palette", "Revoke the token %1")
    return [
        one("backups", translate("BackupsTab", "Make a backup"), changes=True),
        one("backups", translate("BackupsTab", "Check the backup"), check, Parameter.BACKUP, changes=True),
        one("backups", translate("BackupsTab", "Save the backup here …"), save, Parameter.BACKUP, changes=True),
        replace(
            one("tokens", translate("TokensTab", "New token"), changes=True),
            synonyms=translate("palette", "users access people rights logins"),
        ),
        one("tokens", translate("TokensTab", "Revoke the token …"), revoke, Parameter.TOKEN, changes=True),
        one("audit", translate("AuditTab", "Save the audit log as CSV …")),
        one("audit", translate("AuditTab", "Save the audit log as JSON lines …")),
        one("certificate", translate("CertificateTab", "Copy the fingerprint")),
        one("settings", translate("SettingsTab", "Search settings")),
        one("settings", translate("SettingsTab", "Start the appliance again …"), changes=True),
        one("log", translate("LogTab", "Search the log")),
        one("log", translate("LogTab", "Copy the log")),
        one("log", translate("LogTab", "Follow the log, or stay")),
        one("log", translate("LogTab", "Show in the log what was read, or leave it out")),
        one("support", translate("SupportTab", "Save a support bundle …")),
        one("support", translate("SupportTab", "Copy the versions")),
    ]
