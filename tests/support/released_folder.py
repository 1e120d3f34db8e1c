"""Make a small data folder with the program of a release, for every later version to open.

    cd CHECKOUT && PYTHONPATH=$PWD python -P tests/support/released_folder.py FILE [--up MODULE]

CHECKOUT is of the release; where it has no such script, give the path of ours. FILE is a .tar.gz named after the
release, in tests/data/released/. MODULE is where that release has `vbot up` with the fake worker. Beside the folder,
FILE holds what must still be known: facts.json.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.support.appliance import RunningAppliance
from tests.support.receiver import WebhookReceiver
from tests.support.recordings import wav

# Longer than anybody waits here: the call is handed back when the appliance stops.
TAKES_SECONDS = {"done": 0.05, "waits": 300.0}
SECONDS = 180.0


def recording(takes_seconds: float) -> bytes:
    """With a word to the fake engine among its samples."""
    word = f" takes {takes_seconds:.2f} seconds ".encode()
    return wav(word + random.randbytes(800 - len(word)), rate=8000)


def make(file: Path, module: str) -> None:
    """A customer, a call that is done with its webhook, one that waits, a backup."""
    with tempfile.TemporaryDirectory() as temporary, WebhookReceiver() as receiver:
        folder = Path(temporary)
        (folder / "temporary").mkdir()
        settings = {"TMPDIR": str(folder / "temporary"), "VBOT_BACKUP_EVERY_HOURS": "0"}
        box = RunningAppliance(folder, settings, program=[sys.executable, "-m", module])
        with box:
            facts = _use(box, receiver)
        facts["recovery_key"] = _vbot(box, "backup", "recovery-key").strip()
        facts["admin_token"] = box.admin_token
        (folder / "facts.json").write_text(json.dumps(facts, indent=1, sort_keys=True))
        for socket in (*box.data_dir.rglob("*.sock"), *box.data_dir.rglob("*.lock")):
            socket.unlink()
        with tarfile.open(file, "w:gz") as archive:
            archive.add(folder / "facts.json", "facts.json")
            archive.add(box.data_dir, "data")


def _use(box: RunningAppliance, receiver: WebhookReceiver) -> dict[str, Any]:
    endpoint = receiver.endpoint()
    customer = box.new_customer(webhook_url=endpoint.url)
    audio = {name: recording(seconds) for name, seconds in TAKES_SECONDS.items()}
    calls = {name: box.accepted(customer["api_key"], audio[name], external_id=f"pbx-{name}") for name in audio}
    _until(lambda: box.admin("GET", f"/api/calls/{calls['done']}").json()["state"] == "completed")
    _until(lambda: [one["state"] for one in box.deliveries(calls["done"])] == ["delivered"])
    _until(lambda: box.admin("GET", f"/api/calls/{calls['waits']}").json()["state"] == "processing")
    backup = Path(_vbot(box, "backup", "create").strip()).name
    (delivery,) = box.deliveries(calls["done"])
    return {
        "customer": {name: customer[name] for name in ("id", "name", "api_key", "webhook_secret", "webhook_url")},
        "calls": calls,
        "recordings": {name: hashlib.sha256(sound).hexdigest() for name, sound in audio.items()},
        "delivery": {name: delivery[name] for name in ("id", "webhook_id", "event")},
        "transcription": box.admin("GET", f"/api/calls/{calls['done']}").json()["transcription"],
        "backup": backup,
    }


def _until(reached: Any) -> None:
    until = time.monotonic() + SECONDS
    while not reached():
        if time.monotonic() > until:
            raise SystemExit("the appliance does not come to it")
        time.sleep(0.1)


def _vbot(box: RunningAppliance, *arguments: str) -> str:
    from tests.support.appliance import environment

    line = [sys.executable, "-m", "appliance.cli", *arguments]
    known = environment(box.data_dir, box.settings)
    return subprocess.run(line, env=known, capture_output=True, text=True, check=True, timeout=SECONDS).stdout


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("file", type=Path, metavar="FILE")
    asked.add_argument("--up", default="tests.support.fake_up", metavar="MODULE")
    given = asked.parse_args()
    make(given.file, given.up)
