"""What doctor says of the settings that were changed over the API."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.commands.checks.box import Box
from appliance.commands.checks.finding import Doubtful, told
from appliance.commands.checks.settings_file import check_settings, compared
from appliance.commands.checks.units import UnitState
from appliance.services.configuration.shown_settings import shown_settings
from appliance.settings import load
from appliance.settings.own_file import DAMAGED_FILE, OWN_FILE
from appliance.storage.folder.data_folder import DataFolder


def test_a_line_that_cannot_be_used_is_told_with_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VBOT_DATA_DIR", "VBOT_BACKUP_KEEP"):
        monkeypatch.delenv(name, raising=False)
    own = tmp_path / OWN_FILE
    own.write_text("backup_keep = 0\n")
    box = Box(load(None, {"VBOT_DATA_DIR": str(tmp_path)}), DataFolder(tmp_path))
    with pytest.raises(Doubtful, match="'backup_keep' must be at least 1") as doubt:
        check_settings(box)
    assert str(own) in str(doubt.value.command)


def test_what_was_damaged_is_told_until_somebody_has_seen_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VBOT_DATA_DIR", raising=False)
    aside = tmp_path / DAMAGED_FILE
    aside.write_bytes(b"retention_days = [20, 20\n")
    box = Box(load(None, {"VBOT_DATA_DIR": str(tmp_path)}), DataFolder(tmp_path))
    with pytest.raises(Doubtful, match="kept for ever until it is set again") as doubt:
        check_settings(box)
    assert told("settings", doubt.value, None).command == f"rm {aside}"
    aside.write_bytes(b"retention_days = [20, 20]\nbackup_keep = 2\xff\n")
    with pytest.raises(Doubtful) as doubt:
        check_settings(box)
    assert "kept for ever" not in str(doubt.value), "its retention is whole"
    aside.unlink()
    assert check_settings(box).startswith("of ")


def test_what_nobody_has_set_here_is_taken_from_the_api_and_all_that_differs_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("VBOT_ASR_MODEL", "VBOT_DISK_FLOOR_MB", "VBOT_MODELS_DIR"):
        monkeypatch.delenv(name, raising=False)
    settings = load(None, {"VBOT_DATA_DIR": str(tmp_path), "VBOT_ASR_MODEL": "whisper-base"})
    there = {
        **shown_settings(settings),
        "asr_model": "whisper-small",
        "disk_floor_mb": 5,
        "models_dir": "/srv/models",
        "redis_url": "unix:///x",
        "of_a_later_version": 1,
    }
    taken, differing = compared(settings, there)
    assert (taken.asr_model, taken.disk_floor_mb, taken.models_dir) == ("whisper-base", 5, Path("/srv/models"))
    box = Box(taken, DataFolder(tmp_path), differing=differing)
    with pytest.raises(Doubtful, match=r"differ from the running api's: .*disk_floor_mb .200 here, 5 there.") as doubt:
        check_settings(box)
    assert "asr_model (whisper-base here, whisper-small there)" in str(doubt.value)
    assert "redis_url" not in str(doubt.value)
    assert compared(settings, shown_settings(settings)) == (settings, ())


def test_that_summaries_may_be_written_outside_is_taken_from_the_api(tmp_path: Path) -> None:
    """It is set by a sentence, and shown as true."""
    settings = load(None, {"VBOT_DATA_DIR": str(tmp_path)})
    there = {**shown_settings(settings), "llm_url": "https://llm.example/v1", "llm_outside": True}
    taken, differing = compared(settings, there)
    assert (taken.llm_url, taken.llm_outside) == ("https://llm.example/v1", True)
    assert "llm_outside (False here, True there)" in differing


def test_who_runs_it_by_hand_is_told_to_start_it_with_its_own_settings(tmp_path: Path) -> None:
    settings = load(None, {"VBOT_DATA_DIR": str(tmp_path)})
    taken, differing = compared(settings, {**shown_settings(settings), "asr_model": "whisper-small"})
    words = "end it and start it again as it was started"
    for units, is_told in (((), True), ((UnitState("vbot-api.service", load_state="loaded"),), False)):
        with pytest.raises(Doubtful) as doubt:
            check_settings(Box(taken, DataFolder(tmp_path), units=units, differing=differing))
        assert (words in str(doubt.value)) is is_told
