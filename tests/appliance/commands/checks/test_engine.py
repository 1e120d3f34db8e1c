"""What brings a worker's libraries: by apt where this program came so, by pip else."""

from __future__ import annotations

import os
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


@pytest.fixture(params=["offered", "by files alone"])
def offered(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a source of apt has the packages; apt and dpkg say what they say on such a system."""
    told = {
        "apt-cache": '[ "$1" = madison ] && echo "$2 | 1.0.0+deb13 | file:/srv trixie/main amd64 Packages"',
        "dpkg-query": 'printf "1.0.0+deb13"',
    }
    if request.param != "offered":
        told["apt-cache"] = '[ "$1" = madison ]'  # as of a name that no source has
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, script in told.items():
        (programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    return bool(request.param == "offered")


def test_what_apt_installed_it_completes_by_a_name_that_a_source_has_or_by_its_file(
    packages: Path, offered: bool
) -> None:
    def says(command: str, name: str, option: str = "") -> bool:
        wanted = name if offered else f"./{name}_1.0.0+deb13_amd64.deb"
        before, _, why = command.partition("  # ")
        return before.endswith(f"apt-get install {option}{wanted}") and ("no source of apt has it" in why) != offered

    device = "cuda" if Path("/dev/nvidiactl").exists() else "cpu"
    assert says(install_command(packages, APT), f"vbot-worker-{device}")
    assert says(cuda_command(packages, APT), "vbot-worker-cuda")
    (packages / "vbot-worker-cuda.list").touch()
    assert says(reinstall_command(packages, APT), "vbot-worker-cuda", "--reinstall ")


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
