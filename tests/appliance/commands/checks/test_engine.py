"""What brings a worker's libraries: by apt where this program came so, by pip else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from appliance.commands.checks.engine import cuda_command, install_command, reinstall_command

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
