"""The whole api on a real socket, put together as `vbot api` does it, without what works beside the requests."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, fields, replace
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tornado.testing import bind_unused_port

from appliance.api.application import make_application
from appliance.api.http.http_server import IDLE_SECONDS, BoundedServer, ConnectionLimits
from appliance.api.services import Published, Services
from appliance.domain.actor import OWNER
from appliance.domain.customer import Customer
from appliance.domain.token import Role
from appliance.server.assembly import Appliance, assemble
from appliance.settings import Settings
from appliance.storage.database import Database
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys


@dataclass(frozen=True, slots=True)
class Answer:
    """What the api answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class Api:
    """A client of the api, and what is behind it."""

    def __init__(self, appliance: Appliance, database: Database, port: int) -> None:
        self.appliance = appliance
        self.database = database
        self.port = port

    @property
    def services(self) -> Services:
        return self.appliance.services

    async def request(
        self,
        method: str,
        path: str,
        *,
        bearer: str | None = None,
        key: str | None = None,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        sent = dict(headers or {})
        if bearer is not None:
            sent["Authorization"] = f"Bearer {bearer}"
        if key is not None:
            sent["X-API-Key"] = key
        return await asyncio.to_thread(self._request, method, path, body, sent)

    def _request(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer: HTTPResponse = connection.getresponse()
            endless = (answer.getheader("Content-Type") or "").startswith("text/event-stream")
            return Answer(answer.status, dict(answer.getheaders()), b"" if endless else answer.read())
        finally:
            connection.close()

    async def token(self, role: Role = Role.ADMIN) -> str:
        """The text of a new token."""
        _, text = await self.services.access.tokens.create(OWNER, role, role.value, None)
        return text

    async def customer(self, **fields: Any) -> tuple[Customer, str]:
        """A new customer and its API key."""
        basic = {"name": "Ada", "company_name": "Example Ltd", "email": "ada@example.com"}
        customer = await self.services.customers.create(OWNER, webhook_secret=None, **{**basic, **fields})
        return customer, self.services.customers.api_key(customer) or "damaged"


async def nothing_incoming(folder: DataFolder) -> None:
    """Wait until nothing is left of uploads: what is not kept is removed on a thread, once it was answered."""
    async with asyncio.timeout(60):
        while list(folder.incoming.iterdir()):
            await asyncio.sleep(0.005)


@pytest.fixture
async def api(
    tmp_path: Path, folder: DataFolder, database: Database, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Api]:
    # A busy disk that takes its time for a commit is not one that cannot be written.
    monkeypatch.setattr("appliance.services.upkeep.housekeeping.PROBE_TIMEOUT_SECONDS", 60.0)
    settings = Settings(data_dir=folder.root, models_dir=tmp_path / "models", tls="off")
    appliance = await assemble(replace(settings, disk_floor_mb=0), folder, keys, database)
    socket, port = bind_unused_port()
    server = BoundedServer(make_application(appliance.services))
    server.add_socket(socket)
    yield Api(appliance, database, port)
    server.stop()
    await server.close_all_connections()
    await appliance.sender.close()


def changed(services: Services, **changes: Any) -> Services:
    """The same services, with other values of what any of their parts holds."""
    parts = {part.name: getattr(services, part.name) for part in fields(services)}
    for name, value in changes.items():
        if hasattr(services.limits, name):
            parts["published"] = Published(replace(parts["published"].limits, **{name: value}))
            continue
        owner = next(
            (part for part in parts if hasattr(parts[part], "__dataclass_fields__") and hasattr(parts[part], name)),
            None,
        )
        parts |= {owner: replace(parts[owner], **{name: value})} if owner else {name: value}
    return Services(**parts)


@contextlib.asynccontextmanager
async def serving(
    api: Api, *, limits: ConnectionLimits | None = None, idle_seconds: float = IDLE_SECONDS, **changes: Any
) -> AsyncIterator[int]:
    """The port of the same api with other limits."""
    socket, port = bind_unused_port()
    application = make_application(changed(api.services, **changes))
    server = BoundedServer(application, limits=limits or ConnectionLimits(), idle_seconds=idle_seconds)
    server.add_socket(socket)
    try:
        yield port
    finally:
        server.stop()
        await server.close_all_connections()
