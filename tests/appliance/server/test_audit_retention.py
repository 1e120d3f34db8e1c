"""How long the audit's lines stay: as the settings say, and never before a SIEM has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from appliance.domain.audit import Action, AuditLine, Subject, SubjectKind
from appliance.domain.clock import utc_now
from appliance.server.assembly import Appliance, assemble
from appliance.settings import Settings
from appliance.settings.values import SyslogTarget
from appliance.storage.audit_chain import verify
from appliance.storage.database import Database
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.tables import audit, facts
from tests.appliance.audited import written
from tests.appliance.builders import AN_ADMIN

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("settings", "exported", "left"),
    [
        ({}, None, [40, 20, 0]),
        ({"audit_days": 30}, None, [20, 0]),
        ({"audit_days": 10}, None, [0]),
        ({"audit_days": 10, "syslog_url": SyslogTarget("tcp", "127.0.0.1", 9)}, None, [40, 20, 0]),
        ({"audit_days": 10, "syslog_url": SyslogTarget("tcp", "127.0.0.1", 9)}, "1", [20, 0]),
    ],
)
async def test_lines_go_when_their_time_is_over(
    tmp_path: Path,
    folder: DataFolder,
    database: Database,
    keys: Keys,
    settings: dict[str, Any],
    exported: str | None,
    left: list[int],
) -> None:
    line = AuditLine(utc_now(), AN_ADMIN, Action.CALL_READ, Subject(SubjectKind.CALL, "call-1"))
    for days in (40, 20, 0):
        old = replace(line, at=line.at - days * DAY, after={"days": days})
        await database.write(lambda tx, old=old: audit.add(tx, old))  # type: ignore[misc]
    if exported is not None:
        await database.write(lambda tx: facts.put(tx, facts.AUDIT_EXPORTED_UNTIL, exported))
    chosen = Settings(data_dir=folder.root, models_dir=tmp_path, tls="off")
    appliance: Appliance = await assemble(replace(chosen, **settings), folder, keys, database)
    await appliance.housekeeping.expire_audit()
    await appliance.housekeeping.expire_audit()  # once a day
    told = await written(database)
    assert [one.after["days"] for one in told if one.action is Action.CALL_READ] == left
    assert sum(one.action is Action.AUDIT_EXPIRED for one in told) == (len(left) < 3)
    assert (await database.read(verify)).broken is None
    await appliance.sender.close()
