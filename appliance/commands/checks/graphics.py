"""The graphics card: whether there is one of NVIDIA's, and if so why no worker computes on it."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.commands.checks.engine import TorchSeen, cuda_command, is_installed
from appliance.commands.checks.finding import Doubtful, Wrong, as_root

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from appliance.commands.checks.box import Box

_NVIDIA = "0x10de"
# Of the PCI bus: VGA and 3D controllers.
_DISPLAYS = ("0x0300", "0x0302")
_NODES = ("nvidia0", "nvidiactl", "nvidia-uvm")
_DRIVER = re.compile(r"NVRM version:.*?\s(?P<version>\d+\.\d+(?:\.\d+)?)\s")
_WORKER_UNIT = re.compile(r"vbot-worker(?:-join)?@(?P<device>cpu|auto|cuda(?::[0-9]+)?)\.service")
NO_CARD = "no card of NVIDIA's is there: the worker computes on the processor"
# Debian's are in its non-free component; Ubuntu has a program that knows which of many.
DRIVERS = {"ubuntu": "ubuntu-drivers install"}
DEBIANS_DRIVER = "apt-get install nvidia-driver nvidia-persistenced"


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
    seen, wanted = look_at_graphics(), _wanted(box)
    named = [one for one in wanted if one.startswith("cuda")]
    if not is_installed():
        return "there is one; no worker is installed here" if seen.cards else NO_CARD
    if not seen.cards and not named:
        return NO_CARD
    torch = box.engine.torch
    if torch is None:
        return "the engine cannot be imported"  # the check of the engine says so
    # A container may show us no card on any bus, and torch one all the same.
    if named and (not seen.cards or torch.can_compute):
        check_named(named, len(torch.card_bytes), wanted)
    workers = box.api.system["workers"] if box.api.system is not None else None
    devices = None if workers is None else [worker["device"] for worker in workers if worker["state"] != "gone"]
    return judged(seen, torch, devices, named[0] if named else box.settings.device)


def _wanted(box: Box) -> dict[str, str]:
    """The devices that are set, each with the command that sets none: by a setting, or by the unit of a worker."""
    file = box.settings.config_file
    found = {box.settings.device: as_root(f"editor {file}") if file is not None else "unset VBOT_DEVICE"}
    for unit in box.units:
        device = _WORKER_UNIT.fullmatch(unit.name)
        if device is not None and (unit.file_state == "enabled" or unit.active_state in ("active", "activating")):
            found[device["device"]] = as_root(f"systemctl disable --now {unit.name}")
    return found


def check_named(named: Iterable[str], count: int, commands: Mapping[str, str]) -> None:
    """Raise Wrong where one of these devices is a card that torch does not see; it sees `count`."""
    for device in named:
        if int(device.partition(":")[2] or 0) >= count:
            there = {0: "no card that torch can compute on is", 1: "only one card, cuda:0, is"}.get(
                count, f"only {count} cards, cuda:0 to cuda:{count - 1}, are"
            )
            text = f"VBOT_DEVICE is {device}, and {there} there: its worker cannot start"
            raise Wrong(text, commands[device])


def judged(seen: Graphics, torch: TorchSeen, devices: Iterable[str] | None, device: str) -> str:
    """Why no worker computes on a card that is there, the first reason first. Raises Doubtful, or Wrong where one must.

    `devices`: of the workers that are there; None: nobody knows. `device`: what is set.
    """
    must = device.startswith("cuda")
    fault = Wrong if must else Doubtful
    outcome = f"its worker cannot start (VBOT_DEVICE is {device})" if must else "the worker computes on the processor"
    if not seen.cards:
        return (
            f"{len(torch.card_bytes)} that torch can compute on {'is' if len(torch.card_bytes) == 1 else 'are'} there"
        )
    there = f"{seen.cards} of NVIDIA's {'is' if seen.cards == 1 else 'are'} there"
    if seen.driver is None:
        raise fault(f"{there}, but no driver runs: {outcome}", as_root(install_driver()))
    if seen.missing_nodes:
        text = f"{there}, but a worker may not make the device nodes {', '.join(seen.missing_nodes)}"
        raise fault(text, as_root("nvidia-modprobe -u -c=0"))
    if torch.cuda is None:
        text = f"{there}, but torch {torch.version} is the build for processors"
        raise fault(text, cuda_command())
    if not torch.can_compute:
        if "too old" in torch.why_not:
            text = f"{there}, but its driver {seen.driver} is too old for torch {torch.version} (CUDA {torch.cuda})"
            raise fault(text, as_root(install_driver()))
        reason = torch.why_not.strip() or "and does not say why"
        raise fault(f"{there}, but torch cannot compute on it: {reason}", "nvidia-smi")
    if devices is not None and not any(one.startswith("cuda") for one in devices):
        text = f"{there}, and works, but no worker computes on it"
        raise Doubtful(text, as_root("systemctl enable --now vbot-worker@cuda:0"))
    return f"{there}, with driver {seen.driver}"


def install_driver(release: Path = Path("/etc/os-release")) -> str:
    """What brings the driver, by the distribution."""
    with contextlib.suppress(OSError):
        for name, command in DRIVERS.items():
            if re.search(rf"^ID=\"?{name}\"?$", release.read_text(), re.MULTILINE):
                return command
    return DEBIANS_DRIVER
