"""A file is read in one go, and a folder is one subject: what grows beyond that is split, or says why not.

None of these files is generated: what is (the translations' `.qm`) is no Python, and is not committed.
"""

from __future__ import annotations

import ast
import tomllib
from collections import Counter
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PACKAGES: list[str] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
MOST_LINES = 350
MOST_MODULES = 14
# How the docstring of a larger folder's `__init__` begins the sentence that says why it is no two folders.
REASON = f"More than {MOST_MODULES} modules: "


def long_files(package: Path) -> list[str]:
    """The files that are too long, each with its number of lines."""
    lines = {file: len(file.read_text().splitlines()) for file in sorted(package.rglob("*.py"))}
    return [f"{file.relative_to(package.parent)}: {count}" for file, count in lines.items() if count > MOST_LINES]


def full_folders(package: Path) -> list[str]:
    """The folders with too many modules that do not say why, each with its number of modules."""
    modules = Counter(file.parent for file in package.rglob("*.py") if file.name != "__init__.py")
    return [
        f"{folder.relative_to(package.parent)}: {count}"
        for folder, count in sorted(modules.items())
        if count > MOST_MODULES and not gives_a_reason(folder)
    ]


def gives_a_reason(folder: Path) -> bool:
    docstring = ast.get_docstring(ast.parse((folder / "__init__.py").read_text())) or ""
    return bool(docstring.partition(REASON)[2].strip())


@pytest.mark.parametrize("package", PACKAGES)
def test_no_file_is_longer_than_350_lines(package: str) -> None:
    assert long_files(CHECKOUT / package) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_folder_has_more_than_14_modules_without_a_reason(package: str) -> None:
    assert full_folders(CHECKOUT / package) == []


def test_a_long_file_and_a_full_folder_are_found_wherever_they_are(tmp_path: Path) -> None:
    package = tmp_path / "made_up"
    (package / "inner").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "inner" / "__init__.py").write_text(f'"""Many. {REASON}"""\n')  # no reason follows
    for number in range(MOST_MODULES + 1):
        (package / "inner" / f"module_{number:02}.py").write_text("\n" * MOST_LINES)
    (package / "inner" / "module_00.py").write_text("\n" * (MOST_LINES + 1))
    assert long_files(package) == [f"made_up/inner/module_00.py: {MOST_LINES + 1}"]
    assert full_folders(package) == [f"made_up/inner: {MOST_MODULES + 1}"]
    (package / "inner" / "__init__.py").write_text(f'"""Many. {REASON}one for each number."""\n')
    assert full_folders(package) == []
