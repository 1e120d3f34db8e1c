"""What was written down: for tests of who writes it."""

from __future__ import annotations

from appliance.domain.audit import AuditLine
from appliance.storage.database import Connection, Database
from appliance.storage.tables import audit
from appliance.storage.tables.audit import AuditFilter


def lines(tx: Connection) -> list[AuditLine]:
    """All lines of the audit, in the order in which they were written."""
    return [line for _, line in audit.page(tx, AuditFilter(), before_seq=None, limit=1000)][::-1]


async def written(database: Database) -> list[AuditLine]:
    """The same, of an open database."""
    return await database.read(lines)
