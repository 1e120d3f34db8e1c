"""The seam between a worker and the speech engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from appliance.errors import ApplianceError
from appliance.messages.analyse_call import AnalyseCall
from appliance.messages.call_result import CallResult, Failure


class RecordingAtFault(ApplianceError):
    """The recording cannot be analysed, and could not be the next time either."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class DeviceFailed(ApplianceError):
    """What the engine computes on has failed: only another process may still be of use. Says which device, and why.

    `of_the_machine`: no call can have brought it about, and none pays for it: they are given back, at no quick pace,
    since whoever starts the worker again pauses longer each time (RestartSteps= of the units). Else one of those in
    hand may have.
    """

    def __init__(self, message: str, *, of_the_machine: bool = False) -> None:
        super().__init__(message)
        self.of_the_machine = of_the_machine


class Engine(Protocol):
    """The seam to the engine: what a worker needs of it. Calls may be analysed on several threads at the same time."""

    device: str
    model: str
    code_packs: tuple[str, ...]  # those of its model packs that run as code
    languages: tuple[str, ...]  # that its model recognizes
    calls_at_once: int  # that keep the device busy: beside those that it recognizes, some that are read or decoded

    def warm_up(self) -> None:
        """Do a little of everything, so that the first call is not slower than the next; raises DeviceFailed."""
        ...

    def analyse(self, recording: Path, call: AnalyseCall, on_progress: Callable[[float], None]) -> CallResult:
        """Analyse a recording; raises RecordingAtFault, DeviceFailed.

        While it waits for another program and computes nothing itself, it calls `on_progress` every few seconds.
        """
        ...
