"""What one run of build.py was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from wheels import Target

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
LOCKS = CHECKOUT / "packaging/locks"
DISTRIBUTIONS = {"bookworm": ("3.11", "deb12"), "trixie": ("3.13", "deb13"), "noble": ("3.12", "ubuntu24.04")}
"""The minor version of each one's own Python, and what the version of a package for that Python ends with."""


@dataclass(frozen=True)
class Plan:
    """For which distribution, of which parts, how called."""

    distribution: str
    cache: Path
    """Wheels and packs that were fetched, to be used again."""
    wheel: Path
    """The program's own."""
    models: Path | None
    bundle: Path | None
    version: str
    date: int
    """Seconds since 1970: that of the commit."""

    @property
    def target(self) -> Target:
        return Target(DISTRIBUTIONS[self.distribution][0])

    @property
    def words(self) -> dict[str, str]:
        """What stands between two @ in a package's files."""
        deb_version = f"{self.version}+{DISTRIBUTIONS[self.distribution][1]}"
        return {"VERSION": self.version, "DEB_VERSION": deb_version, "PYTHON": self.target.python, "AT": "@"}
