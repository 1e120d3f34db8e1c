"""One thing done with each of several: whoever is refused does not keep the others back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from admin_gui.client.transport.errors import (
    ClientError,
    Forbidden,
    NotAuthorised,
    NothingToDo,
    Refused,
    Stopped,
    Unanswered,
    Unreachable,
)
from admin_gui.client.transport.stop import Progress, Stop

T = TypeVar("T")
R = TypeVar("R")


@dataclass(slots=True)
class Outcome(Generic[T, R]):
    """With what it was done, and why not with the others. It is filled on the way: who stops it finds here how far."""

    done: list[tuple[T, R]] = field(default_factory=list)
    not_done: list[tuple[T, Exception]] = field(default_factory=list)


def each(
    chosen: Sequence[T],
    work: Callable[[T], R],
    progress: Progress,
    stop: Stop,
    outcome: Outcome[T, R] | None = None,
) -> Outcome[T, R]:
    """One after the other. Raises Stopped; what would go wrong with each of the others ends it, for all of them."""
    outcome = Outcome() if outcome is None else outcome
    for number, one in enumerate(chosen):
        stop.check()
        progress(number, len(chosen))
        try:
            outcome.done.append((one, work(one)))
        except Stopped:
            raise
        except (ClientError, OSError) as error:
            if isinstance(error, Refused | NothingToDo) and not isinstance(error, NotAuthorised | Forbidden):
                outcome.not_done.append((one, error))
                continue
            outcome.not_done.append((one, error))
            # Of the others nothing was sent.
            why = Unreachable(error.address, error.reason) if isinstance(error, Unanswered) else error
            outcome.not_done.extend((other, why) for other in chosen[number + 1 :])
            break
    return outcome
