"""Work of minutes, such as reading a whole backup, in threads that the end of the process does not wait for.

Not in the loop's executor: asyncio waits for all of its threads before the process ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from appliance.errors import Unavailable

T = TypeVar("T")


async def in_thread_of_its_own(name: str, work: Callable[[], T]) -> T:
    """What `work` returns or raises. It goes on when this is cancelled, and ends with the process."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def succeed(result: T) -> None:
        if not outcome.done():
            outcome.set_result(result)

    def fail(error: Exception) -> None:
        if not outcome.done():
            outcome.set_exception(error)

    def run() -> None:
        # RuntimeError: the loop has closed meanwhile, and nobody waits.
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - handed to who waits for it
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(fail, error)
        else:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(succeed, result)

    threading.Thread(target=run, name=name, daemon=True).start()
    return await outcome


@contextlib.asynccontextmanager
async def bounded_look(place: str, seconds: float) -> AsyncIterator[None]:
    """While a place is looked at that may be on a disk that has gone, or a mount that hangs. Raises Unavailable."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise Unavailable(f"{place} did not answer within {seconds:.0f} s") from None
    except OSError as error:
        raise Unavailable(f"{place} cannot be read: {error.strerror or error}") from error
