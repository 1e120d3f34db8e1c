"""What doctor says where no backup is made by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from appliance.commands.checks.backups import _refuse_old, check_backups
from appliance.commands.checks.box import Box
from appliance.commands.checks.finding import Doubtful, Wrong
from appliance.domain.backup import Backup
from appliance.domain.clock import utc_now
from appliance.services.upkeep.backups import backup_name
from appliance.settings import Settings
from appliance.storage.folder.backup_file import write_backup
from appliance.storage.folder.backup_manifest import Secrets
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


@pytest.mark.parametrize("every_hours", [0, 24])
def test_of_one_that_is_ahead_of_the_clock_nobody_is_told_that_it_is_recent(box: Box, every_hours: int) -> None:
    followed = replace(box, settings=replace(box.settings, backup_every_hours=every_hours))
    with pytest.raises(Doubtful, match="ahead of this box's clock: nobody knows"):
        _refuse_old(followed, a_backup(-timedelta(days=3000)))


def test_the_newest_is_the_one_that_was_made_after_the_clock_was_set_back(box: Box) -> None:
    box.folder.database.touch()
    box.folder.backups.mkdir()
    old = backup_name(box.folder, utc_now() - timedelta(days=9), taken=())
    for name in (old, backup_name(box.folder, utc_now() + timedelta(days=3000), taken=())):
        write_backup(
            box.folder.backups / name,
            version="1",
            created_at=utc_now(),
            calls=0,
            secrets=Secrets(master_key="", recovery_key="", certificate="", certificate_key=""),
            recovery_key="A",
            members={},
        )
    with pytest.raises(Wrong, match="the newest is 9 days old"):
        check_backups(replace(box, settings=replace(box.settings, backup_every_hours=24)))
