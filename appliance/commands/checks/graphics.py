"""The graphics card: whether there is one of NVIDIA's, and if so why no worker computes on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.commands.checks.engine import TorchSeen, cuda_command, is_installed
from appliance.commands.checks.finding import Doubtful, Wrong, as_root

if TYPE_CHECKING:
    from collections.abc import Iterable

    from appliance.commands.checks.box import Box

_NVIDIA = "0x10de"
# Of the PCI bus: VGA and 3D controllers.
_DISPLAYS = ("0x0300", "0x0302")
_NODES = ("nvidia0", "nvidiactl", "nvidia-uvm")
_DRIVER = re.compile(r"NVRM version:.*?\s(?P<version>\d+\.\d+(?:\.\d+)?)\s")
INSTALL_DRIVER = "apt-get install nvidia-driver nvidia-persistenced"


@dataclass(frozen=True, slots=True)
class Graphics:
    """NVIDIA's cards in this machine, the version of their driver if it runs, the device nodes that are missing."""

    cards: int = 0
    driver: str | None = None
    missing_nodes: tuple[str, ...] = ()


def look_at_graphics(root: Path = Path("/")) -> Graphics:
    """What the kernel shows of them below `root`."""
    cards = sum(map(_is_nvidias, (root / "sys/bus/pci/devices").glob("*")))
    # A virtual machine or a container may be given a card that is on no bus of its own.
    cards = cards or sum(1 for _ in (root / "proc/driver/nvidia/gpus").glob("*"))
    try:
        found = _DRIVER.search((root / "proc/driver/nvidia/version").read_text(errors="replace"))
    except OSError:
        found = None
    missing = tuple(f"/dev/{name}" for name in _NODES if not (root / "dev" / name).exists())
    return Graphics(cards, found["version"] if found else None, missing)


def _is_nvidias(device: Path) -> bool:
    try:
        vendor, kind = ((device / name).read_text().strip() for name in ("vendor", "class"))
    except OSError:
        return False
    return vendor == _NVIDIA and kind.startswith(_DISPLAYS)


def check_graphics(box: Box) -> str:
    """Look, and judge."""
    seen = look_at_graphics()
    if not seen.cards:
        return "no card of NVIDIA's is there: the worker computes on the processor"
    if not is_installed():
        return "there is one; no worker is installed here"
    if box.engine.torch is None:
        return "there is one; the engine cannot be imported"  # the check of the engine says so
    workers = box.api.system["workers"] if box.api.system is not None else None
    devices = None if workers is None else [worker["device"] for worker in workers if worker["state"] != "gone"]
    return judged(seen, box.engine.torch, devices, box.settings.device)


def judged(seen: Graphics, torch: TorchSeen, devices: Iterable[str] | None, device: str) -> str:
    """Why no worker computes on a card that is there, the first reason first. Raises Doubtful, or Wrong where one must.

    `devices`: of the workers that are there; None: nobody knows. `device`: what is set.
    """
    fault = Wrong if device.startswith("cuda") else Doubtful
    there = f"{seen.cards} of NVIDIA's {'is' if seen.cards == 1 else 'are'} there"
    if seen.driver is None:
        raise fault(f"{there}, but no driver runs: the worker computes on the processor", as_root(INSTALL_DRIVER))
    if seen.missing_nodes:
        text = f"{there}, but a worker may not make the device nodes {', '.join(seen.missing_nodes)}"
        raise fault(text, as_root("nvidia-modprobe -u -c=0"))
    if torch.cuda is None:
        text = f"{there}, but torch {torch.version} is the build for processors"
        raise fault(text, cuda_command())
    if not torch.can_compute:
        if "too old" in torch.why_not:
            text = f"{there}, but its driver {seen.driver} is too old for torch {torch.version} (CUDA {torch.cuda})"
            raise fault(text, as_root(INSTALL_DRIVER))
        reason = torch.why_not.strip() or "and does not say why"
        raise fault(f"{there}, but torch cannot compute on it: {reason}", "nvidia-smi")
    if devices is not None and not any(one.startswith("cuda") for one in devices):
        text = f"{there}, and works, but no worker computes on it"
        raise Doubtful(text, as_root("systemctl enable --now vbot-worker@cuda:0"))
    return f"{there}, with driver {seen.driver}"
