"""Fingerprints: fetched, written for people, read however they were written."""

from __future__ import annotations

import pytest

from admin_gui.client.transport.certificate import fetch_fingerprint, grouped, normalised
from admin_gui.client.transport.errors import UnexpectedAnswer, Unreachable
from tests.admin_gui.conftest import PATIENCE_SECONDS, TlsAppliance
from tests.admin_gui.misbehaving import MisbehavingServer, answer
from tests.support.appliance import free_port

HEX = "0123456789abcdef" * 4


def test_the_fingerprint_is_the_one_that_the_appliance_shows(appliance: TlsAppliance) -> None:
    assert fetch_fingerprint("127.0.0.1", appliance.port, PATIENCE_SECONDS) == appliance.fingerprint


def test_the_fingerprint_is_the_one_that_vbot_prints(appliance: TlsAppliance) -> None:
    told = appliance.admin("GET", "/api/system").json()["certificate"]["fingerprint_sha256"]
    assert normalised(told) == fetch_fingerprint("127.0.0.1", appliance.port, PATIENCE_SECONDS)


@pytest.mark.parametrize(
    "written", [HEX, HEX.upper(), ":".join(HEX[i : i + 2] for i in range(0, 64, 2)), f"  sha256:{HEX}\n", grouped(HEX)]
)
def test_a_fingerprint_is_read_however_it_is_written(written: str) -> None:
    assert normalised(written) == HEX


@pytest.mark.parametrize("written", ["", "abc", HEX[:-1], HEX + "0", "g" * 64])
def test_what_is_no_fingerprint_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="64 hex digits"):
        normalised(written)


def test_people_compare_it_in_pairs_on_two_lines() -> None:
    first, second = grouped(HEX).split("\n")
    assert first == "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:"
    assert second == first.rstrip(":")


def test_nobody_listens_there() -> None:
    with pytest.raises(Unreachable, match="nothing listens there"):
        fetch_fingerprint("127.0.0.1", free_port())


@pytest.mark.slow
def test_what_listens_there_speaks_no_tls() -> None:
    with (
        MisbehavingServer(lambda connection, _first: connection.sendall(answer("200 OK", b""))) as server,
        pytest.raises((UnexpectedAnswer, Unreachable)),
    ):
        fetch_fingerprint("127.0.0.1", int(server.url.rpartition(":")[2]), timeout_seconds=1.0)
