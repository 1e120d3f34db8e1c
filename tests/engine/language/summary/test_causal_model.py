"""A causal model in a folder, as a writer of notes: with a tiny one of chance weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from engine.errors import ModelPackError
from engine.language.summary.causal_model import CausalModel
from engine.language.summary.chat_writer import SCHEMA, ChatWriter
from engine.language.summary.written_note import WriterFailed
from engine.models.kinds import recognise_folder
from engine.pipeline import AnalysisOptions, Models, analyse
from tests.engine.language.summary.test_fact_check import CALL

WORDS = ("<s>", "</s>", "<unk>", "caller", "charge", "bumper", "refund")
TEMPLATE = "{% for message in messages %}{{ message['content'] }} {% endfor %}"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Llama of one layer and a vocabulary of a few words, saved as a Hugging Face folder."""
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    place = tmp_path_factory.mktemp("causal") / "tiny-llama"
    words = Tokenizer(WordLevel({word: at for at, word in enumerate(WORDS)}, unk_token="<unk>"))
    words.pre_tokenizer = Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words, bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="</s>"
    )
    tokenizer.chat_template = TEMPLATE
    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=4096,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
    )
    LlamaForCausalLM(config).save_pretrained(place)
    tokenizer.save_pretrained(place)
    return place


def nobody_waits() -> None:
    """It computes; there is nobody to wait for."""


def test_the_same_question_is_answered_the_same(folder: Path) -> None:
    model = CausalModel(folder, "cpu")
    answers = {model.complete("You are brief.", "the charge", SCHEMA, nobody_waits) for _ in range(2)}
    assert len(answers) == 1
    assert model.name == "tiny-llama"


def test_what_it_makes_up_is_not_told(folder: Path, models: Models) -> None:
    plain = analyse(CALL, AnalysisOptions(models))
    written = analyse(CALL, AnalysisOptions(replace(models, writer=ChatWriter(CausalModel(folder, "cpu")))))
    assert written.summary == plain.summary
    assert written.models["summary"].startswith("extractive (tiny-llama: it answers without JSON")


def test_a_call_that_is_too_long_for_it_is_told_in_quotes(folder: Path) -> None:
    with pytest.raises(WriterFailed, match="too long for tiny-llama"):
        CausalModel(folder, "cpu").complete("You are brief.", "charge " * 5000, SCHEMA, nobody_waits)


def test_a_folder_is_known_as_a_language_models_and_a_damaged_one_is_refused(folder: Path, tmp_path: Path) -> None:
    assert recognise_folder(folder).format == "causal"
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelPackError, match="no language model"):
        CausalModel(tmp_path, "cpu")


def test_one_without_a_chat_template_writes_nothing(folder: Path, tmp_path: Path) -> None:
    for file in folder.iterdir():
        if file.name != "chat_template.jinja":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    with pytest.raises(ModelPackError, match="no chat template"):
        CausalModel(tmp_path, "cpu")
