"""What the libraries under the engine tell of themselves while they are loaded is of no use to an operator."""

from __future__ import annotations

import logging
import os
import warnings

# These tell at INFO what they load and how they set themselves up; what is wrong they tell at WARNING and above.
_TALKATIVE = ("speechbrain", "sentence_transformers", "transformers", "keybert")
# In their own code they use each other's old names; it is for their authors to read that these will go.
_CALLERS = (*_TALKATIVE, "torch", "torchaudio", "sklearn")


def silence_libraries() -> None:
    """To be called before the engine is imported; safe to call again."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _CALLERS:
        warnings.filterwarnings("ignore", category=FutureWarning, module=rf"{name}(\.|$)")
    # A bar for each file of a model that is loaded; read when huggingface_hub is imported.
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
