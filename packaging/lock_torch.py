"""Write which files of torch a worker's package has: packaging/locks/torch-cpu.txt and torch-cuda.txt.

For each Python of a distribution the newest build in the range of constraints.txt that pip sees for that device, with
what that build itself pins (triton, the NVIDIA libraries), each with the hash of the one file that is taken. Where pip
sees none for a Python, or is not asked, what stood there stays. PyPI has no CPU build: README.md of the checkout, "The
small CPU build of torch", says how pip sees one. Run by packaging/lock.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "deb")]

import torch_build  # noqa: E402
import wheels  # noqa: E402

DEVICES = ("cpu", "cuda")
# As packaging/without_torch.py leaves them out of the other locks.
_TORCH_S_OWN = re.compile(r"(torch|triton|nvidia-.+|cuda-.+)")


def main() -> int:
    """Write both."""
    for device in DEVICES:
        lock = HERE / f"locks/torch-{device}.txt"
        lock.write_text("".join([_of_python(device, python, lock) for python in wheels.FULL_VERSIONS]))
    return 0


def _of_python(device: str, python: str, lock: Path) -> str:
    """The entries for one Python; those that are there where pip sees no such build."""
    seen = torch_build.visible("--python-version", python, "--only-binary=:all:")
    fit = [one for one in seen if torch_build.in_range(one) and torch_build.is_cpu(one) == (device == "cpu")]
    if fit:
        return resolved(device, python, fit[0])
    print(f"lock: pip sees no torch for {device} and Python {python}: what is locked stays", file=sys.stderr)
    there = lock.read_text() if lock.exists() else ""
    entry = rf"^\S+ ; {re.escape(_marker(python))} \\\n(?: +--hash=\S+\n)+"
    return "".join(re.findall(entry, there, re.MULTILINE))


def _marker(python: str) -> str:
    return f"python_version == '{python}'"


def resolved(device: str, python: str, version: str) -> str:
    """That version with what it pins, as pip resolves it."""
    target = wheels.Target(python)
    with tempfile.TemporaryDirectory() as nowhere:
        asked = ["--dry-run", "--ignore-installed", "--report", "-", "--target", nowhere, *target.options]
        report = json.loads(wheels.pip_answer("install", *asked, f"torch==={version}"))  # == takes +cpu for it
    lines = []
    for entry in report["install"]:
        name = re.sub(r"[-_.]+", "-", entry["metadata"]["name"]).lower()
        if _TORCH_S_OWN.fullmatch(name) and (device == "cuda" or name == "torch"):
            digest = entry["download_info"]["archive_info"]["hashes"]["sha256"]
            pin = f"{name}=={entry['metadata']['version']} ; {_marker(python)}"
            lines.append(f"{pin} \\\n    --hash=sha256:{digest}\n")
    return "".join(sorted(lines))


if __name__ == "__main__":
    sys.exit(main())
