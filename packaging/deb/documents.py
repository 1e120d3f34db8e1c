"""Write what a package has beside its program: `documents.py FOLDER`, the manual page and bash's completion of `vbot`.

Both are made of the command line itself, so they tell what the program does. Run with the checkout's Python; the same
commit and SOURCE_DATE_EPOCH make the same bytes.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import shtab

CHECKOUT = Path(__file__).resolve().parents[2]
# In the manual's head, after the name: what `apropos` and `man -k` find.
SUMMARY = "run and look after the vBot call analysis appliance"


def main(arguments: list[str]) -> int:
    """Write both files as they lie under /usr."""
    root = Path(arguments[0])
    manual = root / "usr/share/man/man1/vbot.1.gz"
    completion = root / "usr/share/bash-completion/completions/vbot"
    for file in (manual, completion):
        file.parent.mkdir(parents=True, exist_ok=True)
    manual.write_bytes(gzip.compress(manual_page(), mtime=0))
    completion.write_text(bash_completion())
    return 0


def manual_page() -> bytes:
    """Section 1: the program and each of its commands."""
    from appliance import __version__  # noqa: PLC0415

    options = {
        "--module": "appliance.cli",
        "--function": "build_parser",
        "--prog": "vbot",
        "--project-name": "vbot",
        "--version": __version__,
        "--description": SUMMARY,
        "--manual-title": "vBot",
        "--format": "single-commands-section",
    }
    command = [sys.executable, "-c", "from argparse_manpage.cli import main; main()"]
    command += [word for pair in options.items() for word in pair]
    # Its lines and its date would depend on this terminal and this place.
    anywhere = os.environ | {"COLUMNS": "80", "TZ": "UTC"}
    return subprocess.run(
        command, cwd=CHECKOUT, env=anywhere, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True
    ).stdout


def bash_completion() -> str:
    """A script that starts no Python while one types: argcomplete would, for half a second at each TAB."""
    from appliance.cli import build_parser  # noqa: PLC0415

    return shtab.complete(build_parser(), "bash")


if __name__ == "__main__":
    sys.path.insert(0, str(CHECKOUT))
    sys.exit(main(sys.argv[1:]))
