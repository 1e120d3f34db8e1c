"""Say in one line which Python this environment has, and which build of torch. Standard library only, and quick."""

from __future__ import annotations

import os
import platform
import runpy
import sys
from importlib.util import find_spec
from pathlib import Path


def main() -> int:
    """Print it."""
    base = os.path.realpath(sys.executable)
    print(f"Python {platform.python_version()} ({base}), {torch()}")
    return 0


def torch() -> str:
    """The version of torch and what it was built for; torch itself takes seconds to load, its version does not."""
    found = find_spec("torch")
    if found is None or not found.submodule_search_locations:
        return "no torch"
    built = runpy.run_path(str(Path(found.submodule_search_locations[0]) / "version.py"))
    cuda = built.get("cuda")
    return f"torch {built['__version__']} ({f'CUDA {cuda}' if cuda else 'CPU'})"


if __name__ == "__main__":
    sys.exit(main())
