"""What keeps a call from being analysed, as the running api tells of its parts: seen while somebody waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from appliance.process.exit_reason import DEATHS_THAT_TELL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from appliance.commands.checks.finding import Finding
    from appliance.commands.setup.box import Box

# A part that is started again is back by then, on a slow machine too: systemd waits 10 s between two attempts at most,
# and a process that begins is heard of before it loads its models.
STANDS_SECONDS = 60.0
# What a call passes until its result is stored; the first that fails is named.
ON_THE_WAY = ("database", "queue", "relay", "worker", "results")


class Obstacles:
    """Looked at again and again; `standing` is one that does not go by itself."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}
        self._deaths: dict[str, int] = {}

    def standing(self, system: Mapping[str, Any], at: float) -> str | None:
        """The part that will not come to work, of what /api/system says at this moment; None where patience helps.

        A worker that loads, or works, is waited for, however long it takes, unless it died again meanwhile and did so
        often before: that is the only sign by which one that dies while it loads is told from one that is slow.
        """
        if self._dies_again(system["workers"]):
            return "worker"
        failed = {one["name"] for one in system["components"] if one["state"] == "failed"}
        if any(one["state"] in ("ready", "loading") for one in system["workers"]):
            failed.discard("worker")
        self._since = {name: self._since.get(name, at) for name in ON_THE_WAY if name in failed}
        return next((name for name, since in self._since.items() if at - since >= STANDS_SECONDS), None)

    def _dies_again(self, workers: list[dict[str, Any]]) -> bool:
        if any(one["state"] == "ready" for one in workers):
            return False
        found = False
        for one in workers:
            deaths = int(one["deaths_while_loading"])
            before = self._deaths.setdefault(one["name"], deaths)
            found = found or DEATHS_THAT_TELL <= deaths > before
        return found


def what_mends(box: Box, system: Mapping[str, Any], part: str) -> Finding:
    """What `vbot doctor` says of this part: the api's own reason, and the one command."""
    from appliance.commands.checks import engine  # noqa: PLC0415
    from appliance.commands.checks.box import Box as LookedAt  # noqa: PLC0415
    from appliance.commands.checks.finding import Finding, State, command_in, on_a_box_of_units  # noqa: PLC0415
    from appliance.commands.checks.running_api import RunningApi, commands  # noqa: PLC0415
    from appliance.commands.checks.units import look_at_units  # noqa: PLC0415

    looked_at = LookedAt(box.settings, box.folder, RunningApi(system), look_at_units())
    reason = next(str(one["reason"]) for one in system["components"] if one["name"] == part)
    command = command_in(reason) or commands(looked_at).get(part, "vbot doctor")
    if part == "worker" and engine.is_missing(looked_at):
        command = engine.install_command()
    found = Finding(name=part, state=State.FAILED, reason=reason, command=command)
    return on_a_box_of_units(found) if looked_at.has_units else found
