"""The certificate: that it can be used, for how long, and that it names what this machine is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from appliance.commands.checks.finding import Doubtful, Wrong, as_root, command_in

if TYPE_CHECKING:
    from appliance.commands.checks.box import Box
    from appliance.domain.system import Certificate


def check_certificate(box: Box) -> str:
    """What its files hold; the running api says of itself what it shows."""
    from appliance.domain.clock import utc_now  # noqa: PLC0415
    from appliance.services.access.certificate_troubles import checked_certificate  # noqa: PLC0415
    from appliance.services.health.components import MAY_SIGN_OTHERS  # noqa: PLC0415

    if box.settings.tls == "off" or not box.is_set_up:
        return "none is needed: VBOT_TLS is off" if box.settings.tls == "off" else "none yet"
    checked = checked_certificate(box.settings, box.folder, utc_now())
    if checked.troubles:
        # All are mended by another certificate, and the worst is the first.
        reason = "; ".join(one.reason for one in checked.troubles)
        worst = checked.troubles[0]
        raise (Wrong if worst.refused else Doubtful)(f"{reason}: {worst.mend}", command_in(worst.mend))
    _compare_with_shown(box, checked.certificate)
    verdict = f"it belongs to its key, and expires on {checked.certificate.not_after:%Y-%m-%d}"
    return f"{verdict}; {MAY_SIGN_OTHERS}" if checked.certificate.may_sign_others else verdict


def _compare_with_shown(box: Box, seen: Certificate) -> None:
    """An api reads the files when it starts and when it is told to."""
    shown = box.api.system["certificate"] if box.api.system is not None else None
    if shown is not None and shown["fingerprint_sha256"] != seen.fingerprint_sha256:
        reload = as_root("systemctl reload vbot-api") if box.has_units else "vbot up"
        raise Doubtful("the running api shows another certificate than its file holds", reload)
