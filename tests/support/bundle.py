"""The desktop program as a folder, as a release makes it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

BUILD_SECONDS = 600


def make_bundle(checkout: Path, folder: Path) -> Path:
    """The folder vbot-admin, in `folder`."""
    made = subprocess.run(
        [checkout / "packaging/pyinstaller/build", folder],
        env=os.environ | {"PYTHON": sys.executable, "PYTHONPATH": ""}, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=BUILD_SECONDS, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr[-4000:]
    return folder / "vbot-admin"
