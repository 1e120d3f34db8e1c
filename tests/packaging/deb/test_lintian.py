"""What lintian says of each package's description, scripts and overrides, whatever else is in it.

Built as for a release, but for the libraries: of those there is one file, as a worker with torch takes half an hour to
fetch and to look through. vbot-appliance is looked through whole in test_appliance.py, vbot-post in ../pbx/.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cases import long_but

DEB = Path(__file__).parents[3] / "packaging/deb"
PACKAGES = ("vbot-worker-cpu", "vbot-worker-cuda", "vbot-models-base", "vbot-admin")
BUILD = """
import sys
from dataclasses import replace
from pathlib import Path

import build
from layouts import PACKAGES
from plan import Plan
from tree import write

name, folder = sys.argv[1], Path(sys.argv[2])


def lay_out(plan, work, root):
    if name == "vbot-models-base":
        write(root / "var/lib/vbot-models/whisper-base/pack.json", "{}")
    elif name == "vbot-admin":
        write(root / "opt/vbot-admin/vbot-admin", "")
    else:
        write(root / "opt/vbot" / plan.version / plan.target.site_packages / "torch/__init__.py", "")


build.PACKAGES[name] = replace(PACKAGES[name], lay_out=lay_out)
plan = Plan("trixie", folder, folder, None, None, None, "1.0.0", 1764547199)
print(build.built(plan, name, folder / "work", folder))
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("lintian") is None, reason="lintian is not installed"),
    pytest.mark.skipif(
        not Path(sys.executable).with_name("nfpm").exists(), reason="nfpm is not installed: packaging/check installs it"
    ),
]


@pytest.mark.parametrize("name", long_but(["vbot-worker-cpu", "vbot-admin"], PACKAGES))
def test_no_error_and_no_warning_that_is_not_argued(name: str, tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-c", BUILD, name, tmp_path], env=os.environ | {"PYTHONPATH": str(DEB)},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    command = ["lintian", "--allow-root", "--fail-on=error,warning", "--tag-display-limit=0", built.stdout.strip()]
    found = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert (found.stdout, found.returncode) == ("", 0)
