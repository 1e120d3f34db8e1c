"""The certificate: that it can be used, for how long, and that it names what this machine is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.commands.checks.finding import Doubtful, Wrong, as_root

if TYPE_CHECKING:
    from appliance.commands.checks.box import Box
    from appliance.domain.system import Certificate


def check_certificate(box: Box) -> str:
    """What its files hold; the running api says of itself what it shows."""
    from appliance.domain.clock import utc_now  # noqa: PLC0415
    from appliance.services.access.certificate import is_made_by_us, look_at, look_at_own  # noqa: PLC0415
    from appliance.services.access.certificate_troubles import missing_names  # noqa: PLC0415
    from appliance.services.health.components import MAY_SIGN_OTHERS, WARN_CERTIFICATE_DAYS  # noqa: PLC0415
    from appliance.settings import TlsFiles  # noqa: PLC0415

    tls = box.settings.tls
    if tls == "off" or not box.is_set_up:
        return "none is needed: VBOT_TLS is off" if tls == "off" else "none yet"
    made_by_us = False
    if isinstance(tls, TlsFiles):
        seen, renew = look_at(tls.certificate, tls.key), f"openssl x509 -noout -dates -in {tls.certificate}"
    else:
        seen = look_at_own(box.folder.certificate, box.folder.certificate_key)
        made_by_us = is_made_by_us(box.folder.certificate)
        renew = "vbot certificate renew" if made_by_us else "vbot certificate request"
    left = seen.days_left(utc_now())
    if left < 0:
        raise Wrong(f"it has expired on {seen.not_after:%Y-%m-%d}", renew)
    verdict = f"it belongs to its key, and expires on {seen.not_after:%Y-%m-%d}"
    if left < WARN_CERTIFICATE_DAYS:
        raise Doubtful(f"{verdict}, in {left} days", renew)
    _compare_with_shown(box, seen)
    if unnamed := missing_names(seen, box.settings, made_by_us=made_by_us):
        raise Doubtful(f"this machine is {', '.join(unnamed)}, which the certificate does not name", renew)
    return f"{verdict}; {MAY_SIGN_OTHERS}" if seen.may_sign_others else verdict


def _compare_with_shown(box: Box, seen: Certificate) -> None:
    """An api reads the files when it starts and when it is told to."""
    shown = box.api.system["certificate"] if box.api.system is not None else None
    if shown is not None and shown["fingerprint_sha256"] != seen.fingerprint_sha256:
        reload = as_root("systemctl reload vbot-api") if box.has_units else "vbot up"
        raise Doubtful("the running api shows another certificate than its file holds", reload)
