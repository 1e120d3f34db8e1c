"""Nobody asks a layout for its items: this reads the source of the program, and of its tests.

Qt deletes items as it likes, and shiboken does not hear of it. What lies at that address next, a shortcut for example,
is taken for the item that was, and the window dies of it in the event loop, long after.
"""

from __future__ import annotations

import ast
from pathlib import Path

import admin_gui

SOURCES = (Path(admin_gui.__file__).parent, Path(__file__).parents[1])
ASKS = {"itemAt", "takeAt", "itemAtPosition"}


def _asked(file: Path) -> list[str]:
    calls = (one for one in ast.walk(ast.parse(file.read_text())) if isinstance(one, ast.Call))
    return [
        f"{file}:{call.lineno}" for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in ASKS
    ]


def test_no_layout_is_asked_for_its_items() -> None:
    assert [place for source in SOURCES for file in sorted(source.rglob("*.py")) for place in _asked(file)] == []


def test_a_question_is_found(tmp_path: Path) -> None:
    (tmp_path / "asks.py").write_text("while layout.takeAt(0) is not None:\n    pass\n")
    assert _asked(tmp_path / "asks.py") == [f"{tmp_path}/asks.py:1"]
