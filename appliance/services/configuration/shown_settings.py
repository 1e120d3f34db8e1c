"""The settings as they are shown: values as JSON can hold them, what they mean, and where they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from appliance.settings import ABOUT, VARIABLES, Settings, TlsFiles
from appliance.settings.about import About, Source

# Of /api/system's `settings`: these it shows under names of their own.
_SHOWN_ELSEWHERE = {
    "retention_days",
    "rate_limit_per_minute",
    "max_concurrent_calls",
    "max_storage_gb",
    "max_audio_hours_per_day",
    "max_recording_mb",
}


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """One setting; of a secret one neither value nor default is told."""

    name: str
    variable: str
    about: About
    value: Any
    default: Any
    source: Source


def shown_settings(settings: Settings) -> Mapping[str, Any]:
    """The settings that are no secret, by name; with the file that they were read from."""
    names = [name for name, about in ABOUT.items() if not about.secret and name not in _SHOWN_ELSEWHERE]
    return {**{name: shown_value(settings, name) for name in names}, "config_file": plain(settings.config_file)}


def described(settings: Settings) -> list[ShownSetting]:
    """Every setting, as in the schema."""
    default = Settings()
    return [
        ShownSetting(
            name=name,
            variable=VARIABLES[name],
            about=about,
            value=None if about.secret else shown_value(settings, name),
            default=None if about.secret else shown_value(default, name),
            source=settings.source_of(name),
        )
        for name, about in ABOUT.items()
    ]


def shown_value(settings: Settings, name: str) -> Any:
    """The value of a setting; of the queue's address without its password."""
    value = getattr(settings, name)
    if name == "redis_url" and value is not None:
        url = urlsplit(value)
        return f"{url.scheme}://{url.netloc.rpartition('@')[2]}{url.path}"
    return plain(value)


def plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(plain(item) for item in value)
    if isinstance(value, TlsFiles):
        return f"{value.certificate},{value.key}"
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
