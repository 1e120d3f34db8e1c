"""Why no worker computes on a card that is there: no test machine has one, so what kernel and torch say is made up."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.commands.checks import graphics
from appliance.commands.checks.box import Box
from appliance.commands.checks.engine import EngineImport, TorchSeen
from appliance.commands.checks.finding import Doubtful, Wrong
from appliance.commands.checks.graphics import (
    NO_CARD,
    Graphics,
    check_graphics,
    install_driver,
    judged,
    look_at_graphics,
)
from appliance.commands.checks.units import UnitState
from appliance.settings import load
from appliance.storage.folder.data_folder import DataFolder

CARD = Graphics(cards=1, driver="550.54.14")
TORCH = TorchSeen("2.13.0+cu130", "13.0", can_compute=True, card_bytes=(24 * 1024**3,))
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
        (
            Graphics(1),
            TORCH,
            "no driver runs: (?:the worker computes on the processor|its worker cannot)",
            "apt-get install nvidia-driver ",
        ),
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


def box(tmp_path: Path, torch: TorchSeen, device: str, *units: UnitState) -> Box:
    settings = load(None, {"VBOT_DATA_DIR": str(tmp_path), "VBOT_DEVICE": device})
    made = Box(settings, DataFolder(settings.data_dir), units=units)
    vars(made)["engine"] = EngineImport(torch)  # what would be looked at once
    return made


@pytest.fixture
def cards(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """So many of NVIDIA's cards in this machine, and a worker's libraries."""

    def put_in(count: int) -> None:
        monkeypatch.setattr(graphics, "look_at_graphics", lambda: Graphics(count, "550.54.14" if count else None))

    monkeypatch.setattr(graphics, "is_installed", lambda: True)
    return put_in


@pytest.mark.parametrize(
    ("device", "count", "there"),
    [
        ("cuda", 0, "no card that torch can compute on is there"),
        ("cuda:0", 0, "no card that torch can compute on is there"),
        ("cuda:1", 1, "only one card, cuda:0, is there"),
        ("cuda:2", 2, "only 2 cards, cuda:0 to cuda:1, are there"),
        ("cuda:17", 2, "only 2 cards, cuda:0 to cuda:1, are there"),
    ],
)
def test_a_card_that_is_set_and_not_there_is_wrong(
    tmp_path: Path, cards: Callable[[int], None], device: str, count: int, there: str
) -> None:
    cards(count)
    torch = TorchSeen("2.13.0", "13.0", can_compute=count > 0, card_bytes=(8 * 1024**3,) * count)
    with pytest.raises(Wrong) as told:
        check_graphics(box(tmp_path, torch, device))
    assert str(told.value) == f"VBOT_DEVICE is {device}, and {there}: its worker cannot start"
    assert told.value.command == "unset VBOT_DEVICE"


def test_a_worker_unit_for_a_card_that_is_not_there_is_wrong(tmp_path: Path, cards: Callable[[int], None]) -> None:
    cards(1)
    here = UnitState("vbot-worker@cuda:0.service", "active", file_state="enabled")
    gone = UnitState("vbot-worker@cuda:1.service", "activating", file_state="enabled")
    assert check_graphics(box(tmp_path, TORCH, "auto", here))
    with pytest.raises(Wrong, match=r"^VBOT_DEVICE is cuda:1, and only one card") as told:
        check_graphics(box(tmp_path, TORCH, "auto", here, gone))
    assert str(told.value.command).endswith("systemctl disable --now vbot-worker@cuda:1.service")


@pytest.mark.parametrize("device", ["auto", "cpu"])
def test_where_no_card_is_named_none_need_be_there(tmp_path: Path, cards: Callable[[int], None], device: str) -> None:
    cards(0)
    assert check_graphics(box(tmp_path, TorchSeen("2.13.0+cpu"), device)) == NO_CARD


def test_a_card_that_only_torch_sees_is_there(tmp_path: Path, cards: Callable[[int], None]) -> None:
    cards(0)
    assert check_graphics(box(tmp_path, TORCH, "cuda:0")) == "1 that torch can compute on is there"


@pytest.mark.parametrize(
    ("release", "command"),
    [
        ('NAME="Ubuntu"\nID=ubuntu\n', "ubuntu-drivers install"),
        ('NAME="Debian GNU/Linux"\nID=debian\n', "apt-get install nvidia-driver nvidia-persistenced"),
    ],
)
def test_the_driver_is_called_as_the_distribution_calls_it(tmp_path: Path, release: str, command: str) -> None:
    (tmp_path / "os-release").write_text(release)
    assert install_driver(tmp_path / "os-release") == command
