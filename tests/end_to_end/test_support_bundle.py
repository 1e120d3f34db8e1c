"""`vbot support-bundle` of an appliance that is full of what nobody may see: running, stopped, and damaged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys, recovery_key_of
from tests.support.appliance import VBOT, RunningAppliance, environment, vbot
from tests.support.doctor import HEARD_OF, heard
from tests.support.fake_worker import UNREADABLE, that_says
from tests.support.processes import wait_until
from tests.support.receiver import Answer, WebhookReceiver
from tests.support.search import Known
from tests.support.spool import recording

pytestmark = pytest.mark.slow

PARTS = {
    "README.txt",
    "versions.txt",
    "settings.json",
    "system.json",
    "stats.json",
    "doctor.txt",
    "units.txt",
    "journal.txt",
    "log.txt",
    "machine.txt",
}
MARKED = {
    "caller": "+4930555017171",
    "called": "+4940555028282",
    "name": "Adalbert Marked",
    "company": "Marked Company Ltd",
    "e-mail": "adalbert@marked.example",
    "webhook's path": "hook-path-secret-77",
    "token's name": "token-of-adalbert",
    "words": "strictly between us",
    "metadata": "metadata-nobody-may-see",
    "password of the model": "password-in-an-address",
}
# A journal that somebody else filled with all of it; only the way to it is ours.
JOURNALCTL = """#!/bin/sh
cat <<'END'
{lines}
END
"""


class Filled:
    """An appliance in which each marked text is somewhere."""

    def __init__(self, folder: Path, receiver: WebhookReceiver) -> None:
        self.folder = folder
        self.known = Known(dict(MARKED))
        self.box = RunningAppliance(
            folder,
            {"VBOT_BACKUP_EVERY_HOURS": "0", "VBOT_LLM_URL": "http://user:password-in-an-address@127.0.0.1:9/v1"},
            program=[sys.executable, "-m", "tests.support.fake_up"],
        )
        self.known.add("admin token", self.box.admin_token)
        self.receiver = receiver

    def fill(self) -> None:
        box, known = self.box, self.known
        endpoint = self.receiver.endpoint(Answer(410), tail="/hook-path-secret-77")
        customer = box.new_customer(
            name=MARKED["name"], company_name=MARKED["company"], email=MARKED["e-mail"], webhook_url=endpoint.url
        )
        known.add("API key", customer["api_key"])
        known.add("webhook secret", customer["webhook_secret"])
        soon = f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%dT%H:%M:%SZ}"  # which a component tells with its name
        token = {"name": MARKED["token's name"], "role": "viewer", "expires_at": soon}
        made = box.admin("POST", "/api/tokens", json=token)
        assert made.status_code == 200, made.text
        known.add("viewer's token", made.json()["token"])
        folder = DataFolder(box.data_dir)
        known.add("recovery key", recovery_key_of(folder, Keys.of(folder)))
        known.add("master key", folder.master_key.read_text().strip())
        form = {
            "caller_number": MARKED["caller"],
            "called_number": MARKED["called"],
            "metadata": json.dumps(MARKED["metadata"]),
        }
        turns = [{"start": 0.0, "end": 2.0, "channel": 0, "party": "caller", "text": MARKED["words"]}]
        call = box.accepted(customer["api_key"], that_says(recording(0.0), turns), **form)
        assert box.final_call(call)["state"] == "completed"
        box.delivery_in_state(call, "disabled")
        failed = box.accepted(customer["api_key"], recording(0.0) + UNREADABLE, **form)
        assert box.final_call(failed)["state"] == "failed"
        assert wait_until(lambda: MARKED["name"] in box.admin("GET", "/api/system").text, 60)

    def bundle(self, name: str) -> dict[str, str]:
        """Its parts by name, after none of the marked texts was found in what was made and said."""
        file = self.folder / f"{name}.tar.gz"
        file.unlink(missing_ok=True)
        done = subprocess.run(
            [VBOT, "support-bundle", str(file)],
            env=environment(self.box.data_dir, self.box.settings)
            | {"PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "Nothing leaves this machine by itself" in done.stdout
        assert file.stat().st_mode & 0o777 == 0o600
        with tarfile.open(file) as archive:
            parts = {member.name: archive.extractfile(member) for member in archive}
            texts = {
                part.removeprefix(f"{name}/"): content.read().decode() for part, content in parts.items() if content
            }
        assert set(texts) == PARTS
        assert all(part in done.stdout for part in PARTS - {"README.txt"})
        for part, text in {**texts, "output": done.stdout, "errors": done.stderr}.items():
            assert self.known.found_in(text) == [], part
        return texts

    def journal_is_full_of_it(self) -> None:
        said = [f"it says {text} here" for text in self.known.texts.values() if text not in MARKED.values()]
        said += [
            f"call of {MARKED['caller']} to {MARKED['called']}",
            f"mail to {MARKED['e-mail']}",
            f"the endpoints of {MARKED['name']}, {MARKED['company']} are failing, says token-of-adalbert",
            f"it stumbled over {MARKED['company']}\nTraceback (most recent call last):\n  by {MARKED['name']}",
            "POST https://crm.example/hook-path-secret-77 said 410",
            "it broke\nTraceback (most recent call last):\nValueError: strictly between us",
        ]
        entries = [
            {
                "__REALTIME_TIMESTAMP": "1795799502502779",
                "PRIORITY": "6",
                "SYSLOG_IDENTIFIER": "vbot-api",
                "MESSAGE": one,
            }
            for one in said
        ]
        program = self.folder / "bin/journalctl"
        program.parent.mkdir(exist_ok=True)
        program.write_text(JOURNALCTL.format(lines="\n".join(map(json.dumps, entries))))
        program.chmod(0o755)


def misses_a_part(texts: dict[str, str]) -> bool:
    system = json.loads(texts["system.json"])
    return any(part["name"] in HEARD_OF and part["state"] == "failed" for part in system["components"])


def test_nobody_is_in_the_bundle_of_a_running_stopped_or_damaged_appliance(tmp_path: Path) -> None:
    with WebhookReceiver() as receiver:
        one = Filled(tmp_path, receiver)
        with one.box:
            today = datetime.now(UTC).date()
            one.fill()
            one.journal_is_full_of_it()
            running = heard(one.box, lambda: one.bundle("running"), misses_a_part)
            is_same_day = datetime.now(UTC).date() == today
        stopped = one.bundle("stopped")
        database = one.box.data_dir / "vbot.duckdb"
        database.write_bytes(b"\xff" * database.stat().st_size)
        damaged = one.bundle("damaged")

    system = json.loads(running["system.json"])
    assert system["health"] == "healthy"
    assert system["calls_today"]["accepted"] == 2 or not is_same_day
    assert [item["customer_id"] for item in system["deliveries"]["disabled_endpoints"]] == [1]
    assert json.loads(running["settings.json"])["llm_url"] == "http://127.0.0.1:9"
    assert "POST /api/process-call 200" in running["log.txt"]
    assert "Traceback" in running["journal.txt"]
    assert "ok    api: it runs" in running["doctor.txt"]
    assert "recordings" in running["machine.txt"]
    assert "tornado" in running["versions.txt"]
    assert json.loads(running["stats.json"])
    for parts in (stopped, damaged):
        assert "no api answered" in parts["system.json"]
        assert "exit code" in parts["doctor.txt"]
        assert "Traceback" in parts["journal.txt"]
    assert "the endpoints of [name], [name] are failing" in stopped["journal.txt"]  # by the database's word
    assert "WRONG database" in damaged["doctor.txt"]
    assert damaged["journal.txt"].startswith("No api answers and the database cannot be read")


@pytest.mark.long
def test_before_the_first_boot_it_works_too_and_no_file_is_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "bundle.tar.gz"
    made = vbot("support-bundle", file, data_dir=tmp_path / "none", seconds=900)
    assert (made.returncode, file.exists()) == (0, True), made.stderr
    before = file.read_bytes()
    again = vbot("support-bundle", file, data_dir=tmp_path / "none", seconds=900)
    assert again.returncode == 1
    assert again.stderr == f"vbot: {file} is there already: name another file\n"
    assert file.read_bytes() == before
