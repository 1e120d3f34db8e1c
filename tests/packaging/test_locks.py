"""packaging/locks/: what is installed is what was looked at, file by file; and what is not is named in README."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

CHECKOUT = Path(__file__).parents[2]
LOCKS = CHECKOUT / "packaging/locks"
PROJECT: dict[str, Any] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
EXTRAS = ("base", *sorted(PROJECT["optional-dependencies"]))
ENTRY = re.compile(r"^([a-z0-9.-]+)==([^\s;\\]+)[^\n]*\\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE)
TORCH = ("torch", "torch-cpu", "torch-cuda")
CONSTRAINTS = (CHECKOUT / "packaging/constraints.txt").read_text()


def pins(name: str) -> dict[str, str]:
    return {found[1]: found[2] for found in ENTRY.finditer((LOCKS / f"{name}.txt").read_text())}


def test_each_extra_has_a_lock() -> None:
    assert {file.stem for file in LOCKS.glob("*.txt")} == {*EXTRAS, *TORCH}


@pytest.mark.parametrize("name", [*EXTRAS, *TORCH])
def test_everything_in_a_lock_has_the_hashes_of_its_files(name: str) -> None:
    text = (LOCKS / f"{name}.txt").read_text()
    assert ENTRY.sub("", text) == ""
    assert text.count("==") >= len(pins(name)) > 0


@pytest.mark.parametrize("name", EXTRAS)
def test_a_lock_holds_the_versions_that_were_tried(name: str) -> None:
    tried = dict(re.findall(r"^([a-z0-9.-]+)==(\S+)$", CONSTRAINTS, re.MULTILINE))
    assert {one: pin for one, pin in pins(name).items() if tried.get(one, pin) != pin} == {}


@pytest.mark.parametrize("name", EXTRAS)
def test_a_lock_holds_what_the_project_asks_for(name: str) -> None:
    asked = PROJECT["dependencies"] if name == "base" else PROJECT["optional-dependencies"][name]
    names = {re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", one)[0]).lower() for one in asked}  # type: ignore[index]
    assert names - {"torch"} <= {*pins("base"), *pins(name)}


def test_the_builds_of_torch_that_pypi_serves_have_hashes_within_the_range() -> None:
    found = re.findall(r"^torch==(\S+)", (LOCKS / "torch.txt").read_text(), re.MULTILINE)
    limits = SpecifierSet(re.search(r"^torch(>=\S+)$", CONSTRAINTS, re.MULTILINE)[1])  # type: ignore[index]
    assert found
    assert all(limits.contains(version) for version in found)


def test_the_torch_of_a_worker_s_package_is_one_file_for_each_python_that_has_one() -> None:
    for device in ("cpu", "cuda"):
        text = (LOCKS / f"torch-{device}.txt").read_text()
        entries = re.findall(r"^torch==(\S+) ; python_version == '([\d.]+)' \\\n( .+\n)+", text, re.MULTILINE)
        assert entries
        assert len({python for _, python, _ in entries}) == len(entries)
        assert {("+cpu" in version) for version, _, _ in entries} == {device == "cpu"}
        assert text.count("--hash=") == text.count("==") / 2 == text.count("python_version")


def test_the_cuda_build_of_a_worker_s_package_is_one_of_pypi_s_with_the_libraries_that_it_pins() -> None:
    text = (LOCKS / "torch-cuda.txt").read_text()
    of_pypi = (LOCKS / "torch.txt").read_text()
    assert {"torch", "triton", "nvidia-cublas", "nvidia-cudnn-cu13", "cuda-toolkit"} <= set(pins("torch-cuda"))
    for version, digest in re.findall(r"^torch==(\S+) ; .*\n +--hash=(\S+)$", text, re.MULTILINE):
        (entry,) = re.findall(rf"^torch=={re.escape(version)} .*\n(?: +--hash=.*\n)+", of_pypi, re.MULTILINE)
        assert digest in entry


def test_what_builds_the_project_is_locked_too() -> None:
    assert "setuptools" in pins("base")
    assert "pip" not in pins("dev"), "it would replace itself while it works"
