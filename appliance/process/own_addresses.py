"""Which addresses are this machine's own."""

from __future__ import annotations

import ipaddress

import ifaddr

# They come and go with what runs there.
_OF_CONTAINERS = ("docker", "br-", "veth", "virbr", "podman", "cni", "lxc", "lxd")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_own_address(text: str) -> bool:
    """Whether it is a loopback address, or one that a network card of this machine has now.

    Not asked by binding a socket to it: with `net.ipv4.ip_nonlocal_bind`, as clusters set it, any can be bound.
    """
    address = _parsed(text)
    if address is None:
        return False
    return address.is_loopback or address in _of_cards()


def addresses_for_others() -> list[Address]:
    """By which other machines may come: not those of networks that this one makes for its own containers."""
    found = _of_cards(but=_OF_CONTAINERS)
    return [address for address in found if not (address.is_loopback or address.is_link_local)]


def _of_cards(but: tuple[str, ...] = ()) -> list[Address]:
    try:
        adapters = list(ifaddr.get_adapters())
    except OSError:
        return []  # a sandbox that shows no network cards
    shown = [one.ip for adapter in adapters if not adapter.name.startswith(but) for one in adapter.ips]
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
