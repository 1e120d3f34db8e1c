"""The command with which a PBX posts a call: it knows the box by its key, whatever else may answer on the LAN."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from appliance.domain.system import Certificate
from appliance.process.own_addresses import addresses_of_the_lan
from appliance.services.access.own_names import names_of_this_machine
from appliance.settings import Listen

_REST = (
    "  -H 'X-API-Key: your_api_key' -F file=@/path/to/call.wav "
    "-F caller_number=+1234567890 -F called_number=+0987654321"
)


def pbx_line(certificate: Certificate, listen: Listen, names: Sequence[str] = ()) -> str:
    """To be pasted, with a customer's key; `listen` is where the api does, `names` are what the office calls the box.

    --insecure takes off the check of authorities, who know nothing of this box; the pin is checked all the same.
    """
    return (
        f"curl --insecure --pinnedpubkey '{certificate.public_key_pin}' "
        f"{box_url(certificate, listen, names)}/api/process-call \\\n"
        f"{_REST}"
    )


def plain_line(url: str) -> str:
    """The same without TLS, for a proxy that has it or for a look."""
    return f"curl {url}/api/process-call \\\n{_REST}"


def plain_url(listen: Listen, names: Sequence[str] = ()) -> str:
    """Under which the api is reached without TLS."""
    host = names[0] if names else _address(names_of_this_machine(), listen)
    return f"http://{host}:{listen.port}"


def box_url(certificate: Certificate, listen: Listen, names: Sequence[str] = ()) -> str:
    """Under which a machine of the LAN reaches the api: by the first of `names`, else as the certificate has it."""
    host = names[0] if names else _address(certificate.subject_alternative_names, listen).strip("[]")
    return f"https://{f'[{host}]' if ':' in host else host}:{listen.port}"


def _address(names: tuple[str, ...], listen: Listen) -> str:
    """Under which a machine of the LAN reaches this one: by its number, which needs no name server.

    Where the api listens on one address alone, it is that one.
    """
    if listen.local_host == listen.host:
        return f"[{listen.host}]" if ":" in listen.host else listen.host
    numbers = [address for name in names if (address := _number(name)) is not None and not address.is_loopback]
    # A second card and a tunnel are in the certificate, too: the one that leads out of the LAN goes first.
    of_lan = addresses_of_the_lan()
    numbers.sort(key=lambda number: of_lan.index(number) if number in of_lan else len(of_lan))
    written = [f"[{number}]" if number.version == 6 else str(number) for number in numbers if not number.is_link_local]
    hosts = [name for name in names if _number(name) is None and name != "localhost"]
    return next(iter([*(one for one in written if "[" not in one), *hosts, *written]), "localhost")


def _number(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
