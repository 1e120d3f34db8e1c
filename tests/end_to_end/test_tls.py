"""The published curl call, over HTTPS with the certificate that the appliance made for itself."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import requests

from tests.end_to_end.contract import UUID
from tests.end_to_end.raw_http import told_at_its_end
from tests.support.appliance import RunningAppliance
from tests.support.recordings import conversation, silence

pytestmark = pytest.mark.slow


def curl(appliance: RunningAppliance, key: str, recording: Path, *more: str, trusted: bool = True) -> tuple[int, str]:
    """Run curl with exactly the arguments of the API documentation, and `more`; return its status and output."""
    authority = ["--cacert", str(appliance.trust_certificate())] if trusted else []
    done = subprocess.run(
        [
            "curl",
            "--silent",
            "--show-error",
            "--noproxy",
            "*",
            *authority,
            "-X",
            "POST",
            f"{appliance.url}/api/process-call",
            "-H",
            f"X-API-Key: {key}",
            "-H",
            "Content-Type: multipart/form-data",
            "-F",
            f"file=@{recording}",
            *more,
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout or done.stderr


CUT_OFF = (55, 56)  # what curl says of a connection that ends while it sends, or receives
NUMBERS = ("-F", "caller_number=+1234567890", "-F", "called_number=+0987654321")


@pytest.fixture
def key(api_alone: RunningAppliance) -> str:
    return str(api_alone.new_customer()["api_key"])


def test_the_published_curl_call_is_accepted(api_alone: RunningAppliance, key: str, tmp_path: Path) -> None:
    recording = tmp_path / "call.wav"
    recording.write_bytes(conversation())

    status, output = curl(api_alone, key, recording, *NUMBERS)

    assert status == 0, output
    answer = json.loads(output)
    assert list(answer) == ["status", "message", "call_id"]
    assert UUID.match(answer["call_id"])


def test_a_recording_for_which_curl_asks_first_is_accepted(
    api_alone: RunningAppliance, key: str, tmp_path: Path
) -> None:
    recording = tmp_path / "long.wav"
    recording.write_bytes(silence(130.0))  # 2 MB: curl sends `Expect: 100-continue`

    status, output = curl(api_alone, key, recording, *NUMBERS)

    assert status == 0, output
    assert json.loads(output)["status"] == "success"


def test_curl_shows_the_answer_to_a_long_recording_that_is_refused(api_alone: RunningAppliance, tmp_path: Path) -> None:
    recording = tmp_path / "long.wav"
    recording.write_bytes(silence(400.0))  # 6.4 MB

    def send() -> tuple[int, str]:
        status, output = curl(api_alone, "unknown", recording, *NUMBERS)
        if status in CUT_OFF:
            raise ConnectionError(output)
        return status, output

    status, output = told_at_its_end(send)

    assert status == 0, output
    assert json.loads(output) == {"status": "error", "message": "Invalid API key"}


def test_the_published_curl_call_without_numbers_is_told_what_is_missing(
    api_alone: RunningAppliance, key: str, tmp_path: Path
) -> None:
    recording = tmp_path / "call.wav"
    recording.write_bytes(silence(0.5))

    status, output = curl(api_alone, key, recording)

    assert status == 0, output
    answer = json.loads(output)
    assert (answer["status"], answer["message"]) == ("error", "Invalid request parameters")
    assert {item["field"] for item in answer["details"]} == {"caller_number", "called_number"}


def test_curl_does_not_trust_the_certificate_by_itself(api_alone: RunningAppliance, key: str, tmp_path: Path) -> None:
    recording = tmp_path / "call.wav"
    recording.write_bytes(silence(0.5))

    status, output = curl(api_alone, key, recording, *NUMBERS, trusted=False)

    assert status == 60, output  # CURLE_PEER_FAILED_VERIFICATION


def test_plain_http_is_not_answered_where_tls_is_on(api_alone: RunningAppliance) -> None:
    with pytest.raises(requests.ConnectionError):
        requests.get(api_alone.url.replace("https:", "http:") + "/health", timeout=60)
