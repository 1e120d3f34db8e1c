"""Who changed what, on a real appliance: over HTTP, over the local socket, and by commands while nothing runs."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.appliance import RunningAppliance, vbot
from tests.support.recordings import silence

pytestmark = pytest.mark.slow


class Box:
    """One data folder, with an api on it at times."""

    def __init__(self, folder: Path) -> None:
        self.running = RunningAppliance(folder, {"VBOT_BACKUP_EVERY_HOURS": "0"}, command="api")
        self.command("init")

    def command(self, *arguments: str | Path) -> str:
        done = vbot(*arguments, data_dir=self.running.data_dir, settings=self.running.settings)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def audit(self, query: str = "") -> list[dict[str, Any]]:
        """The lines, the oldest first."""
        answer = self.running.admin("GET", f"/api/audit{query}")
        assert answer.status_code == 200, answer.text
        lines: list[dict[str, Any]] = answer.json()["audit"]
        return lines[::-1]


def short(line: dict[str, Any]) -> tuple[str, str, str | None, str]:
    return line["action"], line["actor"]["kind"], line["subject"]["id"], line["actor"]["address"]


@pytest.mark.long
def test_what_is_done_while_nothing_runs_is_the_owners_doing_and_outlives_a_restore(tmp_path: Path) -> None:
    box = Box(tmp_path)
    viewer = box.command("token", "create", "--role", "viewer", "--name", "grafana", "--expires-days", "90")
    box.command("token", "create", "--role", "admin", "--name", "unwanted")
    backup = Path(box.command("backup", "create"))
    box.command("token", "revoke", "3")
    key_file = tmp_path / "recovery.key"
    key_file.write_text(box.command("backup", "recovery-key"))
    box.command("restore", backup, "--recovery-key-file", key_file)

    with box.running:
        told = box.audit()
        listed = box.running.admin("GET", "/api/tokens").json()["tokens"]

    assert [short(line) for line in told] == [
        ("appliance.initialised", "owner", None, "local"),
        ("token.created", "owner", "1", "local"),
        ("token.created", "owner", "2", "local"),
        ("token.created", "owner", "3", "local"),
        ("backup.created", "owner", backup.name, "local"),
        ("token.revoked", "owner", "3", "local"),
        ("appliance.recovery_key_shown", "owner", None, "local"),
        ("appliance.restored", "owner", None, "local"),
    ]
    assert viewer not in json.dumps(told)
    # The restore brought the token back, and revoked it again.
    assert [(token["name"], token["state"]) for token in listed] == [
        ("first boot", "valid"),
        ("grafana", "valid"),
        ("unwanted", "revoked"),
    ]
    assert told[2]["after"]["expires_at"] == listed[1]["expires_at"] is not None
    text = box.command("token", "list")
    assert f"valid until {listed[1]['expires_at']}" in text
    assert "never" in text


def test_over_http_and_over_the_socket_each_is_told_from_the_other(tmp_path: Path) -> None:
    box = Box(tmp_path)
    with box.running as running:
        customer = running.new_customer()
        renamed = running.admin(
            "PUT",
            f"/api/customers/{customer['id']}",
            json={"name": "Grace", "webhook_url": "https://crm.example.com/secret-path?token=secret-query"},
            headers={"X-Request-ID": "ticket-4711"},
        )
        assert renamed.status_code == 200
        viewer = box.command("token", "create", "--role", "viewer")
        call_id = running.accepted(customer["api_key"], silence(0.5), caller_number="+4930secret")
        assert running.admin("DELETE", f"/api/calls/{call_id}").status_code == 200
        told = box.audit("?since=2020-01-01T00:00:00Z")[2:]
        by_viewer = running.request("GET", "/api/audit", bearer=viewer)
        table = running.request("GET", "/api/audit?format=csv&subject=customer", bearer=viewer)
        lines = running.request("GET", "/api/audit?format=jsonl&action=customer.updated", bearer=viewer)

    number = str(customer["id"])
    assert [short(line) for line in told] == [
        ("customer.created", "token", number, "127.0.0.1"),
        ("customer.updated", "token", number, "127.0.0.1"),
        ("token.created", "owner", "2", "local"),
        ("call.erased", "token", call_id, "127.0.0.1"),
    ]
    assert told[1]["request_id"] == "ticket-4711"
    assert told[1]["actor"]["name"] == "first boot"
    assert told[1]["before"] == {"name": "Ada Example", "webhook_url": None}
    assert told[1]["after"] == {"name": "Grace", "webhook_url": "https://crm.example.com/****"}
    assert by_viewer.json()["audit"][::-1][2:] == told
    rows = list(csv.DictReader(io.StringIO(table.text, newline="")))
    assert [row["action"] for row in rows] == ["customer.updated", "customer.created"]
    assert [json.loads(line) for line in lines.text.splitlines()] == [told[1]]
    for secret in (
        customer["api_key"],
        customer["webhook_secret"],
        viewer,
        "secret-path",
        "secret-query",
        "+4930secret",
    ):
        assert secret not in by_viewer.text + table.text
