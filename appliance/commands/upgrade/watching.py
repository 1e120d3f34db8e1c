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
        self,
        folder: DataFolder,
        services: Services,
        patience: Patience,
        ailed_before: Collection[str] = (),
        is_meant: Callable[[str], bool] = lambda _: True,
        workers: Collection[str] = (),
    ) -> None:
        """`ailed_before`: parts that are no better or worse with another version. `is_meant`: whether the api's version
        is the one that was started. `workers`: those that are to be ready again.
        """
        self._ailed_before = ailed_before
        self._is_meant = is_meant
        self._workers = [one for one in workers if one not in ailed_before]
        self._folder = folder
        self._services = services
        self._patience = patience

    def health(self) -> str:
        """The word of the running api; `unreachable` where none answers."""
        return self._word_and_version()[0]

    def ailing(self) -> dict[str, str]:
        """The parts that do not stay up, or do not come to work, each with why."""
        found = self._services.ailing()
        for worker in self._listed("workers"):
            deaths, why = worker.get("deaths_while_loading", 0), worker.get("last_error")
            if isinstance(deaths, int) and deaths >= DEATHS_THAT_TELL and worker.get("state") != "ready":
                found[f"worker {worker.get('name')}"] = f"it died {deaths} times while loading: {why}"
        return found

    def until_accepting(self) -> None:
        """Until it takes calls, whatever becomes of the workers. Raises NotWell where it does not."""
        accepts = self._patience.accepting
        self._until(self._accepts, accepts, "it does not accept calls", only=API)

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

    def _accepts(self) -> bool:
        if self._services.work_for_another():
            return True
        word, version = self._word_and_version()
        return word in ACCEPTS and self._is_meant(version)

    def _is_as_well(self, before: str) -> bool:
        if self._services.work_for_another():
            return not self._services.loading(self._workers)
        word, version = self._word_and_version()
        # Where it was not even running, it is to accept calls.
        worst = min(WORDS.index(_known(before)), WORDS.index(ACCEPTS[-1]))
        return WORDS.index(word) <= worst and self._is_meant(version) and not self._services.loading(self._workers)

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
        word, version = self._word_and_version()
        said = [word]
        if not self._is_meant(version):
            said.append(f"(it is version {version or 'unknown'} that answers)")
        said += [f"({one.get('name')}: {one.get('reason')})" for one in self._failed()]
        said += [f"({worker} is not ready)" for worker in self._services.loading(self._workers)]
        return " ".join(said)

    def _failed(self) -> list[dict[str, Any]]:
        return [one for one in self._listed("components") if one.get("state") == "failed"]

    # What another version answers may be other than ours: what it lacks is not known, and no reason to stumble.

    def _word_and_version(self) -> tuple[str, str]:
        try:
            reply = ask(self._folder.api_socket, "GET", "/health")
        except (LocalApiRefused, AttributeError, LookupError, TypeError):
            return "unhealthy", ""
        if reply is None:
            return "unreachable", ""
        if not isinstance(reply, dict):
            return "unhealthy", ""
        return _known(reply.get("status")), str(reply.get("version", ""))

    def _listed(self, part: str) -> list[dict[str, Any]]:
        """What /api/system lists under this name."""
        try:
            reply = ask(self._folder.api_socket, "GET", "/api/system")
        except (LocalApiRefused, AttributeError, LookupError, TypeError):
            return []
        listed = reply.get(part) if isinstance(reply, dict) else None
        return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _known(word: object) -> str:
    return word if isinstance(word, str) and word in WORDS else "unhealthy"
