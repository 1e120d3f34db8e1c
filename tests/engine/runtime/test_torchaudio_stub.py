"""torchaudio beside a build of torch that its compiled extension was not made for, which PyPI serves together."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.cases import long_but

ENGINE = Path(__file__).parents[3] / "engine"
IMPORTERS = re.compile(r"^ *(?:import|from) (?:speechbrain|transformers|sentence_transformers|keybert)\b", re.MULTILINE)
# What torchaudio's import says beside a CPU build of torch, and beside one for another CUDA.
MISMATCHES = [
    OSError("libc10_cuda.so: cannot open shared object file: No such file or directory"),
    RuntimeError("Detected that PyTorch and TorchAudio were compiled with different CUDA versions."),
]
# Stands before Python's own finders, and for torchaudio's compiled extension.
MISMATCHING = """
import sys
from importlib.machinery import ModuleSpec

class Extension:
    def find_spec(self, name, path=None, target=None):
        return ModuleSpec(name, self) if name == "torchaudio._extension" else None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        raise {error!r}

sys.meta_path.insert(0, Extension())
"""


def run(error: Exception, script: str) -> subprocess.CompletedProcess[str]:
    """Run Python where the extension fails so."""
    command = [sys.executable, "-c", MISMATCHING.format(error=error) + script]
    return subprocess.run(
        command, cwd=ENGINE.parent, capture_output=True, text=True, timeout=240, stdin=subprocess.DEVNULL, check=False
    )


@pytest.mark.slow
@pytest.mark.parametrize("error", long_but(MISMATCHES[:1], MISMATCHES), ids=lambda error: type(error).__name__)
def test_speechbrain_and_transformers_load_beside_an_extension_for_another_torch(error: Exception) -> None:
    without = run(error, "import torchaudio")
    assert f"{type(error).__name__}: {error}" in without.stderr

    done = run(
        error,
        "from engine.runtime.torchaudio_stub import ensure_torchaudio; ensure_torchaudio()\n"
        "import torchaudio, torchaudio.transforms\n"
        "from speechbrain.integrations.huggingface.whisper import Whisper\n"
        "from speechbrain.inference.ASR import EncoderASR\n"
        "from transformers import WhisperForConditionalGeneration\n",
    )

    assert done.returncode == 0, done.stderr


def test_each_module_of_the_engine_that_imports_them_has_the_stub() -> None:
    importers = [file for file in ENGINE.rglob("*.py") if IMPORTERS.search(file.read_text())]
    assert {"checkpoint.py", "sentence_embedding.py", "speechbrain_loading.py"} <= {file.name for file in importers}
    assert [file.name for file in importers if "    ensure_torchaudio()\n" not in file.read_text()] == []


def test_the_stub_leaves_alone_what_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.runtime.torchaudio_stub import ensure_torchaudio

    loaded = object()
    monkeypatch.setitem(sys.modules, "torchaudio._extension", loaded)
    ensure_torchaudio()
    assert sys.modules["torchaudio._extension"] is loaded
