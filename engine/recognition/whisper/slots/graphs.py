"""CUDA graphs: a step as one call to the driver instead of some hundred launches, each of which Python takes longer for
than the card.

This is the one module that only a card can show to work. What it takes for granted: a step allocates nothing that
outlives it, reads and writes tensors that stay where they are, and never asks the device for a number.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable
from typing import Protocol

import torch

from engine.runtime.device_failure import Fault, fault_of

logger = logging.getLogger(__name__)

Step = Callable[[], None]


class Capture(Protocol):
    """How steps are captured on a device."""

    def prepare(self, step: Step) -> None:
        """Run it as it is, where it will be captured."""

    def capture(self, step: Step) -> Step:
        """Its replay."""


class StepGraphs:
    """Steps by their shape: run once as they are, which also prepares what a capture may not; then captured, replayed.

    Where a capture fails, all go on as they are: that is slower, and no fault of the card's. Where memory is full it is
    no use to go on like that: the error goes to the caller, who takes fewer slots, and is told to capture no more:
    torch 2.13 keeps the memory of a capture that failed. An error of the card itself goes to the caller as it is.
    """

    def __init__(self, capture: Capture | None, capture_no_more: Callable[[], None] = lambda: None) -> None:
        self._capture, self._capture_no_more = capture, capture_no_more
        self._seen: set[Hashable] = set()
        self._replays: dict[Hashable, Step] = {}

    @property
    def captured(self) -> int:
        """How many shapes are replayed."""
        return len(self._replays)

    def run(self, shape: Hashable, step: Step) -> None:
        """One step."""
        if self._capture is not None and shape not in self._replays:
            if shape not in self._seen:
                self._seen.add(shape)
                return self._capture.prepare(step)
            self._try(shape, step, self._capture)
        self._replays.get(shape, step)()
        return None

    def _try(self, shape: Hashable, step: Step, capture: Capture) -> None:
        try:
            self._replays[shape] = capture.capture(step)
        except Exception as error:  # whatever a driver or a version of torch objects to
            fault = fault_of(error)  # also of what led to it: what ends the capture may raise on its part
            if fault is Fault.OUT_OF_MEMORY:
                self._capture_no_more()
                raise torch.OutOfMemoryError(str(error)) from None
            if fault is Fault.DEVICE:
                raise
            reason = str(error).strip().partition("\n")[0] or type(error).__name__
            # The error itself would keep what its frames hold on the card.
            logger.warning("Recognition goes on without CUDA graphs, more slowly: %s", reason)
            self._capture = None
            self._replays.clear()


class CudaCapture:
    """Captures on a stream of its own; all its graphs share the memory for what is between their operators.

    They may: they run one after the other, and nothing of one is read after another has run. For the graphs of one
    table: memory whose graphs are all gone is not to be shared again.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._pool = torch.cuda.graph_pool_handle()
        with torch.cuda.device(device):
            self._stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]

    def prepare(self, step: Step) -> None:
        # Libraries set themselves up for a stream when they first see it, which a capture would not survive.
        with torch.cuda.device(self._device):
            current = torch.cuda.current_stream()
            self._stream.wait_stream(current)
            with torch.cuda.stream(self._stream):
                step()
            current.wait_stream(self._stream)

    def capture(self, step: Step) -> Step:
        graph = torch.cuda.CUDAGraph()
        # Other threads (languages, sentences) use the card meanwhile; only ours must not.
        capturing = torch.cuda.graph(graph, self._pool, self._stream, capture_error_mode="thread_local")
        with torch.cuda.device(self._device):
            current = torch.cuda.current_stream()
            try:
                with capturing:
                    step()
            finally:
                torch.cuda.set_stream(current)  # a capture that fails leaves its own behind
        return self._replay(graph)

    def _replay(self, graph: torch.cuda.CUDAGraph) -> Step:
        def replay() -> None:
            with torch.cuda.device(self._device):
                graph.replay()

        return replay


def capture_for(device: torch.device) -> Capture | None:
    """How steps are captured on this device; None on a processor."""
    return CudaCapture(device) if device.type == "cuda" else None
