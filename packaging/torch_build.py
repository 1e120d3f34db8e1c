"""Say which build of torch pip is about to install here: `torch_build.py [--prefer-cpu]`, by the environment's Python.

One line on standard output: `present VERSION` where one in the range of constraints.txt is installed, `cpu VERSION` or
`cuda VERSION` for what pip would fetch, or `unknown` where pip sees none (no network, say: pip tells more of it). What
is asked is pip itself, so its own settings hold; nothing is downloaded but the index's page, and with --prefer-cpu what
pip has to read of a CPU build. PyPI's own wheels for Linux are built for CUDA; a build marked `+cpu` is not.

--prefer-cpu: the newest CPU build in the range goes before any newer one for CUDA, if pip's settings permit it.
Standard library only.
"""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

CONSTRAINTS = Path(__file__).resolve().parent / "constraints.txt"
_RANGE = re.compile(r"^torch>=(\d+)\.(\d+),<(\d+)\.(\d+)$", re.MULTILINE)
# What pip calls a release; one for trying out (2.16.0rc1, .dev) it does not take by itself.
_VERSION = re.compile(r"(\d+)\.(\d+)(?:\.\d+)*(?:\+[a-z0-9.]+)?")


def main(arguments: list[str]) -> int:
    """Print the answer."""
    print(answer(prefer_cpu="--prefer-cpu" in arguments))
    return 0


def answer(*, prefer_cpu: bool) -> str:
    """What is there, or what pip would fetch."""
    if (there := installed()) and in_range(there):
        return f"present {there}"
    seen = [one for one in visible() if in_range(one)]  # newest first
    if not seen:
        return "unknown"
    if prefer_cpu and (chosen := next((one for one in seen if is_cpu(one) and is_permitted(one)), None)):
        return f"cpu {chosen}"
    return f"{'cpu' if is_cpu(seen[0]) else 'cuda'} {seen[0]}"


def installed() -> str | None:
    """The version in this environment."""
    try:
        return version("torch")
    except PackageNotFoundError:
        return None


def in_range(one: str) -> bool:
    """Whether it is of the versions that were tried."""
    found, limits = _VERSION.fullmatch(one), _RANGE.search(CONSTRAINTS.read_text())
    if limits is None:
        raise SystemExit(f"{CONSTRAINTS} has no line for torch")
    least, below = (int(limits[1]), int(limits[2])), (int(limits[3]), int(limits[4]))
    return found is not None and least <= (int(found[1]), int(found[2])) < below


def is_cpu(one: str) -> bool:
    """Whether this build brings no CUDA along."""
    return one.partition("+")[2].startswith("cpu") or not sys.platform.startswith("linux")


def visible(*options: str) -> list[str]:
    """The versions with a wheel for this Python, or the one that pip's options name, that pip sees, newest first."""
    listed = pip("index", "versions", "torch", "--retries", "1", *options).stdout
    line = next((line for line in listed.splitlines() if line.startswith("Available versions: ")), "")
    return line.partition(": ")[2].split(", ")


def is_permitted(one: str) -> bool:
    """Whether pip would install it under this machine's own constraints, too."""
    command = ("install", "--quiet", "--dry-run", "--no-deps", "--ignore-installed", "--constraint", str(CONSTRAINTS))
    return pip(*command, f"torch=={one}").returncode == 0


def pip(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run this environment's pip."""
    command = [sys.executable, "-m", "pip", *arguments]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
