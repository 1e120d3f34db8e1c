"""The box that `vbot doctor` looks at: settings, data folder, what the running api says, who starts the parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from appliance.commands.checks.finding import as_root
from appliance.commands.checks.running_api import RunningApi

if TYPE_CHECKING:
    from appliance.commands.checks.engine import EngineImport
    from appliance.commands.checks.units import UnitState
    from appliance.settings import Settings
    from appliance.storage.folder.data_folder import DataFolder


@dataclass(frozen=True)
class Box:
    """`withheld`: why the data folder may not be looked into by who asks, if it may not."""

    settings: Settings
    folder: DataFolder
    api: RunningApi = field(default_factory=RunningApi)
    units: tuple[UnitState, ...] = ()
    withheld: str | None = None

    @property
    def is_set_up(self) -> bool:
        """Whether there is anything in the data folder, as far as it may be looked into."""
        return self.withheld is not None or self.folder.is_initialised or self.folder.database.exists()

    @property
    def has_units(self) -> bool:
        """Whether systemd starts the parts; else somebody does by `vbot up`."""
        return any(unit.is_installed for unit in self.units)

    def start(self) -> str:
        """The command that starts all parts."""
        return as_root("systemctl start vbot.target") if self.has_units else "vbot up"

    def restart(self, unit: str) -> str:
        """The command that ends a part and starts it again."""
        return as_root(f"systemctl restart {unit}") if self.has_units else "vbot up"

    def log(self, unit: str) -> str:
        """The command that shows what went wrong in a part; `vbot up` writes that where it runs."""
        return as_root(f"journalctl -u '{unit}' -p warning -n 20") if self.has_units else "vbot up"

    @cached_property
    def engine(self) -> EngineImport:
        """What came of an import of the engine: tried once, for it takes its time."""
        from appliance.commands.checks.engine import import_engine  # noqa: PLC0415

        return import_engine()
