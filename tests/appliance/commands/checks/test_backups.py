"""What doctor says where no backup is made by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from appliance.commands.checks.backups import _refuse_old, check_backups
from appliance.commands.checks.box import Box
from appliance.commands.checks.finding import Doubtful
from appliance.domain.clock import utc_now
from appliance.services.upkeep.backups import Backup
from appliance.settings import Settings
from appliance.storage.folder.data_folder import DataFolder


@pytest.fixture
def box(folder: DataFolder) -> Box:
    return Box(Settings(data_dir=folder.root, backup_every_hours=0), folder)


def a_backup(age: timedelta) -> Backup:
    return Backup("vbot-20261124T000000Z.tar", utc_now() - age, "done")


def test_without_any_it_is_told(box: Box) -> None:
    box.folder.database.touch()
    with pytest.raises(Doubtful, match="there is none, and none is made by itself: VBOT_BACKUP_EVERY_HOURS is 0"):
        check_backups(box)
    assert check_backups(replace(box, settings=replace(box.settings, backup_every_hours=24))) == "there is none yet"


def test_with_an_old_one_it_is_told_and_who_makes_them_otherwise_is_left_alone(box: Box) -> None:
    _refuse_old(box, a_backup(timedelta(days=1)))
    with pytest.raises(Doubtful, match="none is made by itself: VBOT_BACKUP_EVERY_HOURS is 0"):
        _refuse_old(box, a_backup(timedelta(days=3)))
