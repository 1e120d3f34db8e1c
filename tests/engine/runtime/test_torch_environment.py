"""Whatever of the engine is imported first, torch finds its environment when it comes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

LOOK = "import sys, os, {first}; print(os.environ['OMP_WAIT_POLICY'], 'torch' in sys.modules)"


@pytest.mark.parametrize("first", ["engine", "engine.errors", "engine.runtime.torchaudio_stub"])
def test_the_environment_is_there_before_torch_is(first: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OMP_")}
    said = subprocess.run(
        [sys.executable, "-c", LOOK.format(first=first)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert said.stdout.split() == ["passive", "False"]
