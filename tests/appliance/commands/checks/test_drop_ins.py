"""Which drop-ins take away what confines a unit, told from those that systemd/README.md has administrators write."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.commands.checks.drop_ins import undoing

UNITS = Path(__file__).parents[4] / "systemd"
API, WORKER, QUEUE, JOINED = (UNITS / f"vbot-{name}.service" for name in ("api", "worker@", "valkey", "worker-join@"))
PORT = "CapabilityBoundingSet=CAP_NET_BIND_SERVICE\nAmbientCapabilities=CAP_NET_BIND_SERVICE\nPrivateUsers=no"


def found(folder: Path, unit: Path, *texts: str) -> dict[str, tuple[str, ...]]:
    """By the names of the files, in the order in which systemd reads them."""
    files = []
    for number, text in enumerate(texts):
        files.append(folder / f"{number}.conf")
        files[-1].write_text(text if text.startswith("[") else f"[Service]\n{text}\n")
    return {one.file.stem: one.lines for one in undoing(unit, files, vendors=folder / "usr")}


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        (API, PORT),
        (API, "ReadWritePaths=/srv/vbot"),
        (API, "EnvironmentFile=/etc/vbot/queue.env\nMemoryMax=8G\nTimeoutStartSec=1h"),
        (API, "ProtectHome=true\nPrivateTmp=disconnected\nProcSubset=pid\nLimitNOFILE=10"),
        (API, "LoadCredential=vbot.master-key:/run/key"),
        (API, "SystemCallFilter=mseal"),
        (API, "# User=root\n;NoNewPrivileges=no"),
        (API, "[Unit]\nAfter=mnt-recordings.mount"),
        (WORKER, "InaccessiblePaths=-/srv/vbot\nIPAddressAllow=192.0.2.10\nMemoryMax=90%"),
        (JOINED, "IPAddressAllow=\nIPAddressAllow=localhost 192.0.2.10"),
        (QUEUE, "MemoryMax=2G"),
    ],
)
def test_what_an_administrator_needs_for_other_places_is_not_spoken_of(tmp_path: Path, unit: Path, text: str) -> None:
    assert found(tmp_path, unit, text) == {}


@pytest.mark.parametrize(
    ("unit", "line"),
    [
        (API, "NoNewPrivileges=no"),
        (API, "ProtectSystem=full"),
        (API, "ProtectSystem="),
        (API, "ProtectHome=read-only"),
        (API, "User=root"),
        (QUEUE, "User=root"),
        (QUEUE, "DynamicUser=no"),
        (QUEUE, "PrivateNetwork=false"),
        (API, "PrivateUsers=no"),
        (WORKER, "PrivateUsers=no"),
        (WORKER, "IPAddressDeny="),
        (WORKER, "IPAddressAllow=any"),
        (JOINED, "IPAddressAllow=0.0.0.0/0"),
        (WORKER, "InaccessiblePaths="),
        (WORKER, "AmbientCapabilities=CAP_NET_BIND_SERVICE"),
        (API, "CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_SYS_ADMIN"),
        (API, "CapabilityBoundingSet=~CAP_SYS_ADMIN"),
        (API, "SystemCallFilter="),
        (API, "SystemCallFilter=@mount"),
        (API, "RestrictAddressFamilies="),
        (API, "RestrictAddressFamilies=AF_PACKET"),
        (API, "DevicePolicy=auto"),
        (API, "ReadWritePaths=/"),
        (API, "ReadWritePaths=-/etc/"),
        (API, "LimitCORE=infinity"),
        (API, "ProtectProc=default"),
    ],
)
def test_what_takes_confinement_away_is_told_by_its_line(tmp_path: Path, unit: Path, line: str) -> None:
    assert found(tmp_path, unit, f"MemoryMax=8G\n{line}") == {"0": (line,)}


def test_of_several_files_the_one_that_has_the_last_word_is_told(tmp_path: Path) -> None:
    assert found(tmp_path, API, "User=root\nProtectHome=no", "User=vbot", "NoNewPrivileges=\\\n no") == {
        "0": ("ProtectHome=no",),
        "2": ("NoNewPrivileges=no",),
    }


def test_what_came_with_the_units_is_theirs_and_may_be_undone_as_well(tmp_path: Path) -> None:
    vendors = tmp_path / "usr"
    vendors.mkdir()
    no_gpu = vendors / "no-gpu.conf"
    no_gpu.write_text((UNITS / "vbot-worker@cpu.service.d/no-gpu.conf").read_text())
    own = tmp_path / "own.conf"
    own.write_text("[Service]\nPrivateDevices=no\n")
    assert list(undoing(WORKER, [no_gpu], vendors)) == []
    (one,) = undoing(WORKER, [no_gpu, own], vendors)
    assert (one.file, one.lines) == (own, ("PrivateDevices=no",))


def test_a_file_that_nobody_may_read_says_nothing(tmp_path: Path) -> None:
    assert list(undoing(API, [tmp_path / "none.conf"], tmp_path)) == []
