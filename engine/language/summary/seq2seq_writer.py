"""A summarizer that was plugged in: a sequence-to-sequence model in a local folder. It names no turns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from engine.errors import ModelPackError
from engine.language.sentences import split_sentences
from engine.language.summary.fact_check import Claim
from engine.language.summary.written_note import NoteRequest, Objection
from engine.parties import has_parties
from engine.runtime.torchaudio_stub import ensure_torchaudio
from engine.transcript import Party

_NAMES = {Party.CALLER: "Caller: ", Party.CALLED: "Called party: "}
_MOST_TOKENS = 1024  # of the call at a time, where the model says nothing of its own
_MOST_SUMMARY_TOKENS = 160  # of each part
_MOST_PARTS = 8  # of a call of hours, the first and the last ones
_BEAMS = 4


class Seq2SeqWriter:
    """BART, T5, Pegasus and their like, as a Hugging Face folder with safetensors; no code of the folder is run."""

    def __init__(self, folder: Path, device: str) -> None:
        ensure_torchaudio()
        from transformers import AutoModelForSeq2SeqLM, AutoTokenizer  # noqa: PLC0415  # seconds, and after the stub

        self.name = folder.name
        self._device = device
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
            self._model: Any = AutoModelForSeq2SeqLM.from_pretrained(
                folder, local_files_only=True, trust_remote_code=False, use_safetensors=True
            )
        except (OSError, ValueError, KeyError) as error:
            raise ModelPackError(f"{folder} is no summarizer that can be loaded: {error}") from error
        self._model.to(device).eval()
        known = getattr(self._model.config, "max_position_embeddings", None) or _MOST_TOKENS
        self._most_tokens = min(_MOST_TOKENS, int(known), int(self._tokenizer.model_max_length))

    def write(self, request: NoteRequest, objections: Sequence[Objection] = ()) -> Sequence[Claim]:
        """The sentences of the parts' summaries, one after the other; a call that fits is one part.

        It cannot be told what is wrong: to objections it has nothing to say.
        """
        if objections:
            return ()
        transcript = request.transcript
        named = has_parties(transcript)
        lines = [_NAMES.get(one.party, "") * named + one.text for one in transcript.segments]
        parts = self._parts(lines)
        if len(parts) > _MOST_PARTS:
            parts = parts[: _MOST_PARTS // 2] + parts[-_MOST_PARTS // 2 :]
        return [Claim(sentence) for part in parts for sentence in split_sentences(self._written(part))]

    def _parts(self, lines: list[str]) -> list[str]:
        """The call in parts that the model can read at once, cut between turns."""
        parts: list[str] = []
        room = 0
        for line in lines:
            length = len(self._tokenizer(line, truncation=True, max_length=self._most_tokens)["input_ids"])
            if not parts or length > room:
                parts.append(line)
                room = self._most_tokens - length
            else:
                parts[-1] += f"\n{line}"
                room -= length
        return parts

    def _written(self, part: str) -> str:
        read = self._tokenizer(part, return_tensors="pt", truncation=True, max_length=self._most_tokens)
        with torch.inference_mode():
            written = self._model.generate(
                input_ids=read["input_ids"].to(self._device),
                attention_mask=read["attention_mask"].to(self._device),
                num_beams=_BEAMS,
                do_sample=False,
                no_repeat_ngram_size=3,
                max_new_tokens=_MOST_SUMMARY_TOKENS,
            )
        text: str = self._tokenizer.decode(written[0], skip_special_tokens=True)
        return " ".join(text.split())
