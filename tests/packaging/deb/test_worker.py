"""A worker's package where its torch is not locked: nothing is built, and what to do is said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PACKAGING = Path(__file__).parents[3] / "packaging"
_LAY_OUT = """
import sys
from pathlib import Path

import layouts
from plan import Plan

folder = Path(sys.argv[1])
layouts.LOCKS = folder
plan = Plan("trixie", folder, folder, None, None, "1.0.0", 0)
layouts.PACKAGES["vbot-worker-cpu"].lay_out(plan, folder, folder / "tree")
"""


def test_a_python_whose_torch_is_not_locked_gets_no_package_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "torch-cpu.txt").write_text(
        f"torch==2.13.0+cpu ; python_version == '3.11' \\\n    --hash=sha256:{'0' * 64}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", _LAY_OUT, tmp_path], env=os.environ | {"PYTHONPATH": f"{PACKAGING / 'deb'}"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "packaging/locks/torch-cpu.txt has no torch for Python 3.13; packaging/lock writes one" in done.stderr
    assert not (tmp_path / "tree").exists()
