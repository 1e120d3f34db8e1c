"""What `vbot doctor` makes of where the api listens."""

from __future__ import annotations

from pathlib import Path

import ifaddr
import pytest

from appliance.commands.checks.box import Box
from appliance.commands.checks.engine import check_packs
from appliance.commands.checks.finding import Doubtful, NotLookedAt, Wrong
from appliance.commands.checks.machine import check_room
from appliance.commands.checks.running_api import check_api, compare_families
from appliance.commands.checks.units import UnitState
from appliance.settings import DEFAULT_CONFIG_FILE, Listen, Settings
from appliance.storage.folder.data_folder import DataFolder
from tests.support.appliance import free_port


def card(*addresses: object, name: str = "eth0") -> ifaddr.Adapter:
    return ifaddr.Adapter(name, name, [ifaddr.IP(one, 64, name) for one in addresses])


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("0.0.0.0", ["10.0.0.5", ("fd00::5", 0, 2)]),
        ("0.0.0.0", ["10.0.0.5"]),
        ("0.0.0.0", [("fe80::5", 0, 2)]),
        ("::", [("fd00::5", 0, 2)]),
        ("127.0.0.1", [("fd00::5", 0, 2)]),
    ],
)
def test_where_a_pbx_can_come_nothing_is_found(
    monkeypatch: pytest.MonkeyPatch, host: str, addresses: list[object]
) -> None:
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: [card(*addresses)])
    compare_families(Listen(host, 8443))


@pytest.mark.parametrize("beside", ["docker0", "wg0", "ppp0"])
def test_an_office_of_ipv6_alone_does_not_reach_an_api_of_ipv4(monkeypatch: pytest.MonkeyPatch, beside: str) -> None:
    """The test call and doctor's own look go by 127.0.0.1, and all was well.

    By a tunnel another PBX may well come, and of that one nothing is said.
    """
    cards = [card(("fd00::5", 0, 2)), card("10.8.0.2", name=beside)]
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: cards)
    text = (
        r"it listens on 0\.0\.0\.0:8443, and in the office's network this machine has IPv6 addresses alone: "
        r"no PBX there reaches it\. Set VBOT_LISTEN to \[::\]:8443"
    )
    with pytest.raises(Doubtful, match=text):
        compare_families(Listen("0.0.0.0", 8443))


def seen_by_a_monitor(folder: Path, *units: UnitState) -> Box:
    """A box that is stopped, on a disk that is nearly full, seen by whom it does not belong to.

    None of it is set: the port and the floor stand in for the defaults.
    """
    settings = Settings(
        data_dir=folder,
        models_dir=folder / "none",
        listen=Listen("127.0.0.1", free_port()),
        disk_floor_mb=2**40,
        config_file=DEFAULT_CONFIG_FILE,
    )
    return Box(settings, DataFolder(folder), units=units, withheld=f"{folder} belongs to vbot")


def test_a_stopped_box_of_units_is_wrong_for_whoever_asks(tmp_path: Path) -> None:
    """Its units read the file that every user reads: what is not set there is the default for them, too."""
    box = seen_by_a_monitor(tmp_path, UnitState("vbot-api.service", "inactive", load_state="loaded"))
    with pytest.raises(Wrong, match=r"nothing listens on 127\.0\.0\.1:\d+: no call is accepted") as found:
        check_api(box)
    assert str(found.value.command).endswith("systemctl start vbot.target")
    with pytest.raises(Wrong, match="are free, less than the floor"):
        check_room(box)
    with pytest.raises(NotLookedAt):
        check_packs(box)  # by default they are in the home of who runs the worker


def test_of_a_box_with_settings_of_its_own_it_is_told_what_was_seen(tmp_path: Path) -> None:
    box = seen_by_a_monitor(tmp_path)
    for check, seen in ((check_api, "nothing listens on"), (check_room, "are free")):
        with pytest.raises(NotLookedAt, match=seen) as found:
            check(box)
        assert found.value.command == "sudo vbot doctor"
