"""A summarizer that is plugged in, and what is told where nothing was done: with a tiny model of chance weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from engine.errors import ModelPackError
from engine.language.summary.fact_check import Claim
from engine.language.summary.seq2seq_writer import Seq2SeqWriter
from engine.language.summary.written_note import NoteRequest, Objection
from engine.models.kinds import recognise_folder
from engine.pipeline import AnalysisOptions, Models, analyse
from engine.transcript import Party, Segment, Transcript

SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
WORDS = ("caller", "called", "party", "boiler", "broken", "come", "monday", "costs", "ninety", "pounds", "thank", "you")

pytestmark = pytest.mark.slow


def _call(language: str, *texts: str) -> Transcript:
    parties = (Party.CALLER, Party.CALLED)
    return Transcript(
        tuple(Segment(2.0 * at, 2.0 * at + 1, at % 2, parties[at % 2], text, 1) for at, text in enumerate(texts)),
        language,
    )


CALL = _call("en", "The boiler is broken.", "We come on Monday, it costs ninety pounds.", "Thank you.")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BART of one layer and a vocabulary of a dozen words, saved as a Hugging Face folder."""
    from transformers import BartConfig, BartForConditionalGeneration, PreTrainedTokenizerFast

    place = tmp_path_factory.mktemp("seq2seq") / "tiny-bart"
    words = Tokenizer(WordLevel({word: at for at, word in enumerate((*SPECIAL, *WORDS))}, unk_token="<unk>"))
    words.pre_tokenizer = Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=words,
        bos_token="<s>",
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        model_max_length=24,
    )
    torch.manual_seed(1)
    config = BartConfig(
        vocab_size=len(SPECIAL) + len(WORDS),
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=16,
        decoder_ffn_dim=16,
        max_position_embeddings=200,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=2,
        forced_eos_token_id=None,
    )
    model = BartForConditionalGeneration(config)
    model.final_logits_bias[0, : len(SPECIAL)] = -100.0  # chance weights would end at once
    model.save_pretrained(place)
    tokenizer.save_pretrained(place)
    return place


def test_what_a_model_of_chance_weights_writes_is_not_told(folder: Path, models: Models) -> None:
    plain = analyse(CALL, AnalysisOptions(models))
    written = analyse(CALL, AnalysisOptions(replace(models, writer=Seq2SeqWriter(folder, "cpu"))))
    assert plain.models["summary"] == "extractive"
    assert written.models["summary"] == "extractive (tiny-bart wrote too little that is in the call)"
    assert written.summary == plain.summary


@pytest.mark.long
def test_it_writes_the_same_each_time_and_reads_long_calls_in_parts(folder: Path) -> None:
    def words(call: Transcript) -> list[str]:
        return [word for claim in writer.write(NoteRequest(call, None)) for word in claim.text.split()]

    writer = Seq2SeqWriter(folder, "cpu")
    long = _call("en", *("The boiler is broken and it costs ninety pounds on Monday.",) * 4)
    written = words(long)
    assert words(long) == written
    assert set(written) <= set(WORDS)
    assert len(written) > len(words(CALL))


def test_to_objections_it_has_nothing_to_say(folder: Path) -> None:
    wrong = Objection(Claim("The boiler is well."), ("it is denied there",))
    assert Seq2SeqWriter(folder, "cpu").write(NoteRequest(CALL, None), [wrong]) == ()


def test_a_folder_without_a_summarizer_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelPackError, match="no summarizer"):
        Seq2SeqWriter(tmp_path, "cpu")


def test_the_folder_is_known_as_a_summarizers_pack(folder: Path) -> None:
    kind = recognise_folder(folder)
    assert (kind.task, kind.format) == ("summary", "seq2seq")
    assert all(kind.takes(path.name) for path in folder.iterdir())


def test_another_language_says_what_was_not_done(models: Models) -> None:
    german = _call("de", "Guten Tag, die Heizung in der Küche ist kaputt.", "Wir kommen am Montag, das ist fantastic.")
    analysis = analyse(german, AnalysisOptions(models))
    assert (analysis.sentiment, analysis.parties.called.sentiment_score) == ("neutral", 0.0)
    assert (analysis.keywords, analysis.keyword_scores) == ("", {})
    assert analysis.models["sentiment"] == analysis.models["keywords"] == "not done: only for English"
    assert "Heizung" in analysis.summary
