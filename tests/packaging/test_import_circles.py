"""No module imports itself by way of others: layers order the packages, and not the modules of one."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PACKAGES: list[str] = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]


def modules_of(package: Path) -> dict[str, Path]:
    """The modules of a package by their dotted names."""
    found = {}
    for file in sorted(package.rglob("*.py")):
        parts = file.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = file
    return found


def _statements(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Every import, in functions too, but for those that only type checkers make."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            for other in child.orelse:
                yield from _statements(other)
        elif isinstance(child, ast.Import | ast.ImportFrom):
            yield child
        else:
            yield from _statements(child)


def imports_of(module: str, file: Path, modules: Mapping[str, Path]) -> set[str]:
    """The modules of the same package that this one imports."""
    package = module.split(".") if file.name == "__init__.py" else module.split(".")[:-1]
    found = set()
    for statement in _statements(ast.parse(file.read_text())):
        if isinstance(statement, ast.Import):
            found |= {alias.name for alias in statement.names}
            continue
        level = package[: len(package) - statement.level + 1] if statement.level else []
        origin = ".".join([*level, *([statement.module] if statement.module else [])])
        for alias in statement.names:
            submodule = f"{origin}.{alias.name}"
            found.add(submodule if submodule in modules else origin)
    return found & modules.keys()


def circles_in(package: Path) -> list[list[str]]:
    """A circle for each module that reaches itself, the shortest one; each is told once."""
    modules = modules_of(package)
    imports = {module: imports_of(module, file, modules) for module, file in modules.items()}
    circles: dict[frozenset[str], list[str]] = {}
    for start in modules:
        paths, reached = [[start]], {start}
        for path in paths:  # grows: breadth first
            if start in imports[path[-1]]:
                circles.setdefault(frozenset(path), [*path, start])
                break
            for after in sorted(imports[path[-1]] - reached):
                reached.add(after)
                paths.append([*path, after])
    return list(circles.values())


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_imports_itself_by_way_of_others(package: str) -> None:
    assert [" → ".join(circle) for circle in circles_in(CHECKOUT / package)] == []


def test_a_circle_is_found_wherever_it_is_made(tmp_path: Path) -> None:
    package = tmp_path / "made_up"
    (package / "inner").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "inner" / "__init__.py").write_text("from made_up.inner.one import A\n")
    (package / "inner" / "one.py").write_text("from made_up import two\nA = 1\n")
    (package / "two.py").write_text("def later():\n    from .three import B\n    return B\n")
    (package / "three.py").write_text("import made_up.inner.one\nB = 1\n")
    assert circles_in(package) == [
        ["made_up.inner.one", "made_up.two", "made_up.three", "made_up.inner.one"],
    ]


@pytest.mark.slow
def test_an_import_for_type_checkers_makes_no_circle(tmp_path: Path) -> None:
    package = tmp_path / "made_up"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "one.py").write_text("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import made_up.two\n")
    (package / "two.py").write_text("import made_up.one\n")
    assert circles_in(package) == []
