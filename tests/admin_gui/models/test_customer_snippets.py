"""The texts that are pasted into telephone systems: they are run here, against a real appliance."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from admin_gui.models.customer_snippets import KEY_PLACE, snippets
from tests.admin_gui.conftest import TlsAppliance
from tests.support.recordings import silence

SYSTEMS = ["curl", "Asterisk", "FreePBX", "FreeSWITCH"]


def test_without_a_key_its_place_is_marked() -> None:
    for snippet in snippets("https://10.0.0.5:8443", None):
        assert KEY_PLACE in snippet.text, snippet.name
        assert "https://10.0.0.5:8443/api/process-call" in snippet.text


def test_plain_http_needs_no_certificate() -> None:
    assert all("--cacert" not in snippet.text for snippet in snippets("http://10.0.0.5:8080", "vbk_1"))


def test_the_terminal_s_line_knows_the_box_by_the_pin_of_its_key() -> None:
    pin = f"sha256//{'A' * 43}="
    (curl,) = [one.text for one in snippets("https://10.0.0.5:8443", None, pin) if one.name == "curl"]
    assert f"--insecure --pinnedpubkey '{pin}'" in curl


@pytest.mark.parametrize("pin", ["", "sha256//'; reboot #"])
def test_without_a_pin_nothing_is_insecure(pin: str) -> None:
    assert all("--insecure" not in one.text for one in snippets("https://10.0.0.5:8443", None, pin))


def run(text: str, appliance: TlsAppliance, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script, without what goes into the telephone system's own files; certificate and recordings lie here."""
    script = text.split("\n\n", maxsplit=1)[0]
    script = script.replace("/etc/ssl/vbot.pem", str(appliance.data_dir / "tls" / "certificate.pem"))
    return subprocess.run(
        ["sh", "-c", script.replace("/var/spool/asterisk/monitor", str(folder)), "vbot-post", *arguments],
        cwd=folder,
        env={**os.environ, "no_proxy": "*"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def sent(appliance: TlsAppliance, customer: dict[str, Any]) -> dict[str, Any]:
    """The one call that came."""
    (call,) = appliance.admin("GET", "/api/calls", params={"customer_id": str(customer["id"])}).json()["calls"]
    return call


@pytest.mark.slow
@pytest.mark.parametrize("name", SYSTEMS)
def test_the_script_sends_a_recording(name: str, appliance: TlsAppliance, tmp_path: Path) -> None:
    customer = appliance.new_customer(company_name=f"Snippet {name}")
    pin = appliance.admin("GET", "/api/system").json()["certificate"]["public_key_pin"]
    text = next(one.text for one in snippets(appliance.url, customer["api_key"], pin) if one.name == name)
    recording = tmp_path / (
        "recording.wav" if name == "curl" else "external-4930654321-4930123456-20261124-120000-17.42.wav"
    )
    recording.write_bytes(silence(0.5))
    arguments = {"curl": [], "FreePBX": ["17.42"]}.get(
        name, [str(recording), "17.42", "from=4930123456", "to=4930654321"]
    )

    done = run(text, appliance, tmp_path, *arguments)

    assert done.returncode == 0, done.stderr
    call = sent(appliance, customer)
    assert (call["caller_number"].lstrip("+"), call["called_number"].lstrip("+")) == ("4930123456", "4930654321")
    assert call["external_id"] == (None if name == "curl" else "17.42")


@pytest.mark.slow
@pytest.mark.parametrize(
    "number", ["1`touch pwned`2", "$(touch pwned)", "'\";|&<>", "@pwned", "<pwned", "ü;type=x", "-1-"]
)
def test_the_appliance_is_told_the_number_as_it_is(number: str, appliance: TlsAppliance, tmp_path: Path) -> None:
    """With the real curl: it must not read anything in it either."""
    customer = appliance.new_customer(company_name="Whoever calls")
    text = next(one.text for one in snippets(appliance.url, customer["api_key"]) if one.name == "FreePBX")
    recording = tmp_path / f"in-4930654321-{number}-20261124-120000-17.42.wav"
    recording.write_bytes(silence(0.5))

    done = run(text, appliance, tmp_path, "17.42")

    assert done.returncode == 0, done.stderr
    assert sent(appliance, customer)["caller_number"] == number
    assert list(tmp_path.iterdir()) == [recording]


@pytest.mark.slow
def test_a_wrong_key_is_told_at_once(appliance: TlsAppliance, tmp_path: Path) -> None:
    (tmp_path / "in-1-2-20261124-120000-17.42.wav").write_bytes(silence(0.5))
    text = next(one.text for one in snippets(appliance.url, "vbk_wrong") if one.name == "FreePBX")

    done = run(text, appliance, tmp_path, "17.42")

    assert done.returncode == 1
    assert done.stderr.startswith("vbot-post: call 17.42 was not taken: {")
    assert done.stderr.endswith(" 401\n")
