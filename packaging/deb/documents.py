"""Write what a package has beside its program: `documents.py FOLDER`, for vbot-appliance.

That is vbot(1) and bash's completion of `vbot`, made of the command line itself, and vbot.toml(5), made of the settings
in appliance/settings/schema.py; vbot-admin(1) comes with the desktop program. So they tell what the program does. Run
with the checkout's Python; the same commit and SOURCE_DATE_EPOCH make the same bytes.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path

import settings_page
import shtab
from tree import write

CHECKOUT = Path(__file__).resolve().parents[2]
# In the manual's head, after the name: what `apropos` and `man -k` find.
SUMMARY = "run and look after the vBot call analysis appliance"
ADMIN_SUMMARY = "administer a vBot appliance from the desktop"


def main(arguments: list[str]) -> int:
    """Write the files as they lie under /usr."""
    root = Path(arguments[0])
    write(root / "usr/share/man/man1/vbot.1.gz", _packed(manual_page("appliance.cli", "vbot", SUMMARY)))
    write(root / "usr/share/man/man5/vbot.toml.5.gz", _packed(settings_page.made()))
    write(root / "usr/share/bash-completion/completions/vbot", bash_completion())
    return 0


def write_admin_page(root: Path) -> None:
    """vbot-admin(1), beside the desktop program."""
    page = manual_page("admin_gui.app", "vbot-admin", ADMIN_SUMMARY)
    write(root / "usr/share/man/man1/vbot-admin.1.gz", _packed(page))


def _packed(page: bytes) -> bytes:
    return gzip.compress(page, mtime=0)


def manual_page(module: str, program: str, summary: str) -> bytes:
    """Section 1: the program and each of its commands, by the module's `build_parser`."""
    from appliance import __version__  # noqa: PLC0415

    options = {
        "--module": module,
        "--function": "build_parser",
        "--prog": program,
        "--project-name": program,
        "--version": __version__,
        "--description": summary,
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
