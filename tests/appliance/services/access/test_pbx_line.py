"""What a PBX sends: to an address that it can reach, under the pin of the box's key."""

from __future__ import annotations

import pytest

from appliance.domain.system import Certificate
from appliance.services.access.pbx_line import pbx_line
from appliance.settings import Listen
from tests.appliance.builders import NOON


@pytest.mark.parametrize(
    ("names", "address"),
    [
        (("localhost", "vbot", "127.0.0.1", "192.168.1.20", "::1"), "192.168.1.20"),
        (("localhost", "vbot", "127.0.0.1", "::1", "fd00::20"), "vbot"),
        (("localhost", "127.0.0.1", "169.254.1.1", "fd00::20"), "[fd00::20]"),
        (("localhost", "127.0.0.1", "::1"), "localhost"),
    ],
)
def test_it_names_the_address_by_which_the_lan_reaches_the_box(names: tuple[str, ...], address: str) -> None:
    seen = Certificate("AB", "sha256//x=", NOON, NOON, names, may_sign_others=False)
    assert pbx_line(seen, Listen("0.0.0.0", 8443)).startswith(
        f"curl --insecure --pinnedpubkey 'sha256//x=' https://{address}:8443/api/process-call "
    )


@pytest.mark.parametrize(
    ("host", "address"), [("127.0.0.1", "127.0.0.1"), ("192.168.7.9", "192.168.7.9"), ("fd00::9", "[fd00::9]")]
)
def test_it_names_no_address_on_which_nothing_listens(host: str, address: str) -> None:
    seen = Certificate("AB", "sha256//x=", NOON, NOON, ("localhost", "192.168.1.20", "fd00::20"), may_sign_others=False)
    assert f" https://{address}:8443/api/process-call " in pbx_line(seen, Listen(host, 8443))
