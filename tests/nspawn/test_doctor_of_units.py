"""Units that somebody has changed, and `vbot doctor`: each fault is made, told in one line, and mended by it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.nspawn.box import API, HEALTHY_WARNS_OF, QUEUE, WORKER, Box
from tests.support.processes import wait_until

BACK_SECONDS = 600.0
UNIT = f"/usr/lib/systemd/system/{API}"
DROP_IN = f"/etc/systemd/system/{API}.d/override.conf"
# A unit that fails stays so.
_FAILS = f"""
mkdir -p /run/systemd/system/{QUEUE}.d
printf '[Service]\\nRestart=no\\n' >/run/systemd/system/{QUEUE}.d/test.conf
systemctl daemon-reload
systemctl kill --signal=KILL {QUEUE}
while ! systemctl is-failed --quiet {QUEUE}; do sleep 0.1; done
rm -r /run/systemd/system/{QUEUE}.d
systemctl daemon-reload
"""
_DROP_IN = f"""
mkdir -p {DROP_IN.rpartition("/")[0]}
printf '[Service]\\nMemoryMax=70%%\\nNoNewPrivileges=no\\nProtectSystem=full\\n' >{DROP_IN}
systemctl daemon-reload
"""
# What systemd/README.md says for a port below 1024, and for more room.
_PORT = r"CapabilityBoundingSet=CAP_NET_BIND_SERVICE\nAmbientCapabilities=CAP_NET_BIND_SERVICE\nPrivateUsers=no\n"
_ROOM = f"/etc/systemd/system/{WORKER.replace('cpu', '')}.d"
_ALLOWED = f"""
mkdir -p {DROP_IN.rpartition("/")[0]} {_ROOM}
printf '[Service]\\n{_PORT}' >{DROP_IN}
printf '[Service]\\nMemoryMax=80%%\\nIPAddressAllow=192.0.2.10\\n' >{_ROOM}/room.conf
systemctl daemon-reload
"""
# The fault, what is said of it, and the one command.
FAULTS = {
    "a masked unit": (
        f"systemctl mask {QUEUE}",
        f"{QUEUE}: it is masked: never started",
        f"systemctl unmask {QUEUE}",
    ),
    "a masked worker": (
        f"systemctl mask {WORKER}",
        f"{WORKER}: it is masked: never started",
        f"systemctl unmask {WORKER}",
    ),
    "a changed unit": (
        f"sed -i s/^NoNewPrivileges=yes/NoNewPrivileges=no/ {UNIT}; systemctl daemon-reload",
        f"{API}: {UNIT} is not as this version ships it (own lines belong into a drop-in)",
        f" {UNIT}",
    ),
    "a unit that was changed and not read again": (
        f"printf '\\n# of somebody\\n' >>{UNIT}",
        f"{API}: its file was changed since systemd read it",
        "systemctl daemon-reload",
    ),
    "a drop-in": (
        _DROP_IN,
        f"{DROP_IN} undoes what confines {API}: NoNewPrivileges=no, ProtectSystem=full",
        f"sh -c 'mv {DROP_IN} {DROP_IN}.off && systemctl daemon-reload && systemctl try-restart --no-block {API}'",
    ),
    "a failed unit": (
        _FAILS,
        f"{QUEUE}: it failed (signal), and is not started again",
        f"systemctl restart {QUEUE}",
    ),
    "a disabled target": (
        "systemctl disable vbot.target",
        "vbot.target: it is not started with the machine",
        "systemctl enable vbot.target",
    ),
}


def findings(box: Box) -> list[dict[str, Any]]:
    """All that is not well."""
    said = box.container.run("vbot", "doctor", "--json", check=False).stdout
    found: list[dict[str, Any]] = json.loads(said)["findings"]
    return [one for one in found if one["state"] != "ok"]


def of_systemd(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in found if one["name"] == "systemd"]


def assert_well(box: Box) -> None:
    """As soon as what was started anew is ready again."""
    box.wait_until_ready(BACK_SECONDS)
    assert wait_until(lambda: {one["name"] for one in findings(box)} <= HEALTHY_WARNS_OF, BACK_SECONDS, 1.0), findings(
        box
    )
    assert not [one for one in findings(box) if one["state"] == "failed"]


@pytest.mark.parametrize("fault", FAULTS)
def test_what_somebody_did_to_a_unit_is_one_line_whose_command_mends_it(box: Box, fault: str) -> None:
    made, reason, command = FAULTS[fault]
    box.container.shell(made)
    (found,) = of_systemd(findings(box))
    assert found["reason"].startswith(reason), found
    assert found["command"].endswith(command), found
    box.container.shell(found["command"])
    for left in of_systemd(findings(box)):  # a file that was put back is to be read again
        assert left["command"] == "systemctl daemon-reload", left
        box.container.shell(left["command"])
    assert_well(box)


def test_drop_ins_for_other_places_and_ports_are_nobodys_fault(box: Box) -> None:
    box.container.shell(_ALLOWED)
    assert of_systemd(findings(box)) == []
