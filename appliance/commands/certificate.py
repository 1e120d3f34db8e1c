"""`vbot certificate`: show what the api identifies itself with, and make it anew."""

from __future__ import annotations

import argparse
import os
import signal
import time
from typing import TYPE_CHECKING, Any

from appliance.errors import ConfigurationError

if TYPE_CHECKING:
    from appliance.domain.system import Certificate
    from appliance.settings import Settings
    from appliance.storage.folder.data_folder import DataFolder

# In which a running api takes it; it reads two files and shakes hands with itself.
TAKEN_WITHIN_SECONDS = 10.0
ASK_EVERY_SECONDS = 0.1


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    certificate = subparsers.add_parser(
        "certificate",
        help="show the api's certificate, or make it anew",
        description="The certificate that the appliance made for itself. Clients know it by its SHA-256 (the desktop "
        "program, workers on other machines), by its key's pin (curl --pinnedpubkey), or by a copy (curl --cacert).",
    )
    commands = certificate.add_subparsers(metavar="COMMAND", required=True)
    show = commands.add_parser("show", help="its SHA-256, its key's pin, its names, and what a PBX sends")
    show.set_defaults(run=show_certificate)
    renew = commands.add_parser(
        "renew",
        help="make it anew, for ten years and the names and addresses that this machine has now",
        description="Its key stays, and so does the key's pin; its SHA-256 changes. A running api shows the new one at "
        "once, and open connections go on.",
    )
    renew.add_argument("--new-key", action="store_true", help="make another key, too: the old one was seen by somebody")
    renew.set_defaults(run=renew_certificate)


def show_certificate(_arguments: argparse.Namespace, settings: Settings) -> int:
    from appliance.services.access.certificate import look_at, look_at_own  # noqa: PLC0415
    from appliance.services.access.pbx_line import pbx_line  # noqa: PLC0415
    from appliance.settings import TlsFiles  # noqa: PLC0415

    folder = _folder(settings)
    if isinstance(settings.tls, TlsFiles):
        print(_described(look_at(settings.tls.certificate, settings.tls.key)))
        return 0
    own = look_at_own(folder.certificate, folder.certificate_key)
    print(f"{_described(own)}\n\n{pbx_line(own, settings.listen)}")
    if settings.listen.is_loopback:
        print(f"\nThe api listens on {settings.listen} alone: nobody on another machine reaches it. See VBOT_LISTEN.")
    return 0


def renew_certificate(arguments: argparse.Namespace, settings: Settings) -> int:
    from appliance.domain.clock import utc_now  # noqa: PLC0415
    from appliance.services.access import certificate as certificates  # noqa: PLC0415
    from appliance.settings import TlsFiles  # noqa: PLC0415

    folder = _folder(settings)
    if isinstance(settings.tls, TlsFiles):
        raise ConfigurationError(
            f"{settings.tls.certificate} is your own: renew it where it came from, then send the api a SIGHUP"
        )
    make = certificates.create_certificate if arguments.new_key else certificates.renew_certificate
    make(folder.certificate, folder.certificate_key, utc_now())
    made = certificates.read_certificate(folder.certificate)
    print(f"{_described(made)}\n\n{_who_must_know(new_key=arguments.new_key)}")
    _let_it_be_shown(folder, made)
    return 0


def _folder(settings: Settings) -> DataFolder:
    from appliance.commands.local_api import initialised_folder  # noqa: PLC0415

    folder = initialised_folder(settings)
    if settings.tls == "off":
        raise ConfigurationError("no certificate is shown: VBOT_TLS is off")
    return folder


def _described(certificate: Certificate) -> str:
    return (
        f"SHA-256:        {certificate.fingerprint_sha256}\n"
        f"Pin of its key: {certificate.public_key_pin}\n"
        f"Names:          {', '.join(certificate.subject_alternative_names)}\n"
        f"Expires:        {certificate.not_after:%Y-%m-%d}"
    )


def _who_must_know(*, new_key: bool) -> str:
    pins = "must be given the new pin" if new_key else "need nothing: the key, and so its pin, is the same"
    return (
        "What this changes for those who know the box:\n"
        f"- by the pin of its key (curl --pinnedpubkey): they {pins}\n"
        "- by its SHA-256: the desktop program shows the new one and asks, to be compared with the one above; a worker "
        "on another machine needs it as VBOT_API_FINGERPRINT\n"
        "- by a copy of the certificate (curl --cacert, a trust store): they need a new copy, and the old one taken out"
    )


def _let_it_be_shown(folder: DataFolder, made: Certificate) -> None:
    """By the api that runs, if one does. Raises ConfigurationError where it does not take it."""
    from appliance.storage.folder.folder_lock import folder_holder  # noqa: PLC0415

    holder = folder_holder(folder)
    if holder is None or not holder.pid:
        print("\nThe api shows it from its next start on.")
        return
    try:
        os.kill(holder.pid, signal.SIGHUP)
    except OSError as error:
        raise ConfigurationError(f"send {holder} a SIGHUP, and it shows it: we may not ({error.strerror})") from error
    until = time.monotonic() + TAKEN_WITHIN_SECONDS
    while _shown_by_api(folder) != made.fingerprint_sha256:
        if time.monotonic() > until:
            raise ConfigurationError(f"{holder} does not show it yet: its log says why")
        time.sleep(ASK_EVERY_SECONDS)
    print(f"\n{holder} shows it now.")


def _shown_by_api(folder: DataFolder) -> str | None:
    from appliance.commands.local_api import LocalApiRefused, ask  # noqa: PLC0415

    try:
        reply: Any = ask(folder.api_socket, "GET", "/api/system")
    except LocalApiRefused:
        return None
    return None if reply is None or not reply["certificate"] else str(reply["certificate"]["fingerprint_sha256"])
