"""The published document against the running appliance: schemathesis, all of its checks, as everybody who may call.

The configuration is schemathesis.toml at the repository root. By hand, longer and with other examples:

    SCHEMATHESIS_EXAMPLES=200 SCHEMATHESIS_SEED=7 .venv/bin/python -m pytest -n 0 tests/end_to_end/test_schemathesis.py
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.appliance import RunningAppliance, vbot
from tests.support.receiver import WebhookReceiver
from tests.support.recordings import silence

pytestmark = pytest.mark.slow

CHECKOUT = Path(__file__).parents[2]
# In runs that leave the long tests out, and in the others.
FEW, MANY = "5", "8"
SEED = os.environ.get("SCHEMATHESIS_SEED")
LONGEST_SECONDS = 800 if "SCHEMATHESIS_EXAMPLES" not in os.environ else None
# Nobody's rhythm is measured here: a run makes thousands of requests with one key.
NO_LIMIT = "1000000"


# The document itself, which it reads before; and what schemathesis.toml leaves out.
LEFT_OUT = ("/api/openapi.json", "/api/events", "/api/system/restart")


@dataclass(frozen=True)
class Subject:
    """An appliance with something in it, and the folder with the credentials that open it."""

    appliance: RunningAppliance
    folder: Path
    environment: dict[str, str]
    examples: str


@pytest.fixture(scope="module")
def subject(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Subject]:
    usual = FEW if "not long" in request.config.option.markexpr else MANY
    examples = os.environ.get("SCHEMATHESIS_EXAMPLES", usual)
    settings: dict[str, str | None] = {
        "VBOT_RATE_LIMIT_PER_MINUTE": NO_LIMIT,
        "VBOT_MAX_CONCURRENT_CALLS": NO_LIMIT,
        "VBOT_WEBHOOK_TIMEOUT_SECONDS": "1",
        # Whatever schemathesis is told of addresses (schemathesis_hooks.ADDRESSES) may be somebody's.
        "VBOT_WEBHOOK_ALLOW": "127.0.0.0/8,10.0.0.0/8,fd00::/8",
    }
    folder = tmp_path_factory.mktemp("schemathesis")
    with WebhookReceiver() as receiver, RunningAppliance(folder / "appliance", settings) as appliance:
        yield furnished(appliance, receiver.endpoint().url, folder, examples)


def furnished(appliance: RunningAppliance, webhook_url: str, folder: Path, examples: str) -> Subject:
    """Give the appliance customers with a call each, a delivery, a backup; write down who may come in."""
    viewer = vbot("token", "create", "--role", "viewer", data_dir=appliance.data_dir, settings=appliance.settings)
    customers = [appliance.new_customer(webhook_url=webhook_url) for _ in range(2)]
    calls = [appliance.accepted(customer["api_key"], silence(0.3)) for customer in customers]
    deliveries = [appliance.delivery_in_state(call, "delivered", 90)["id"] for call in calls]
    assert appliance.admin("POST", "/api/backups").status_code == 200
    bearer = {"name": "Authorization", "value": f"Bearer {appliance.admin_token}"}
    keys = [{"name": "X-API-Key", "value": customer["api_key"]} for customer in customers]
    identities = {
        # With a key too, so that there are new calls to follow through all routes.
        "admin": [bearer, keys[0]],
        "viewer": [{"name": "Authorization", "value": f"Bearer {viewer.stdout.strip()}"}],
        "customer": keys[:1],
        "neighbour": keys[1:],
    }
    auth = [{"name": name, "fixedHeaders": headers} for name, headers in identities.items()]
    (folder / "identities.json").write_text(json.dumps({"auth": auth}))
    tokens = appliance.admin("GET", "/api/tokens").json()["tokens"]
    lines = [line["id"] for line in appliance.admin("GET", "/api/audit?action=customer.created").json()["audit"]]
    environment = {
        "KEPT_TOKENS": " ".join(str(token["id"]) for token in tokens),
        "KEPT_CUSTOMERS": " ".join(str(customer["id"]) for customer in customers),
        "KNOWN_CALLS": " ".join(calls),
        "KNOWN_DELIVERIES": " ".join(deliveries),
        "KNOWN_LINES": " ".join(lines),
        "KNOWN_LANGUAGES": " ".join(known_languages(appliance, customers[0]["api_key"])),
        "SET_BY_ENVIRONMENT": " ".join(name.removeprefix("VBOT_").lower() for name in appliance.settings),
        "ANY_CERTIFICATE": str(next(appliance.data_dir.rglob("certificate.pem"))),
    }
    return Subject(appliance, folder, environment, examples)


def known_languages(appliance: RunningAppliance, key: str) -> list[str]:
    """Those of the installed model, as the refusal of one that is nobody's names them."""
    refusal = appliance.submit(key, silence(0.1), language="zz")
    assert refusal.status_code == 400, refusal.text
    named = re.search(r"must be one of ([a-z, ]+)", refusal.text)
    assert named, refusal.text
    return named[1].split(", ")


def schemathesis_as(who: str, subject: Subject) -> dict[str, Any]:
    """Run it, and return its report; fails, with what it found, when it found something."""
    report = subject.folder / f"{who}.json"
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{subject.appliance.url}/api/openapi.json"]
    command += ["--auth-wfc", str(subject.folder / "identities.json"), "--auth-wfc-user", who]
    command += ["--max-examples", subject.examples, "--report-json-path", str(report), "--no-color"]
    command += ["--seed", SEED] if SEED else []
    done = subprocess.run(
        command,
        cwd=CHECKOUT,
        env=os.environ | subject.environment | {"PYTHONPATH": str(CHECKOUT), "RUN_AS": who},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    told = "\n".join(line[:2000] for line in f"{done.stdout}{done.stderr}".splitlines())
    assert done.returncode == 0, told
    found: dict[str, Any] = json.loads(report.read_text())
    assert (found["complete"], found["failures"], found["errors"]) == (True, [], []), told
    return found


def operations(subject: Subject) -> dict[str, dict[str, Any]]:
    """What the document describes and schemathesis asks for, as it calls it."""
    document = subject.appliance.request("GET", "/api/openapi.json").json()
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if path not in LEFT_OUT
    }


# Whether an invented range lies within the recording is chance, whether a line is drawn that is not erased yet, and
# whether a customer has a receiver that shows a certificate; test_recording_download.py, tests/appliance/
# api/routes/test_audit.py and tests/appliance/webhooks/test_sender.py have those that are.
BY_CHANCE = {
    "GET /api/calls/{call_id}/recording",
    "DELETE /api/audit/{line_id}",
    "GET /api/customers/{customer_id}/webhook-certificate",
}


def accepted(report: dict[str, Any]) -> set[str]:
    """The operations that answered some valid request with a success."""
    return {
        name for name, phases in report["valid_rates"].items() if any(phase["accepted"] for phase in phases.values())
    }


@pytest.mark.long
def test_a_viewer_finds_all_as_the_document_says(subject: Subject) -> None:
    report = schemathesis_as("viewer", subject)

    reads = {name for name, operation in operations(subject).items() if "viewer" in operation["description"]}
    assert report["operations"]["tested"] == len(operations(subject)), report["operations"]
    assert reads - accepted(report) - BY_CHANCE == set()


@pytest.mark.long
def test_a_customer_finds_all_as_the_document_says_and_nothing_of_its_neighbours(subject: Subject) -> None:
    report = schemathesis_as("customer", subject)

    own = {name for name, operation in operations(subject).items() if {"apiKey": []} in operation["security"]}
    assert report["operations"]["tested"] == len(operations(subject)), report["operations"]
    assert own - accepted(report) - BY_CHANCE == set()


# Last, for it also erases.
def test_an_administrator_finds_all_as_the_document_says(subject: Subject) -> None:
    report = schemathesis_as("admin", subject)

    assert report["operations"]["tested"] == len(operations(subject)), report["operations"]
    may = {name for name, operation in operations(subject).items() if operation["security"] != [{"apiKey": []}]}
    assert may - accepted(report) - BY_CHANCE == set()
    assert set(report["warnings"]["missing_auth"]) <= set(operations(subject)) - may
    assert not report["warnings"]["rate_limited"]
    subject.appliance.wait_until_healthy()
