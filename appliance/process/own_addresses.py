"""Which addresses are this machine's own."""

from __future__ import annotations

import ipaddress

import ifaddr

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_own_address(text: str) -> bool:
    """Whether it is a loopback address, or one that a network card of this machine has now.

    Not asked by binding a socket to it: with `net.ipv4.ip_nonlocal_bind`, as clusters set it, any can be bound.
    """
    address = _parsed(text)
    if address is None:
        return False
    return address.is_loopback or address in _of_cards()


def _of_cards() -> set[Address]:
    found: set[Address] = set()
    try:
        adapters = list(ifaddr.get_adapters())
    except OSError:
        return found  # a sandbox that shows no network cards
    for adapter in adapters:
        for one in adapter.ips:
            # Of IPv6 it gives address, flow and scope.
            address = _parsed(one.ip if isinstance(one.ip, str) else one.ip[0])
            if address is not None:
                found.add(address)
    return found


def _parsed(text: str) -> Address | None:
    """Without a zone (`fe80::1%eth0`); an IPv4 address that comes by an IPv6 socket is that IPv4 address."""
    try:
        address = ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
