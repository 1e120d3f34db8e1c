"""The box that `vbot doctor` looks at: settings, data folder, what the running api says, who starts the parts."""

from __future__ import annotations

import contextlib
import os
import shlex
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.commands.checks.finding import as_root
from appliance.commands.checks.running_api import RunningApi
from appliance.errors import ConfigurationError
from appliance.process.lock_holder import UNKNOWN
from appliance.settings import DEFAULT_CONFIG_FILE
from appliance.settings.about import SourceKind

if TYPE_CHECKING:
    from appliance.commands.checks.engine import EngineImport
    from appliance.commands.checks.units import UnitState
    from appliance.process.lock_holder import LockHolder
    from appliance.settings import Settings
    from appliance.storage.folder.data_folder import DataFolder

# By default they are in the home of whoever starts a part.
_IN_A_HOME = ("data_dir", "models_dir")


@dataclass(frozen=True)
class Box:
    """`withheld`: why the data folder may not be looked into by who asks, if it may not.

    `settings`: what nobody has set here is as the running api has it; `differing`: in what it has others.
    """

    settings: Settings
    folder: DataFolder
    api: RunningApi = field(default_factory=RunningApi)
    units: tuple[UnitState, ...] = ()
    withheld: str | None = None
    differing: tuple[str, ...] = ()

    def is_unknown(self, setting: str) -> bool:
        """Whether a setting may be another for the box than for who asks, who sees neither it nor its api.

        Units read the file that everybody reads: what does not stand there is the default for them as well.
        """
        if self.withheld is None or self.settings.source_of(setting).kind is not SourceKind.DEFAULT:
            return False
        is_theirs = self.has_units and self.settings.config_file == DEFAULT_CONFIG_FILE
        return not is_theirs or setting in _IN_A_HOME

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
        """The command that ends a part and starts it again; all of them where they are children of a `vbot up`.

        Only who is seen where it would come back with other settings, or as another user's: who started it does so.
        """
        if known := self._unit(unit):
            return as_root(f"systemctl restart {known}")
        holder = self.holder
        if holder is None:
            return "vbot up"
        if not holder.keeps_an_api or self.differing or not _is_ours(holder):
            return self._seen(holder)
        return f"kill {holder.pid} && tail --pid={holder.pid} -f /dev/null && vbot up"

    def log(self, unit: str) -> str:
        """The command that shows what went wrong in a part; `vbot up` writes that where it runs."""
        if known := self._unit(unit):
            return as_root(f"journalctl -u '{known}' -p warning -n 20")
        return "vbot up" if self.holder is None else self._seen(self.holder)

    def _unit(self, part: str) -> str:
        """Of a part: its own, or the one in which somebody runs all of them; empty where systemd knows none."""
        if self.has_units:
            return part
        return "" if self.holder is None else self.holder.unit

    @cached_property
    def holder(self) -> LockHolder | None:
        """Who has the data folder: a `vbot up`, an api alone or a command; None where it is nobody, or withheld."""
        from appliance.storage.folder.folder_lock import folder_holder  # noqa: PLC0415

        if self.withheld is not None:
            return None
        with contextlib.suppress(ConfigurationError):
            return folder_holder(self.folder)
        return None

    @cached_property
    def engine(self) -> EngineImport:
        """What came of an import of the engine: tried once, for it takes its time."""
        from appliance.commands.checks.engine import import_engine  # noqa: PLC0415

        return import_engine()

    def _seen(self, holder: LockHolder) -> str:
        """The command that shows what a process writes, or on which terminal it does; of an unknown one, who it is."""
        if holder == UNKNOWN:
            locks = shlex.quote(f"{self.folder.root.resolve()}/run/")
            shown = f"lslocks --notruncate --output PID,COMMAND,PATH | grep -F {locks}"
            return as_root(shown) if os.geteuid() == 0 else shown  # else the folder is his who asks
        with contextlib.suppress(OSError):
            written = Path(os.readlink(f"/proc/{holder.pid}/fd/2"))  # noqa: PTH115 - a pipe's is no path
            if written.is_file():
                return f"tail -n 20 {shlex.quote(str(written))}"
        return f"ps -fp {holder.pid}"


def _is_ours(holder: LockHolder) -> bool:
    """Whether it runs as the user who asks."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{holder.pid}").stat().st_uid == os.geteuid()
    return False
