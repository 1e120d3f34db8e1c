"""What was written down: for tests of who writes it."""

from __future__ import annotations

from appliance.domain.audit import AuditLine
from appliance.storage import audit
from appliance.storage.audit import AuditFilter
from appliance.storage.database import Connection, Database


def lines(tx: Connection) -> list[AuditLine]:
    """All lines of the audit, in the order in which they were written."""
    return [line for _, line in audit.page(tx, AuditFilter(), before_seq=None, limit=1000)][::-1]


async def written(database: Database) -> list[AuditLine]:
    """The same, of an open database."""
    return await database.read(lines)
