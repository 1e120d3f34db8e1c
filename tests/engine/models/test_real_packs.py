"""The packs of the catalogue, from the real packages: they load, strictly, in all that loads them here."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.models import CATALOGUE, PackInstaller, open_pack
from engine.models.manifest import read_manifest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
CONVERSATION = ROOT / "appliance" / "demo" / "conversation.wav"
# Those from a hub are pinned by what others publish of them: no hub is reachable here.
PACKAGED = [name for name, entry in CATALOGUE.items() if entry.hub is None]
WHISPERS = ["whisper-base", "whisper-tiny.en"]


@pytest.fixture(scope="session", params=["here", pytest.param("anew", marks=pytest.mark.long)])
def packs(request: pytest.FixtureRequest, tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of them, as they were installed here, or anew from PyPI or the mirror that pip is set to."""
    if request.param == "here":
        return tiny_folder.parent
    folder = tmp_path_factory.mktemp("real") / "models"
    for name in PACKAGED:
        PackInstaller(folder).install(CATALOGUE[name])
    return folder


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.mark.parametrize("name", PACKAGED)
def test_an_installed_pack_has_the_size_that_the_catalogue_says(name: str, packs: Path) -> None:
    files = [path for path in (packs / name).rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files if path.name not in ("pack.json", ".verified.json"))
    assert size == CATALOGUE[name].installed_bytes


@pytest.mark.parametrize("name", PACKAGED)
def test_an_installed_pack_is_to_the_last_byte_what_the_catalogue_pins(name: str, packs: Path) -> None:
    files = read_manifest(packs / name).files
    assert {file.path: file.sha256 for file in files} == CATALOGUE[name].pins


@pytest.mark.parametrize("name", ["whisper-tiny.en", "ge2e-voices"])
def test_a_copy_of_it_may_be_imported_under_its_name(name: str, packs: Path, tmp_path: Path) -> None:
    taken = PackInstaller(tmp_path).import_pack(packs / name)
    assert taken.files == read_manifest(packs / name).files


@pytest.mark.parametrize("name", WHISPERS)
def test_every_weight_of_a_whisper_is_found_by_transformers(name: str, packs: Path) -> None:
    import torch
    from transformers import WhisperForConditionalGeneration

    model, loading = WhisperForConditionalGeneration.from_pretrained(open_pack(name, packs), output_loading_info=True)
    assert not any(loading.values())
    assert model.dtype == torch.float32
    assert model.generation_config.is_multilingual is (name == "whisper-base")


@pytest.mark.parametrize("name", WHISPERS)
def test_tokenizer_and_feature_extractor_agree_with_the_generation_config(name: str, packs: Path) -> None:
    from transformers import AutoTokenizer, GenerationConfig, WhisperFeatureExtractor, WhisperTokenizerFast

    folder = open_pack(name, packs)
    config = GenerationConfig.from_pretrained(folder)
    for kind in (AutoTokenizer, WhisperTokenizerFast):
        tokenizer = kind.from_pretrained(folder)
        assert tokenizer.convert_tokens_to_ids("<|notimestamps|>") == config.no_timestamps_token_id
        assert tokenizer.convert_tokens_to_ids("<|startoftranscript|>") == config.decoder_start_token_id
        assert tokenizer.eos_token_id == config.eos_token_id
        assert tokenizer.decode(tokenizer.encode(" I am calling about order 17."), skip_special_tokens=True) == (
            " I am calling about order 17."
        )
    if name == "whisper-base":
        assert config.lang_to_id["<|en|>"] == 50259
        assert len(config.lang_to_id) == 99
    extractor = WhisperFeatureExtractor.from_pretrained(folder)
    assert (extractor.feature_size, extractor.sampling_rate) == (80, 16_000)


@pytest.mark.long
def test_a_telephone_conversation_is_understood(packs: Path) -> None:
    import soundfile
    from transformers import AutoTokenizer, WhisperFeatureExtractor, WhisperForConditionalGeneration

    folder = open_pack("whisper-base", packs)
    samples, rate = soundfile.read(CONVERSATION, dtype="float32")
    extractor = WhisperFeatureExtractor.from_pretrained(folder)
    model = WhisperForConditionalGeneration.from_pretrained(folder)
    features = extractor(samples, sampling_rate=rate, return_tensors="pt").input_features
    tokens = model.generate(features, language="en", task="transcribe", return_timestamps=False)
    text = AutoTokenizer.from_pretrained(folder).batch_decode(tokens, skip_special_tokens=True)[0]
    for words in ("Diane in New Jersey", "originally from Chicago", "call me a Yankee"):
        assert words in text


# SpeechBrain 1.1 still calls it.
@pytest.mark.filterwarnings("ignore:`gradient_checkpointing_disable` is deprecated:FutureWarning")
@pytest.mark.parametrize("name", WHISPERS)
def test_speechbrain_loads_a_whisper(name: str, packs: Path, tmp_path: Path) -> None:
    from speechbrain.integrations.huggingface.whisper import Whisper

    whisper = Whisper(source=str(open_pack(name, packs)), save_path=str(tmp_path))
    assert whisper.is_multilingual is (name == "whisper-base")
    assert whisper.model.decoder.embed_tokens.weight.shape[0] == (51865 if name == "whisper-base" else 51864)


def test_the_embeddings_of_like_sentences_are_near(packs: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(open_pack("all-MiniLM-L6-v2", packs)))
    bill, invoice, cats = model.encode(["the bill was not paid", "an unpaid invoice", "I like cats"])
    assert float(bill @ bill) == pytest.approx(1.0, abs=1e-4)
    assert float(bill @ invoice) > 0.5
    assert float(bill @ cats) < 0.3


def test_the_voice_encoder_loads_without_running_its_pickle(packs: Path) -> None:
    import numpy as np

    from engine.diarization.speaker_embedding import open_voice_embedder
    from engine.models import open_voice_pack

    folder = open_voice_pack(None, packs)
    assert folder is not None
    vectors = open_voice_embedder(folder).embed(np.ones(32_000, dtype=np.float32) * 0.1, [0, 6_400])
    assert vectors.shape == (2, 256)
