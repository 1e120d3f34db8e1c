"""The seam between a worker and the speech engine."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from appliance.errors import ApplianceError
from appliance.messages.analyse_call import AnalyseCall
from appliance.messages.call_result import CallResult, Failure

logger = logging.getLogger(__name__)

# Whoever else is on a card may fill it for minutes. Where it is full after these, the call waits in the queue instead.
FULL_PAUSES_SECONDS = (30.0, 60.0)
WAIT_STEP_SECONDS = 5.0
# So often given back, for hours then, it is the call that no memory there is enough for.
MOST_TIMES_FULL = 100


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


class DeviceFull(ApplianceError):
    """The device has no memory left for a call, by others' doing maybe: with more of it free, it can be analysed."""


def once_there_is_memory(analyse: Callable[[], CallResult], wait: Callable[[float], None]) -> CallResult:
    """Try again after some pauses where the device is full; raises DeviceFull where it is after the last one, too.

    `wait` is given some seconds at a time, so that it can tell meanwhile that this is no analysis that hangs.
    """
    for pause_seconds in FULL_PAUSES_SECONDS:
        try:
            return analyse()
        except DeviceFull as error:
            logger.warning("%s: the call is tried again in %.0f s", error, pause_seconds)
        for _ in range(round(pause_seconds / WAIT_STEP_SECONDS)):
            wait(WAIT_STEP_SECONDS)
    return analyse()


class WaitsForMemory:
    """Gives calls back where the device is full, however often, but none for ever."""

    def __init__(self) -> None:
        self._times_full: Counter[str] = Counter()  # by the call's id

    def analyse(self, call_id: str, analyse: Callable[[], CallResult], wait: Callable[[float], None]) -> CallResult:
        """As `once_there_is_memory`; raises MemoryError for a call that has found the device full too often."""
        try:
            return once_there_is_memory(analyse, wait)
        except DeviceFull as error:
            self._times_full[call_id] += 1
            if self._times_full[call_id] >= MOST_TIMES_FULL:
                raise MemoryError(f"{error}, for the {MOST_TIMES_FULL}th time") from error
            raise


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
        """Analyse a recording; raises RecordingAtFault, DeviceFailed, DeviceFull.

        While it waits for another program and computes nothing itself, it calls `on_progress` every few seconds.
        """
        ...
