"""Why no worker computes on a card that is there: no test machine has one, so what kernel and torch say is made up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from appliance.commands.checks.engine import TorchSeen
from appliance.commands.checks.finding import Doubtful, Wrong
from appliance.commands.checks.graphics import Graphics, judged, look_at_graphics

CARD = Graphics(cards=1, driver="550.54.14")
TORCH = TorchSeen("2.13.0+cu130", "13.0", can_compute=True)
TOO_OLD = (
    "CUDA initialization: The NVIDIA driver on your system is too old (found version 12040). Please update your GPU "
    "driver by downloading and installing a new version from the URL: http://www.nvidia.com/Download/index.aspx "
)
KERNEL_MODULE = {
    "as a closed one": "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023\n",
    "as an open one": "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  535.104.05  Release Build\n",
}


def test_a_card_that_a_worker_computes_on_is_well() -> None:
    assert judged(CARD, TORCH, ["cpu", "cuda:0"], "auto") == "1 of NVIDIA's is there, with driver 550.54.14"
    assert judged(CARD, TORCH, None, "auto")  # no api runs that could say


@pytest.mark.parametrize(
    ("seen", "torch", "says", "command"),
    [
        (Graphics(1), TORCH, "no driver runs: the worker computes on the processor", "apt-get install nvidia-driver "),
        (Graphics(2, "550.54.14", ("/dev/nvidia-uvm",)), TORCH, "2 of .* are there.* /dev/nvidia-uvm$", "nvidia-mod"),
        (CARD, TorchSeen("2.13.0+cpu"), r"torch 2\.13\.0\+cpu is the build for processors", "pip install .* torch$"),
        (
            CARD,
            TorchSeen("2.13.0", "13.0", why_not=TOO_OLD),
            r"its driver 550\.54\.14 is too old for torch 2\.13\.0 \(CUDA 13\.0\)",
            "apt-get install nvidia-driver",
        ),
        (
            CARD,
            TorchSeen("2.13.0", "13.0", why_not="unknown error"),
            "cannot compute on it: unknown error",
            "nvidia-smi",
        ),
    ],
    ids=["no driver", "no device node", "torch for CPUs", "driver too old", "broken"],
)
@pytest.mark.parametrize("device", ["auto", "cuda:0"])
def test_a_card_that_cannot_be_used_is_told_with_what_mends_it(
    seen: Graphics, torch: TorchSeen, says: str, command: str, device: str
) -> None:
    """A worker that was told to use it cannot work; another one does, only slower."""
    with pytest.raises(Wrong if device == "cuda:0" else Doubtful, match=says) as told:
        judged(seen, torch, ["cpu"], device)
    assert re.search(command, str(told.value.command))


def test_a_worker_on_the_processor_beside_a_card_is_told() -> None:
    with pytest.raises(Doubtful, match="works, but no worker computes on it") as told:
        judged(CARD, TORCH, ["cpu"], "auto")
    assert str(told.value.command).endswith("systemctl enable --now vbot-worker@cuda:0")


@pytest.mark.parametrize("module", KERNEL_MODULE)
def test_cards_are_found_on_the_bus_and_their_driver_in_the_kernel(tmp_path: Path, module: str) -> None:
    for number, (vendor, kind) in enumerate([("0x10de", "0x030200"), ("0x10de", "0x040300"), ("0x8086", "0x030000")]):
        device = tmp_path / "sys/bus/pci/devices" / f"0000:0{number}:00.0"
        device.mkdir(parents=True)
        (device / "vendor").write_text(f"{vendor}\n")
        (device / "class").write_text(f"{kind}\n")
    assert look_at_graphics(tmp_path) == Graphics(1, None, ("/dev/nvidia0", "/dev/nvidiactl", "/dev/nvidia-uvm"))
    (tmp_path / "proc/driver/nvidia").mkdir(parents=True)
    (tmp_path / "proc/driver/nvidia/version").write_text(KERNEL_MODULE[module])
    (tmp_path / "dev").mkdir()
    for name in ("nvidia0", "nvidiactl", "nvidia-uvm"):
        (tmp_path / "dev" / name).touch()
    assert look_at_graphics(tmp_path) == Graphics(1, "535.104.05")


def test_a_machine_without_a_card_has_none(tmp_path: Path) -> None:
    assert look_at_graphics(tmp_path).cards == 0
