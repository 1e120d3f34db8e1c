"""GET and PATCH /api/system/settings, and POST /api/system/restart."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from appliance.api.routes import system
from appliance.domain.actor import OWNER
from appliance.domain.audit import Action
from appliance.domain.clock import utc_now
from appliance.domain.token import Role
from appliance.errors import Conflict, InvalidRequest
from appliance.server.assembly import assemble
from appliance.services.access.certificate import create_certificate
from appliance.services.configuration.own_settings import OwnSettings
from appliance.settings import ABOUT, VARIABLES, load
from appliance.settings.about import Source, SourceKind
from appliance.storage.folder.data_folder import DataFolder
from appliance.storage.folder.keys import Keys
from appliance.storage.tables.audit import AuditFilter
from tests.appliance.api.conftest import Answer, Api

FOR_EVER = [36_500, 36_500]


async def listed(api: Api, role: Role = Role.VIEWER) -> dict[str, dict[str, Any]]:
    answer = await api.request("GET", "/api/system/settings", bearer=await api.token(role))
    assert answer.status == 200, answer.text
    return {one["name"]: one for one in answer.json()["settings"]}


async def test_each_setting_is_told_with_its_meaning_default_and_source(api: Api) -> None:
    found = await listed(api)
    assert list(found) == list(ABOUT)
    assert found["lease_seconds"] == {
        "name": "lease_seconds",
        "variable": "VBOT_LEASE_SECONDS",
        "meaning": ABOUT["lease_seconds"].meaning,
        "value": 900.0,
        "default": 900.0,
        "source": "default",
        "where": None,
        "restart": True,
        "secret": False,
        "edit": None,
        "waits": False,
        "next_value": 900.0,
    }
    kinds = {"kind": "wholes", "lowest": 0, "highest": 36500, "choices": [], "count": 2}
    assert found["retention_days"]["edit"] == kinds
    assert (found["tls"]["value"], found["tls"]["default"]) == ("off", "auto")
    assert found["retention_days"]["value"] == [30, 365]


@pytest.mark.parametrize("name", ABOUT)
def test_a_meaning_is_a_sentence(name: str) -> None:
    meaning = ABOUT[name].meaning
    assert meaning.endswith(".")
    assert meaning[0].isupper()
    assert "VBOT_" not in meaning


async def changed(api: Api, **wanted: Any) -> Answer:
    body = json.dumps(wanted).encode()
    return await api.request("PATCH", "/api/system/settings", bearer=await api.token(), body=body)


async def test_a_change_is_kept_in_the_data_folder_audited_and_undone(api: Api, folder: DataFolder) -> None:
    answer = await changed(api, retention_days=[7, 90], max_concurrent_calls=20)
    assert answer.status == 200, answer.text
    assert (folder.own_settings.stat().st_mode & 0o777) == 0o600
    loaded = load(None, {"VBOT_DATA_DIR": str(folder.root)})
    assert (loaded.retention_days, loaded.max_concurrent_calls) == ((7, 90), 20)
    assert loaded.source_of("retention_days") == Source(SourceKind.APPLIANCE, str(folder.own_settings))

    found = await listed(api)
    at_once, later = found["retention_days"], found["max_concurrent_calls"]
    assert (at_once["value"], at_once["source"], at_once["waits"]) == ([7, 90], "appliance", False)
    assert (later["value"], later["next_value"], later["waits"], later["restart"]) == (10, 20, True, True)
    (line,) = (await api.services.access.audit_log.page(AuditFilter(action=Action.SETTINGS_CHANGED), None, 5)).items
    assert (dict(line.before), dict(line.after)) == (
        {"retention_days": [30, 365], "max_concurrent_calls": 10},
        {"retention_days": [7, 90], "max_concurrent_calls": 20},
    )

    assert (await changed(api, retention_days=None, max_concurrent_calls=None)).status == 200
    found = await listed(api)
    assert (found["retention_days"]["value"], found["retention_days"]["source"]) == ([30, 365], "default")
    assert not found["max_concurrent_calls"]["waits"]


async def test_what_needs_no_restart_is_in_force_at_once(api: Api) -> None:
    wanted = {
        "retention_days": [7, 90],
        "webhook_retry_seconds": [1, 2, 3],
        "webhook_disable_after_days": 2,
        "backup_every_hours": 0,
        "backup_keep": 3,
    }
    assert set(wanted) == {name for name, about in ABOUT.items() if about.edit is not None and about.edit.at_once}
    assert (await changed(api, **wanted)).status == 200
    parts = api.appliance
    system = (await api.request("GET", "/api/system", bearer=await api.token())).json()
    assert system["retention"] == {"recordings_days": 7, "texts_days": 90}
    assert (parts.housekeeping._recording_days, parts.housekeeping._text_days) == (7, 90)
    limits = (await api.request("GET", "/api/openapi.json")).json()["x-limits"]
    assert (limits["retention_days"], limits["webhook_retry_seconds"]) == ([7, 90], [1, 2, 3])
    assert "7 days for recordings and 90 for texts" in (await api.request("GET", "/docs/data-protection")).text
    assert "7 Tage für Aufnahmen und 90 für Texte" in (await api.request("GET", "/docs/data-protection/de")).text
    assert parts.deliverer._retry.delays == (1, 2, 3)
    assert parts.deliverer._retry.disable_after is not None
    assert parts.deliverer._retry.disable_after.days == 2
    schedule = parts.services.upkeep.backups._schedule
    assert (schedule.every, schedule.keep) == (None, 3)


# What is not named would be the default at once, whatever is in force.
HALF_NAMED: list[Any] = [7, [7], "7,90", "recordings=3", {"texts": 0}, [7, "90"]]


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        ({"listen": "0.0.0.0:1"}, "is changed on the appliance itself alone"),
        ({"tls": None}, "is changed on the appliance itself alone"),
        ({"retenton_days": 3}, "is no setting"),
        ({"backup_keep": 0}, "must be at least 1"),
        ({"backup_keep": True}, "must be a whole number"),
        ({"backup_keep": 1.5}, "must be a whole number"),
        ({"backup_keep": 1001}, "must be at most 1000"),
        ({"rate_limit_per_minute": 10**9}, "must be at most 1000000"),
        ({"retention_days": [10, 10**9]}, "must be at most 36500"),
        *(({"retention_days": days}, "must be a list of 2 whole numbers") for days in HALF_NAMED),
        ({"backup_keep": "7"}, "must be a whole number"),
        ({"webhook_timeout_seconds": "7"}, "must be a number"),
        ({"webhook_retry_seconds": [1, 2, "3"]}, "must be a list of 3 numbers"),
        ({"webhook_retry_seconds": "1,2,3"}, "must be a list of 3 numbers"),
        ({"webhook_retry_seconds": [1, 2]}, "must be three numbers of seconds: the published limit is 3 retries"),
        ({"sentiment_of": "everybody"}, "must be outside, both or none"),
    ],
)
async def test_what_cannot_be_set_is_named_and_nothing_is_changed(
    api: Api, folder: DataFolder, wanted: dict[str, Any], problem: str
) -> None:
    answer = await changed(api, backup_every_hours=1, **wanted)
    assert answer.status == 400
    assert answer.json()["details"] == [{"field": next(iter(wanted)), "problem": problem}]
    assert not folder.own_settings.exists()


async def test_what_the_installer_set_is_changed_where_it_was_set(api: Api, folder: DataFolder, keys: Keys) -> None:
    settings = load(None, {"VBOT_DATA_DIR": str(folder.root), "VBOT_BACKUP_KEEP": "9", "VBOT_TLS": "off"})
    parts = await assemble(replace(settings, disk_floor_mb=0), folder, keys, api.database)
    shown = {one.shown.name: one for one in parts.services.configuration.own_settings.listing()}
    assert not shown["backup_keep"].editable
    with pytest.raises(InvalidRequest, match="is set by VBOT_BACKUP_KEEP: change it there"):
        await parts.services.configuration.own_settings.change(OWNER, {"backup_keep": 3})
    await parts.sender.close()


DAMAGED = b"backup_keep = 9\nmax_concurrent_calls = 2\xff\nretention_days = [3650, 3650]\n"


async def restarted(api: Api, folder: DataFolder, keys: Keys) -> OwnSettings:
    settings = load(None, {"VBOT_DATA_DIR": str(folder.root), "VBOT_TLS": "off"})
    parts = await assemble(replace(settings, disk_floor_mb=0), folder, keys, api.database)
    await parts.sender.close()
    assert parts.housekeeping._recording_days == settings.retention_days[0]
    return parts.services.configuration.own_settings


async def test_a_damaged_file_is_kept_beside_the_one_that_a_change_makes(
    api: Api, folder: DataFolder, keys: Keys
) -> None:
    folder.own_settings.write_bytes(DAMAGED)
    await (await restarted(api, folder, keys)).change(OWNER, {"backup_every_hours": 3})
    kept = folder.root / "settings.toml.damaged"
    assert kept.read_bytes() == DAMAGED
    loaded = load(None, {"VBOT_DATA_DIR": str(folder.root)})
    assert (loaded.backup_keep, loaded.backup_every_hours, loaded.retention_days) == (9, 3, (3650, 3650))
    assert loaded.passed_over == ()

    await (await restarted(api, folder, keys)).change(OWNER, {"backup_every_hours": 4})
    assert kept.read_bytes() == DAMAGED, "what was whole is no second one"


async def test_what_was_only_mistyped_is_no_damage_and_a_change_leaves_nothing_of_it(
    api: Api, folder: DataFolder, keys: Keys
) -> None:
    folder.own_settings.write_text("backup_keep = 0\ncolour = 1\n")
    own = await restarted(api, folder, keys)
    await own.change(OWNER, {"backup_every_hours": 3})
    assert not folder.damaged_settings.exists()
    assert own._running.passed_over == ()


@pytest.mark.parametrize("linkable", [True, False])
async def test_where_the_retention_was_lost_a_change_of_something_else_brings_back_no_default(
    api: Api, folder: DataFolder, keys: Keys, linkable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = b"retention_days = [3650, 36\x0050]\n"
    folder.own_settings.write_bytes(damaged)
    if not linkable:
        monkeypatch.setattr(os, "link", refused)
    own = await restarted(api, folder, keys)
    (shown,) = [one for one in own.listing() if one.shown.name == "retention_days"]
    assert (shown.shown.value, shown.shown.source.kind, shown.waits) == (FOR_EVER, SourceKind.APPLIANCE, False)
    await own.change(OWNER, {"backup_keep": 3})
    assert load(None, {"VBOT_DATA_DIR": str(folder.root)}).retention_days == tuple(FOR_EVER)
    assert (folder.root / "settings.toml.damaged").read_bytes() == damaged


async def test_a_damaged_file_is_mended_also_by_what_is_in_force_already(
    api: Api, folder: DataFolder, keys: Keys
) -> None:
    folder.own_settings.write_bytes(DAMAGED)
    await (await restarted(api, folder, keys)).change(OWNER, {"retention_days": [3650, 3650]})
    assert load(None, {"VBOT_DATA_DIR": str(folder.root)}).passed_over == ()


def refused(*_: Any) -> None:
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


async def test_a_file_that_cannot_be_written_changes_nothing_and_the_audit_says_so(
    api: Api, folder: DataFolder
) -> None:
    folder.own_settings.with_name("settings.toml.new").mkdir()  # so that no file of that name can be made
    answer = await changed(api, backup_keep=3)
    assert answer.status == 503
    assert (await listed(api))["backup_keep"]["next_value"] == 7
    lines = (await api.services.access.audit_log.page(AuditFilter(action=Action.SETTINGS_CHANGED), None, 5)).items
    assert [dict(line.after) for line in lines] == [{"backup_keep": 7}, {"backup_keep": 3}]


async def test_a_restart_is_asked_for_and_answered_before_it_is_done(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "ANSWERED_AFTER_SECONDS", 3.0)
    token = await api.token()
    refused = await api.request("POST", "/api/system/restart", bearer=token)
    assert refused.status == 409
    ended = asyncio.Event()
    api.services.configuration.restart.end = ended.set
    began = time.monotonic()
    answer = await api.request("POST", "/api/system/restart", bearer=token)
    assert (answer.status, answer.json()["message"]) == (200, "The api starts again")
    assert not ended.is_set() or time.monotonic() - began >= 3, "it is answered first"
    await asyncio.wait_for(ended.wait(), 60)


@pytest.mark.parametrize("tls", ["auto", "files"])
async def test_a_restart_that_would_be_the_end_is_refused_with_the_reason(
    api: Api, folder: DataFolder, keys: Keys, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tls: str
) -> None:
    for name in VARIABLES.values():
        monkeypatch.delenv(name, raising=False)
    folder.master_key.write_text("00" * 32)
    certificate, key = folder.certificate, folder.certificate_key
    if tls == "files":
        certificate, key = tmp_path / "own.pem", tmp_path / "own.key"
    create_certificate(certificate, key, utc_now(), ["vbot.example.lan"])
    lines = f'data_dir = "{folder.root}"\n' + (f'tls = ["{certificate}", "{key}"]\n' if tls == "files" else "")
    config = tmp_path / "vbot.toml"
    config.write_text(lines)
    parts = await assemble(replace(load(config, {}), disk_floor_mb=0), folder, keys, api.database, restart=lambda: None)
    await parts.sender.close()
    ask = parts.services.configuration.restart.ask
    await ask(OWNER)

    config.write_text(lines + "listen = 1\n")
    with pytest.raises(Conflict, match=r"it would not come again: .*vbot\.toml: listen must be ADDRESS:PORT"):
        await ask(OWNER)
    config.write_text(lines)
    whole = key.read_bytes()
    key.write_bytes(b"")
    with pytest.raises(Conflict, match=f"it would not come again: .*{certificate.name}"):
        await ask(OWNER)
    key.write_bytes(whole)
    await ask(OWNER)
    config.unlink()
    with pytest.raises(Conflict, match="it would not come again: cannot read"):
        await ask(OWNER)
    lines_of_it = (await api.services.access.audit_log.page(AuditFilter(action=Action.RESTARTED), None, 5)).items
    assert len(lines_of_it) == 2, "what is refused is not written down as done"
