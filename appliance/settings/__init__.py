"""The appliance's settings: one frozen value, read once from file and environment.

A file (`/etc/vbot/vbot.toml` or `--config FILE`) holds the names below in lower case without `VBOT_`;
an environment variable overrides its line. An unknown name in the file, or a bad value anywhere, is an error, never
ignored. Of unknown variables we can only warn: an environment may hold somebody else's that begin as ours do.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from appliance.errors import ConfigurationError
from appliance.settings import values
from appliance.settings.values import Listen as Listen
from appliance.settings.values import Network as Network
from appliance.settings.values import TlsFiles as TlsFiles

DEFAULT_CONFIG_FILE = Path("/etc/vbot/vbot.toml")
ENVIRONMENT_PREFIX = "VBOT_"


def _home_folder(name: str) -> Path:
    if os.geteuid() == 0:
        return Path("/var/lib") / name
    return Path.home() / ".local/share" / name


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator can set. Units are in the names."""

    data_dir: Path
    models_dir: Path
    # The PBX comes over the LAN.
    listen: Listen = field(default=Listen("0.0.0.0", 8443))  # noqa: S104
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


PARSERS: dict[str, Callable[[Any], Any]] = {
    "data_dir": values.folder,
    "models_dir": values.folder,
    "listen": values.address_and_port,
    "tls": values.tls,
    "admin_token": values.token,
    "redis_url": values.text,
    "asr_model": values.text,
    "summary_model": values.text,
    "device": values.device,
    "calls_at_once": values.at_least(1),
    "rate_limit_per_minute": values.at_least(1),
    "max_concurrent_calls": values.at_least(1),
    "max_recording_mb": values.at_least(1),
    "webhook_retry_seconds": values.three_seconds,
    "webhook_timeout_seconds": values.seconds,
    "webhook_allow": values.networks,
    "retention_days": values.days_kept,
    "lease_seconds": values.seconds,
    "webhook_disable_after_days": values.at_least(1),
    "cors_origins": values.origins,
    "disk_floor_mb": values.at_least(0),
    "backup_every_hours": values.at_least(0),
    "backup_keep": values.at_least(1),
    "mdns": values.on_or_off,
    "api_url": values.text,
    "api_fingerprint": values.text,
    "api_certificate": values.path,
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

    parsed: dict[str, Any] = {"data_dir": _home_folder("vbot"), "models_dir": _home_folder("vbot-models")}
    for name, (value, origin) in found.items():
        try:
            parsed[name] = PARSERS[name](value)
        except ValueError as error:
            shown = "" if name == "admin_token" else f" (is {value!r})"
            raise ConfigurationError(f"{origin} {error}{shown}") from None
    return Settings(**parsed, config_file=chosen)


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
