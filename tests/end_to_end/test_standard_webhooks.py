"""The official libraries for Standard Webhooks, PyPI's and npm's, verify what is received, and nothing touched."""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from tests.support.fake_appliance import FakeAppliance
from tests.support.receiver import WebhookReceiver
from tests.support.recordings import silence

pytestmark = pytest.mark.slow

READY_SECONDS = 180.0  # on a machine where much else is going on
INSTALL_SECONDS = 180.0
# Pinned, with hashes. To move on: npm install --package-lock-only standardwebhooks@VERSION in that folder.
PACKAGE = Path(__file__).parents[1] / "data" / "standardwebhooks-npm"
PROGRAM = """
const { Webhook } = require("standardwebhooks");
const given = JSON.parse(require("node:fs").readFileSync(0));
try {
  new Webhook(given.secret).verify(Buffer.from(given.body, "base64"), given.headers);
  console.log("true");
} catch (error) {
  if (error.constructor.name !== "WebhookVerificationError") throw error;
  console.log("false");
}
"""

Verify = Callable[[str, dict[str, str], bytes], bool]


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeAppliance]:
    with contextlib.closing(FakeAppliance(tmp_path_factory.mktemp("box"))) as running:
        yield running.start(READY_SECONDS)


def by_pypi(secret: str, headers: dict[str, str], body: bytes) -> bool:
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


@pytest.fixture(scope="module")
def by_npm(tmp_path_factory: pytest.TempPathFactory) -> Verify:
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed: npm's library for Standard Webhooks was not tried")
    folder = tmp_path_factory.mktemp("npm")
    for file in PACKAGE.iterdir():
        shutil.copy(file, folder)
    try:
        installed = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        pytest.skip("npm's registry does not answer: its library for Standard Webhooks was not tried")
    if "EINTEGRITY" in installed.stderr:
        pytest.fail(f"what the registry serves is not what is pinned: {installed.stderr[-1000:]}")
    if installed.returncode != 0:
        reason = next(iter(installed.stderr.splitlines()), "no reason")
        pytest.skip(f"npm's library for Standard Webhooks could not be installed, and was not tried: {reason}")
    program = folder / "verify.js"
    program.write_text(PROGRAM)

    def verify(secret: str, headers: dict[str, str], body: bytes) -> bool:
        given = json.dumps({"secret": secret, "headers": headers, "body": base64.b64encode(body).decode()})
        done = subprocess.run(["node", program], input=given, capture_output=True, text=True, timeout=60, check=True)
        assert done.stdout.strip() in ("true", "false"), done
        return done.stdout.strip() == "true"

    return verify


@pytest.mark.parametrize("library", ["by_pypi", "by_npm"])
def test_what_is_received_verifies_and_nothing_that_was_touched(
    box: FakeAppliance, receiver: WebhookReceiver, request: pytest.FixtureRequest, library: str
) -> None:
    verify: Verify = by_pypi if library == "by_pypi" else request.getfixturevalue("by_npm")
    endpoint = receiver.endpoint()
    customer = box.new_customer(webhook_url=endpoint.url)
    old = customer["webhook_secret"]
    box.accepted(customer["api_key"], silence(0.3), caller_number="Zoë Grüße")
    plain = endpoint.wait_for(1)[0]
    rotated = box.admin("POST", f"/api/customers/{customer['id']}/rotate-webhook-secret", json={"grace_seconds": 3600})
    new = rotated.json()["webhook_secret"]
    box.accepted(customer["api_key"], silence(0.3))
    signed_twice = endpoint.wait_for(2)[1]

    assert verify(old, plain.headers, plain.body)
    assert not verify(new, plain.headers, plain.body)
    assert [verify(secret, signed_twice.headers, signed_twice.body) for secret in (old, new)] == [True, True]
    assert not verify(old, plain.headers, plain.body.replace(b'"revision":1', b'"revision":2'))
    assert not verify(old, plain.headers | {"webhook-id": signed_twice.headers["webhook-id"]}, plain.body)
    assert not verify(old, plain.headers | {"webhook-timestamp": "1700000000"}, plain.body)
