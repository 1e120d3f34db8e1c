"""A tester with a viewer's token, a customer's key and a guess: each step is in the audit, also after a kill -9."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.appliance import RunningAppliance, vbot
from tests.support.database_file import open_file
from tests.support.processes import wait_until
from tests.support.recordings import silence

pytestmark = pytest.mark.slow


@pytest.mark.long
def test_who_looked_is_known_after_a_kill_and_proved_while_it_runs_and_while_not(tmp_path: Path) -> None:
    running = RunningAppliance(tmp_path, {"VBOT_BACKUP_EVERY_HOURS": "0"}, command="api")

    def command(*arguments: str, code: int = 0) -> str:
        done = vbot(*arguments, data_dir=running.data_dir, settings=running.settings)
        assert done.returncode == code, done.stderr + done.stdout
        return done.stdout.strip()

    command("init")
    with running:
        customer = running.new_customer()
        call_id = running.accepted(customer["api_key"], silence(0.5))
        viewer = command("token", "create", "--role", "viewer", "--customer", str(customer["id"]))
        command("backup", "recovery-key")
        assert "first-boot.txt" in " ".join(running.admin("GET", "/api/system").json()["reasons"])
        command("backup", "recovery-key", "--kept")
        assert "first-boot.txt" not in " ".join(running.admin("GET", "/api/system").json()["reasons"])
        for path in (f"/api/calls/{call_id}", "/api/calls?limit=500"):
            assert running.request("GET", path, bearer=viewer).status_code == 200
        key = {"X-API-Key": customer["api_key"]}
        assert running.request("GET", f"/api/calls/{call_id}/recording", headers=key).status_code == 200
        for guess in ("guess-1", "guess-2", "guess-3"):
            assert running.request("GET", "/api/calls", bearer=guess).status_code == 401

        def is_written() -> bool:  # what is younger than a second may be lost
            lines = running.admin("GET", "/api/audit?limit=500").json()["audit"]
            failed = sum(line["after"]["count"] for line in lines if line["action"] == "login.failed")
            actions = {line["action"] for line in lines}
            return failed == 3 and {"call.read", "calls.listed", "call.recording_downloaded"} <= actions

        assert wait_until(is_written, 60, 0.2)
        head = command("audit", "verify").rpartition("head: ")[2]
        running.kill_parent()
    with running:
        lines = running.admin("GET", "/api/audit?limit=500").json()["audit"]
        told = [(line["action"], line["actor"]["kind"], line["after"]) for line in lines]
        assert ("call.read", "token", {}) in told
        assert ("calls.listed", "token", {"count": 1}) in told
        assert ("appliance.recovery_key_shown", "owner", {}) in told
        assert ("appliance.first_boot_note_removed", "owner", {}) in told
        for route in ("/internal/recovery-key", "/internal/recovery-key/kept"):
            assert running.request("POST", route, bearer=running.admin_token).status_code == 404
        assert ("call.recording_downloaded", "customer", {}) in told
        assert sum(line["after"]["count"] for line in lines if line["action"] == "login.failed") == 3
        assert {line["actor"]["address"] for line in lines if line["action"] == "login.failed"} == {"127.0.0.1"}
        assert f"{head} is in the chain" in command("audit", "verify", "--head", head)
    command("backup", "recovery-key")
    with open_file(running.data_dir / "vbot.duckdb") as connection:
        counted = "SELECT count(*) FROM audit WHERE action = 'appliance.recovery_key_shown'"
        assert connection.execute(counted).fetchone() == (2,)
        connection.execute("DELETE FROM audit WHERE action = 'call.read'")
    assert command("audit", "verify", code=1).startswith("BROKEN at line ")
