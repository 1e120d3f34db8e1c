"""One call in systemd's journal: production api, queue and worker, a real journald, a real `journalctl`.

Only the engine is a fake (tests/support/fake_worker.py).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.appliance import RunningAppliance, environment
from tests.support.fake_worker import BREAKS
from tests.support.journal import RealJournal
from tests.support.receiver import WebhookReceiver
from tests.support.spool import recording
from tests.support.valkey import Valkey

why_not = RealJournal.why_not()
pytestmark = [pytest.mark.slow, pytest.mark.skipif(why_not is not None, reason=str(why_not))]

API = """
import sys
from pathlib import Path
from appliance.cli import main
sys.exit(main(["api"], journal_socket=Path(sys.argv[1])))
"""
WORKER = """
import logging, sys
from pathlib import Path
from appliance.process.log.journal import journal_handler
handler = journal_handler(sys.stderr, "vbot-worker@cpu", Path(sys.argv[1]))
logging.basicConfig(level=logging.INFO, handlers=[handler])
from tests.support.fake_worker import main
sys.exit(main())
"""
CALLER, CALLED = "+493015550100", "+493015550101"


def journal_stream(file: Path) -> str:
    file.touch()
    return f"{file.stat().st_dev}:{file.stat().st_ino}"


def test_one_line_of_journalctl_follows_a_call_through_api_worker_and_webhook(tmp_path: Path) -> None:
    log = tmp_path / "appliance.log"
    with RealJournal() as journal, Valkey(tmp_path / "queue") as queue, WebhookReceiver() as receiver:
        settings = {"VBOT_REDIS_URL": queue.url, "JOURNAL_STREAM": journal_stream(log)}
        program = [sys.executable, "-c", API, str(journal.socket)]
        api = RunningAppliance(tmp_path, settings, command="api", program=program)
        with api, (tmp_path / "worker.log").open("wb") as worker_log:
            endpoint = receiver.endpoint()
            customer = api.new_customer(webhook_url=endpoint.url)
            worker = subprocess.Popen(
                [sys.executable, "-c", WORKER, str(journal.socket)],
                env=environment(api.data_dir, api.settings),
                stdin=subprocess.DEVNULL,
                stdout=worker_log,
                stderr=worker_log,
            )
            try:
                numbers = {"caller_number": CALLER, "called_number": CALLED}
                well = api.accepted(customer["api_key"], recording(0.0), **numbers)
                broken = api.accepted(customer["api_key"], recording(0.0) + BREAKS, **numbers)
                assert api.final_call(well)["state"] == "completed"
                assert api.final_call(broken)["state"] == "failed"
                delivery = api.delivery_in_state(well, "delivered")

                # Our looks are lines as well: six may be there before it is told that it was delivered.
                (sent,) = journal.entries(f"DELIVERY_ID={delivery['id']}", f"CALL_ID={well}")
                assert sent["PRIORITY"] == "6"
                # accepted, claimed, analysed (two lines), looked at by us, delivered
                followed = journal.entries(f"CALL_ID={well}", count=6)
                by = {
                    name: "\n".join(one["MESSAGE"] for one in followed if name in one["SYSLOG_IDENTIFIER"])
                    for name in ("vbot-api", "vbot-worker")
                }
                assert "POST /api/process-call 200" in by["vbot-api"]
                assert f"delivery {delivery['id']} attempt 1: delivered" in by["vbot-api"]
                assert "analysing" in by["vbot-worker"]
                assert {one.get("CUSTOMER_ID") for one in followed} == {str(customer["id"]), None}

                tracebacks = journal.entries(f"CALL_ID={broken}", "--priority=err")
                assert "broke the engine\nTraceback" in tracebacks[0]["MESSAGE"]
                assert tracebacks[0]["MESSAGE"].endswith("RuntimeError: this recording breaks the engine")

                told = str(journal.entries())
                secrets = (api.admin_token, customer["api_key"], customer["webhook_secret"], customer["email"])
                for secret in (*secrets, CALLER.lstrip("+"), CALLED.lstrip("+"), endpoint.url):
                    assert secret not in told
            finally:
                worker.kill()
                worker.wait()
    # Nothing is said twice.
    assert "process-call" not in log.read_text()
    assert (tmp_path / "worker.log").read_bytes() == b""
