"""The kinds of values that settings have, and how each is read from TOML or from a variable's text.

A parser takes what was written and returns the value. What it refuses is a ValueError whose text goes on after the
setting's name: "must be at least 1".
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
SYSLOG_PORTS = {"tls": 6514, "tcp": 601, "udp": 514}
DEFAULT_DAYS = {"recordings": 30, "texts": 365}

LEAVES_THE_BUILDING = "transcripts may leave the building"

# The last label holds a letter: else it is a mistyped address.
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST_NAME = re.compile(rf"(?:{_LABEL}\.)*(?=[a-z0-9_-]*[a-z]){_LABEL}")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Certificate and key that the administrator brought."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Listen:
    """Address and port of the api."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def local_host(self) -> str:
        """The address under which a process on this machine reaches us."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self.host, self.host)  # noqa: S104

    @property
    def hosts(self) -> tuple[str, ...]:
        """What is listened on: `::` is IPv4 as well, by a socket of its own, so that its peers keep their addresses."""
        return ("::", "0.0.0.0") if self.host == "::" else (self.host,)  # noqa: S104

    @property
    def is_loopback(self) -> bool:
        """Whether nobody on another machine could come in."""
        return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback


@dataclass(frozen=True, slots=True)
class SyslogTarget:
    """Where the audit is exported to: `scheme` is tls, tcp or udp."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")  # noqa: TRY004 - named with its origin, like every bad value
    stripped = value.strip()
    if not stripped:
        raise ValueError("must not be empty")
    return stripped


def token(value: Any) -> str:
    if len(secret := text(value)) < 16:
        raise ValueError("must have at least 16 characters")
    return secret


def device(value: Any) -> str:
    name = text(value)
    if name not in ("auto", "cpu", "cuda") and not (
        name.startswith("cuda:") and name[5:].isascii() and name[5:].isdigit()
    ):
        raise ValueError("must be auto, cpu, cuda or cuda:N")
    return name


def sentiment_of(value: Any) -> str:
    if value not in ("outside", "both", "none"):
        raise ValueError("must be outside, both or none")
    return str(value)


def leaves_the_building(value: Any) -> bool:
    """Nobody is to allow this by a slip of the finger: it is said in words."""
    if value != LEAVES_THE_BUILDING:
        raise ValueError(f'must be "{LEAVES_THE_BUILDING}", or be left out')
    return True


def on_or_off(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value not in ("on", "off"):
        raise ValueError("must be on or off")
    return bool(value == "on")


def at_least(minimum: int) -> Callable[[Any], int]:
    def whole_number(value: Any) -> int:
        try:
            # By way of text, because Python would take True for 1 and cut 1.5 to 1.
            number = int(value if isinstance(value, float) and value.is_integer() else str(value))
        except ValueError:
            raise ValueError("must be a whole number") from None
        if number < minimum:
            raise ValueError(f"must be at least {minimum}")
        return number

    return whole_number


def seconds(value: Any) -> float:
    try:
        number = float(str(value))  # by way of text, because Python would take True for 1
    except ValueError:
        raise ValueError("must be a number of seconds") from None
    if not 0 < number < 10**7:
        raise ValueError("must be more than 0 seconds")
    return number


def three_seconds(value: Any) -> tuple[float, ...]:
    delays = tuple(seconds(item) for item in _items(value))
    if len(delays) != 3:
        raise ValueError("must be three numbers of seconds: the published limit is 3 retries")
    return delays


def days_kept(value: Any) -> tuple[int, int]:
    """Days for recordings and for texts, in this order or by name."""
    if isinstance(value, dict):
        if unknown := set(value) - set(DEFAULT_DAYS):
            raise ValueError(f"knows only recordings and texts, not {', '.join(sorted(unknown))}")
        value = list((DEFAULT_DAYS | value).values())
    parts = _items(value)
    named = dict(part.split("=", 1) for part in parts if isinstance(part, str) and "=" in part)
    if named:
        if len(named) != len(parts):
            raise ValueError("must be recordings=DAYS,texts=DAYS, or two numbers of days")
        return days_kept({name.strip(): days.strip() for name, days in named.items()})
    numbers = [at_least(0)(part) for part in parts]
    if not 1 <= len(numbers) <= 2:
        raise ValueError("must be RECORDINGS or RECORDINGS,TEXTS in days")
    return numbers[0], (numbers[1] if len(numbers) == 2 else DEFAULT_DAYS["texts"])


def path(value: Any) -> Path:
    try:
        return Path(text(value)).expanduser()
    except RuntimeError:
        raise ValueError("names a home folder that does not exist") from None


def folder(value: Any) -> Path:
    return path(value).absolute()  # for our children, who may start elsewhere


def tls(value: Any) -> str | TlsFiles:
    if value in ("auto", "off"):
        return str(value)
    files = _items(value)
    if len(files) != 2:
        raise ValueError("must be auto, off, or CERTIFICATE,KEY")
    return TlsFiles(path(files[0]), path(files[1]))


def address_and_port(value: Any) -> Listen:
    host, separator, port = str(value).rpartition(":")
    host = host.strip("[]")
    if not separator or not port.isdigit() or int(port) > 65535:
        raise ValueError("must be ADDRESS:PORT, for example 0.0.0.0:8443")
    try:
        ipaddress.ip_address(host or "0.0.0.0")  # noqa: S104
    except ValueError:
        if host != "localhost":
            raise ValueError(f"{host} is not an IP address") from None
    return Listen(host or "0.0.0.0", int(port))  # noqa: S104


def host_names(value: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_host_name(text(item)) for item in _items(value)))


def _host_name(written: str) -> str:
    """A name or an address as certificates have it: names in lower case, no port, no wildcard."""
    try:
        return str(ipaddress.ip_address(written.strip("[]")))
    except ValueError:
        name = written.lower().rstrip(".")
    if len(name) > 253 or not _HOST_NAME.fullmatch(name):
        raise ValueError("must be host names or addresses, such as vbot.example.lan")
    return name


def networks(value: Any) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text(item), strict=False) for item in _items(value))


def syslog_url(value: Any) -> SyslogTarget:
    parts = urlsplit(text(value))
    problem = ValueError("must be tls://HOST:PORT, tcp://HOST:PORT or udp://HOST:PORT, such as tls://siem.lan:6514")
    try:
        port = parts.port or SYSLOG_PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise problem from None
    bare = not (parts.path.strip("/") or parts.query or parts.fragment) and "@" not in parts.netloc
    if not parts.hostname or not bare:
        raise problem
    return SyslogTarget(parts.scheme, parts.hostname, port)


def origins(value: Any) -> frozenset[str]:
    return frozenset(_origin(text(item)) for item in _items(value))


def _origin(written: str) -> str:
    """One origin as browsers write it: in lower case, without a port that goes without saying."""
    parts = urlsplit(written.lower())
    try:
        port = parts.port
    except ValueError:
        port = 0
    bare = parts._replace(scheme="", netloc="").geturl() in ("", "/")
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc or "*" in written or not bare:
        raise ValueError("must be exact origins, such as https://crm.example.com, without path or *")
    if port == 0:
        raise ValueError(f"holds an impossible port: {written}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + ("" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}")


def _items(value: Any) -> list[Any]:
    """The parts of a list, which a variable writes with commas; one value alone is a list of one."""
    if isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()]
    return list(value) if isinstance(value, list) else [value]
