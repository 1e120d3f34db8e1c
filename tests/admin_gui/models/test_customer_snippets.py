"""The texts that are pasted into telephone systems: they are run here, against a real appliance."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from admin_gui.models.customer_snippets import KEY_PLACE, snippets
from tests.admin_gui.conftest import DeskAppliance
from tests.support.recordings import silence

SYSTEMS = ["curl", "Asterisk", "FreePBX", "FreeSWITCH"]


def test_without_a_key_its_place_is_marked() -> None:
    for snippet in snippets("https://10.0.0.5:8443", None):
        assert KEY_PLACE in snippet.text, snippet.name
        assert "https://10.0.0.5:8443/api/process-call" in snippet.text


def test_plain_http_needs_no_certificate() -> None:
    assert all("--cacert" not in snippet.text for snippet in snippets("http://10.0.0.5:8080", "vbk_1"))


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_script_sends_a_recording(name: str, appliance: DeskAppliance, tmp_path: Path) -> None:
    customer = appliance.new_customer(company_name=f"Snippet {name}")
    text = next(one.text for one in snippets(appliance.url, customer["api_key"]) if one.name == name)
    # The script itself, without what goes into the telephone system's own files; the certificate lies elsewhere here.
    script = text.split("\n\n")[0].replace("/etc/ssl/vbot.pem", str(appliance.data_dir / "tls" / "certificate.pem"))
    recording = tmp_path / (
        "recording.wav" if name == "curl" else "external-4930654321-4930123456-20261124-120000-17.42.wav"
    )
    recording.write_bytes(silence(0.5))
    arguments = [] if name == "curl" else [str(recording), "17.42", "4930123456", "4930654321"]

    done = subprocess.run(
        ["sh", "-c", script, "vbot-post", *arguments],
        cwd=tmp_path,
        env={**os.environ, "no_proxy": "*"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    (call,) = appliance.admin("GET", "/api/calls", params={"customer_id": str(customer["id"])}).json()["calls"]
    assert (call["caller_number"].lstrip("+"), call["called_number"].lstrip("+")) == ("4930123456", "4930654321")
    assert call["external_id"] == (None if name == "curl" else "17.42")
