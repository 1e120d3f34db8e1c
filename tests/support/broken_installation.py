"""A torch that cannot be imported, in the place of the real one: what a wrong mix of wheels does to a worker."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

RAISES = (
    'raise RuntimeError("Detected that PyTorch and TorchAudio were compiled with different CUDA versions.\\n'
    'PyTorch has CUDA version 13.2 whereas TorchAudio has CUDA version 13.0.")'
)
# As a traceback ends, in one line.
REASON = (
    "RuntimeError: Detected that PyTorch and TorchAudio were compiled with different CUDA versions. "
    "PyTorch has CUDA version 13.2 whereas TorchAudio has CUDA version 13.0."
)
# Of what a worker needs, that which is imported first.
HIDES = """
from importlib.machinery import PathFinder
find = PathFinder.find_spec
def find_spec(name, path=None, target=None):
    hidden = name.partition(".")[0] in ("numpy", "soundfile", "soxr", "speechbrain", "torch", "transformers")
    return None if hidden else find(name, path, target)
PathFinder.find_spec = find_spec
"""
IS_KILLED = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
# Who is to end meanwhile is given more time by the clock: the test goes by the machine's.
TAKES_LONG = """
import time
from appliance.worker import process
process.LONGEST_STOP_SECONDS = 120
time.sleep(300)
"""


class BrokenInstallation:
    """Processes with this environment find its torch first, as long as it is broken."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "first-on-the-path"
        self._folder.mkdir()
        path = [str(self._folder), *filter(None, [os.environ.get("PYTHONPATH")])]
        self.environment = {"PYTHONPATH": os.pathsep.join(path)}

    def breaks(self, code: str = RAISES) -> None:
        """From now on `import torch` does this."""
        package = self._folder / "torch"
        package.mkdir(exist_ok=True)
        (package / "__init__.py").write_text(code)

    def is_missing(self) -> None:
        """From now on nothing of the worker's part is found, as where only the base is installed."""
        (self._folder / "sitecustomize.py").write_text(HIDES)

    def is_mended(self) -> None:
        """The real one is found again."""
        shutil.rmtree(self._folder / "torch")
