"""Every request by which an operator changes something, ready to be sent: a new route without one is found out."""

from __future__ import annotations

import asyncio
import functools
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tornado.web import RequestHandler

from appliance.api.application import ROUTES
from appliance.domain.audit import Action
from appliance.domain.call import CallState
from appliance.domain.delivery import DeliveryState
from appliance.services.access.certificate import create_certificate
from appliance.services.upkeep.backup_verification import VerificationState
from appliance.storage.database import Connection, opened_database, rows
from appliance.storage.folder.backup_file import write_backup
from appliance.storage.folder.backup_manifest import DATABASE, Secrets
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys, seal_recovery_key
from appliance.storage.tables import calls, deliveries, stored_recordings
from appliance.storage.tables.audit import AuditFilter
from appliance.storage.tables.stored_recordings import StoredRecording
from tests.appliance.api.conftest import Answer, Api
from tests.appliance.builders import NOON, a_call, a_delivery, a_recording

RECOVERY_KEY = "AAAA-BBBB-CCCC-DDDD"
A_BACKUP = "vbot-20261101T120000Z.tar"
WEBHOOK_URL = "http://127.0.0.1:9/secret-path?token=secret-query"
A_TABLES_OWN_PACE = {"token": ("last_used_at",), "fact": ("value",)}


@dataclass(frozen=True)
class World:
    """An api with something of everything in it."""

    api: Api
    folder: DataFolder
    customer_id: int
    key: str
    call_id: str
    delivery_id: str
    token_id: int
    line_id: str = ""

    async def state(self) -> dict[str, Any]:
        """All that is stored, but what also changes by itself."""

        def read(tx: Connection) -> dict[str, Any]:
            tables = [name for (name,) in tx.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall()]
            return {
                name: [
                    {column: value for column, value in row.items() if column not in A_TABLES_OWN_PACE.get(name, ())}
                    for row in rows(tx.execute(f"SELECT * FROM {name} ORDER BY rowid"))
                ]
                for name in tables
            }

        found = await self.api.database.read(read)
        return {**found, "files": sorted(map(str, await asyncio.to_thread(self._files)))}

    def _files(self) -> list[Path]:
        places = (self.folder.backups, self.folder.recordings)
        return [path for place in places if place.is_dir() for path in place.rglob("*") if path.is_file()]

    async def audit(self) -> list[dict[str, Any]]:
        """The audit, newest line first, as an administrator on the appliance sees it."""
        answer = await self.api.request("GET", "/api/audit", bearer=await self.api.token())
        lines: list[dict[str, Any]] = answer.json()["audit"][1:]  # without that of this very token
        return lines

    async def backups_are_made(self) -> None:
        """And read, those that are being verified."""
        services = self.api.services
        async with asyncio.timeout(60):
            while any(
                VerificationState.RUNNING in (backup.state, getattr(seen, "state", None))
                for backup in await services.upkeep.backups.listing()
                for seen in [services.upkeep.backup_verifications.of(backup.name)]
            ):
                await asyncio.sleep(0.01)


@functools.cache
def a_backup() -> bytes:
    """Of an appliance that has done nothing yet; made once."""
    with tempfile.TemporaryDirectory() as aside:
        database, target = Path(aside) / DATABASE, Path(aside) / A_BACKUP
        with opened_database(database):
            pass
        secrets = Secrets(master_key="", recovery_key=RECOVERY_KEY, certificate="", certificate_key="")
        write_backup(
            target,
            version="1.0.0",
            created_at=NOON,
            calls=0,
            secrets=secrets,
            recovery_key=RECOVERY_KEY,
            members={DATABASE: database},
        )
        return target.read_bytes()


async def make_world(api: Api, folder: DataFolder, keys: Keys) -> World:
    """Something of everything; what a backup needs is there too."""
    folder.master_key.write_text(bytes(range(32)).hex())
    folder.recovery_key.write_bytes(seal_recovery_key(RECOVERY_KEY, keys))
    create_certificate(folder.certificate, folder.certificate_key, NOON)
    customer, key = await api.customer(webhook_url=WEBHOOK_URL)
    call = a_call("call-1", customer_id=customer.id, state=CallState.COMPLETED, finished_at=NOON)
    delivery = a_delivery("delivery-1", call_id="call-1", customer_id=customer.id, state=DeliveryState.FAILED)
    folder.backups.mkdir(exist_ok=True)
    (folder.backups / A_BACKUP).write_bytes(a_backup())
    recording = folder.recordings / "day/call-1"
    recording.parent.mkdir()
    recording.write_bytes(a_recording())

    def store(tx: Connection) -> None:
        calls.insert(tx, call)
        stored_recordings.insert(tx, StoredRecording("call-1", 1, "day/call-1", len(a_recording()), "sha", NOON))
        deliveries.insert(tx, delivery)

    await api.database.write(store)
    api.services.configuration.restart.end = lambda: None  # as if somebody would start it again
    await api.token()
    (token, *_) = await api.services.access.tokens.listing()
    (line, *_) = (await api.services.access.audit_log.page(AuditFilter(), None, 1)).items
    return World(api, folder, customer.id, key, call.call_id, delivery.id, token.id, line.id)


@dataclass(frozen=True)
class Change:
    """One request that changes something, and the audit's word for it."""

    action: Action
    body: Any = None
    path: Callable[[World], str] | None = None
    # What it finds out is held in memory (or is the audit itself), and nothing else changes.
    only_looks: bool = False

    async def ask(self, world: World, method: str, route: str, **credential: Any) -> Answer:
        path = route if self.path is None else self.path(world)
        body = None if self.body is None else json.dumps(self.body).encode()
        return await world.api.request(method, path, body=body, **credential)


def _customer(tail: str = "") -> Callable[[World], str]:
    return lambda world: f"/api/customers/{world.customer_id}{tail}"


ADA = {"name": "Grace", "company_name": "Example Ltd", "email": "grace@example.com"}
CHANGES: dict[tuple[str, str], Change] = {
    ("POST", "/api/calls/([^/]+)/reprocess"): Change(
        Action.CALL_REPROCESSED, path=lambda world: f"/api/calls/{world.call_id}/reprocess"
    ),
    ("PUT", "/api/calls/([^/]+)/tags"): Change(
        Action.CALL_TAGGED, {"tags": ["urgent"]}, lambda world: f"/api/calls/{world.call_id}/tags"
    ),
    ("DELETE", "/api/calls/([^/]+)"): Change(Action.CALL_ERASED, path=lambda world: f"/api/calls/{world.call_id}"),
    ("POST", "/api/customers"): Change(Action.CUSTOMER_CREATED, ADA),
    ("PUT", "/api/customers/([^/]+)"): Change(Action.CUSTOMER_UPDATED, {"name": "Grace"}, _customer()),
    ("DELETE", "/api/customers/([^/]+)"): Change(Action.CUSTOMER_DELETED, path=_customer()),
    ("POST", "/api/customers/([^/]+)/enable-webhook"): Change(
        Action.WEBHOOK_ENABLED, path=_customer("/enable-webhook")
    ),
    ("POST", "/api/customers/([^/]+)/rotate-key"): Change(Action.KEY_ROTATED, path=_customer("/rotate-key")),
    ("POST", "/api/customers/([^/]+)/rotate-webhook-secret"): Change(
        Action.WEBHOOK_SECRET_ROTATED, path=_customer("/rotate-webhook-secret")
    ),
    ("POST", "/api/customers/([^/]+)/test-webhook"): Change(Action.WEBHOOK_TESTED, path=_customer("/test-webhook")),
    ("POST", "/api/deliveries/redeliver"): Change(Action.ALL_REDELIVERED, {"state": "failed"}),
    ("POST", "/api/deliveries/([^/]+)/redeliver"): Change(
        Action.REDELIVERED, path=lambda world: f"/api/deliveries/{world.delivery_id}/redeliver"
    ),
    ("POST", "/api/tokens"): Change(Action.TOKEN_CREATED, {"role": "viewer", "name": "grafana"}),
    ("DELETE", "/api/tokens/([^/]+)"): Change(Action.TOKEN_REVOKED, path=lambda world: f"/api/tokens/{world.token_id}"),
    ("DELETE", "/api/audit/([^/]+)"): Change(
        Action.AUDIT_ERASED, path=lambda world: f"/api/audit/{world.line_id}", only_looks=True
    ),
    ("POST", "/api/backups"): Change(Action.BACKUP_CREATED),
    ("PUT", "/api/log/level"): Change(Action.LOG_LEVEL_CHANGED, {"level": "info"}, only_looks=True),
    ("PATCH", "/api/system/settings"): Change(Action.SETTINGS_CHANGED, {"backup_keep": 3}, only_looks=True),
    ("POST", "/api/system/restart"): Change(Action.RESTARTED, only_looks=True),
    ("POST", "/api/backups/([^/]+)/verify"): Change(
        Action.BACKUP_VERIFIED, path=lambda world: f"/api/backups/{A_BACKUP}/verify", only_looks=True
    ),
}
# The route on which a customer changes something: its own affair, and each call is its own record.
BY_A_CUSTOMER = {("POST", "/api/process-call"), ("POST", "/api/get_transcription")}
# The claim of a call, by a signed path, and what is said of claims.
BY_A_WORKER = {("POST", "/internal/recordings/([^/]+)"), ("POST", "/internal/leases")}

# Over the data folder's socket.
BY_THE_OWNER = {("POST", "/internal/recovery-key"), ("POST", "/internal/recovery-key/kept")}


def changing_methods() -> set[tuple[str, str]]:
    """Every method of every route that is not for reading."""
    return {
        (name, route)
        for route, handler in ROUTES
        for name in RequestHandler.SUPPORTED_METHODS
        if name not in ("GET", "HEAD", "OPTIONS")
        and getattr(handler, name.lower()) is not getattr(RequestHandler, name.lower())
    }
