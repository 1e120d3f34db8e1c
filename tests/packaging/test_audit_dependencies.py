"""packaging/audit_dependencies.py: what is vulnerable fails the check; so does a source that is away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow  # each test starts processes

SCRIPT = Path(__file__).parents[2] / "packaging/audit_dependencies.py"

# Stands for pip-audit: answers what answers.json says of the names in the requirements, and like it exits 1 when
# something is vulnerable.
PIP_AUDIT = """
import json, pathlib, sys
known = json.loads(pathlib.Path(__file__).with_name("answers.json").read_text())
if known is None:
    sys.exit("ERROR:pip_audit._cli:the network is away")
lines = pathlib.Path(sys.argv[sys.argv.index("--requirement") + 1]).read_text().split()
found = []
for name, version in (line.split("==") for line in lines):
    if name in known:
        found.append({"name": name, "version": version, "vulns": [{"id": id} for id in known[name]]})
    else:
        found.append({"name": name, "skip_reason": "Dependency not found on PyPI"})
print(json.dumps({"dependencies": found, "fixes": []}))
sys.exit(any(one.get("vulns") for one in found))
"""


def audit(folder: Path, answers: dict[str, Any] | None, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the script where pip-audit would know this."""
    (folder / "pip_audit.py").write_text(PIP_AUDIT)
    (folder / "answers.json").write_text(json.dumps(answers))
    (folder / "pins.txt").write_text("# A comment.\nspam==1.0\neggs==2.0\nham>=1.0,<2.0\n")
    return subprocess.run(
        [sys.executable, SCRIPT, *options, folder / "pins.txt"],
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_what_is_not_vulnerable_passes_and_is_counted(tmp_path: Path) -> None:
    done = audit(tmp_path, {"urllib3": ["CVE-1"], "spam": [], "eggs": []})
    assert (done.returncode, done.stdout) == (0, "2 dependencies looked up, 0 known vulnerabilities\n")


def test_what_is_vulnerable_fails_and_is_named(tmp_path: Path) -> None:
    done = audit(tmp_path, {"urllib3": ["CVE-1"], "spam": ["CVE-2", "CVE-3"], "eggs": []})
    assert done.returncode == 1
    assert done.stdout.splitlines()[:2] == ["spam 1.0: CVE-2", "spam 1.0: CVE-3"]


def test_what_the_source_does_not_know_is_told(tmp_path: Path) -> None:
    done = audit(tmp_path, {"urllib3": ["CVE-1"], "spam": []})
    assert done.returncode == 0
    assert "not known to the source: eggs" in done.stdout


@pytest.mark.parametrize("answers", [None, {}, {"urllib3": []}], ids=["no network", "packages only", "knows no faults"])
def test_a_source_that_is_away_fails_unless_one_said_that_it_may(
    tmp_path: Path, answers: dict[str, Any] | None
) -> None:
    done = audit(tmp_path, answers)
    assert done.returncode == 2
    assert done.stdout.startswith("FAILED: the 2 dependencies were NOT looked up")
    told = audit(tmp_path, answers, "--may-skip")
    assert told.returncode == 0
    assert told.stdout.startswith("SKIPPED: the 2 dependencies were NOT looked up")
