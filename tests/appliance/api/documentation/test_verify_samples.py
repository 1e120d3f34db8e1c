"""The documentation's samples that verify a signature: ours are genuine, nothing else is, whatever a forger sends."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.webhooks.signing import new_secret, sign
from tests.appliance.api.conftest import Api
from tests.appliance.api.samples import code_of

pytestmark = pytest.mark.slow

# Each prints "true" or "false" for a request on its standard input: {secret, headers, body (base64)}.
PYTHON = """
import base64, json, sys
given = json.load(sys.stdin)
print(str(is_genuine(given["secret"], given["headers"], base64.b64decode(given["body"]))).lower())
"""
PHP = """
$given = json_decode(stream_get_contents(STDIN), true);
echo json_encode(is_genuine($given['secret'], $given['headers'], base64_decode($given['body'])));
"""
NODE = """
const given = JSON.parse(require("node:fs").readFileSync(0));
console.log(isGenuine(given.secret, given.headers, Buffer.from(given.body, "base64")));
"""
# A shell has no JSON: it gets the same as arguments, and the body in a file.
SHELL = """
if is_genuine "$@"; then echo true; else echo false; fi
"""
LANGUAGES = pytest.mark.parametrize(
    ("language", "command", "caller"),
    [
        ("python", sys.executable, PYTHON),
        ("php", "php", PHP),
        ("node", "node", NODE),
        ("shell", "sh", SHELL),
        ("shell", "bash", SHELL),
    ],
    ids=["Python", "PHP", "Node.js", "sh", "bash"],
)


@dataclass(frozen=True)
class Sample:
    """A sample in a file, and what calls it."""

    language: str
    command: str
    program: Path

    def is_genuine(self, secret: str, headers: dict[str, str], body: bytes) -> bool:
        given = json.dumps({"secret": secret, "headers": headers, "body": base64.b64encode(body).decode()})
        arguments: list[str] = []
        if self.language == "shell":
            file = self.program.with_name("body")
            file.write_bytes(body)
            names = ("webhook-id", "webhook-timestamp", "webhook-signature")
            arguments = [secret, *(headers.get(name, "") for name in names), str(file)]
        done = subprocess.run(
            [self.command, str(self.program), *arguments],
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        assert done.stdout.strip() in ("true", "false"), done
        return done.stdout.strip() == "true"


@pytest.fixture
async def sample(api: Api, tmp_path: Path, language: str, command: str, caller: str) -> Sample:
    for needed in (command, "openssl") if language == "shell" else (command,):
        if shutil.which(needed) is None:
            pytest.skip(f"{needed} is not installed")
    page = (await api.request("GET", "/docs")).text
    program = tmp_path / "verify"
    program.write_text(code_of(page, f"verify-{language}") + caller)
    return Sample(language, command, program)


@LANGUAGES
def test_what_it_says_of_signatures_verifies_ours_and_nothing_else(sample: Sample) -> None:
    secret, old = new_secret(), new_secret()
    body = '{"transcription": "Grüße"}'.encode()
    now = datetime.now(UTC)
    headers = sign("msg_1", body, [new_secret(), secret], now)

    assert sample.is_genuine(secret, headers, body)
    assert sample.is_genuine(secret, sign("msg_1", b"\0\n\n", [secret], now), b"\0\n\n")
    assert not sample.is_genuine(old, headers, body)
    assert not sample.is_genuine(secret, headers, body + b" ")
    assert not sample.is_genuine(secret, headers | {"webhook-id": "msg_2"}, body)
    assert not sample.is_genuine(secret, headers | {"webhook-signature": "v1,x"}, body)
    assert not sample.is_genuine(secret, sign("msg_1", body, [secret], now - timedelta(hours=1)), body)
    assert not sample.is_genuine(secret, sign("msg_1", body, [secret], now + timedelta(hours=1)), body)


@LANGUAGES
def test_what_a_forger_leaves_out_or_makes_up_is_no_error(sample: Sample, tmp_path: Path) -> None:
    secret = new_secret()
    headers = sign("msg_1", b"{}", [secret], datetime.now(UTC))
    run_by_mistake = tmp_path / "ran"

    assert not sample.is_genuine(secret, {}, b"{}")
    for name in headers:
        assert not sample.is_genuine(secret, {other: headers[other] for other in headers if other != name}, b"{}")
    for made_up in ("", "now", "9" * 400, "nan", "-1", "²", f"a[$(touch {run_by_mistake})]"):
        assert not sample.is_genuine(secret, headers | {"webhook-timestamp": made_up}, b"{}")
    for made_up in ("", "v1,ü", "*", "v1,*"):
        assert not sample.is_genuine(secret, headers | {"webhook-signature": made_up}, b"{}")
    assert not sample.is_genuine("", headers | {"webhook-signature": "v1,"}, b"{}"), "nothing was computed"
    assert not run_by_mistake.exists()
