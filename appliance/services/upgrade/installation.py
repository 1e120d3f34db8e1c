"""The versions that lie side by side on this machine, and the link that says which of them runs."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from appliance.storage.folder.data_folder import sync_folder

CURRENT = "current"
# Where the packages, and systemd/README.md, have it.
USUAL_ROOT = Path("/opt/vbot")
# What preinst calls the copy from which the old version runs on while dpkg replaces its files.
KEPT_BY_DPKG = ".kept"
# Of what a package has left as the way back (packaging/deb): the next upgrade removes it.
WAY_BACK = ".kept-as-the-way-back"


@dataclass(frozen=True, slots=True)
class Installation:
    """The folder of all versions, such as /opt/vbot: each in a folder of its name, and the link beside them."""

    root: Path

    @classmethod
    def of_this_program(cls, prefix: str = sys.prefix) -> Installation | None:
        """Where we run from; None in a checkout or an environment of its own, which no link leads to."""
        root = Path(prefix).resolve().parent
        return cls(root) if (root / CURRENT).is_symlink() else None

    @classmethod
    def to_upgrade(cls) -> Installation | None:
        """Where we run from; else this machine's, which a version that was only unpacked upgrades."""
        return cls.of_this_program() or (cls(USUAL_ROOT) if (USUAL_ROOT / CURRENT).is_symlink() else None)

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

    def bring_back(self, version: str) -> None:
        """Have this version whole under its own name, and the link lead there. May be cut off anywhere, and done again.

        Only while dpkg has nothing half way. Where the link leads to the copy that was kept while dpkg worked, what has
        the version's own name may lack what dpkg has removed.
        """
        kept, place = self.folder(f"{version}{KEPT_BY_DPKG}"), self.folder(version)
        if self.current == kept.name:
            whole, replaced = self.root / f".{version}.whole", self.root / f".{version}.replaced"
            for leftover in (whole, replaced):
                shutil.rmtree(leftover, ignore_errors=True)
            shutil.copytree(kept, whole, symlinks=True, copy_function=os.link)
            if (place / WAY_BACK).exists():
                (whole / WAY_BACK).touch()
            if place.exists():
                place.rename(replaced)
            whole.rename(place)
            shutil.rmtree(replaced, ignore_errors=True)
        if self.current != version and self.has(version):
            self.turn_to(version)

    def forget_kept_copies(self) -> None:
        """Remove what was kept while dpkg worked, but for what runs."""
        for kept in self.root.glob(f"*{KEPT_BY_DPKG}"):
            if kept.name != self.current:
                shutil.rmtree(kept, ignore_errors=True)
