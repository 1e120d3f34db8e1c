"""The target guard: which addresses a webhook may go to.

`check_url` is for the moment at which an administrator saves a URL. `AddressPolicy` is asked again for each
address at the moment of connecting, so that a name which changes its mind in between changes nothing.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from yarl import URL

from appliance.errors import TargetRefused
from appliance.settings import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

URL_LENGTH_LIMIT = 2048  # characters; more than any receiver's framework accepts

_FORBIDDEN_CHARACTERS = re.compile(r"[\x00-\x20\x7f\\]")
_NUMBER_LABEL = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)\Z", re.IGNORECASE)

_METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in ("169.254.169.254", "fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "192.0.0.192")
)
_THIS_NETWORK = ipaddress.IPv4Network("0.0.0.0/8")
_BROADCAST = ipaddress.IPv4Address("255.255.255.255")
_LOOPBACK_4 = ipaddress.IPv4Network("127.0.0.0/8")
_LOOPBACK_6 = ipaddress.IPv6Network("::1/128")
_LOOPBACK_NAMES = re.compile(r"(?:.+\.)?localhost(?:\.localdomain)?|(?:ip6|ipv6)-(?:localhost|loopback)", re.IGNORECASE)
# What no router of the internet carries: the office's own, and what is tunnelled between its sites (RFC 6598).
_PRIVATE = tuple(
    map(
        ipaddress.ip_network,
        ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"),
    )
)
_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_IPV4_COMPATIBLE = ipaddress.IPv6Network("::/96")


def check_url(url: str, policy: AddressPolicy | None = None) -> None:
    """Raise TargetRefused, with a sentence for the administrator, unless webhooks can go to this URL.

    With `policy`, an address written as a number is judged too. A name is not looked up here: only the
    address that it has at the moment of connecting counts.
    """
    if len(url) > URL_LENGTH_LIMIT:
        raise TargetRefused(f"a webhook URL has at most {URL_LENGTH_LIMIT} characters")
    if _FORBIDDEN_CHARACTERS.search(url):
        raise TargetRefused("a webhook URL has no spaces, control characters or backslashes")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = URL(url).raw_host
    except ValueError as error:
        raise TargetRefused("this is not a valid URL: its host or port cannot be read") from error
    if parts.scheme not in ("http", "https"):
        raise TargetRefused("a webhook URL begins with https:// or http://")
    if "@" in parts.netloc:
        raise TargetRefused("a webhook URL carries no user name or password")
    if not host:
        raise TargetRefused("a webhook URL names a host")
    if port == 0 or parts.netloc.endswith(":"):
        raise TargetRefused("the port of a webhook URL is a number from 1 to 65535")
    if "#" in url:
        raise TargetRefused("a webhook URL has no #fragment: it would never be sent")
    _check_host(host, policy.over(parts.scheme) if policy is not None else None)


def _check_host(host: str, policy: AddressPolicy | None) -> None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if policy is not None and _LOOPBACK_NAMES.fullmatch(host.rstrip(".")) and not policy.permits_loopback:
            raise TargetRefused(f"{host} is refused: loopback, the appliance itself") from None
        # 127.1, 0x7f000001, 2130706433: the system's resolver takes them for addresses, readers do not.
        if _NUMBER_LABEL.match(host.rstrip(".").rpartition(".")[2]) or ":" in host:
            raise TargetRefused(f"{host} is neither a name nor an address in its usual form") from None
        return
    reason = policy.refusal(address) if policy is not None else None
    if reason is not None:
        raise TargetRefused(f"address {written(address)} is refused: {reason}")


def written(address: Address | str) -> str:
    """An address, on every Python alike: 3.13 writes `::ffff:10.0.0.1` where 3.12 writes `::ffff:a00:1`."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return str(address)
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return str(parsed) if mapped is None else f"::ffff:{mapped}"


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Which addresses webhooks may connect to.

    `allow` is VBOT_WEBHOOK_ALLOW: None permits any private or public address, a list only what it lists.
    Loopback needs a listed network of its own (`127.0.0.0/8`, not `0.0.0.0/0`). Some addresses are never a
    customer's server and are refused whatever is listed. Over plain HTTP, what leaves the private networks can be read
    on its way: that needs a network in `plain_http` (VBOT_WEBHOOK_PLAIN_HTTP).
    """

    allow: tuple[Network, ...] | None = None
    plain_http: tuple[Network, ...] = ()
    is_plain: bool = False
    """Whether what is judged is to be reached over plain HTTP."""

    def over(self, scheme: str) -> AddressPolicy:
        """The same, for what is reached over this scheme."""
        return replace(self, is_plain=scheme == "http")

    @property
    def permits_loopback(self) -> bool:
        """Whether some address of this machine itself may be connected to."""
        allow = self.allow or ()
        return any(_within(network, loopback) for network in allow for loopback in (_LOOPBACK_4, _LOOPBACK_6))

    def permits(self, address: Address | str) -> bool:
        """Tell whether webhooks may connect to this address."""
        return self.refusal(address) is None

    def refusal(self, address: Address | str) -> str | None:
        """Return why this address is refused, in a few words, or None when it is permitted.

        An IPv6 form that carries an IPv4 address (mapped, compatible, 6to4, NAT64, Teredo) is judged by that.
        """
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return "not an IP address"
        carried = list(_carried(parsed))
        judges = (_always_refused, self._unlisted, self._readable_on_its_way)
        reasons = (judge(item) for judge in judges for item in carried)
        return next((reason for reason in reasons if reason is not None), None)

    def _readable_on_its_way(self, address: Address) -> str | None:
        if not self.is_plain or any(address in network for network in (*_PRIVATE, *self.plain_http)):
            return None
        return "plain HTTP to a public address can be read on its way (use https, or VBOT_WEBHOOK_PLAIN_HTTP)"

    def _unlisted(self, address: Address) -> str | None:
        allow = self.allow or ()
        if address.is_loopback:
            loopback = _LOOPBACK_4 if address.version == 4 else _LOOPBACK_6
            listed = any(address in network and _within(network, loopback) for network in allow)
            return None if listed else "loopback"
        if self.allow is not None and not any(address in network for network in allow):
            return "not in the list of permitted networks"
        return None


def is_public(address: Address | str) -> bool:
    """Whether what is sent there may cross the internet."""
    try:
        carried = list(_carried(ipaddress.ip_address(address)))
    except ValueError:
        return False
    return not all(any(item in network for network in _PRIVATE) for item in carried)


def _within(network: Network, outer: Network) -> bool:
    return network.version == outer.version and network.subnet_of(outer)  # type: ignore[arg-type]


def _carried(address: Address) -> Iterator[Address]:
    """Yield the addresses that a packet to this address can end up at."""
    if isinstance(address, ipaddress.IPv4Address):
        yield address
        return
    plain = ipaddress.IPv6Address(int(address))  # without the zone of fe80::1%eth0
    if plain.ipv4_mapped is not None:
        yield plain.ipv4_mapped
    elif plain.sixtofour is not None:
        yield plain.sixtofour
    elif plain.teredo is not None:
        yield from plain.teredo  # the relay and the machine behind it
    elif any(plain in network for network in _NAT64) or (plain in _IPV4_COMPATIBLE and int(plain) > 1):
        yield ipaddress.IPv4Address(int(plain) & 0xFFFFFFFF)
    else:
        yield plain


# Why an address is refused whatever is listed; the first that fits names it.
_ALWAYS_REFUSED: tuple[tuple[str, Callable[[Address], bool]], ...] = (
    ("cloud metadata", lambda address: address in _METADATA),
    ("unspecified", lambda address: address.is_unspecified or address in _THIS_NETWORK),
    ("link-local", lambda address: address.is_link_local),
    ("multicast", lambda address: address.is_multicast),
    ("broadcast", lambda address: address == _BROADCAST),
    (
        "reserved",
        lambda address: address.is_reserved and not address.is_loopback,
    ),  # ::1 lies in a reserved range
)


def _always_refused(address: Address) -> str | None:
    return next((reason for reason, fits in _ALWAYS_REFUSED if fits(address)), None)
