"""What the api needs is the base installation: no torch, no Qt, no numpy; and the command line starts at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # each test starts processes

CHECKOUT = Path(__file__).parents[2]
# Of the extras worker, gui and dev, and what they bring along. None in sys.modules makes an import of it fail.
NOT_IN_BASE = (
    "PySide6", "hypothesis", "joblib", "keybert", "keyring", "nltk", "numpy", "pyqtgraph", "pytest", "requests",
    "ruamel", "safetensors", "scipy", "sentence_transformers", "sklearn", "soundfile", "soxr",
    "speechbrain", "textblob", "tokenizers", "torch", "torchaudio", "tqdm", "transformers",
)  # fmt: skip
PARTS = (
    "api", "cli", "commands", "domain", "queue", "relay", "server", "services", "storage", "supervisor",
    "webhooks", "worker",
)  # fmt: skip
HELP_CPU_SECONDS = 0.5


def modules_of(part: str) -> list[str]:
    """Every module under appliance.<part>."""
    root = CHECKOUT / "appliance"
    files = [root / f"{part}.py"] if (root / f"{part}.py").exists() else sorted((root / part).rglob("*.py"))
    return [
        ".".join(file.relative_to(CHECKOUT).with_suffix("").parts).removesuffix(".__init__")
        for file in files
        if file.name != "__main__.py"
    ]


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the checkout."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=240, check=False)


@pytest.mark.parametrize("part", PARTS)
def test_part_imports_with_the_base_alone(part: str) -> None:
    names = modules_of(part)
    assert names
    script = (
        "import importlib, sys\n"
        f"for name in {NOT_IN_BASE!r}: sys.modules[name] = None\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
    )
    answer = run_python("-W", "error", "-c", script)
    assert answer.returncode == 0, answer.stderr


def test_api_process_loads_neither_the_engine_nor_qt() -> None:
    answer = run_python("-c", "import sys, appliance.server.process, appliance.commands.api; print(*sys.modules)")
    assert answer.returncode == 0, answer.stderr
    assert not set(answer.stdout.split()) & {*NOT_IN_BASE, "engine", "admin_gui"}


def test_help_loads_nothing_heavy() -> None:
    answer = run_python("-X", "importtime", "-m", "appliance.cli", "--help")
    assert answer.returncode == 0, answer.stderr
    loaded = {line.rpartition("|")[2].strip() for line in answer.stderr.splitlines()}
    assert "appliance.settings" in loaded
    assert not loaded & {*NOT_IN_BASE, "duckdb", "tornado", "dramatiq", "engine"}


def test_help_takes_less_than_half_a_second_of_cpu() -> None:
    # The best of ten at most: what it takes at least, not what a busy machine adds.
    command = [sys.executable, "-m", "appliance.cli", "--help"]
    assert any(cpu_seconds(command) < HELP_CPU_SECONDS for _ in range(10))


def cpu_seconds(command: list[str]) -> float:
    """Run a command; the CPU time that it and its children took, user and system."""
    child = subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return usage.ru_utime + usage.ru_stime
