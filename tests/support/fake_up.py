"""`python -m tests.support.fake_up`: `vbot up` with the fake worker in the real one's place, and with a clock to set.

Supervisor, Valkey and api are the production ones, so that whatever dies comes back as it does in an office.
"""

from __future__ import annotations

import logging
import os
import signal
import sys

from appliance import supervisor
from appliance.commands.init import first_boot_if_needed
from appliance.errors import ApplianceError
from appliance.messages.queue_names import worker_name
from appliance.process import child_process
from appliance.settings import load
from appliance.storage.folder.data_folder import DataFolder, valkey_url
from appliance.storage.folder.folder_lock import hold_as_supervisor

# Rounds follow each other faster than faults in an office: who lived for a round is no child that cannot live.
child_process.STEADY_AFTER_SECONDS = 3.0
CLOCK_LIBRARY, CLOCK_FILE = "FAULTS_CLOCK_LIBRARY", "FAULTS_CLOCK_FILE"


def clock_to_set(environment: dict[str, str]) -> dict[str, str]:
    """What puts a process on the clock that the clock file sets; only the wall clock jumps, as on a real box."""
    if CLOCK_LIBRARY not in environment:
        return {}
    return {
        "LD_PRELOAD": environment[CLOCK_LIBRARY],
        "FAKETIME_TIMESTAMP_FILE": environment[CLOCK_FILE],
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DISABLE_SHM": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }


def main() -> int:
    """Until SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = load(None, os.environ)
    folder = DataFolder(settings.data_dir)
    first_boot_if_needed(settings)
    folder.create()
    hold_as_supervisor(folder)
    environment = dict(os.environ) | {
        "VBOT_REDIS_URL": valkey_url(folder),
        "VBOT_QUEUE_ACCESS": str(folder.queue_access),
    }
    environment.pop("VBOT_ADMIN_TOKEN", None)
    api = supervisor.api_child(None, environment | clock_to_set(environment))
    fake = supervisor.worker_child(worker_name(settings.device), None, environment)
    fake.command = [sys.executable, "-m", "tests.support.fake_worker"]
    probe = supervisor.HealthProbe(api, folder.api_socket)
    running = supervisor.Supervisor(supervisor.private_valkey(folder), [api, fake], probe)
    signal.signal(signal.SIGTERM, lambda *_: running.stop())
    return running.run(on_ready=lambda: print(f"ready {settings.local_api_url}", flush=True))


def as_vbot_up() -> int:
    """What cannot be mended is told as `vbot up` tells it: in one line."""
    try:
        return main()
    except ApplianceError as error:
        print(f"vbot: {error}", file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    sys.exit(as_vbot_up())
