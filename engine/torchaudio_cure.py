"""Make `import torchaudio` work beside a CPU build of torch; import this before speechbrain or transformers.

PyPI's torchaudio is a CUDA build: beside a CPU torch its extension cannot be loaded and the import raises OSError,
which breaks speechbrain and transformers' Whisper too. Neither needs the extension (nothing here resamples, loads or
aligns with torchaudio), so a stand-in that says "no extension" is enough.
"""

from __future__ import annotations

import importlib
import sys
import types


def ensure_torchaudio() -> None:
    """Import torchaudio, replacing its compiled extension where that cannot be loaded; safe to call again."""
    try:
        importlib.import_module("torchaudio")
    except OSError:
        for name in [name for name in sys.modules if name.split(".")[0] == "torchaudio"]:
            del sys.modules[name]
        sys.modules["torchaudio._extension"] = _without_extension()
        importlib.import_module("torchaudio")


def _without_extension() -> types.ModuleType:
    stand_in = types.ModuleType("torchaudio._extension")
    stand_in.__dict__.update(
        _IS_TORCHAUDIO_EXT_AVAILABLE=False,
        _IS_ALIGN_AVAILABLE=False,
        _check_cuda_version=lambda: None,
        fail_if_no_align=_fail_if_no_align,
    )
    return stand_in


def _fail_if_no_align(_function: object) -> object:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("torchaudio's aligner is not available beside this build of torch")

    return refuse
