"""One thing done with each of several: whoever is refused does not keep the others back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from admin_gui.client.transport.errors import (
    ClientError,
    CutShort,
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

    @property
    def rest(self) -> list[T]:
        """Those for which the connection, or this computer, was at fault: done once more they may well be done.

        Not those that were sent without an answer, which may be done already.
        """
        own = (Refused, NothingToDo, Unanswered)
        return [one for one, error in self.not_done if not isinstance(error, own)]


# So many in a row that nobody answers: then the appliance is away, and not only the one connection broken.
_AWAY = 2


def each(
    chosen: Sequence[T],
    work: Callable[[T], R],
    progress: Progress,
    stop: Stop,
    outcome: Outcome[T, R] | None = None,
) -> Outcome[T, R]:
    """One after the other. Raises Stopped; what would go wrong with each of the others ends it, for all of them."""
    outcome = Outcome() if outcome is None else outcome
    unanswered = 0
    for number, one in enumerate(chosen):
        stop.check()
        progress(number, len(chosen))
        try:
            outcome.done.append((one, work(one)))
            unanswered = 0
        except Stopped:
            raise
        except (ClientError, OSError) as error:
            if isinstance(error, Refused | NothingToDo) and not isinstance(error, NotAuthorised | Forbidden):
                outcome.not_done.append((one, error))
                continue
            outcome.not_done.append((one, error))
            is_broken = isinstance(error, CutShort | Unreachable)
            unanswered += is_broken
            if is_broken and unanswered < _AWAY and not isinstance(error, Unanswered):
                continue
            # Of the others nothing was sent.
            why = Unreachable(error.address, error.reason) if isinstance(error, Unanswered) else error
            outcome.not_done.extend((other, why) for other in chosen[number + 1 :])
            break
    return outcome
