"""The box that a worker on another machine joins."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from appliance.errors import ConfigurationError
from appliance.worker.api_identity import ApiIdentity

HTTPS_PORT = 443


@dataclass(frozen=True, slots=True)
class Box:
    """The appliance that a worker joins: its address, what it is known by (None: as usual), and the token's file."""

    url: str
    token_file: Path
    identity: ApiIdentity | None

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or "@" in parts.netloc:
            raise ConfigurationError("the box to join must be https://HOST:PORT: the token goes over no plain HTTP")

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def netloc(self) -> str:
        """Host and port, as the URL has them."""
        return urlsplit(self.url).netloc

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or HTTPS_PORT

    def token(self) -> str:
        """Read anew each time: it may have been replaced. Raises ConfigurationError."""
        try:
            text = self.token_file.read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise ConfigurationError(f"cannot read the joining token: {reason}: {self.token_file}") from error
        if not text or not text.isprintable() or " " in text:
            raise ConfigurationError(f"{self.token_file} holds no joining token")
        return text

    def credentials(self) -> dict[str, str]:
        """What lets a request to the api in."""
        return {"Authorization": f"Bearer {self.token()}"}
