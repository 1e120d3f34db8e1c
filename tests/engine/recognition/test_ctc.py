"""A SpeechBrain EncoderASR pack as recognizer: the real classes over a wav2vec 2.0 of random weights.

What it writes is no English, but it must be what SpeechBrain itself decodes, at the times of its frames.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.audio.samples import RECOGNITION_RATE, Samples
from engine.errors import ModelPackError, UnsupportedLanguage
from engine.models import PackInstaller, open_pack
from engine.pipeline import load_models
from engine.recognition.ctc import CtcRecognizer, words_of_path
from engine.recognition.recognizer import RecognizerOptions, Sound

TOKENS = ("<blank>", "A", "E", "N", "T", " ")
HYPERPARAMS = """
language: nl
wav2vec2_hub: somewhere/on-a-hub
wav2vec2: !new:speechbrain.integrations.huggingface.wav2vec2.Wav2Vec2
    source: !ref <wav2vec2_hub>
    save_path: unused
    output_norm: True
    freeze: True
ctc_lin: !new:speechbrain.nnet.linear.Linear
    input_size: 16
    n_neurons: 6
log_softmax: !new:speechbrain.nnet.activations.Softmax
    apply_log: True
encoder: !new:speechbrain.nnet.containers.LengthsCapableSequential
    wav2vec2: !ref <wav2vec2>
    ctc_lin: !ref <ctc_lin>
    log_softmax: !ref <log_softmax>
modules:
    encoder: !ref <encoder>
tokenizer: !new:speechbrain.dataio.encoder.CTCTextEncoder
pretrainer: !new:speechbrain.utils.parameter_transfer.Pretrainer
    loadables:
        ctc_lin: !ref <ctc_lin>
        tokenizer: !ref <tokenizer>
"""
GREEDY = """
decoding_function: !name:speechbrain.decoders.ctc_greedy_decode
    blank_id: 0
"""
BEAM = """
test_beam_search:
    blank_index: 0
    beam_size: 8
decoding_function: !name:speechbrain.decoders.ctc.CTCBeamSearcher
"""
BELIEVES_ALL = RecognizerOptions(least_log_probability=-100.0)


def _write_folder(folder: Path, decoding: str) -> Path:
    import torch
    from speechbrain.dataio.encoder import CTCTextEncoder
    from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2Model

    torch.manual_seed(4)
    config = Wav2Vec2Config(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        conv_dim=(16,) * 7,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=2,
    )
    Wav2Vec2Model(config).save_pretrained(folder / "network")
    Wav2Vec2FeatureExtractor().save_pretrained(folder / "network")
    weight = torch.randn(6, 16) * 3
    torch.save({"w.weight": weight, "w.bias": torch.zeros(6)}, folder / "ctc_lin.ckpt")
    encoder = CTCTextEncoder()
    for index, token in enumerate(TOKENS):
        encoder.add_label(token) if index else encoder.insert_blank(token, 0)
    encoder.save(folder / "tokenizer.ckpt")
    (folder / "hyperparams.yaml").write_text(HYPERPARAMS + decoding)
    return folder


@pytest.fixture(scope="module", params=[GREEDY, BEAM], ids=["greedy", "beam"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _write_folder(tmp_path_factory.mktemp("ctc"), request.param)


@pytest.fixture(scope="module")
def recognizer(folder: Path) -> CtcRecognizer:
    return CtcRecognizer(folder, "cpu", BELIEVES_ALL)


@pytest.fixture(scope="module")
def turns(speech: dict[str, Samples]) -> list[Sound]:
    return [speech["austen-0880"], speech["cards-005"], speech["austen-0930"]]


@pytest.mark.slow
def test_a_text_is_what_speechbrain_decodes(recognizer: CtcRecognizer, turns: list[Sound]) -> None:
    import torch

    for turn, said in zip(turns, recognizer.transcribe(turns, "nl"), strict=True):
        texts, _ = recognizer._model.transcribe_batch(torch.from_numpy(turn)[None], torch.ones(1))
        assert said.text.lower() == " ".join(texts[0].split()).lower()
        assert len(said.text) > 3
        assert 0 < said.confidence <= 1


@pytest.mark.slow
def test_words_have_times_in_order_within_their_turn(recognizer: CtcRecognizer, turns: list[Sound]) -> None:
    for turn, said in zip(turns, recognizer.transcribe(turns, "nl"), strict=True):
        assert " ".join(word.text for word in said.words).lower() == said.text.lower()
        edges = [edge for word in said.words for edge in (word.start, word.end)]
        assert edges == sorted(edges)
        assert edges[0] >= 0
        assert edges[-1] <= len(turn) / RECOGNITION_RATE + 0.001


@pytest.mark.slow
def test_a_text_does_not_depend_on_the_turns_beside_it(recognizer: CtcRecognizer, turns: list[Sound]) -> None:
    together = recognizer.transcribe(turns, "nl")
    assert together == tuple(recognizer.transcribe([turn], "nl")[0] for turn in turns)
    told: list[int] = []
    recognizer.transcribe(turns, "nl", told.append)
    assert told == [1, 2, 3]


@pytest.mark.slow
def test_long_turns_are_heard_in_stretches_and_no_sound_is_no_text(
    recognizer: CtcRecognizer, turns: list[Sound]
) -> None:
    long = np.concatenate(turns * 3)
    (said,) = recognizer.transcribe([long], "nl")
    assert len(long) > 25 * RECOGNITION_RATE
    assert said.words[-1].end > 20
    assert recognizer.transcribe([long[:800]], "nl")[0].text == ""


@pytest.mark.slow
def test_it_knows_the_language_of_its_hyperparams_alone(recognizer: CtcRecognizer, turns: list[Sound]) -> None:
    assert recognizer.detect_language(turns) == "nl"
    with pytest.raises(UnsupportedLanguage, match="'en'"):
        recognizer.transcribe(turns, "en")


@pytest.mark.slow
def test_what_it_doubts_is_no_text(folder: Path, turns: list[Sound]) -> None:
    doubting = CtcRecognizer(folder, "cpu", RecognizerOptions(least_log_probability=0.0))
    assert doubting.transcribe(turns[:1], "nl")[0].text == ""


@pytest.mark.slow
def test_an_imported_pack_is_the_recognizer_and_a_folder_that_was_not_imported_is_refused(
    folder: Path, tmp_path: Path, embedding_folder: Path
) -> None:
    with pytest.raises(ModelPackError, match="runs as code"):
        open_pack(str(folder), tmp_path)
    PackInstaller(tmp_path).import_pack(folder, name="telephone", trust_code=lambda *_: None)
    models = load_models(open_pack("telephone", tmp_path), embedding_folder, "cpu")
    assert isinstance(models.recognizer, CtcRecognizer)
    assert models.names["asr"] == "telephone"


def test_a_folder_that_does_not_load_is_named(tmp_path: Path) -> None:
    (tmp_path / "hyperparams.yaml").write_text("modules: {}\n")
    with pytest.raises(ModelPackError, match="EncoderASR"):
        CtcRecognizer(tmp_path, "cpu")


def test_words_along_a_path_of_letters_and_of_pieces() -> None:
    letters = words_of_path(np.array([0, 1, 1, 0, 1, 5, 5, 0, 3, 4, 0]), 0, lambda index: TOKENS[index])
    assert [(one.text, one.first, one.last) for one in letters] == [("AA", 1, 5), ("NT", 8, 10)]
    pieces = ("<unk>", "▁an", "t", "▁", "▁ten")
    found = words_of_path(np.array([1, 2, 0, 4, 4, 3, 2]), 0, lambda index: pieces[index])
    assert [(one.text, one.first, one.last) for one in found] == [("ant", 0, 2), ("ten", 3, 5), ("t", 6, 7)]
    assert words_of_path(np.zeros(5, dtype=np.int64), 0, lambda index: TOKENS[index]) == []
