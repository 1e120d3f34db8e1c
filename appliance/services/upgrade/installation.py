"""The versions that lie side by side on this machine, and the link that says which of them runs."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from appliance.storage.folder.data_folder import sync_folder

CURRENT = "current"


@dataclass(frozen=True, slots=True)
class Installation:
    """The folder of all versions, such as /opt/vbot: each in a folder of its name, and the link beside them."""

    root: Path

    @classmethod
    def of_this_program(cls, prefix: str = sys.prefix) -> Installation | None:
        """Where we run from; None in a checkout or an environment of its own, which no link leads to."""
        root = Path(prefix).resolve().parent
        return cls(root) if (root / CURRENT).is_symlink() else None

    @property
    def link(self) -> Path:
        return self.root / CURRENT

    @property
    def record(self) -> Path:
        """How far the upgrade is that was begun; there as long as it is neither done nor undone."""
        return self.root / "upgrade.json"

    @property
    def outcome(self) -> Path:
        """How the last upgrade ended."""
        return self.root / "upgraded.json"

    @property
    def lock(self) -> Path:
        """Held by the process that upgrades."""
        return self.root / "upgrade.lock"

    @property
    def staging(self) -> Path:
        """The new version's packages, and what is in them, before they are installed."""
        return self.root / ".upgrade"

    @property
    def current(self) -> str:
        """The name of the version that the link leads to; empty where it leads nowhere."""
        return self.link.readlink().name if self.link.is_symlink() else ""

    def folder(self, version: str) -> Path:
        return self.root / version

    def has(self, version: str) -> bool:
        """Whether this version can be started."""
        return (self.folder(version) / "bin" / "vbot").is_file()

    def turn_to(self, version: str) -> None:
        """Have the link lead to this version: at every moment it leads to one of them."""
        turned = self.root / f"{CURRENT}.new"
        turned.unlink(missing_ok=True)
        turned.symlink_to(version)
        turned.rename(self.link)
        sync_folder(self.root)
