"""A causal language model in a local folder, which answers as a chat: Qwen, Granite, Llama and their like."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch

from engine.errors import ModelPackError
from engine.language.summary.written_note import WriterFailed
from engine.runtime.torchaudio_stub import ensure_torchaudio

_MOST_TOKENS = 600  # of an answer
_LEAST_CONTEXT = 2048  # tokens; a smaller model holds hardly a call
_MOST_CONTEXT = 16_384


class CausalModel:
    """A Hugging Face folder with safetensors and a chat template; no code of the folder is run.

    In bfloat16 on a GPU. Answers are drawn greedily, so the same question is answered the same.
    """

    def __init__(self, folder: Path, device: str) -> None:
        ensure_torchaudio()
        from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415  # seconds, and after the stub

        self.name = folder.name
        self._device = device
        dtype = torch.bfloat16 if device.startswith("cuda") else torch.float32
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
            model: Any = AutoModelForCausalLM.from_pretrained(
                folder, local_files_only=True, trust_remote_code=False, use_safetensors=True, dtype=dtype
            )
        except (OSError, ValueError, KeyError) as error:
            raise ModelPackError(f"{folder} is no language model that can be loaded: {error}") from error
        self._model: Any = model.to(device).eval()
        self._context = min(_MOST_CONTEXT, int(getattr(self._model.config, "max_position_embeddings", _LEAST_CONTEXT)))
        if not self._tokenizer.chat_template:
            raise ModelPackError(f"{folder} has no chat template: it takes an instruct model to write summaries")
        # One question at a time: the memory of several long calls at once is nobody's.
        self._lock = threading.Lock()

    def complete(self, system: str, question: str, schema: Mapping[str, Any], on_wait: Callable[[], None]) -> str:
        """As ChatModel says; the schema is put into words, as nothing here can hold the model to it."""
        asked = f"{question}\n\nThe JSON schema of the answer: {json.dumps(schema)}"
        messages = [{"role": "system", "content": system}, {"role": "user", "content": asked}]
        read = self._tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
        length = read["input_ids"].shape[1]
        if length + _MOST_TOKENS > self._context:
            raise WriterFailed(f"the call is too long for {self.name}: {length} tokens of {self._context}")
        with self._lock, torch.inference_mode():
            written = self._model.generate(
                input_ids=read["input_ids"].to(self._device),
                attention_mask=read["attention_mask"].to(self._device),
                do_sample=False,
                max_new_tokens=_MOST_TOKENS,
            )
        answer: str = self._tokenizer.decode(written[0][length:], skip_special_tokens=True)
        return answer
