"""What the worker is told where torch says that the device has failed, or that it is not there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
import torch

from appliance.commands.worker import load_engine
from appliance.errors import ConfigurationError
from appliance.messages.analyse_call import AnalyseCall
from appliance.settings import load
from appliance.worker.engine import DeviceFailed, DeviceFull
from appliance.worker.failed_starts import FailedStarts
from appliance.worker.speech_engine import SpeechEngine
from engine import pipeline, warm_up

CALL = AnalyseCall(call_id="call-1", revision=1, attempt=1, recording_path="/internal/recordings/call-1")
ASSERTED = "CUDA error: device-side assert triggered\nCUDA kernel errors might be asynchronously reported"
SAID = r"^DeviceFailed: cuda:1 does not compute any more: CUDA error: device-side assert triggered$"


def fails(*_: object, **__: object) -> NoReturn:
    raise torch.AcceleratorError(ASSERTED)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> SpeechEngine:
    """Over models that are none, on a card that is none."""
    recognizer = SimpleNamespace(languages=frozenset({"en"}))
    models: Any = SimpleNamespace(device="cuda:1", names={"asr": "none"}, recognizer=recognizer, calls_at_once=1)
    monkeypatch.setattr(pipeline, "load_models", lambda *_, **__: models)
    monkeypatch.setattr("engine.runtime.accelerator.choose_device", lambda device: device)
    return SpeechEngine(Path("asr"), Path("embedding"), "cuda:1")


@pytest.mark.parametrize(
    ("broken", "work"),
    [
        ((pipeline, "analyse"), lambda engine: engine.analyse(Path("call.wav"), CALL, lambda _: None)),
        ((warm_up, "warm_up"), lambda engine: engine.warm_up()),
        ((pipeline, "load_models"), lambda _: SpeechEngine(Path("asr"), Path("embedding"), "cuda:1")),
    ],
    ids=["call", "warm-up", "load"],
)
def test_a_card_that_fails_is_a_failed_device_whatever_it_was_at(
    engine: SpeechEngine,
    monkeypatch: pytest.MonkeyPatch,
    broken: tuple[Any, str],
    work: Callable[[SpeechEngine], object],
) -> None:
    monkeypatch.setattr(*broken, fails)
    with pytest.raises(DeviceFailed, match=SAID):
        work(engine)


@pytest.mark.parametrize("said", [ASSERTED, "CUDA error: CUBLAS_STATUS_EXECUTION_FAILED"], ids=["kernel", "library"])
def test_a_card_that_fails_while_it_is_loaded_is_named_where_auto_took_it(
    monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    """Else it could not be asked, and who goes on without it could not tell of it."""

    def load_models(_asr: Path, _embedding: Path, device: str, **_: object) -> NoReturn:
        assert device == "cuda"
        raise RuntimeError(said)

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(torch.cuda, "current_stream", fails)
    monkeypatch.setattr(pipeline, "load_models", load_models)
    with pytest.raises(DeviceFailed) as told:
        SpeechEngine(Path("asr"), Path("embedding"), "auto")
    error = str(told.value)
    assert error == f"DeviceFailed: cuda does not compute any more: {said.splitlines()[0]}"
    left = FailedStarts().seen_from(loaded=False, error=error, device="auto")
    assert left.seen_from(loaded=True, error=None, device="cpu").last_error == error


def test_a_broken_card_is_no_call_s_doing(engine: SpeechEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    for said, of_the_machine in (("uncorrectable ECC error encountered", True), ("misaligned address", False)):

        def broken(*_: object, said: str = said) -> NoReturn:
            raise torch.AcceleratorError(f"CUDA error: {said}")

        monkeypatch.setattr(pipeline, "analyse", broken)
        with pytest.raises(DeviceFailed) as told:
            engine.analyse(Path("call.wav"), CALL, lambda _: None)
        assert told.value.of_the_machine is of_the_machine


@pytest.mark.parametrize(("device", "full"), [("cuda:1", 1), ("cuda:1", 2), ("cpu", 1)])
def test_a_call_that_finds_the_cards_memory_full_is_analysed_once_more(
    engine: SpeechEngine, monkeypatch: pytest.MonkeyPatch, device: str, full: int
) -> None:
    """Others may have filled it for a moment: what is tried is what can be had without them."""
    did: list[str] = []

    def analyse(*_: object) -> object:
        did.append("analyse")
        if did.count("analyse") <= full:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")
        return SimpleNamespace(repairs=())

    monkeypatch.setattr(pipeline, "analyse", analyse)
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: did.append("empty"))
    monkeypatch.setattr("appliance.worker.speech_engine.call_result", lambda _: "the result")
    engine.device = device
    if device == "cuda:1" and full == 1:
        assert engine.analyse(Path("call.wav"), CALL, lambda _: None) == "the result"
    else:
        with pytest.raises(torch.OutOfMemoryError if device == "cpu" else DeviceFull) as told:
            engine.analyse(Path("call.wav"), CALL, lambda _: None)
        if device == "cuda:1":
            assert told.value.__context__ is None, "the error has what its frames had on the card"
    assert did == (["analyse"] if device == "cpu" else [*["analyse", "empty"] * full, *["analyse"] * (2 - full)])


def test_an_error_of_the_call_is_none_of_the_device(engine: SpeechEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(*_: object) -> NoReturn:
        raise torch.AcceleratorError("CUDA error: invalid argument")

    monkeypatch.setattr(pipeline, "analyse", wrong)
    with pytest.raises(torch.AcceleratorError, match="invalid argument"):
        engine.analyse(Path("call.wav"), CALL, lambda _: None)


@pytest.mark.skipif(torch.cuda.device_count() > 7, reason="this machine has the card that is to be missing")
def test_a_card_that_is_not_there_is_a_setting_that_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("asr", "embedding"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text("{}")
    opened = iter([tmp_path / "asr", tmp_path / "embedding"])
    monkeypatch.setattr("engine.models.open_pack", lambda *_: next(opened))
    settings = load(None, {"VBOT_MODELS_DIR": str(tmp_path), "VBOT_DEVICE": "cuda:7"})
    with pytest.raises(ConfigurationError, match=r"^VBOT_DEVICE is cuda:7, and torch sees "):
        load_engine(settings)
