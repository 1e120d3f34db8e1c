"""A full disk: who stands at the box is told why nothing is done, and a PBX hears what the contract says."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

import pytest
import requests

from tests.support.appliance import vbot
from tests.support.fake_appliance import FakeAppliance, with_fake_engine
from tests.support.processes import wait_until
from tests.support.recordings import silence

pytestmark = pytest.mark.slow

MORE_THAN_ANY_DISK_MB = str(1024**3)


def test_a_command_and_an_administrator_are_told_that_there_is_no_room(tmp_path: Path) -> None:
    with FakeAppliance(tmp_path) as box:
        if not box.has_disk:
            pytest.skip("no disk of its own without root")
        customer = box.new_customer()
        box.fill_disk(leave_bytes=0)
        assert wait_until(lambda: box.health() == "unhealthy", 60, 0.2)
        changed = {"name": "Eve", "company_name": "Another Ltd", "email": "eve@example.com"}

        answers: list[requests.Response] = []

        def is_refused() -> bool:
            box.fill_disk(leave_bytes=0)
            with contextlib.suppress(requests.RequestException):
                answers.append(box.admin("PUT", f"/api/customers/{customer['id']}", json=changed))
            return bool(answers) and answers[-1].status_code == 503

        assert wait_until(is_refused, 60, 0.2)
        refused = answers[-1].json()
        assert refused["message"] == "Service unavailable"
        ((field, problem),) = [(one["field"], one["problem"]) for one in refused["details"]]
        assert field == "appliance"
        assert "No space left on device" in problem

        done = vbot("backup", "create", data_dir=box.data_dir, settings=box.settings)
        assert done.returncode == 1
        assert "No space left on device" in done.stderr, done.stderr
        posted = box.submit(customer["api_key"], silence(0.2))
        assert (posted.status_code, posted.json()) == (503, {"status": "error", "message": "Service unavailable"})
        box.free_disk()


def test_vbot_up_says_once_why_it_is_not_ready_and_its_looks_are_no_lines_of_the_log(tmp_path: Path) -> None:
    box = with_fake_engine(tmp_path)
    box.settings["VBOT_DISK_FLOOR_MB"] = MORE_THAN_ANY_DISK_MB
    said = f"vbot: not ready: No call can be stored: less than {MORE_THAN_ANY_DISK_MB} MB are free on the disk. "
    said += "`vbot doctor` says more"

    def start() -> None:
        with contextlib.suppress(AssertionError):  # it ends before it was ready
            box.start()

    starting = threading.Thread(target=start)
    starting.start()
    try:
        assert wait_until(lambda: said in box.log_tail(1000), 120, 0.2), box.log_tail(1000)
        log = box.log_tail(1000)
    finally:
        box.destroy()
        starting.join()
    assert log.count("not ready") == log.count(said) == 1, log
    assert "listening on" in log
    assert "GET /api/system" not in log
