"""Make `import torchaudio` work beside every build of torch; call this before speechbrain or transformers are imported.

PyPI's torchaudio is compiled for one build of torch. Beside a CPU build the import of its extension raises OSError,
beside one for another CUDA RuntimeError, and that breaks speechbrain and transformers' Whisper too. Neither needs the
extension (nothing here resamples, loads or aligns with torchaudio). So it is left out everywhere, where it could be
loaded too: one way on every machine, and the one that is tested.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from types import ModuleType

_EXTENSION = "torchaudio._extension"


def ensure_torchaudio() -> None:
    """Put a stand-in in the place of torchaudio's compiled extension; imports nothing, and is safe to call again."""
    sys.modules.setdefault(_EXTENSION, _without_extension())


def _without_extension() -> ModuleType:
    """What torchaudio 2.11 reads from its own extension module where its libraries are not there."""
    stand_in = module_from_spec(ModuleSpec(_EXTENSION, loader=None))
    stand_in.__dict__.update(
        _IS_TORCHAUDIO_EXT_AVAILABLE=False,
        _IS_ALIGN_AVAILABLE=False,
        _check_cuda_version=_no_cuda,
        fail_if_no_align=_refuse_to_align,
    )
    return stand_in


def _no_cuda() -> None:
    """The CUDA that the extension was compiled for: none."""


def _refuse_to_align(_function: Callable[..., object]) -> Callable[..., object]:
    def refuse(*_args: object, **_kwargs: object) -> object:
        raise RuntimeError("torchaudio's aligner is not available: its compiled extension is left out")

    return refuse
