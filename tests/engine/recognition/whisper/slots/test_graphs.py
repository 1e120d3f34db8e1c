"""Steps that are captured: replayed where that works, run as they are where it does not. On a card: a captured step is
the step."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.audio.samples import Samples
from engine.recognition.whisper.slots.graphs import Step, StepGraphs, capture_for
from engine.recognition.whisper.whisper_recognizer import WhisperRecognizer
from tests.engine.recognition.whisper.slots.made_up import (
    assert_same,
    in_slots,
    made_up_network,
    made_up_texts,
    one_by_one,
    scripted,
    slot_decoding,
    with_names,
)
from tests.support.own_records import own_messages


class Tape:
    """A capture that is made up: a replay runs the step, and is counted."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.prepared, self.captured, self.replayed = error, 0, 0, 0

    def prepare(self, step: Step) -> None:
        self.prepared += 1
        step()

    def capture(self, step: Step) -> Step:
        if self.error is not None:
            raise self.error
        self.captured += 1

        def replay() -> None:
            self.replayed += 1
            step()

        return replay


def test_a_shape_is_run_once_then_captured_then_replayed() -> None:
    tape, runs = Tape(), []
    graphs = StepGraphs(tape)
    for shape in ("a", "b", "a", "a", "b"):
        graphs.run(shape, lambda shape=shape: runs.append(shape))  # type: ignore[misc]
    assert runs == ["a", "b", "a", "a", "b"]
    assert (tape.prepared, tape.captured, tape.replayed, graphs.captured) == (2, 2, 3, 2)


def test_texts_are_the_same_when_steps_are_replayed() -> None:
    tape, network = Tape(), scripted(0)
    texts = made_up_texts(12, 0)
    for one, other in zip(
        one_by_one(network, 3, texts), in_slots(slot_decoding(network, 3, 4, lambda _: tape), texts), strict=True
    ):
        assert_same(one, other)
    assert tape.replayed > tape.prepared


def test_a_capture_that_fails_is_said_once_and_steps_go_on_as_they_are(caplog: pytest.LogCaptureFixture) -> None:
    """It is no fault of the card's, and no text is decoded again for it."""
    tape, network = (
        Tape(RuntimeError("CUDA error: operation not permitted when stream is capturing\nmore")),
        scripted(0),
    )
    texts = made_up_texts(12, 0)
    decoding = slot_decoding(network, 3, 4, lambda _: tape)
    for one, other in zip(one_by_one(network, 3, texts), in_slots(decoding, texts), strict=True):
        assert_same(one, other)
    assert own_messages(caplog) == [
        "Recognition goes on without CUDA graphs, more slowly: "
        "CUDA error: operation not permitted when stream is capturing"
    ]
    assert decoding.slots == 4


def ended_by_another(cause: Exception) -> Exception:
    """What ends the capture raises on its part."""
    error = RuntimeError("CUDA error: operation failed due to a previous error during capture")
    error.__context__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("full"),
        ended_by_another(torch.OutOfMemoryError("full")),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    ],
    ids=["torch", "hidden", "library"],
)
def test_a_capture_for_which_there_is_no_memory_takes_fewer_slots_and_captures_no_more(error: Exception) -> None:
    """Each capture that fails keeps memory for good."""
    network, tapes = scripted(0), []

    def capture_for(_: torch.device) -> Tape:
        tapes.append(Tape(error))
        return tapes[-1]

    texts = made_up_texts(12, 0)
    decoding = slot_decoding(network, 3, 4, capture_for)
    for one, other in zip(one_by_one(network, 3, texts), in_slots(decoding, texts), strict=True):
        assert_same(one, other)
    assert (decoding.slots, len(tapes)) == (2, 1)


def test_a_card_that_fails_in_a_capture_is_not_gone_on_with(caplog: pytest.LogCaptureFixture) -> None:
    failed = torch.AcceleratorError("CUDA error: uncorrectable ECC error encountered")
    graphs = StepGraphs(Tape(failed))
    graphs.run("a", lambda: None)
    with pytest.raises(torch.AcceleratorError, match="uncorrectable ECC"):
        graphs.run("a", lambda: None)
    assert own_messages(caplog) == []


def test_a_processor_captures_nothing() -> None:
    assert capture_for(torch.device("cpu")) is None


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("names", [False, True], ids=["plain", "names"])
def test_a_captured_step_is_the_step(names: bool, caplog: pytest.LogCaptureFixture) -> None:
    """In fp32 on the card, captured and not: the same texts, and those of a processor."""
    texts = made_up_texts(30, 0)
    expected = one_by_one(made_up_network(0), 3, texts)
    if names:
        texts = with_names(texts, expected, 0)
        expected = one_by_one(made_up_network(0), 3, texts)
    network = made_up_network(0, "cuda")
    captured = in_slots(slot_decoding(network, 3, 8, capture_for), texts, "cuda")
    eager = in_slots(slot_decoding(network, 3, 8), texts, "cuda")
    for one, other in zip(captured, eager, strict=True):
        assert_same(one, other, within=1e-6)
    agree = sum(one.tokens == other.tokens for one, other in zip(captured, expected, strict=True))
    assert agree >= len(texts) - 1
    assert own_messages(caplog) == []


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("precision", ["fp16", "bf16", "fp32"])
def test_a_card_hears_what_a_processor_hears(
    tiny_folder: Path, speech: dict[str, Samples], precision: str, caplog: pytest.LogCaptureFixture
) -> None:
    from tests.engine.sounds import word_error_rate

    clips = list(speech.values()) * 8
    expected = WhisperRecognizer(tiny_folder, "cpu", precision="fp32").transcribe(clips, "en")
    card = WhisperRecognizer(tiny_folder, "cuda", precision=precision)  # type: ignore[arg-type]
    for _ in range(2):  # captured from the second on
        heard = card.transcribe(clips, "en")
        reference = " ".join(one.text for one in expected)
        assert word_error_rate(reference, " ".join(one.text for one in heard)) <= 0.02
    assert own_messages(caplog) == []
