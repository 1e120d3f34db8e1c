"""What the first release's doctor says, which knows less of a box than today's."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.commands.upgrade.rehearsal import Refused, Rehearsal
from appliance.storage.folder.data_folder import DataFolder

OLD_DOCTOR = "#!/bin/sh\necho 'ok    Python: 3.11.9'\necho 'WRONG queue: nobody answers'\nexit 1\n"


def compare(tmp_path: Path, *wrong: str) -> None:
    """The doctors, where the new one finds these wrong."""
    found = ", ".join(f'{{"name": "{name}", "state": "failed", "reason": "why"}}' for name in wrong)
    report = f'{{"version": "1.1.0", "at": "now", "healthy": false, "findings": [{found}]}}'
    programs = {"old": OLD_DOCTOR, "new": f"#!/bin/sh\necho '{report}'\nexit 1\n"}
    for name, text in programs.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    Rehearsal(DataFolder(tmp_path), None, tmp_path / "old", tmp_path / "new", old_is_first=True).compare_doctors()


def test_what_only_todays_doctor_looks_at_of_the_box_refuses_no_new_version(tmp_path: Path) -> None:
    compare(tmp_path, "queue", "note", "recordings", "backups", "backup disk", "disk speed")


@pytest.mark.parametrize("name", ["engine", "disk", "model packs"])
def test_what_the_new_program_lacks_does(name: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=f"its own doctor finds {name} wrong"):
        compare(tmp_path, name)
