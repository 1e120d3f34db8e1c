"""Which lines of the locks become which package's libraries, whichever Python builds."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

PACKAGING = Path(__file__).parents[3] / "packaging"
LOCKS = PACKAGING / "locks"


@pytest.fixture(scope="module")
def wheels() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vbot_deb_wheels", PACKAGING / "deb/wheels.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def names(requirements: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9.-]+)==", requirements, re.MULTILINE))


def test_a_marker_is_held_against_the_python_that_the_package_is_for(wheels: ModuleType, tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    digest = f"    --hash=sha256:{'0' * 64}\n"
    lock.write_text(
        f"old==1.0 ; python_full_version < '3.12' \\\n{digest}new==2.0 ; python_version >= '3.13' \\\n{digest}"
        f"elsewhere==1.0 ; sys_platform == 'win32' \\\n{digest}always==3.0 \\\n{digest}"
    )
    assert wheels.locked([lock], wheels.Target("3.11")) == f"old==1.0 \\\n{digest}always==3.0 \\\n{digest}"
    assert wheels.locked([lock], wheels.Target("3.13")) == f"new==2.0 \\\n{digest}always==3.0 \\\n{digest}"


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_a_worker_s_package_brings_nothing_that_the_appliance_s_has(wheels: ModuleType, python: str) -> None:
    base = (LOCKS / "base.txt", PACKAGING / "deb/pip.txt")
    target = wheels.Target(python)
    appliance = names(wheels.locked(base, target))
    worker = names(wheels.locked([LOCKS / "worker.txt"], target, without=base))
    assert {"tornado", "duckdb", "pip", "pycparser"} <= appliance
    assert {"numpy", "transformers", "speechbrain"} <= worker
    assert appliance & worker == set()


def test_debian_12_gets_what_its_older_python_3_11_needs(wheels: ModuleType) -> None:
    # redis imports it before 3.11.3, and Debian 12 has 3.11.2.
    assert "async-timeout" in names(wheels.locked([LOCKS / "base.txt"], wheels.Target("3.11")))
    assert "async-timeout" not in names(wheels.locked([LOCKS / "base.txt"], wheels.Target("3.12")))


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_python_gets_the_torch_that_is_locked_for_it_and_no_other(wheels: ModuleType, device: str) -> None:
    lock = LOCKS / f"torch-{device}.txt"
    locked = re.findall(r"^torch==\S+ ; python_version == '([\d.]+)'", lock.read_text(), re.MULTILINE)
    for python in wheels.FULL_VERSIONS:
        found = wheels.locked([lock], wheels.Target(python))
        assert ("torch" in names(found)) == (python in locked)
        assert found.count("torch==") == (python in locked)


def test_every_line_has_its_hashes(wheels: ModuleType) -> None:
    listed = wheels.locked([LOCKS / "worker.txt"], wheels.Target("3.13"))
    assert all("--hash=sha256:" in entry for entry in re.split(r"^(?=[a-z])", listed, flags=re.MULTILINE) if entry)
