"""The box that is being set up: its settings, which a step may change, and its data folder."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from appliance.commands.setup.settings_file import Value, change_settings, write_settings
from appliance.errors import ConfigurationError
from appliance.settings import DEFAULT_CONFIG_FILE, VARIABLES, load

if TYPE_CHECKING:
    from pathlib import Path

    from appliance.settings import Settings
    from appliance.storage.folder.data_folder import DataFolder


# Of those that are asked for; `names` are read when a certificate is made.
_READ_AT_THE_START = {"listen", "tls"}


class Box:
    """Settings are written at once; what was there before is kept until the appliance runs with the new ones."""

    def __init__(
        self, settings: Settings, folder: DataFolder, environment: Mapping[str, str], say: Callable[..., None]
    ) -> None:
        self.settings = settings
        self.folder = folder
        self.say = say
        self._environment = environment
        self._path = settings.config_file or DEFAULT_CONFIG_FILE
        self._before: str | None = None
        self._needs_restart = False
        self._is_outdated = _is_older(folder.api_socket, self._path)

    def is_fixed(self, name: str) -> bool:
        """Whether the environment has the last word about this setting."""
        return bool(self._environment.get(VARIABLES[name]))

    def change(self, **changes: Value) -> None:
        """Write settings into the file. Raises ConfigurationError, and then nothing was changed."""
        self.check_writable(changes)
        written_at = _written_at(self._path)
        before = change_settings(self._path, changes, self._environment)
        if not self._needs_restart:
            self._before = before
        if _READ_AT_THE_START & set(changes):
            self._needs_restart = True
        elif written_at is not None:
            # Or the next setup would take a running api for one that does not know what is in the file.
            os.utime(self._path, ns=(time.time_ns(), written_at))
        self.settings = load(self._path, self._environment)
        self.say(f"  {self._path}: {', '.join(changes)} written")

    def check_writable(self, names: Iterable[str]) -> None:
        """Raise ConfigurationError where these settings could not be changed here."""
        for name in names:
            if self.is_fixed(name):
                raise ConfigurationError(f"{VARIABLES[name]} is set in the environment, which has the last word")
            if not self._path.parent.is_dir():
                raise ConfigurationError(f"there is no {self._path.parent}: name a settings file with --config FILE")
            if not os.access(self._path.parent, os.W_OK):
                raise ConfigurationError(f"cannot write {self._path}: run this with sudo")

    @property
    def needs_restart(self) -> bool:
        """Whether something was written that a running api does not know."""
        return self._needs_restart

    @property
    def is_outdated(self) -> bool:
        """Whether the running api began before somebody else has last changed the settings file."""
        return self._is_outdated

    def settle(self) -> None:
        """The appliance runs with what was written."""
        self._needs_restart = self._is_outdated = False

    def take_back(self) -> None:
        """Put the settings back that were there before."""
        if self._before is None:
            self._path.unlink(missing_ok=True)
        else:
            write_settings(self._path, self._before, self._environment)
        self.settings, self._needs_restart = load(self._path, self._environment), False


def _is_older(one: Path, other: Path) -> bool:
    """A file from the future, which a clock set back has left, is older than nothing: else it were so at every run."""
    first, second = _written_at(one), _written_at(other)
    return first is not None and second is not None and first < second <= time.time_ns()


def _written_at(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return None
