"""How often in a row a worker died while it loaded, and why: known from what each life leaves in the queue."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.messages.heartbeat import WorkerHeartbeat
from appliance.process.exit_reason import KILLED

# How the engine names it (engine/runtime/device_failure.py).
_LOST_CARD = "DeviceFailed: cuda"


@dataclass(frozen=True, slots=True)
class FailedStarts:
    """The lives in a row that died before they were ready, and why the last of them did."""

    deaths: int = 0
    last_error: str = ""

    @classmethod
    def known_from(cls, left: WorkerHeartbeat | None) -> FailedStarts:
        """Read what the life before left: nothing, when it was stopped in order."""
        if left is None:
            return cls()
        if left.ready:
            went_without = left.last_error.startswith(_LOST_CARD)
            return cls(last_error=left.last_error if went_without else "")  # it lacked room, say, which is no death
        if left.ended:
            return cls(left.deaths_while_loading, left.last_error)
        # It could not say anything any more.
        return cls(left.deaths_while_loading + 1, KILLED)

    def seen_from(self, *, loaded: bool, error: str | None, device: str) -> FailedStarts:
        """What this life tells: `error` is why it ends, if it does, while it loads or after (of its device).

        Where "auto" has come down from a card that failed to the processor, it goes on telling: it is there, and slow.
        """
        if loaded:
            went_without = device == "cpu" and self.last_error.startswith(_LOST_CARD)
            return FailedStarts(last_error=error or (self.last_error if went_without else ""))
        return self if error is None else FailedStarts(self.deaths + 1, error)
