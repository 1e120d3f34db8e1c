"""The appliance, as a program sees it: one attribute for each thing that it keeps."""

from __future__ import annotations

import importlib

from admin_gui.client.audit import AuditLog
from admin_gui.client.backups import Backups
from admin_gui.client.calls import Calls
from admin_gui.client.company_names import CompanyNames
from admin_gui.client.customers import Customers
from admin_gui.client.deliveries import Deliveries
from admin_gui.client.insights import InsightsSource
from admin_gui.client.log import Log
from admin_gui.client.revisions import Revisions
from admin_gui.client.settings import Settings
from admin_gui.client.stats import StatsHistory, WebhookFailures
from admin_gui.client.system import SystemState
from admin_gui.client.tags import Tags
from admin_gui.client.tokens import Tokens
from admin_gui.client.transport.clock import ApplianceClock
from admin_gui.client.transport.connection import Connection
from admin_gui.client.transport.exchange import Requests


def load_http() -> None:
    """Load what a connection needs, for a thread while the first window comes: a sixth of the start."""
    importlib.import_module("admin_gui.client.transport.pinned")


class Appliance:
    """Everything that an appliance answers. Safe to use from several threads."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.clock = ApplianceClock()
        from admin_gui.client.transport.pinned import Transport  # noqa: PLC0415 - with requests: `load_http`

        self.transport = Transport(connection, self.clock)
        self.requests = Requests(self.transport)
        self.customers = Customers(self.requests)
        self.calls = Calls(self.requests)
        self.revisions = Revisions(self.requests)
        self.tags = Tags(self.requests)
        self.deliveries = Deliveries(self.requests)
        self.tokens = Tokens(self.requests)
        self.backups = Backups(self.requests)
        self.company_names = CompanyNames(self.customers)
        self.system = SystemState(self.requests)
        self.stats = StatsHistory(self.requests)
        self.webhook_failures = WebhookFailures(self.stats)
        self.insights = InsightsSource(self.requests)
        self.audit = AuditLog(self.requests)
        self.log = Log(self.requests)
        self.settings = Settings(self.requests)

    def close(self) -> None:
        """End what is under way, from any thread: whoever waits gets Stopped."""
        self.transport.close()
