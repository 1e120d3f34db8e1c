"""Tell whether the virtual environment that runs this holds what was installed: `check EXTRAS`, `write EXTRAS`.

`write` notes, after an installation, what it was made from (pyproject.toml, constraints.txt, Python, place) and each
package that is there. `check` answers with its exit code: 0 = as wanted, 1 = pip has to install something, 2 = what
pip installed is damaged or was moved, so that only a new environment helps. It looks at the size of every file that pip
has written, which takes about a second. Standard library only.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
STAMP = Path(sys.prefix) / "vbot-stamp"

AS_WANTED, INSTALL, MAKE_ANEW = 0, 1, 2


@dataclass(frozen=True)
class Stamp:
    """What an installation was made from, and what it made."""

    inputs: str
    """SHA-256 over the files that say what to install."""
    python: str
    place: str
    extras: list[str]
    packages: dict[str, str]
    """Version by name."""


def main(arguments: list[str]) -> int:
    """Run one of the two commands."""
    command, extras = arguments[0], sorted(arguments[1].split(","))
    if command == "write":
        STAMP.write_text(json.dumps(asdict(current(extras)), indent=1))
        return AS_WANTED
    code, reason = check(extras)
    if reason:
        print(f"{Path(sys.prefix).name}: {reason}", file=sys.stderr)
    return code


def current(extras: list[str]) -> Stamp:
    """What is there now."""
    digest = hashlib.sha256()
    locks = sorted((CHECKOUT / "packaging/locks").glob("*.txt"))
    for path in (CHECKOUT / "pyproject.toml", CHECKOUT / "packaging/constraints.txt", *locks):
        digest.update(path.read_bytes())
    packages = {normalised(one): one.version for one in distributions()}
    return Stamp(digest.hexdigest(), sys.version, sys.prefix, extras, dict(sorted(packages.items())))


def normalised(distribution: Distribution) -> str:
    """A package's name, however its own metadata spell it."""
    return re.sub(r"[-_.]+", "-", distribution.name).lower()


def check(extras: list[str]) -> tuple[int, str]:
    """Compare what is there with the stamp; the answer, and a reason unless it is as wanted."""
    try:
        noted = Stamp(**json.loads(STAMP.read_text()))
    except (OSError, ValueError, TypeError):
        return INSTALL, "the last installation did not end"
    now = current(extras)
    if reason := why_make_anew(noted, now):
        return MAKE_ANEW, f"{reason}; making it anew"
    if reason := why_install(noted, now):
        return INSTALL, reason
    return AS_WANTED, ""


def why_make_anew(noted: Stamp, now: Stamp) -> str:
    """Say what pip could not put right, or nothing."""
    if noted.place != now.place:
        return f"it was made in {noted.place}"
    if noted.python != now.python:
        return "it was made by another Python"
    return first_damage()


def why_install(noted: Stamp, now: Stamp) -> str:
    """Say what pip has to do, or nothing."""
    if noted.inputs != now.inputs:
        return "pyproject.toml, constraints.txt or a lock has changed"
    if absent := [extra for extra in now.extras if extra not in noted.extras]:
        return f"not installed yet: {', '.join(absent)}"
    for name, version in noted.packages.items():
        if now.packages.get(name) != version:
            return f"{name} {version} was installed, now it is {now.packages.get(name, 'gone')}"
    return ""


def first_damage() -> str:
    """Say which file is missing or has another size than pip noted, or nothing."""
    for distribution in distributions():
        for file, noted in recorded_sizes(distribution):
            try:
                size = Path(str(distribution.locate_file(file))).stat().st_size
            except OSError:
                return f"{file} of {distribution.name} is missing"
            if size != noted:
                return f"{file} of {distribution.name} has been changed"
    return ""


def recorded_sizes(distribution: Distribution) -> Iterator[tuple[str, int]]:
    """Each file that pip has written and its size. (`distribution.files` leaves out what is missing, from 3.12 on.)"""
    record = distribution.read_text("RECORD") or ""
    for file, _digest, size in csv.reader(record.splitlines()):
        # pip notes the size of what came in the wheel only. Python writes a wheel's .pyc files anew as it likes.
        if size and not file.endswith(".pyc"):
            yield file, int(size)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
