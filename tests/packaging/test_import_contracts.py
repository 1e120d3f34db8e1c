"""Each import-linter contract catches a deliberate breach: a rule that catches nothing would pass as well."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow  # each test starts processes

CHECKOUT = Path(__file__).parents[2]
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
CONFIGURATION: dict[str, Any] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS: list[dict[str, Any]] = CONFIGURATION["contracts"]
# import-linter asks the terminal how wide it is, and breaks long lines there.
WIDE = {"COLUMNS": "500", "TERM": "dumb", "NO_COLOR": "1"}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages and their contracts, free to be spoiled."""
    for package in CONFIGURATION["root_packages"]:
        shutil.copytree(
            CHECKOUT / package,
            tmp_path / package,
            ignore=shutil.ignore_patterns("__pycache__", "*.wav"),
        )
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path) -> tuple[int, str]:
    """Run lint-imports on a copy, and on nothing else."""
    answer = subprocess.run(
        [LINT_IMPORTS, "--no-cache"], cwd=folder, env=WIDE, capture_output=True, text=True, timeout=240, check=False
    )
    return answer.returncode, answer.stdout + answer.stderr


def named(expressions: list[str]) -> list[str]:
    """The modules that a contract's expressions stand for; `package.*` stands for all that lies in the package."""
    return [module for expression in expressions for module in (inside(expression) or [expression])]


def inside(expression: str) -> list[str]:
    if not expression.endswith(".*"):
        return []
    folder = CHECKOUT.joinpath(*expression.removesuffix(".*").split("."))
    found = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    return [f"{expression.removesuffix('*')}{name}" for name in sorted(found - {"__init__"})]


def is_free(importer: str, imported: str, contract: dict[str, Any]) -> bool:
    """Whether the contract lets every module of a package import this one."""
    return f"{importer}.** -> {imported}" in contract.get("ignore_imports", [])


def breaches(contract: dict[str, Any]) -> list[tuple[str, str]]:
    """Pairs of importer and imported that a contract forbids: every module that it names is in one of them."""
    if contract["type"] == "forbidden":
        sources, forbidden = named(contract["source_modules"]), contract["forbidden_modules"]
        count = max(len(sources), len(forbidden))
        pairs = itertools.islice(zip(itertools.cycle(sources), itertools.cycle(forbidden), strict=False), count)
        return [pair for pair in pairs if not is_free(*pair, contract)]
    assert contract["type"] == "layers", f"say here how to breach a contract of type {contract['type']}"
    containers = contract.get("containers", [])
    assert len(containers) <= 1, "say here how to breach a contract of several containers"
    prefix = "".join(f"{container}." for container in containers)
    layers = [[prefix + module for module in re.split(r"\s*[|:]\s*", layer)] for layer in contract["layers"]]
    upward = [(lower[-1], upper[0]) for upper, lower in itertools.pairwise(layers)]
    # `|` parts siblings that may not know each other either; `:` parts those that may.
    sideways = [
        pair
        for layer, modules in zip(contract["layers"], layers, strict=True)
        if "|" in layer
        for pair in itertools.pairwise(modules)
    ]
    return upward + sideways


def add_import(folder: Path, importer: str, imported: str) -> None:
    """Write the breach: into a module, or as a new module of a package."""
    place = folder.joinpath(*importer.split("."))
    statement = f"\nimport {imported}\n"
    if place.is_dir():
        with (place / "deliberate_breach.py").open("a") as module:
            module.write(statement)
    else:
        with place.with_suffix(".py").open("a") as module:
            module.write(statement)


def parts_of(package: Path) -> list[str]:
    """The modules and packages directly in a package."""
    return [
        f"{package.name}.{entry.stem}"
        for entry in sorted(package.iterdir())
        if entry.name != "__init__.py" and (entry.suffix == ".py" or (entry / "__init__.py").is_file())
    ]


def test_all_contracts_are_kept(copy: Path) -> None:
    code, output = lint(copy)
    assert code == 0, output
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in output


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: str(contract["name"]))
def test_a_deliberate_breach_breaks_the_contract(copy: Path, contract: dict[str, Any]) -> None:
    pairs = breaches(contract)
    for importer, imported in pairs:
        add_import(copy, importer, imported)
    code, output = lint(copy)
    assert code == 1, output
    assert f"{contract['name']} BROKEN" in output
    report = output.partition("Broken contracts")[2].partition(f"\n{contract['name']}\n")[2]
    for importer, imported in pairs:
        assert f"{importer} is not allowed to import {imported}:" in report, output


def test_the_commands_may_import_no_other_part_of_the_engine(copy: Path) -> None:
    parts = [part for part in parts_of(copy / "engine") if part != "engine.models"]
    for part in parts:
        add_import(copy, "appliance.cli", part)
    code, output = lint(copy)
    assert code == 1, output
    for part in parts:
        assert f"appliance.cli -> {part} (" in output, output


def test_a_new_part_of_the_engine_has_to_say_where_it_stands(copy: Path) -> None:
    (copy / "engine" / "new_part.py").touch()
    code, output = lint(copy)
    assert code == 1, output
    assert "The layers of the engine BROKEN" in output


def test_every_package_of_the_wheel_is_under_contract() -> None:
    setuptools = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["setuptools"]
    packages = [pattern.rstrip("*") for pattern in setuptools["packages"]["find"]["include"]]
    assert sorted(packages) == sorted(CONFIGURATION["root_packages"])
