"""Which files of torch a worker's package has: the build for its device, and what that build itself asks for.

The locks leave torch out, since each machine's pip settings say which build there is (packaging/torch_build.py). A
package is made once for many machines, so here it is settled, with the hash of each file: as pip resolves it on the day
of the build. A build from PyPI must be among packaging/locks/torch.txt.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile

import wheels
from plan import CHECKOUT, LOCKS, Plan

sys.path.insert(0, str(CHECKOUT / "packaging"))
import torch_build

# As packaging/without_torch.py leaves them out of the locks.
_TORCH_S_OWN = re.compile(r"(torch|triton|nvidia-.+|cuda-.+)")


def resolved(plan: Plan, device: str) -> str:
    """Requirements with hashes. Ends the build where pip sees no such torch."""
    version = plan.torch or _newest(plan, device)
    with tempfile.TemporaryDirectory() as nowhere:
        asked = ["--dry-run", "--ignore-installed", "--report", "-", "--target", nowhere, *plan.target.options]
        report = json.loads(wheels.pip_answer("install", *asked, f"torch=={version}"))
    lines = []
    for entry in report["install"]:
        name = re.sub(r"[-_.]+", "-", entry["metadata"]["name"]).lower()
        if _TORCH_S_OWN.fullmatch(name) and (device == "cuda" or name == "torch"):
            digest = entry["download_info"]["archive_info"]["hashes"]["sha256"]
            if name == "torch" and "+" not in version and digest not in (LOCKS / "torch.txt").read_text():
                raise SystemExit(f"build: the torch {version} that pip sees is not in packaging/locks/torch.txt")
            lines.append(f"{name}=={entry['metadata']['version']} \\\n    --hash=sha256:{digest}\n")
    return "".join(sorted(lines))


def _newest(plan: Plan, device: str) -> str:
    """The newest version in the range of constraints.txt that pip sees for this Python and device."""
    seen = torch_build.visible("--python-version", plan.target.python, "--only-binary=:all:")
    fit = [one for one in seen if torch_build.in_range(one) and torch_build.is_cpu(one) == (device == "cpu")]
    if not fit:
        raise SystemExit(
            f"build: pip sees no torch for {device} and Python {plan.target.python}; README.md of the checkout, "
            '"The small CPU build of torch", says how to let it see one'
        )
    return fit[0]
