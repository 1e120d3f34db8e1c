"""A recording downloaded by the program that everybody has: in parts, resumed after a break, only when it changed."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.appliance import RunningAppliance
from tests.support.recordings import silence

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def recording() -> bytes:
    return silence(300)


@pytest.fixture(scope="module")
def owner(api_alone: RunningAppliance, recording: bytes) -> dict[str, Any]:
    customer = api_alone.new_customer()
    customer["call"] = api_alone.accepted(customer["api_key"], recording)
    return customer


@pytest.fixture
def curl(api_alone: RunningAppliance, owner: dict[str, Any], tmp_path: Path) -> Any:
    """Runs curl on the recording, in a folder of its own; returns what it wrote on standard output."""

    def run(*arguments: str) -> bytes:
        command = ["curl", "--silent", "--show-error", "--cacert", str(api_alone.http.verify)]
        command += ["--header", f"X-API-Key: {owner['api_key']}", *arguments]
        address = f"{api_alone.url}/api/calls/{owner['call']}/recording"
        done = subprocess.run([*command, address], cwd=tmp_path, capture_output=True, timeout=60, check=True)
        return done.stdout

    return run


@pytest.mark.parametrize(
    ("asked", "part"), [("0-99", slice(100)), ("1000-1999", slice(1000, 2000)), ("-44", slice(-44, None))]
)
def test_curl_gets_the_part_that_it_asks_for(curl: Any, recording: bytes, asked: str, part: slice) -> None:
    assert curl("--range", asked) == recording[part]


def test_curl_is_told_where_the_file_ends(curl: Any, recording: bytes) -> None:
    answer = curl("--range", f"{len(recording)}-", "--include").decode()

    assert " 416 " in answer.splitlines()[0]
    assert f"content-range: bytes */{len(recording)}" in answer.lower()
    assert '"message":"Range not satisfiable"' in answer


def test_a_download_that_broke_off_is_resumed(
    api_alone: RunningAppliance, owner: dict[str, Any], curl: Any, recording: bytes, tmp_path: Path
) -> None:
    path = f"/api/calls/{owner['call']}/recording"
    with api_alone.request("GET", path, key=owner["api_key"], stream=True) as broken:
        begun = next(broken.iter_content(100_000))
    assert 0 < len(begun) < len(recording)
    (tmp_path / "call.wav").write_bytes(begun)
    curl("--continue-at", "-", "--output", "call.wav")

    assert (tmp_path / "call.wav").read_bytes() == recording


def test_curl_names_the_file_and_does_not_fetch_it_twice(
    owner: dict[str, Any], curl: Any, recording: bytes, tmp_path: Path
) -> None:
    tags = ("--etag-save", "tag", "--etag-compare", "tag", "--remote-name", "--remote-header-name")
    curl(*tags)
    (saved,) = tmp_path.glob("*.wav")
    again = curl(*tags, "--write-out", "%{http_code} %{size_download}").decode()

    assert owner["call"] in saved.name
    assert saved.read_bytes() == recording
    assert again == "304 0"


def test_curl_asks_for_the_headers_only(curl: Any, recording: bytes) -> None:
    answer = curl("--head").decode().lower()

    assert answer.startswith("http/1.1 200")
    assert f"content-length: {len(recording)}\r" in answer
    assert "accept-ranges: bytes" in answer
