"""Whether the certificate that the api shows is the one that its clients need."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from appliance.services.access.certificate import is_made_by_us, look_at, look_at_own
from appliance.services.access.own_names import covers, is_address, is_ipv4_of_the_lan, names_of
from appliance.settings import TlsFiles

if TYPE_CHECKING:
    from appliance.domain.system import Certificate
    from appliance.settings import Settings
    from appliance.storage.folder.data_folder import DataFolder

# The running api makes its own anew before that; somebody else's has to be fetched.
WARN_DAYS = 30
_RENEW = "`vbot certificate renew`"


def missing_names(certificate: Certificate, settings: Settings, *, made_by_us: bool) -> tuple[str, ...]:
    """The names and addresses by which clients come, and which the certificate does not have.

    Of a certificate that somebody else signed only what the settings name is asked. IPv6 addresses that they do not
    name are left out: a machine may change its own every day.
    """
    wanted = [*settings.names]
    if made_by_us:
        wanted += [name for name in names_of(settings) if not is_address(name) or is_ipv4_of_the_lan(name)]
    return tuple(dict.fromkeys(name for name in wanted if not covers(certificate, name)))


def certificate_troubles(settings: Settings, folder: DataFolder, now: datetime) -> list[str]:
    """What is wrong with the certificate that the api shows: a line for each, with the command that mends it.

    Raises ConfigurationError or PermanentFailure, with the way out, where certificate or key cannot be used at all.
    """
    if settings.tls == "off":
        return []
    if isinstance(settings.tls, TlsFiles):
        path, seen = settings.tls.certificate, look_at(settings.tls.certificate, settings.tls.key)
        made_by_us, mend = False, "renew it where it came from, then `systemctl reload vbot-api`"
    else:
        path, seen = folder.certificate, look_at_own(folder.certificate, folder.certificate_key)
        made_by_us = is_made_by_us(path)
        mend = _RENEW if made_by_us else "`vbot certificate request`, then `vbot certificate install FILE`"
    found = []
    left = seen.days_left(now)
    if left < 0:
        found.append(f"{path} has expired on {seen.not_after:%Y-%m-%d}: {mend}")
    elif left < WARN_DAYS:
        found.append(f"{path} expires on {seen.not_after:%Y-%m-%d}: {mend}")
    if missing := missing_names(seen, settings, made_by_us=made_by_us):
        found.append(f"{path} does not have the names under which this box is reached ({', '.join(missing)}): {mend}")
    return found
