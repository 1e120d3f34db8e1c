"""A small causal language model that reads a call: what it knows of each sentence, and what it would say of each party.

It writes nothing, for a model of this size invents. What it knows of a sentence stands in its state at the sentence's
end, after all that was said before; what it thinks of how a party leaves, in the state in which it would begin to
answer that question. `reading.py` has the heads that read these states.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.errors import ModelPackError
from engine.runtime.torchaudio_stub import ensure_torchaudio
from engine.transcript import Direction, Party, Transcript

States = npt.NDArray[np.float32]

# Whom the model is asked about, in its words: the outside party, the office; and who says a turn that is nobody's.
OUTSIDE, INSIDE, NOBODY = "customer", "agent", "speaker"
# Layers above are not even loaded: what a call is about is clearest below.
LAYERS = 18
OPENING = "Transcript of a telephone call.\n"
QUESTION = (
    "\nQuestion: How does the {who} feel when this call ends: satisfied, neutral or dissatisfied?"
    "\nAnswer: The {who} feels"
)
# Longer calls are read in windows, as attention grows with the square of what is read. Each begins with so much of the
# one before as makes sense of what follows; the last, after which the questions are asked, with all that it can hold.
MOST_TOKENS = 3072
CONTEXT_TOKENS = 1024


@dataclass(frozen=True, slots=True)
class Line:
    """Who says a turn (one of the three names above), and its sentences."""

    who: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadCall:
    """What the model knows of a call."""

    sentences: States  # [sentences, width]: the state at the end of each
    answers: dict[str, States]  # of each party that was asked about: [width], where it would begin to answer


@dataclass(frozen=True, slots=True)
class Encoded:
    """The tokens of a turn, and which of them end its sentences."""

    tokens: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Turns that are read at once; the first ones, `context`, were read before."""

    turns: Sequence[Encoded]
    context: int = 0


class LanguageModel:
    """A Llama, read to the layer that is needed; calls on several threads share it."""

    def __init__(self, folder: Path, device: str) -> None:
        ensure_torchaudio()
        import torch  # noqa: PLC0415 - after the stub
        from tokenizers import Tokenizer  # noqa: PLC0415

        self.name = folder.name
        self._torch = torch
        self._device = device
        self._model = load_network(folder, LAYERS).to(device)
        self.width = int(self._model.config.hidden_size)
        try:
            self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # the library raises no other
            raise ModelPackError(f"{folder} has no tokenizer.json that can be read: {error}") from error
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """Which model it is: what heads were trained on one is noise on another."""
        weights = self._model.layers[-1].self_attn.q_proj.weight.detach().float().cpu().numpy()
        return hashlib.sha256(weights.tobytes()).hexdigest()

    def read(self, lines: Sequence[Line], about: Sequence[str]) -> ReadCall:
        """Read a call, and ask how each of `about` feels at its end. The same call is read the same each time."""
        states: list[States] = [np.zeros((0, self.width), dtype=np.float32)]
        answers: dict[str, States] = {}
        windows = windows_of([turn for line in lines for turn in encode(self._tokenizer, line)])
        for window in windows:
            ids, ends = ids_of(self._tokenizer, window.turns)
            cache, found = self._forward(ids, None)
            read_before = sum(len(turn.ends) for turn in window.turns[: window.context])
            states.append(found[ends[read_before:]])
            if window is windows[-1]:
                answers = {who: self._answer(cache, who) for who in about}
        return ReadCall(np.concatenate(states), answers)

    def _answer(self, cache: Any, who: str) -> States:
        ids = self._tokenizer.encode(QUESTION.format(who=who), add_special_tokens=False).ids
        cache, found = self._forward(ids, cache)
        cache.crop(-len(ids))  # the next question is asked of the call alone
        answer: States = found[-1]
        return answer

    def _forward(self, ids: Sequence[int], cache: Any) -> tuple[Any, States]:
        with self._lock, self._torch.inference_mode():
            output = self._model(self._torch.tensor([list(ids)], device=self._device), cache=cache, use_cache=True)
            states: States = output.last_hidden_state[0].float().cpu().numpy()
        return output.cache, states


def load_network(folder: Path, layers: int) -> Any:
    """The first layers of a causal model, in fp32, without the norm that belongs behind its last one."""
    import torch  # noqa: PLC0415
    from huggingface_hub.errors import StrictDataclassError  # noqa: PLC0415
    from transformers import AutoConfig, AutoModel  # noqa: PLC0415
    from transformers.utils import logging as said_by_transformers  # noqa: PLC0415

    verbosity = said_by_transformers.get_verbosity()
    said_by_transformers.set_verbosity(logging.ERROR)  # that the upper layers are left out is meant
    try:
        config = AutoConfig.from_pretrained(str(folder), local_files_only=True)
        if config.model_type != "llama" or config.num_hidden_layers < layers:
            raise ModelPackError(f"{folder} holds a {config.model_type} model: calls are read by smollm2-135m")
        config.num_hidden_layers = layers
        network: Any = AutoModel.from_pretrained(str(folder), config=config, dtype=torch.float32, local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError, StrictDataclassError) as error:
        raise ModelPackError(f"{folder} is no language model that can be loaded: {error}") from error
    finally:
        said_by_transformers.set_verbosity(verbosity)
    network.norm = torch.nn.Identity()
    return network.eval()


def encode(tokenizer: Any, line: Line) -> list[Encoded]:
    """A turn's tokens; those of its halves, where it is longer than what can be read at once."""
    text = f"{line.who.capitalize()}:"
    stops = []
    for sentence in line.sentences:
        text += " " + sentence.strip()
        stops.append(len(text))
    encoded = tokenizer.encode(text + "\n", add_special_tokens=False)
    if len(encoded.ids) > MOST_TOKENS and len(line.sentences) > 1:
        half = len(line.sentences) // 2
        halves = (line.sentences[:half], line.sentences[half:])
        return [turn for own in halves for turn in encode(tokenizer, Line(line.who, own))]
    ends = np.searchsorted([end for _, end in encoded.offsets], stops)
    return [Encoded(tuple(encoded.ids[:MOST_TOKENS]), tuple(min(int(end), MOST_TOKENS - 1) for end in ends))]


def windows_of(turns: Sequence[Encoded]) -> list[Window]:
    """The turns in windows, each new in one of them; one window at least."""
    lengths = [len(turn.tokens) for turn in turns]
    windows: list[Window] = []
    first = 0
    while first < len(turns) or not windows:
        room = MOST_TOKENS - CONTEXT_TOKENS if windows else MOST_TOKENS
        behind, new = first, 0
        while behind < len(turns) and (behind == first or new + lengths[behind] <= room):
            new += lengths[behind]
            behind += 1
        spare = MOST_TOKENS - new if behind == len(turns) else min(CONTEXT_TOKENS, MOST_TOKENS - new)
        begin = first
        while begin and lengths[begin - 1] <= spare:
            begin -= 1
            spare -= lengths[begin]
        windows.append(Window(turns[begin:behind], first - begin))
        first = behind
    return windows


def ids_of(tokenizer: Any, turns: Sequence[Encoded]) -> tuple[list[int], list[int]]:
    """The tokens of a window, and where its sentences end in them."""
    ids = list(tokenizer.encode(OPENING, add_special_tokens=False).ids)
    ends = []
    for turn in turns:
        ends += [len(ids) + end for end in turn.ends]
        ids += turn.tokens
    return ids, ends


def lines_of(transcript: Transcript, sentences: Iterator[Sequence[str]], direction: Direction | None) -> list[Line]:
    """The turns of a transcript, as the model reads them; `sentences` are those of each segment."""
    outbound = direction is Direction.OUTBOUND
    names = {Party.CALLER: INSIDE if outbound else OUTSIDE, Party.CALLED: OUTSIDE if outbound else INSIDE}
    return [
        Line(names.get(segment.party, NOBODY), tuple(own))
        for segment, own in zip(transcript.segments, sentences, strict=True)
    ]
