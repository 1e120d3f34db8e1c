"""The README's table of stages and the tree of the package are the same thing."""

from __future__ import annotations

import re
from pathlib import Path

ENGINE = Path(__file__).parents[2] / "engine"
# Packages with a README, or a docstring, of their own.
APART = {"models", "training"}


def test_each_module_stands_in_the_readme_and_nothing_else_does() -> None:
    modules = {
        file.name
        for file in ENGINE.rglob("*.py")
        if file.name != "__init__.py" and file.relative_to(ENGINE).parts[0] not in APART
    }
    named = re.findall(r"`([\w/]+\.py)`|\(([\w/]+\.py)\)", (ENGINE / "README.md").read_text())
    paths = {"".join(found) for found in named}
    assert {Path(path).name for path in paths} == modules
    assert [path for path in paths if "/" in path and not (ENGINE / path).is_file()] == []
