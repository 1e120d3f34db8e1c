"""Under which names this box is reached: its own and those of its certificate, whatever a request says."""

from __future__ import annotations

from collections.abc import Callable

from appliance.domain.system import Certificate
from appliance.services.access.made_certificate import names_of_this_machine

__all__ = ["OwnNames", "names_of_this_machine"]


class OwnNames:
    """Knows them; the certificate is asked each time, since it may be replaced."""

    def __init__(self, hostname: str, certificate: Callable[[], Certificate | None]) -> None:
        name = hostname.lower()
        self._always = {"localhost", name, f"{name.partition('.')[0]}.local"}
        self._certificate = certificate

    def has(self, name: str) -> bool:
        """Whether this is one of them; also an address, in the notation of the certificate."""
        name = name.lower()
        if name in self._always:
            return True
        certificate = self._certificate()
        names = () if certificate is None else certificate.subject_alternative_names
        any_host = f"*.{name.partition('.')[2]}"
        return any(one.lower() in (name, any_host) for one in names)
