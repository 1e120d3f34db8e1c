"""packaging/constraints.txt: every version, of torch the range that was tried, in a form that every index can serve."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
LINES = [
    line
    for line in (CHECKOUT / "packaging/constraints.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
# "name>=MAJOR.MINOR,<MAJOR.MINOR": packaging/torch_build.py reads it too.
RANGE = re.compile(r"([a-z0-9-]+)(>=[0-9]+\.[0-9]+,<[0-9]+\.[0-9]+)")
RANGES = dict(found.groups() for line in LINES if (found := RANGE.fullmatch(line)))
PINS = dict(line.split("==") for line in LINES if not RANGE.fullmatch(line))
REQUIREMENTS = [
    *PROJECT["dependencies"],
    *(line for extra in PROJECT["optional-dependencies"].values() for line in extra),
]


def name_of(requirement: str) -> str:
    """The name in a requirement, as indexes spell it."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def test_each_line_is_one_exact_version_or_torch_s_range() -> None:
    assert [f"{name}=={pin}" for name, pin in PINS.items() if not re.fullmatch(r"[0-9][0-9a-z.]*", pin)] == []
    assert list(RANGES) == ["torch"]
    names = [re.split(r"[=>]", line)[0] for line in LINES]
    assert names == sorted({*PINS, *RANGES})


def test_torch_s_range_is_that_of_the_project() -> None:
    assert [line for line in REQUIREMENTS if name_of(line) == "torch"] == [f"torch{RANGES['torch']}"]


def test_torch_s_cuda_libraries_are_left_to_torch() -> None:
    assert not [name for name in PINS if name == "triton" or name.startswith(("nvidia-", "cuda-"))]


def test_no_version_is_local() -> None:
    assert "+" not in "".join(LINES)
    assert not [requirement for requirement in REQUIREMENTS if "+" in requirement]


def test_the_project_itself_is_not_pinned() -> None:
    assert PROJECT["name"] not in PINS


@pytest.mark.parametrize("requirement", sorted({name_of(requirement) for requirement in REQUIREMENTS} - {"torch"}))
def test_each_direct_dependency_has_a_version(requirement: str) -> None:
    assert requirement in PINS


def test_no_address_of_an_index_is_in_what_pip_reads() -> None:
    for name in ("pyproject.toml", "packaging/constraints.txt", "packaging/environment.sh", "packaging/check"):
        text = (CHECKOUT / name).read_text()
        assert not re.search(r"index-url\s*[= ]\s*\S*://|find-links\s*[= ]\s*/", text), name
