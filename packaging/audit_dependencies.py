"""Look whether the pinned dependencies have known vulnerabilities: `audit_dependencies.py [--may-skip] [FILE]`.

FILE is constraints.txt unless another is given. pip-audit asks PyPI's advisories. Where they cannot be reached, as
behind a mirror that has packages only, it would say that it found nothing; so it is first asked about a version that is
known to be vulnerable. Exit code 1: something is vulnerable. 2: nothing was looked up; with --may-skip that is said and
no failure, since while one works a network that is away is no fault of the code.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

CONSTRAINTS = Path(__file__).resolve().parent / "constraints.txt"
# Of a package that we use ourselves: CVE-2021-33503 among others.
KNOWN_TO_BE_VULNERABLE = "urllib3==1.26.4"
# What we know of and live with, by the advisory's id, each with the reason.
ACCEPTED: dict[str, str] = {}
MAY_SKIP, NOT_LOOKED_UP = "--may-skip", 2
ANSWER_SECONDS = 15
LONGEST_SECONDS = 300


class SourceAwayError(Exception):
    """No source of advisories answers; the message says what came instead."""


def main() -> int:
    arguments = [argument for argument in sys.argv[1:] if argument != MAY_SKIP]
    may_skip = MAY_SKIP in sys.argv
    requirements = Path(arguments[0]) if arguments else CONSTRAINTS
    # What is a range (torch) is no version that could be looked up.
    pinned = [line for line in requirements.read_text().splitlines() if "==" in line and not line.startswith("#")]
    try:
        check_source()
        found = vulnerable(pinned)
    except SourceAwayError as error:
        word = "SKIPPED" if may_skip else "FAILED"
        print(f"{word}: the {len(pinned)} dependencies were NOT looked up: no source of advisories answers ({error})")
        return 0 if may_skip else NOT_LOOKED_UP
    for name, advisory in found:
        print(f"{name}: {advisory}" + (f" (accepted: {ACCEPTED[advisory]})" if advisory in ACCEPTED else ""))
    refused = [advisory for _, advisory in found if advisory not in ACCEPTED]
    print(f"{len(pinned)} dependencies looked up, {len(refused)} known vulnerabilities")
    return 1 if refused else 0


def check_source() -> None:
    """Raise SourceAwayError unless the source knows what everybody knows."""
    if not vulnerable([KNOWN_TO_BE_VULNERABLE]):
        raise SourceAwayError(f"{KNOWN_TO_BE_VULNERABLE}, which is known to be vulnerable, is not known there")


def vulnerable(pinned: list[str]) -> list[tuple[str, str]]:
    """Each (name and version, advisory) that is known of these; says which ones the source has not heard of."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(pinned))
        file.flush()
        command = [sys.executable, "-m", "pip_audit", "--requirement", file.name, "--no-deps", "--disable-pip"]
        command += ["--format", "json", "--progress-spinner", "off", "--timeout", str(ANSWER_SECONDS)]
        try:
            answer = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False)
            dependencies: list[dict[str, Any]] = json.loads(answer.stdout)["dependencies"]
        except subprocess.TimeoutExpired:
            raise SourceAwayError(f"no answer within {LONGEST_SECONDS} s") from None
        except (ValueError, KeyError):
            told = answer.stderr.strip().splitlines() or [f"pip-audit ended with {answer.returncode}"]
            raise SourceAwayError(told[-1]) from None
    unheard_of = [one["name"] for one in dependencies if "skip_reason" in one]
    if unheard_of and pinned != [KNOWN_TO_BE_VULNERABLE]:
        print(f"not known to the source: {', '.join(unheard_of)}")
    return [
        (f"{one['name']} {one['version']}", advisory["id"]) for one in dependencies for advisory in one.get("vulns", ())
    ]


if __name__ == "__main__":
    sys.exit(main())
