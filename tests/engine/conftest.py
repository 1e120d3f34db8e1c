"""The real models, opened once; a machine without the packs fails with the command that installs them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from engine.audio.samples import RECOGNITION_RATE, Samples
from engine.diarization.speaker_embedding import VoiceEmbedder, open_voice_embedder
from engine.errors import ModelPackError
from engine.language.language_model import LanguageModel
from engine.language.sentence_embedding import Embedder
from engine.models import open_pack
from engine.pipeline import AnalysisOptions, Models
from engine.recognition.whisper.decoder_attention import TensorAttention
from engine.recognition.whisper.whisper_recognizer import WhisperRecognizer
from engine.turns.silero import VoiceActivity

from .sounds import read_speech
from .variants import Speech


def _open(name: str) -> Path:
    default = Path("/var/lib/vbot-models") if os.geteuid() == 0 else Path.home() / ".local/share/vbot-models"
    models_dir = Path(os.environ.get("VBOT_MODELS_DIR") or default)
    try:
        return open_pack(name, models_dir)
    except ModelPackError as error:
        pytest.fail(f"{error}\nThe tests of the engine need it: vbot models install {name}", pytrace=False)


@pytest.fixture(scope="session")
def tiny_folder() -> Path:
    return _open("whisper-tiny.en")


@pytest.fixture(scope="session")
def base_folder() -> Path:
    return _open("whisper-base")


@pytest.fixture(scope="session")
def embedding_folder() -> Path:
    return _open("all-MiniLM-L6-v2")


@pytest.fixture(params=["compiled", "torch's"])
def each_attention(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The decoder's attention as on a processor, and as on a GPU."""
    if request.param == "torch's":
        monkeypatch.setattr(
            "engine.recognition.whisper.network.attention_for",
            lambda tokens, layers, heads, _: TensorAttention(
                layers, heads, tokens.shape[1], tokens.device, tokens.dtype
            ),
        )


@pytest.fixture(scope="session")
def tiny(tiny_folder: Path) -> WhisperRecognizer:
    return WhisperRecognizer(tiny_folder, "cpu")


@pytest.fixture(scope="session")
def base(base_folder: Path) -> WhisperRecognizer:
    return WhisperRecognizer(base_folder, "cpu")


@pytest.fixture(scope="session")
def embedder(embedding_folder: Path) -> Embedder:
    return Embedder(embedding_folder, "cpu")


@pytest.fixture(scope="session")
def language_folder() -> Path:
    return _open("smollm2-135m")


@pytest.fixture(scope="session")
def language_model(language_folder: Path) -> LanguageModel:
    return LanguageModel(language_folder, "cpu")


@pytest.fixture(scope="session")
def voice_embedder() -> VoiceEmbedder:
    return open_voice_embedder(_open("ge2e-voices"))


@pytest.fixture(scope="session")
def voice_activity() -> VoiceActivity:
    return VoiceActivity()


@pytest.fixture(scope="session")
def models(tiny: WhisperRecognizer, voice_activity: VoiceActivity, embedder: Embedder) -> Models:
    """All models with the quick recognizer."""
    return Models(tiny, voice_activity, embedder)


@pytest.fixture
def options(models: Models) -> AnalysisOptions:
    return AnalysisOptions(models)


@pytest.fixture(scope="session")
def speech() -> dict[str, Samples]:
    """The clips of tests/data/speech at 16 kHz by name."""
    return read_speech()


@pytest.fixture(scope="session")
def voices(speech: dict[str, Samples]) -> Speech:
    """Eight stretches of speech of 2.8 s."""
    length = round(2.8 * RECOGNITION_RATE)
    starts = [(name, start) for start in (0, 8000) for name in speech]
    return Speech(np.stack([np.resize(speech[name][start:], length) for name, start in starts][:8], axis=1))
