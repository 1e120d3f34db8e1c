"""No private key, token or password of anybody's is in the repository."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from detect_secrets.core.scan import get_plugins
from detect_secrets.settings import transient_settings

CHECKOUT = Path(__file__).parents[2]
# What has a form of its own. Left out are those of detect-secrets that guess by entropy or by names such as "password",
# for tests are full of both; and user names in URLs, which tests of refusing them need.
DETECTORS = [
    "ArtifactoryDetector",
    "AWSKeyDetector",
    "AzureStorageKeyDetector",
    "DiscordBotTokenDetector",
    "GitHubTokenDetector",
    "GitLabTokenDetector",
    "JwtTokenDetector",
    "NpmDetector",
    "OpenAIDetector",
    "PrivateKeyDetector",
    "PypiTokenDetector",
    "SendGridDetector",
    "SlackDetector",
    "StripeDetector",
    "TelegramBotTokenDetector",
    "TwilioKeyDetector",
]
# As the appliance makes them: 32 random bytes. What tests and documentation show is shorter, or one letter throughout.
OURS = re.compile(rb"(?:vbt|vbk)_(?!(.)\1+)[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])|whsec_[A-Za-z0-9+/]{43}=")
SETTINGS = {"plugins_used": [{"name": name} for name in DETECTORS]}


def committed() -> list[Path]:
    """The files of the repository, or of its unpacked archive."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, timeout=60, check=False
    )
    if listed.returncode != 0:
        pytest.skip("this is no git repository: what is not committed cannot be told from what is")
    files = [CHECKOUT / name for name in listed.stdout.split("\0") if name]
    return [file for file in files if file.is_file()]


def found_in(file: Path) -> list[str]:
    """What of secrets is in a file."""
    content = file.read_bytes()
    # The whole text at once: line by line, as `scan_file` does, takes a minute of a processor.
    text = content.decode(errors="replace")
    found = [f"{file}: {plugin.secret_type}" for plugin in get_plugins() for _ in plugin.analyze_string(text)]
    return found + [f"{file}: one of ours" for _ in OURS.finditer(content)]


@pytest.mark.slow
def test_nothing_secret_is_committed() -> None:
    files = committed()
    assert len(files) > 100
    with transient_settings(SETTINGS):
        assert [secret for file in files for secret in found_in(file)] == []


# Put together here, so that this file holds none.
SAMPLES = {
    "a private key": "-----BEGIN EC PRIVATE " + "KEY-----",
    "an AWS key": "AKIA" + "IOSFODNN7EXAMPLQ",
    "a GitHub token": "ghp_" + "a1B2" * 9,
    "an API key of ours": "vbk_" + "tFzhUEWAX0KnDibZ0ExYX-4XnX3WkkDOZWBb3ls5zac",
    "a webhook secret of ours": "whsec_" + "q7Yh0sQ2mC4nV6bX8zL1kJ3hG5fD7sA9pO0iU2yT4rE" + "=",
}


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_a_secret_would_be_found(sample: str, tmp_path: Path) -> None:
    file = tmp_path / "settings.py"
    file.write_text(f'VALUE = "{sample}"\n')
    with transient_settings(SETTINGS):
        assert found_in(file) != []
