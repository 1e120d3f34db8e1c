"""The test call of `vbot setup`: what is said of its webhook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from appliance.commands.setup import trial_call
from appliance.commands.setup.box import Box
from appliance.commands.setup.trial_call import TrialFailed, send_test_call
from appliance.settings import load
from appliance.storage.folder.data_folder import DataFolder

CUSTOMER = {"id": 7, "api_key": "vbk_7", "webhook_url": "https://crm.example.lan/hook"}


def test_a_retry_that_came_before_anybody_looked_does_not_hide_that_the_first_was_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = [{"status": 500, "latency_ms": 7}, {"status": 200, "latency_ms": 7}]
    answers: dict[str, dict[str, Any]] = {
        "/api/calls/one": {"state": "completed", "transcription": "Hello."},
        "/api/deliveries?call_id=one": {"deliveries": [{"state": "delivered", "attempts": attempts}]},
    }
    monkeypatch.setattr(trial_call, "_post", lambda box, api_key: "one")
    monkeypatch.setattr(trial_call, "ask_api", lambda folder, method, path: answers[path])
    environment = {"VBOT_DATA_DIR": str(tmp_path)}
    said: list[str] = []
    box = Box(load(None, environment), DataFolder(tmp_path), environment, said.append)

    with pytest.raises(TrialFailed, match=r"answered 500 \(Internal Server Error\), and so it did not take the result"):
        send_test_call(box, CUSTOMER)

    assert not any("the whole chain works" in line for line in said)
