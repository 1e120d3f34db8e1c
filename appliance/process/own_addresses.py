"""Which addresses are this machine's own."""

from __future__ import annotations

import ipaddress
import re
import socket

import ifaddr

# Of containers and virtual machines, which come and go with what runs there, and of tunnels, which end elsewhere than
# in the office's network. Docker's bridges are named by a number: br-lan is a bridge of the office's own.
_NOT_OF_THE_LAN = re.compile(
    r"(docker|veth|virbr|podman|cni|lxc|lxd|incus|wg|tun|tap|tailscale|zt|ppp)|br-[0-9a-f]{12}$"
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_own_address(text: str) -> bool:
    """Whether it is a loopback address, or one that a network card of this machine has now.

    Not asked by binding a socket to it: with `net.ipv4.ip_nonlocal_bind`, as clusters set it, any can be bound.
    """
    address = _parsed(text)
    if address is None:
        return False
    return address.is_loopback or address in _of_cards()


def addresses_of_the_lan() -> list[Address]:
    """By which a machine of the office may come: the one that leads out of it first."""
    found = [one for one in _of_cards(but=_NOT_OF_THE_LAN) if not (one.is_loopback or one.is_link_local)]
    routed = routed_addresses()
    return sorted(found, key=lambda address: address not in routed)


def addresses_elsewhere() -> set[Address]:
    """Of containers and tunnels alone: by none of them a machine of the office comes."""
    return {*_of_cards()} - {*_of_cards(but=_NOT_OF_THE_LAN)}


def routed_addresses() -> list[Address]:
    """Those that packets to others leave from: asking for a route sends nothing."""
    found: list[Address | None] = []
    for family, target in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((target, 9))
                found.append(_parsed(str(probe.getsockname()[0])))
        except OSError:
            continue
    return [address for address in found if address is not None]


def _of_cards(but: re.Pattern[str] | None = None) -> list[Address]:
    try:
        adapters = list(ifaddr.get_adapters())
    except OSError:
        return []  # a sandbox that shows no network cards
    shown = [one.ip for adapter in adapters if but is None or not but.match(adapter.name) for one in adapter.ips]
    # Of IPv6 it gives address, flow and scope.
    parsed = [_parsed(ip if isinstance(ip, str) else ip[0]) for ip in shown]
    return [address for address in parsed if address is not None]


def _parsed(text: str) -> Address | None:
    """Without a zone (`fe80::1%eth0`); an IPv4 address that comes by an IPv6 socket is that IPv4 address."""
    try:
        address = ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
