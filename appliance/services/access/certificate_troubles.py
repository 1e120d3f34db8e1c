"""Whether the certificate that the api shows is the one that its clients need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.domain.plurals import counted
from appliance.domain.system import CertificateState
from appliance.services.access.certificate import is_made_by_us, look_at, look_at_own, own_authority
from appliance.services.access.own_names import covers, is_address, is_ipv4_of_the_lan, names_of
from appliance.settings import TlsFiles

if TYPE_CHECKING:
    from appliance.domain.system import Certificate
    from appliance.settings import Settings
    from appliance.storage.folder.data_folder import DataFolder

_RENEW = "`vbot certificate renew`"


@dataclass(frozen=True, slots=True)
class CertificateTrouble:
    """One thing that is wrong with it. `mend`: what to do, its command in backticks. `refused`: no client takes it."""

    reason: str
    mend: str
    refused: bool = False

    def __str__(self) -> str:
        return f"{self.reason}: {self.mend}"


@dataclass(frozen=True, slots=True)
class CheckedCertificate:
    """The certificate that the api is to show, and what is wrong with it, the worst first."""

    certificate: Certificate
    troubles: tuple[CertificateTrouble, ...]


def names_within(pair: tuple[Path, Path], settings: Settings) -> tuple[str, ...]:
    """The names for a renewal of this certificate and key: a further card's address is no reason for a new authority.

    For whoever keeps the authority's file (curl --cacert) would reach the box by none of them.
    """
    authority = own_authority(*pair)
    return names_of(settings, None if authority is None else authority.may_vouch_for)


def missing_names(
    certificate: Certificate, settings: Settings, *, made_by_us: bool, takes: Callable[[str], bool] | None = None
) -> tuple[str, ...]:
    """The names and addresses by which clients come, and which the certificate does not have.

    Of a certificate that somebody else signed only what the settings name is asked. IPv6 addresses that they do not
    name are left out: a machine may change its own every day. `takes` as of `names_of`.
    """
    wanted = [*settings.names]
    if made_by_us:
        wanted += [name for name in names_of(settings, takes) if not is_address(name) or is_ipv4_of_the_lan(name)]
    return tuple(dict.fromkeys(name for name in wanted if not covers(certificate, name)))


def checked_certificate(settings: Settings, folder: DataFolder, now: datetime) -> CheckedCertificate:
    """What the files hold that the api reads. VBOT_TLS must not be off.

    Raises ConfigurationError or PermanentFailure, with the way out, where certificate or key cannot be used at all.
    """
    if isinstance(settings.tls, TlsFiles):
        path, seen = settings.tls.certificate, look_at(settings.tls.certificate, settings.tls.key)
        made_by_us, mend = False, "renew it where it came from, then `systemctl reload vbot-api`"
    else:
        path, seen = folder.certificate, look_at_own(folder.certificate, folder.certificate_key)
        made_by_us = is_made_by_us(path)
        mend = _RENEW if made_by_us else "`vbot certificate request`, then `vbot certificate install FILE`"
    found = list(_of_its_dates(path, seen, mend, now))
    authority = own_authority(folder.certificate, folder.certificate_key) if made_by_us else None
    takes = (lambda _: False) if authority is None else authority.may_vouch_for
    if missing := missing_names(seen, settings, made_by_us=made_by_us, takes=takes):
        reason = f"{path} does not have the names under which this box is reached ({', '.join(missing)})"
        if authority is not None and not all(map(authority.may_vouch_for, missing)):
            reason += ", and for those its authority may not vouch: whoever keeps it (curl --cacert) needs the new one"
        found.append(CertificateTrouble(reason, mend))
    return CheckedCertificate(seen, tuple(found))


def certificate_troubles(settings: Settings, folder: DataFolder, now: datetime) -> tuple[CertificateTrouble, ...]:
    """What is wrong with what the api is to show; nothing where it shows none. Raises as `checked_certificate`."""
    return () if settings.tls == "off" else checked_certificate(settings, folder, now).troubles


def _of_its_dates(path: Path, seen: Certificate, mend: str, now: datetime) -> Iterator[CertificateTrouble]:
    state = seen.state_at(now)
    if state is CertificateState.NOT_YET_VALID:
        reason = (
            f"{path} is valid from {seen.not_before:%Y-%m-%d %H:%M} UTC on only: if that is past, this box's clock is "
            "wrong, else it was made by one that ran ahead"
        )
        yield CertificateTrouble(reason, mend, refused=True)
    elif state is CertificateState.EXPIRED:
        yield CertificateTrouble(f"{path} has expired on {seen.not_after:%Y-%m-%d}", mend, refused=True)
    elif state is CertificateState.ENDS_SOON:
        reason = f"{path} expires on {seen.not_after:%Y-%m-%d}, in {counted(seen.days_left(now), 'day', 'days')}"
        yield CertificateTrouble(reason, mend)
