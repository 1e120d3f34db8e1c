"""Whether the new version does as well as the old one did: watched for two minutes."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from appliance.commands.local_api import LocalApiRefused, ask
from appliance.commands.upgrade.services import Services
from appliance.errors import ApplianceError
from appliance.process.exit_reason import DEATHS_THAT_TELL
from appliance.storage.folder.data_folder import DataFolder

# The best first.
WORDS = ("healthy", "degraded", "unhealthy", "unreachable")
ACCEPTS = ("healthy", "degraded")
# What the part that accepts calls is called, by whatever starts it.
API = "api"


class NotWell(ApplianceError):
    """The version that was started does not work as it should."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: until it accepts calls (a big database is migrated), until it is as well as before (models are loaded),
    for which it is watched then, and for which it may be worse meanwhile.
    """

    accepting: float = 600.0
    settling: float = 600.0
    watched: float = 120.0
    worse: float = 30.0
    look_every: float = 1.0


class Watch:
    """Looks at the appliance through its local socket and its service manager."""

    def __init__(
        self, folder: DataFolder, services: Services, patience: Patience, ailed_before: Collection[str] = ()
    ) -> None:
        """`ailed_before`: parts that are no better or worse with another version."""
        self._ailed_before = ailed_before
        self._folder = folder
        self._services = services
        self._patience = patience

    def health(self) -> str:
        """The word of the running api; `unreachable` where none answers."""
        try:
            reply = ask(self._folder.api_socket, "GET", "/health")
        except LocalApiRefused:
            return "unhealthy"
        return "unreachable" if reply is None else str(reply["status"])

    def ailing(self) -> dict[str, str]:
        """The parts that do not stay up, or do not come to work, each with why."""
        found = self._services.ailing()
        for worker in self._system().get("workers", []):
            deaths, why = worker["deaths_while_loading"], worker["last_error"]
            if deaths >= DEATHS_THAT_TELL and worker["state"] != "ready":
                found[f"worker {worker['name']}"] = f"it died {deaths} times while loading: {why}"
        return found

    def until_accepting(self) -> None:
        """Until it takes calls, whatever becomes of the workers. Raises NotWell where it does not."""
        accepts = self._patience.accepting
        self._until(lambda: self.health() in ACCEPTS, accepts, "it does not accept calls", only=API)

    def stays_as_well_as(self, before: str) -> None:
        """Until it was as well as before for as long as it is watched. Raises NotWell."""
        self._until(lambda: self._is_as_well(before), self._patience.settling, "it does not get well")
        watched_until = time.monotonic() + self._patience.watched
        well_at = time.monotonic()
        while time.monotonic() < watched_until:
            time.sleep(self._patience.look_every)
            self._raise_if_ailing()
            if self._is_as_well(before):
                well_at = time.monotonic()
            elif time.monotonic() - well_at > self._patience.worse:
                raise NotWell(f"it was {before} before, and is {self._how()}")
        # What was just worse has its time to be well again.
        self._until(lambda: self._is_as_well(before), self._patience.worse, f"it was {before} before, and is not now")

    def _is_as_well(self, before: str) -> bool:
        # Where it was not even running, it is to accept calls.
        return WORDS.index(self.health()) <= min(WORDS.index(before), WORDS.index(ACCEPTS[-1]))

    def _until(self, reached: Callable[[], bool], seconds: float, otherwise: str, only: str = "") -> None:
        until = time.monotonic() + seconds
        while not reached():
            self._raise_if_ailing(only)
            if time.monotonic() > until:
                raise NotWell(f"{otherwise} within {seconds:.0f} s: it is {self._how()}")
            time.sleep(min(self._patience.look_every, 0.2))

    def _raise_if_ailing(self, only: str = "") -> None:
        for name, why in self.ailing().items():
            if only in name and name not in self._ailed_before:
                raise NotWell(f"{name}: {why}")

    def _how(self) -> str:
        failed = [one for one in self._system().get("components", []) if one["state"] == "failed"]
        return " ".join([self.health(), *(f"({one['name']}: {one['reason']})" for one in failed)])

    def _system(self) -> dict[str, Any]:
        try:
            return ask(self._folder.api_socket, "GET", "/api/system") or {}
        except LocalApiRefused:
            return {}
