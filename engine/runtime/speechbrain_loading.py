"""Loading a SpeechBrain model from a pack's folder. It is code: only packs that an administrator imported come here."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from engine.errors import ModelPackError
from engine.runtime.torchaudio_stub import ensure_torchaudio

# What the models that SpeechBrain publishes call the network inside them, which lies on a hub: a subfolder of this name
# in the pack goes before it.
_HUB_NAMES = ("wav2vec2_hub", "wavlm_hub", "hubert_hub")
_LOCAL_NETWORK = "network"


def load_speechbrain(interface: str, folder: Path, device: str) -> Any:
    """An object of one of SpeechBrain's interfaces ("ASR.EncoderASR") over this folder, without any network.

    Raises ModelPackError where it cannot be loaded.
    """
    ensure_torchaudio()
    from speechbrain.utils.fetching import FetchConfig, LocalStrategy  # noqa: PLC0415  # after the stub

    module, name = interface.rsplit(".", 1)
    overrides = {"pretrained_path": str(folder)}
    if (folder / _LOCAL_NETWORK).is_dir():
        overrides |= dict.fromkeys(_HUB_NAMES, str(folder / _LOCAL_NETWORK))
    try:
        return getattr(import_module(f"speechbrain.inference.{module}"), name).from_hparams(
            source=str(folder),
            savedir=str(folder),
            overrides=overrides,
            overrides_must_match=False,
            run_opts={"device": device},
            local_strategy=LocalStrategy.NO_LINK,
            fetch_config=FetchConfig(allow_network=False),
        )
    except Exception as error:  # its hyperparams may raise anything
        raise ModelPackError(f"{folder} is no SpeechBrain model that can be loaded as {name}: {error}") from error
