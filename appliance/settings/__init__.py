"""The appliance's settings: one frozen value, read once from environment, file and data folder.

A file (`/etc/vbot/vbot.toml` or `--config FILE`) holds the names of the schema; an environment variable overrides its
line. An unknown name in the file, or a bad value anywhere, is an error, never ignored. Of unknown variables we can only
warn: an environment may hold somebody else's that begin as ours do. What neither of them sets may have been changed
over the API (`own_file`), and has its default else.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from appliance.errors import ConfigurationError
from appliance.settings.about import Source, SourceKind
from appliance.settings.own_file import OWN_FILE, RETENTION, read_own_file
from appliance.settings.schema import ABOUT as ABOUT
from appliance.settings.schema import PARSERS as PARSERS
from appliance.settings.schema import Settings as Settings
from appliance.settings.values import Listen as Listen
from appliance.settings.values import Network as Network
from appliance.settings.values import TlsFiles as TlsFiles

DEFAULT_CONFIG_FILE = Path("/etc/vbot/vbot.toml")
# What systemd/vbot-valkey.service listens on, and where it has the users' passwords.
QUEUE_OF_UNIT, USERS_OF_UNIT = "unix:///run/vbot-valkey/valkey.sock", Path("/run/vbot-queue")
ENVIRONMENT_PREFIX = "VBOT_"
VARIABLES = {name: ENVIRONMENT_PREFIX + name.upper() for name in PARSERS}


def load(config_file: Path | None, environment: Mapping[str, str]) -> Settings:
    """Read the settings.

    Raises ConfigurationError naming the setting, where it was set, and what it must be.
    """
    chosen = config_file or (DEFAULT_CONFIG_FILE if DEFAULT_CONFIG_FILE.is_file() else None)
    in_file = {} if chosen is None else _read_file(chosen)
    for name in in_file:
        if name not in PARSERS:
            meant = _meant_by(name.lower().removeprefix(ENVIRONMENT_PREFIX.lower()), PARSERS)  # or a variable's name
            raise ConfigurationError(f"{chosen}: unknown setting {name!r}{f' (is {meant} meant?)' if meant else ''}")
    # What was written of each setting, and where; an empty variable counts as not set.
    found: dict[str, tuple[Any, str]] = {name: (value, f"{chosen}: {name}") for name, value in in_file.items()}
    found |= {name: (environment[key], key) for name, key in VARIABLES.items() if environment.get(key)}

    sources = {name: Source(SourceKind.FILE, str(chosen)) for name in in_file}
    sources |= {name: Source(SourceKind.ENVIRONMENT, key) for name, key in VARIABLES.items() if environment.get(key)}

    parsed: dict[str, Any] = {}
    for name, (value, origin) in found.items():
        try:
            parsed[name] = PARSERS[name](value)
        except ValueError as error:
            shown = "" if name == "admin_token" else f" (is {value!r})"
            raise ConfigurationError(f"{origin} {error}{shown}") from None
    settings = Settings(**parsed, config_file=chosen, sources=sources)
    file = settings.data_dir / OWN_FILE
    own = read_own_file(file)
    kept = {name: value for name, value in own.values.items() if name not in parsed}
    sources |= dict.fromkeys(kept, Source(SourceKind.APPLIANCE, str(file)))
    passed_over = own.passed_over
    if own.retention_is_lost and RETENTION in kept:
        so = "recordings and texts are kept for ever until it is set again"
        passed_over += (f"{file}: {RETENTION!r}, which may have stood there: {so}",)
    users = settings.queue_access or _users_of_unit(settings)
    return replace(settings, **kept, passed_over=passed_over, queue_access=users)


def _users_of_unit(settings: Settings) -> Path | None:
    """A vbot.toml of before the queue had users names none; the unit, where it is newer, lets nobody else in."""
    made = settings.redis_url == QUEUE_OF_UNIT and (USERS_OF_UNIT / "users.acl").exists()
    return USERS_OF_UNIT if made else None


def unknown_variables(environment: Mapping[str, str]) -> dict[str, str | None]:
    """The variables that look like settings and are none, each with the one that may have been meant."""
    known = list(VARIABLES.values())
    unknown = sorted(name for name in environment if name.startswith(ENVIRONMENT_PREFIX) and name not in known)
    return {name: _meant_by(name, known) for name in unknown}


def _meant_by(name: str, known: Iterable[str]) -> str | None:
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0.8)), None)


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}") from error
