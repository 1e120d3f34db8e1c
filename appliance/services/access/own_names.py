"""Under which names this box is reached: its own and those of its certificate, whatever a request says."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable

from appliance.domain.system import Certificate
from appliance.process.own_addresses import (
    addresses_elsewhere,
    addresses_of_the_lan,
    is_own_address,
    routed_addresses,
)
from appliance.settings import Settings


class OwnNames:
    """Knows them; the certificate is asked each time, since it may be replaced."""

    def __init__(self, hostname: str, certificate: Callable[[], Certificate | None]) -> None:
        name = hostname.lower()
        self._always = {"localhost", name, f"{name.partition('.')[0]}.local"}
        self._certificate = certificate

    def has(self, name: str) -> bool:
        """Whether this is one of them; also an address, in the notation of the certificate."""
        name = name.lower()
        if name in self._always:
            return True
        certificate = self._certificate()
        return certificate is not None and covers(certificate, name)


def names_of_this_machine(also: Iterable[str] = (), takes: Callable[[str], bool] | None = None) -> tuple[str, ...]:
    """Every name and address under which a PBX on the LAN may call this machine, and those that are given.

    `takes` chooses among the addresses of further cards, by which packets to others do not leave (None: all).
    """
    hostname = socket.gethostname() or "vbot"
    names = {"localhost", hostname, socket.getfqdn(), *(name for name in also if not is_address(name))}
    addresses = {"127.0.0.1", "::1"} | _own_addresses(hostname, takes) | {name for name in also if is_address(name)}
    return (*sorted(name for name in names if _is_dns_name(name)), *sorted(addresses))


def names_of(settings: Settings, takes: Callable[[str], bool] | None = None) -> tuple[str, ...]:
    """Those of the machine (`names_of_this_machine`), and what the settings say of it besides."""
    host = settings.listen.host
    listened_to = [host] if is_address(host) and not ipaddress.ip_address(host).is_unspecified else []
    return names_of_this_machine((*settings.names, *listened_to), takes)


def covers(certificate: Certificate, name: str) -> bool:
    """Whether a client that comes by this name or address takes the certificate."""
    name = name.lower()
    wildcard = "" if is_address(name) else f"*.{name.partition('.')[2]}"
    return any(one.lower() in (name, wildcard) for one in certificate.subject_alternative_names)


def is_address(name: str) -> bool:
    """Whether it is a number, not a name."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_ipv4_of_the_lan(name: str) -> bool:
    """Whether this address is one by which another machine comes, and which does not change by itself every day."""
    address = ipaddress.ip_address(name)
    return address.version == 4 and not (address.is_loopback or address.is_link_local)


def _is_dns_name(name: str) -> bool:
    labels = name.rstrip(".").split(".")
    return name.isascii() and not is_address(name) and all(0 < len(label) < 64 for label in labels)


def _own_addresses(hostname: str, takes: Callable[[str], bool] | None) -> set[str]:
    # Of every card: the PBX may come by the second, and where nothing leads out of the LAN there is no route.
    found = {str(address) for address in addresses_of_the_lan() if is_ipv4_of_the_lan(str(address))}
    # The machine's name may lead to every card, too (nss-myhostname), or to an address that is on none.
    found |= _resolved(hostname) - {str(address) for address in addresses_elsewhere()}
    if takes is not None:
        found = {address for address in found if takes(address) or not is_own_address(address)}
    return found | {str(address) for address in routed_addresses()}


def _resolved(hostname: str) -> set[str]:
    try:
        return {str(address[0]).partition("%")[0] for *_, address in socket.getaddrinfo(hostname, None)}
    except (OSError, UnicodeError):  # a label of 64 letters, as Linux allows, is none of the DNS's
        return set()
