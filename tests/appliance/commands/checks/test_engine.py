"""What brings a worker's libraries: by apt where this program came so, by pip else."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.commands.checks.engine import (
    IMPORT_ENGINE,
    cuda_command,
    import_engine,
    install_command,
    reinstall_command,
)
from appliance.commands.checks.finding import Wrong
from appliance.commands.checks.graphics import Graphics, judged

APT = "/opt/vbot/1.0.0"


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """As dpkg lists what it has installed."""
    (tmp_path / "vbot-appliance.list").touch()
    return tmp_path


def test_what_apt_installed_it_completes(packages: Path) -> None:
    assert install_command(packages, APT).endswith("apt-get install vbot-worker-cpu") or Path("/dev/nvidiactl").exists()
    assert cuda_command(packages, APT).endswith("apt-get install vbot-worker-cuda")
    (packages / "vbot-worker-cuda.list").touch()
    assert reinstall_command(packages, APT).endswith("apt-get install --reinstall vbot-worker-cuda")


@pytest.mark.parametrize("prefix", [sys.prefix, "/home/ada/.venv"])
def test_beside_the_packages_a_checkout_is_its_own_pips(packages: Path, prefix: str) -> None:
    (packages / "vbot-worker-cpu.list").touch()
    assert install_command(packages, prefix) == f"{sys.executable} -m pip install 'vbot-appliance[worker]'"
    assert "pip install --force-reinstall" in reinstall_command(packages, prefix)


def test_by_hand_in_the_same_place_it_is_pips(tmp_path: Path) -> None:
    assert "pip install" in install_command(tmp_path, APT)
    assert "pip install" in cuda_command(tmp_path, APT)
    assert "pip install" in reinstall_command(tmp_path, APT)


def test_a_card_that_fails_while_it_is_looked_at_is_no_engine_that_cannot_be_imported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = """
import torch
def broken(_):
    raise torch.AcceleratorError("CUDA error: uncorrectable ECC error encountered")
torch.cuda.is_available, torch.cuda.device_count, torch.cuda.get_device_properties = lambda: True, lambda: 1, broken
"""
    monkeypatch.setattr("appliance.commands.checks.engine.IMPORT_ENGINE", broken + IMPORT_ENGINE)
    seen = import_engine()
    assert seen.fault is None
    assert seen.torch is not None
    assert (seen.torch.can_compute, seen.torch.card_bytes) == (False, ())
    assert "uncorrectable ECC error encountered" in seen.torch.why_not
    graphics = Graphics(cards=1, driver="580.1")
    with pytest.raises(Wrong, match=r"torch cannot compute on it: .*uncorrectable ECC error encountered"):
        judged(graphics, replace(seen.torch, cuda="13.0"), None, "cuda:0")
