"""What `engine.models` and its commands may load: an operator's command must not wait for torch."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow  # each test starts processes


def modules_after(statement: str) -> set[str]:
    script = f"import sys\n{statement}\nprint(*sys.modules)"
    command = [sys.executable, "-c", script]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_model_packs_load_neither_torch_nor_transformers_nor_numpy() -> None:
    heavy = {"torch", "transformers", "numpy", "safetensors", "huggingface_hub", "speechbrain", "tqdm"}
    assert not modules_after("import engine.models") & heavy


def test_the_parser_of_the_commands_loads_nothing_of_the_engine() -> None:
    statement = (
        "import argparse\nfrom appliance.commands import models\n"
        "models.add_parser(argparse.ArgumentParser().add_subparsers())"
    )
    assert not [name for name in modules_after(statement) if name.split(".")[0] in ("engine", "msgspec")]
