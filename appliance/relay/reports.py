"""The embedded Dramatiq worker of the api: workers' reports are stored here before they are acknowledged."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
import threading
import time
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, NoReturn

import dramatiq
import msgspec
import redis

from appliance.domain.dropped_reports import DropReason
from appliance.errors import Unavailable
from appliance.messages.bounds import fit_text
from appliance.messages.queue_names import REPORT_ACTOR, RESULTS_QUEUE
from appliance.messages.reports import AttemptReport, WorkerReport, read_head, read_report
from appliance.process.log.subject import lines_about
from appliance.queue.dramatiq_internals import silent_actor
from appliance.queue.reports_broker import MOST_REPORTS_TAKEN, reports_broker
from appliance.services.calls.result_bounds import ResultTooLarge

logger = logging.getLogger(__name__)

THREADS = MOST_REPORTS_TAKEN  # reports that come together are stored together
# Once it is read, a report takes many times its bytes of JSON: of those longer than this, few are in memory at a time.
LARGE_REPORT = 1024 * 1024
MOST_LARGE_AT_ONCE = 2
# Dramatiq's threads look so often whether they are to end; a report wakes one at once.
WAKE_EVERY_MILLISECONDS = 500
TRY_AGAIN_AFTER_SECONDS = 2.0
STORE_TIMEOUT_SECONDS = 120.0
# As long as a lease: then the call is given out again anyhow.
GIVE_UP_AFTER_SECONDS = 900.0
LONGEST_PROBLEM = 300


async def _for_its_own_reason() -> bool:
    return True


async def _whatever_its_size(_head: AttemptReport, _size: int) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class ReportTakers:
    """What is called for each report, on the event loop (`dropped` on any thread).

    `admit` decides by a report's head and its size in bytes whether it is read. `report` stores it, given its size
    again. `refuse` ends the attempt of one that can never be stored, with the reason. `dropped` counts one that
    changed nothing.
    `waits` is called after each failed try to store one, and returns whether other reports could be stored meanwhile.
    `goes_on` is called when none that had to wait waits any longer, whether they were stored or not.
    """

    report: Callable[[WorkerReport, int], Awaitable[None]]
    refuse: Callable[[AttemptReport, str], Awaitable[None]]
    dropped: Callable[[DropReason, AttemptReport | None], None] = lambda _reason, _head: None
    waits: Callable[[], Coroutine[Any, Any, bool]] = _for_its_own_reason
    admit: Callable[[AttemptReport, int], Awaitable[bool]] = _whatever_its_size
    goes_on: Callable[[], None] = lambda: None


class _Unreadable(Exception):
    """It is no report, whatever its head says."""


class _NotItsTurn(Exception):
    """As many large reports as may be in memory are."""


class ReportConsumer:
    """Hands each report on. One that cannot be stored now is tried again; one that never can be ends its attempt."""

    def __init__(
        self,
        client: redis.Redis,
        loop: asyncio.AbstractEventLoop,
        takers: ReportTakers,
        monotonic: Callable[[], float] = time.monotonic,
        try_again_after_seconds: float = TRY_AGAIN_AFTER_SECONDS,
    ) -> None:
        self._loop = loop
        self._takers = takers
        self._monotonic = monotonic
        self._try_again_after_seconds = try_again_after_seconds
        self._stopping = threading.Event()
        self._room_for_large = threading.Semaphore(MOST_LARGE_AT_ONCE)
        # By its thread: why what that one has cannot be stored yet; None: others are stored before it.
        self._waiting: dict[int, str | None] = {}
        broker = reports_broker(client)
        broker.on_thrown_away = self._thrown_away
        silent_actor(broker, REPORT_ACTOR, RESULTS_QUEUE, self._receive)
        self._worker = dramatiq.Worker(broker, worker_threads=THREADS, worker_timeout=WAKE_EVERY_MILLISECONDS)

    def start(self) -> None:
        self._worker.start()

    def stop(self) -> None:
        """Blocks for a few seconds at most; what was not stored stays in the queue."""
        self._stopping.set()
        self._worker.stop(timeout=3000)

    @property
    def obstacle(self) -> str | None:
        """Why results cannot be stored at present; None: they can."""
        return next((problem for problem in self._waiting.copy().values() if problem is not None), None)

    def _thrown_away(self, count: int) -> None:
        for _ in range(count):
            self._takers.dropped(DropReason.MALFORMED, None)

    def _receive(self, body: str) -> None:
        try:
            head = read_head(body)
        except msgspec.ValidationError:
            self._takers.dropped(DropReason.MALFORMED, None)
            return
        with lines_about(call_id=head.call_id):
            self._take(head, body)

    def _take(self, head: AttemptReport, body: str) -> None:
        problem = self._store(head, body)
        if problem is None:
            return
        reason: str = problem
        if self._try(head, lambda: self._run(lambda: self._takers.refuse(head, reason))) is not None:
            self._takers.dropped(DropReason.GIVEN_UP, head)

    def _store(self, head: AttemptReport, body: str) -> str | None:
        """Why it never can be stored; None: it is, or no longer matters."""
        admitted: list[bool] = []
        # Dramatiq writes what is not ASCII as `\uXXXX`, six bytes for two or three. Never less than a third is counted,
        # for a worker may write a backslash and a `u` that stand for themselves.
        size = max(len(body) // 3, len(body) - 4 * body.count("\\u"))

        async def admit() -> None:
            admitted.append(await self._takers.admit(head, size))

        # Millions of texts and numbers are looked at one by one only where there can be so many.
        problem = self._try(head, lambda: self._run(admit))
        if problem is not None or not any(admitted):
            return problem
        return self._try(head, lambda: self._reading_and_storing(body, size).result(STORE_TIMEOUT_SECONDS))

    def _reading_and_storing(self, body: str, size: int) -> concurrent.futures.Future[None]:
        """Read anew for each try: one that waits for the next is in memory as its JSON alone, and in nobody's way."""
        with contextlib.ExitStack() as room:
            if size > LARGE_REPORT:
                self._wait_for_turn()
                room.callback(self._room_for_large.release)
            try:
                report = read_report(body)
            except msgspec.ValidationError as error:
                raise _Unreadable(str(error)) from error
            storing = self._begin(lambda: self._takers.report(report, size))
            # It is in memory until that is over, also where nobody waits for it any longer.
            given_back = room.pop_all()
            storing.add_done_callback(lambda _: given_back.close())
        return storing

    def _wait_for_turn(self) -> None:
        """Raises _NotItsTurn where none of those before it is done in the time from one try to the next."""
        if not self._room_for_large.acquire(blocking=False):
            self._waiting.setdefault(threading.get_ident(), None)
            if not self._room_for_large.acquire(timeout=self._try_again_after_seconds):
                raise _NotItsTurn

    def _try(self, head: AttemptReport, take: Callable[[], None]) -> str | None:
        """Until it is done, or cannot be: then why. While none can be stored, on a full disk, its time does not run."""
        alone_since: float | None = None  # that others could be stored, and this one not
        try:
            while True:
                pause = self._try_again_after_seconds
                try:
                    take()
                except _NotItsTurn:
                    pause = 0.0  # it has waited
                except (Unavailable, TimeoutError) as error:
                    self._waiting[threading.get_ident()] = _in_a_line(error) or "the database takes too long"
                    logger.warning("a report about call %s waits: %s", head.call_id, error)
                    _let_go_of_report(error)
                except (ResultTooLarge, _Unreadable) as error:
                    return _in_a_line(error)
                except Exception as error:
                    if self._stopping.is_set():  # the loop's end cancels what it stores; the report is as good as ever
                        _leave(head)
                    logger.exception("a report about call %s can never be stored", head.call_id)
                    return _in_a_line(error) or type(error).__name__
                else:
                    return None
                if self._stopping.wait(pause):
                    _leave(head)
                if not self._waits_for_its_own_reason(head):
                    alone_since = None
                elif alone_since is None:  # the disk may just have room again: it has a try in any case
                    alone_since = self._monotonic()
                elif self._monotonic() > alone_since + GIVE_UP_AFTER_SECONDS:
                    self._takers.dropped(DropReason.GIVEN_UP, head)
                    return None
        finally:
            self._wait_no_longer()

    def _wait_no_longer(self) -> None:
        ident = threading.get_ident()
        if ident in self._waiting:
            del self._waiting[ident]
            if not self._waiting:  # large ones that wait for their turn need longer than the first that is stored
                self._loop.call_soon_threadsafe(self._takers.goes_on)

    def _begin(self, take: Callable[[], Awaitable[None]]) -> concurrent.futures.Future[None]:
        return asyncio.run_coroutine_threadsafe(_coroutine(take), self._loop)

    def _run(self, take: Callable[[], Awaitable[None]]) -> None:
        self._begin(take).result(STORE_TIMEOUT_SECONDS)

    def _waits_for_its_own_reason(self, head: AttemptReport) -> bool:
        try:
            return asyncio.run_coroutine_threadsafe(self._takers.waits(), self._loop).result(STORE_TIMEOUT_SECONDS)
        except (Unavailable, TimeoutError):
            return False
        except Exception:
            if self._stopping.is_set():
                _leave(head)
            raise


def _leave(head: AttemptReport) -> NoReturn:
    """Never acknowledged: the api's next life gets it again. This thread ends with the process."""
    logger.info("a report about call %s stays in the queue: the api stops", head.call_id)
    while True:
        threading.Event().wait()


async def _coroutine(take: Callable[[], Awaitable[None]]) -> None:
    await take()


def _in_a_line(error: Exception) -> str:
    """It may quote what a worker wrote."""
    return fit_text(" ".join(str(error).split()), LONGEST_PROBLEM)


def _let_go_of_report(error: BaseException) -> None:
    """It is in the frames of the error, which asyncio's futures keep: they refer to themselves."""
    one: BaseException | None = error
    while one is not None:
        traceback.clear_frames(one.__traceback__)
        one = one.__context__
