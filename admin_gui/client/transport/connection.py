"""Where an appliance is and how it is known. It loads no HTTP library: the window comes before anybody connects."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from admin_gui.client.transport.certificate import normalised

CONNECT_SECONDS = 5.0
# The api answers a list within a fraction of a second; a test webhook waits for the customer's server.
READ_SECONDS = 30.0


def host_in_url(name: str) -> str:
    """A machine's name or address as it stands in a URL that goes over the wire.

    Raises UnicodeError, a ValueError, for what no network can look up.
    """
    host = name if name.isascii() else name.encode("idna").decode()
    return f"[{host}]" if ":" in host else host


def is_token(text: str) -> bool:
    """Whether it may be one: an appliance gives none with other letters than those of ASCII."""
    return text.isascii() and text.isprintable()


@dataclass(frozen=True, slots=True)
class Connection:
    """Where an appliance is, and how it is known: by its certificate's SHA-256 (None: plain HTTP)."""

    url: str
    token: str = field(repr=False)
    fingerprint: str | None = None
    connect_seconds: float = CONNECT_SECONDS
    read_seconds: float = READ_SECONDS

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("an address begins with https:// or http:// and names a machine")
        if parts.scheme == "https" and self.fingerprint is None:
            raise ValueError("https needs the fingerprint of the appliance's certificate")
        # One way to write it, however it was typed (a name with an umlaut, `:08443`, a port left empty).
        port = "" if parts.port is None else f":{parts.port}"
        object.__setattr__(self, "url", f"{parts.scheme}://{host_in_url(parts.hostname)}{port}")
        if self.fingerprint is not None:
            object.__setattr__(self, "fingerprint", normalised(self.fingerprint))

    @property
    def address(self) -> str:
        """Host and port, for people."""
        return urlsplit(self.url).netloc
