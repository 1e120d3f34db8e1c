"""What an upgrade works on, and with."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from appliance.commands.upgrade.packages import Packages
from appliance.commands.upgrade.services import Services
from appliance.commands.upgrade.watching import Patience, Watch
from appliance.domain.clock import Clock
from appliance.services.upgrade.installation import Installation
from appliance.settings import Settings
from appliance.storage.folder.data_folder import DataFolder


@dataclass(frozen=True)
class UpgradedBox:
    """One box. `make_backup` returns the path of a new backup of this moment, made by the version that runs.

    `runs_first_release`: that cannot upgrade itself.
    """

    settings: Settings
    installation: Installation
    services: Services
    packages: Packages
    make_backup: Callable[[], str]
    now: Clock
    tell: Callable[[str], None]
    runs_first_release: bool = False
    patience: Patience = field(default_factory=Patience)

    @property
    def folder(self) -> DataFolder:
        return DataFolder(self.settings.data_dir)

    def watch(
        self,
        ailed_before: Collection[str] = (),
        is_meant: Callable[[str], bool] = lambda _: True,
        workers: Collection[str] = (),
    ) -> Watch:
        """See Watch."""
        return Watch(self.folder, self.services, self.patience, ailed_before, is_meant, workers)
