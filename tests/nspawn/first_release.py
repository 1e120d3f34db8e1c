"""A package of the first release (commit eeb1c75): its own program and units, laid out as today's, with its libraries.

Of the program nothing is changed; in its units the path, which was `/opt/vbot/bin` before versions lay side by side.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support import versions

# The one library that it needs and today's program does not: a wheel of its time.
SILERO = "silero-vad==6.2.3"
SECONDS = 1800.0


def put_into(home: Path, tree: Path) -> None:
    """Have it in the place of today's program, in the `tree` of a vbot-appliance whose version lies in `home`."""
    (site_packages,) = home.glob("lib/python3*/site-packages")
    with tempfile.TemporaryDirectory() as temporary:
        source = Path(temporary)
        versions.unpack_first_release(source)
        for part in ("appliance", "engine", "admin_gui"):
            shutil.rmtree(site_packages / part, ignore_errors=True)
        for part in ("appliance", "engine"):
            shutil.copytree(source / part, site_packages / part)
        _lay_out_units(source / "systemd", tree)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "--target", site_packages]
    subprocess.run([*pip, SILERO], check=True, timeout=SECONDS)
    (tree / "DEBIAN/md5sums").unlink()


def _lay_out_units(source: Path, tree: Path) -> None:
    units = tree / "usr/lib/systemd/system"
    shutil.rmtree(units)
    units.mkdir()
    for unit in (*source.glob("*.service"), source / "vbot.target", *source.glob("*.service.d/*.conf")):
        target = units / unit.relative_to(source)
        target.parent.mkdir(exist_ok=True)
        target.write_text(unit.read_text().replace("/opt/vbot/bin/", "/opt/vbot/current/bin/"))
    shutil.copy(source / "vbot.toml", tree / "usr/share/vbot/vbot.toml")
