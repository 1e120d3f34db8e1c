"""A package with its real description, scripts and overrides, and one file of what it is for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

DEB = Path(__file__).parents[2] / "packaging/deb"
_BUILD = """
import sys
from dataclasses import replace
from pathlib import Path

import build
from layouts import PACKAGES
from plan import Plan
from tree import write

name, folder, distribution = sys.argv[1], Path(sys.argv[2]), sys.argv[3]


def lay_out(plan, work, root):
    if name == "vbot-models-base":
        write(root / "var/lib/vbot-models/whisper-base/pack.json", "{}")
    elif name == "vbot-admin":
        write(root / "opt/vbot-admin/vbot-admin", "")
    elif name == "vbot-appliance":
        write(root / "opt/vbot" / plan.version / "bin/vbot", "")
        write(work / "vbot.toml", "")
    else:
        write(root / "opt/vbot" / plan.version / plan.target.site_packages / "torch/__init__.py", "")


build.PACKAGES[name] = replace(PACKAGES[name], lay_out=lay_out)
plan = Plan(distribution, folder, folder, None, None, "1.0.0", 1764547199)
print(build.built(plan, name, folder / "work", folder))
"""


def build_with_one_file(name: str, folder: Path, distribution: str = "trixie") -> Path:
    """The package, in the folder."""
    done = subprocess.run(
        [sys.executable, "-c", _BUILD, name, folder, distribution], env=os.environ | {"PYTHONPATH": str(DEB)},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())
