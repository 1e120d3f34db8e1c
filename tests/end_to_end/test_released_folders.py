"""A data folder of every release is opened by the program of today, which knows all that was in it."""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.appliance import RunningAppliance, vbot

RELEASED = Path(__file__).parents[1] / "data/released"
FOLDERS = sorted(RELEASED.glob("*.tar.gz"))


@dataclass
class Released:
    """One, unpacked, with what it must still know."""

    folder: Path
    facts: dict[str, Any]

    @property
    def data(self) -> Path:
        return self.folder / "data"


@pytest.fixture(params=FOLDERS, ids=lambda file: file.name.removesuffix(".tar.gz"))
def released(request: pytest.FixtureRequest, tmp_path: Path) -> Released:
    with tarfile.open(request.param) as archive:
        archive.extractall(tmp_path, filter="fully_trusted")
    return Released(tmp_path, json.loads((tmp_path / "facts.json").read_text()))


@pytest.fixture
def api(released: Released) -> Iterator[RunningAppliance]:
    # Its webhooks went to a server that is gone; its calls are as old as the release, and nothing is erased by its age.
    settings = {"VBOT_ADMIN_TOKEN": None, "VBOT_RETENTION_DAYS": "36500,36500"}
    running = RunningAppliance(released.folder, settings, command="api", data_dir=released.data)
    running.admin_token = released.facts["admin_token"]
    with running:
        yield running


def test_there_is_a_folder_of_the_first_release() -> None:
    assert [file.name for file in FOLDERS][:1] == ["1.0.0-eeb1c75.tar.gz"]
    listed = (RELEASED / "README.md").read_text()
    assert [file.name for file in FOLDERS if f"`{file.name.removesuffix('.tar.gz')}`" not in listed] == []


@pytest.mark.slow
def test_an_older_folder_opens_with_its_calls_recordings_customers_and_deliveries(
    released: Released, api: RunningAppliance
) -> None:
    facts, calls = released.facts, released.facts["calls"]
    (customer,) = api.admin("GET", "/api/customers").json()["customers"]
    assert {name: customer[name] for name in facts["customer"]} == facts["customer"]
    stored = {name: api.admin("GET", f"/api/calls/{call_id}").json() for name, call_id in calls.items()}
    assert stored["done"]["state"] == "completed"
    assert stored["waits"]["state"] in ("received", "queued")
    assert {name: call["external_id"] for name, call in stored.items()} == {name: f"pbx-{name}" for name in calls}
    assert stored["done"]["transcription"] == facts["transcription"]
    sounds = {
        name: hashlib.sha256(api.admin("GET", f"/api/calls/{call_id}/recording").content).hexdigest()
        for name, call_id in calls.items()
    }
    assert sounds == facts["recordings"]
    delivery = api.delivery_in_state(calls["done"], "delivered")
    assert {name: delivery[name] for name in facts["delivery"]} == facts["delivery"]
    assert [one["status"] for one in delivery["attempts"]] == [200]
    # The customer's key still opens, for what is its own.
    own = api.request("GET", f"/api/calls/{calls['done']}", key=facts["customer"]["api_key"])
    assert own.status_code == 200


@pytest.mark.slow
def test_an_older_folder_was_backed_up_before_it_was_migrated_and_its_own_backup_is_restored(
    released: Released, api: RunningAppliance
) -> None:
    names = [one["name"] for one in api.admin("GET", "/api/backups").json()["backups"]]
    assert released.facts["backup"] in names
    assert [name for name in names if name.startswith("vbot-before-")]
    key = released.folder / "recovery.key"
    key.write_text(released.facts["recovery_key"])
    backup = released.data / "backups" / released.facts["backup"]
    done = vbot("restore", backup, "--recovery-key-file", key, data_dir=released.folder / "restored")
    assert done.returncode == 0, done.stderr
    assert "2 calls" in done.stdout
