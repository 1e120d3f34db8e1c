"""What an upgrade asks of systemd, where there is none."""

from __future__ import annotations

from pathlib import Path


class WithoutSystemd:
    """It has no units, and nobody who would finish what was interrupted."""

    def work_for_another(self) -> bool:
        return False

    def remember(self, *, was_a_box: bool) -> None:
        pass

    def units_by_hand(self) -> list[str]:
        return []

    def keep_units(self, kept: Path) -> None:
        """There are none."""

    def bring_units_back(self, kept: Path) -> None:
        """There are none."""

    def start_guard(self, lock: Path) -> None:
        """Nobody: a test resumes by itself."""

    def stop_guard(self) -> None:
        """Nobody did."""
