"""`python -m tests.support.used_folder FOLDER`: an api's data folder as kill -9 leaves it, without any api.

Customers, final calls with results and webhooks, calls that wait; some of it in the database's file, the rest in its
log. What was acknowledged is printed as JSON before the end.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from appliance.domain.call import Call
from appliance.domain.customer import Customer
from appliance.services.upkeep.first_boot import initialise
from appliance.storage.database import Database
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from tests.support.database_file import keys_beside
from tests.support.parts import Clocks, Parts, analysed

IN_THE_FILE, IN_THE_LOG = 60, 20


@dataclass(frozen=True)
class Used:
    """What the folder must still know: calls by how they stood, the customers' ids, the recovery key."""

    final: list[str]
    waiting: list[str]
    customers: list[int]
    recovery_key: str

    @property
    def calls(self) -> set[str]:
        return {*self.final, *self.waiting}


def used_folder(root: Path) -> Used:
    """Make one; its second customer, with that one's calls, is in the log alone."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.used_folder", root], stdout=subprocess.PIPE, check=False, timeout=240
    )
    assert done.returncode == -signal.SIGKILL
    return Used(**json.loads(done.stdout))


async def _work(box: Parts, customer: Customer, count: int, used: Used) -> None:
    for number in range(count):
        call = await box.submitted(
            customer, external_id=f"pbx-{customer.id}-{number}", metadata='{"n": 1}', audio=b"RIFF" + os.urandom(400)
        )
        box.clocks.advance(1)
        if number % 4:
            used.waiting.append(call.call_id)
            continue
        await box.claim_call(box.claim(call))
        held: Call = await box.call(call.call_id)
        await box.finish_call.report(analysed(held, text="words " * 200, keys=box.keys))
        used.final.append(call.call_id)


async def _main(root: Path) -> None:
    folder = DataFolder(root)
    used = Used([], [], [], initialise(folder, "admin", note=False).recovery_key)
    database = Database.open(folder.database, keys=keys_beside(folder.database))
    box = Parts(folder, database, Clocks(), Keys.of(folder))
    early = await box.customer()
    await _work(box, early, IN_THE_FILE, used)
    database._connection.execute("CHECKPOINT")
    late = await box.customer()
    await _work(box, late, IN_THE_LOG, used)
    used.customers.extend([early.id, late.id])
    print(json.dumps({name: getattr(used, name) for name in used.__dataclass_fields__}), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    os.umask(0o077)
    asyncio.run(_main(Path(sys.argv[1])))
