"""The appliance's settings: one frozen value, read once from file and environment.

A file (`/etc/vbot/vbot.toml` or `--config FILE`) holds the names below in lower case without `VBOT_`;
an environment variable overrides its line. An unknown name in the file, or a bad value anywhere, is an error, never
ignored. Of unknown variables we can only warn: an environment may hold somebody else's that begin as ours do.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from appliance.errors import ConfigurationError

DEFAULT_CONFIG_FILE = Path("/etc/vbot/vbot.toml")
ENVIRONMENT_PREFIX = "VBOT_"
DEFAULT_PORTS = {"http": 80, "https": 443}

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _home_folder(name: str) -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib") / name
    return Path.home() / ".local/share" / name


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
    def is_loopback(self) -> bool:
        """Whether nobody on another machine could come in."""
        return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator can set. Units are in the names."""

    data_dir: Path
    models_dir: Path
    listen: Listen = Listen("0.0.0.0", 8443)  # noqa: S104 - the PBX comes over the LAN
    tls: str | TlsFiles = "auto"
    admin_token: str | None = field(default=None, repr=False)
    redis_url: str | None = field(default=None, repr=False)  # may hold a password
    asr_model: str = "whisper-base"
    summary_model: str | None = None  # None: the summary is an extract
    device: str = "auto"
    # How many calls a worker has in hand; None: as many as suit its device and memory.
    calls_at_once: int | None = None
    rate_limit_per_minute: int = 100
    max_concurrent_calls: int = 10
    max_recording_mb: int = 512
    webhook_retry_seconds: tuple[float, ...] = (10.0, 60.0, 300.0)
    webhook_timeout_seconds: float = 15.0
    webhook_allow: tuple[Network, ...] | None = None
    webhook_disable_after_days: int = 5
    retention_days: tuple[int, int] = (30, 365)
    lease_seconds: float = 900.0
    # Other sites whose pages may read the api's replies.
    cors_origins: frozenset[str] = frozenset()
    # Below this nothing is accepted, so that the results of what was accepted can still be stored.
    disk_floor_mb: int = 200
    # Backups made by the running appliance itself; 0 hours = none.
    backup_every_hours: int = 24
    backup_keep: int = 7
    # Whether the appliance announces itself on the LAN; None: when it can be reached from the LAN.
    mdns: bool | None = None
    # For a worker on another box; on the appliance itself they are derived.
    api_url: str | None = None
    api_fingerprint: str | None = None
    # For a worker that may not look into the data folder: the file in which the api publishes its certificate.
    api_certificate: Path | None = None
    config_file: Path | None = None

    @property
    def local_api_url(self) -> str:
        """The api's address for a process on this machine."""
        scheme = "http" if self.tls == "off" else "https"
        return f"{scheme}://{Listen(self.listen.local_host, self.listen.port)}"

    @property
    def announces_itself(self) -> bool:
        return not self.listen.is_loopback if self.mdns is None else self.mdns

    @property
    def max_recording_bytes(self) -> int:
        return self.max_recording_mb * 1024 * 1024


def _integer(minimum: int) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
            raise ValueError("must be a whole number")
        try:
            number = int(value)
        except (TypeError, ValueError):
            raise ValueError("must be a whole number") from None
        if number < minimum:
            raise ValueError(f"must be at least {minimum}")
        return number

    return parse


def _seconds(value: Any) -> float:
    try:
        number = float(_not_boolean(value))
    except (TypeError, ValueError):
        raise ValueError("must be a number of seconds") from None
    if not 0 < number < 10**7:
        raise ValueError("must be more than 0 seconds")
    return number


def _not_boolean(value: Any) -> Any:
    if isinstance(value, bool):
        raise TypeError  # Python would take it for 0 or 1
    return value


def _items(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()]
    return list(value) if isinstance(value, list) else [value]


def _retry_seconds(value: Any) -> tuple[float, ...]:
    delays = tuple(_seconds(item) for item in _items(value))
    if len(delays) != 3:
        raise ValueError("must be three numbers of seconds: the published limit is 3 retries")
    return delays


def _networks(value: Any) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(_text(item), strict=False) for item in _items(value))


def _origins(value: Any) -> frozenset[str]:
    return frozenset(_origin(_text(item)) for item in _items(value))


def _origin(text: str) -> str:
    """One origin as browsers write it: in lower case, without a port that goes without saying."""
    parts = urlsplit(text.lower())
    try:
        port = parts.port
    except ValueError:
        port = 0
    bare = parts._replace(scheme="", netloc="").geturl() in ("", "/")
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc or "*" in text or not bare:
        raise ValueError("must be exact origins, such as https://crm.example.com, without path or *")
    if port == 0:
        raise ValueError(f"holds an impossible port: {text}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + ("" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}")


def _retention(value: Any) -> tuple[int, int]:
    if isinstance(value, dict):
        unknown = set(value) - {"recordings", "texts"}
        if unknown:
            raise ValueError(f"knows only recordings and texts, not {', '.join(sorted(unknown))}")
        value = [value.get("recordings", 30), value.get("texts", 365)]
    parts = _items(value)
    named = dict(part.split("=", 1) for part in parts if isinstance(part, str) and "=" in part)
    if named:
        if len(named) != len(parts):
            raise ValueError("must be recordings=DAYS,texts=DAYS, or two numbers of days")
        return _retention({name.strip(): text.strip() for name, text in named.items()})
    days = [_integer(0)(part) for part in parts]
    if not 1 <= len(days) <= 2:
        raise ValueError("must be RECORDINGS or RECORDINGS,TEXTS in days")
    return days[0], (days[1] if len(days) == 2 else 365)


def _listen(value: Any) -> Listen:
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


def _tls(value: Any) -> str | TlsFiles:
    if value in ("auto", "off"):
        return str(value)
    files = _items(value)
    if len(files) != 2:
        raise ValueError("must be auto, off, or CERTIFICATE,KEY")
    return TlsFiles(_path(files[0]), _path(files[1]))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")  # noqa: TRY004 - named with its origin, like every bad value
    text = value.strip()
    if not text:
        raise ValueError("must not be empty")
    return text


def _token(value: Any) -> str:
    text = _text(value)
    if len(text) < 16:
        raise ValueError("must have at least 16 characters")
    return text


def _path(value: Any) -> Path:
    try:
        return Path(_text(value)).expanduser()
    except RuntimeError:
        raise ValueError("names a home folder that does not exist") from None


def _folder(value: Any) -> Path:
    return _path(value).absolute()


def _device(value: Any) -> str:
    text = _text(value)
    if text not in ("auto", "cpu", "cuda") and not (text.startswith("cuda:") and text[5:].isdigit()):
        raise ValueError("must be auto, cpu, cuda or cuda:N")
    return text


def _on_or_off(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value not in ("on", "off"):
        raise ValueError("must be on or off")
    return bool(value == "on")


PARSERS: dict[str, Callable[[Any], Any]] = {
    "data_dir": _folder,
    "models_dir": _folder,
    "listen": _listen,
    "tls": _tls,
    "admin_token": _token,
    "redis_url": _text,
    "asr_model": _text,
    "summary_model": _text,
    "device": _device,
    "calls_at_once": _integer(1),
    "rate_limit_per_minute": _integer(1),
    "max_concurrent_calls": _integer(1),
    "max_recording_mb": _integer(1),
    "webhook_retry_seconds": _retry_seconds,
    "webhook_timeout_seconds": _seconds,
    "webhook_allow": _networks,
    "retention_days": _retention,
    "lease_seconds": _seconds,
    "webhook_disable_after_days": _integer(1),
    "cors_origins": _origins,
    "disk_floor_mb": _integer(0),
    "backup_every_hours": _integer(0),
    "backup_keep": _integer(1),
    "mdns": _on_or_off,
    "api_url": _text,
    "api_fingerprint": _text,
    "api_certificate": _path,
}


def load(config_file: Path | None, environment: Mapping[str, str]) -> Settings:
    """Read the settings.

    Raises ConfigurationError naming the setting, where it was set, and what it must be.
    """
    found: dict[str, tuple[Any, str]] = {}
    chosen = config_file or (DEFAULT_CONFIG_FILE if DEFAULT_CONFIG_FILE.is_file() else None)
    if chosen is not None:
        for name, value in _read_file(chosen).items():
            if name not in PARSERS:
                raise ConfigurationError(f"{chosen}: unknown setting {name!r}")
            found[name] = (value, f"{chosen}: {name}")
    for name in PARSERS:
        variable = ENVIRONMENT_PREFIX + name.upper()
        if environment.get(variable, "") != "":
            found[name] = (environment[variable], variable)

    values: dict[str, Any] = {"data_dir": _home_folder("vbot"), "models_dir": _home_folder("vbot-models")}
    for name, (value, origin) in found.items():
        try:
            values[name] = PARSERS[name](value)
        except ValueError as error:
            shown = "" if name == "admin_token" else f" (is {value!r})"
            raise ConfigurationError(f"{origin} {error}{shown}") from None
    return Settings(**values, config_file=chosen)


def unknown_variables(environment: Mapping[str, str]) -> dict[str, str | None]:
    """The variables that look like settings and are none, each with the one that may have been meant."""
    known = [ENVIRONMENT_PREFIX + name.upper() for name in PARSERS]
    unknown = sorted(name for name in environment if name.startswith(ENVIRONMENT_PREFIX) and name not in known)
    return {name: next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.8)), None) for name in unknown}


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}") from error


assert set(PARSERS) == {item.name for item in fields(Settings)} - {"config_file"}  # noqa: S101
