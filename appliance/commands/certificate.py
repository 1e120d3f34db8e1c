"""`vbot certificate`: show what the api identifies itself with, and make it anew."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from pathlib import Path
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
        help="show the api's certificate, make it anew, or have the office's authority sign it",
        description="What the api identifies itself with. Clients know it by its SHA-256 (the desktop program, workers "
        "on other machines), by its key's pin (curl --pinnedpubkey), or by its authority (curl --cacert).",
    )
    commands = certificate.add_subparsers(metavar="COMMAND", required=True)
    show = commands.add_parser("show", help="its SHA-256, its key's pin, its names, and what a PBX sends")
    show.add_argument(
        "--authority", action="store_true", help="print the box's own authority alone (PEM), for curl --cacert"
    )
    show.set_defaults(run=show_certificate)
    renew = commands.add_parser(
        "renew",
        help="make it anew, for ten years and the names and addresses that this machine has now",
        description="Its key stays, and so does the key's pin; its authority stays where it may vouch for the names; "
        "its SHA-256 changes. A running api shows the new one at once, and open connections go on. Before it ends, the "
        "running api does this by itself.",
    )
    renew.add_argument("--new-key", action="store_true", help="make another key, too: the old one was seen by somebody")
    renew.add_argument(
        "--self-made", action="store_true", help="also in the place of one that the office's authority has signed"
    )
    renew.set_defaults(run=renew_certificate)
    request = commands.add_parser(
        "request",
        help="print what the office's authority is to sign (CSR)",
        description="For the names and addresses of this machine and those of the setting `names`, with the key that "
        "the box has: its pin stays. Nothing is changed.",
    )
    request.set_defaults(run=request_certificate)
    install = commands.add_parser(
        "install",
        help="take in what the office's authority has signed",
        description="The certificate for `vbot certificate request`, with what vouches for it, as PEM (one file, any "
        "order) or DER; - reads it from standard input. A running api shows it at once.",
    )
    install.add_argument("file", metavar="FILE")
    install.set_defaults(run=install_certificate)


def show_certificate(arguments: argparse.Namespace, settings: Settings) -> int:
    from appliance.services.access.certificate import authority_pem, look_at, look_at_own  # noqa: PLC0415
    from appliance.services.access.pbx_line import pbx_line  # noqa: PLC0415
    from appliance.settings import TlsFiles  # noqa: PLC0415

    folder = _folder(settings)
    if arguments.authority:
        own = None if isinstance(settings.tls, TlsFiles) else authority_pem(folder.certificate)
        if own is None:
            raise ConfigurationError("the box's own authority did not sign what is shown: ask who did for that one's")
        print(own, end="")
        return 0
    if isinstance(settings.tls, TlsFiles):
        print(_described(look_at(settings.tls.certificate, settings.tls.key)))
        return 0
    seen = look_at_own(folder.certificate, folder.certificate_key)
    print(f"{_described(seen)}\n\n{pbx_line(seen, settings.listen, settings.names)}")
    if settings.listen.is_loopback:
        print(f"\nThe api listens on {settings.listen} alone: nobody on another machine reaches it. See VBOT_LISTEN.")
    return 0


def renew_certificate(arguments: argparse.Namespace, settings: Settings) -> int:
    from appliance.domain.clock import utc_now  # noqa: PLC0415
    from appliance.services.access import certificate as certificates  # noqa: PLC0415
    from appliance.services.access.certificate_troubles import names_within  # noqa: PLC0415
    from appliance.services.access.own_names import names_of  # noqa: PLC0415

    folder = _folder_of_the_boxs_own(settings)
    if not (arguments.self_made or certificates.is_made_by_us(folder.certificate)):
        raise ConfigurationError(
            "the office's authority signed it: run `vbot certificate request`, or give up that one by --self-made"
        )
    pair = folder.certificate, folder.certificate_key
    if arguments.new_key:
        certificates.create_certificate(*pair, utc_now(), names_of(settings))
        authority_stays = False
    else:
        authority_stays = certificates.renew_certificate(*pair, utc_now(), names_within(pair, settings))
    made = certificates.read_certificate(folder.certificate)
    print(f"{_described(made)}\n\n{_who_must_know(new_key=arguments.new_key, authority_stays=authority_stays)}")
    _let_it_be_shown(folder, made)
    return 0


def request_certificate(_arguments: argparse.Namespace, settings: Settings) -> int:
    from appliance.services.access.certificate_request import certificate_request  # noqa: PLC0415
    from appliance.services.access.own_names import names_of  # noqa: PLC0415

    folder = _folder_of_the_boxs_own(settings)
    asked = certificate_request(folder.certificate, folder.certificate_key, names_of(settings))
    print(asked.decode(), end="")
    return 0


def install_certificate(arguments: argparse.Namespace, settings: Settings) -> int:
    from appliance.domain.clock import utc_now  # noqa: PLC0415
    from appliance.services.access import certificate_request  # noqa: PLC0415
    from appliance.services.access.certificate import read_certificate  # noqa: PLC0415

    signed = _content(arguments.file)  # as who we are: root's files are not the data folder's owner's to read
    folder = _folder_of_the_boxs_own(settings)
    try:
        certificate_request.install_certificate(folder.certificate, folder.certificate_key, signed, utc_now())
    except ConfigurationError as error:
        raise ConfigurationError(f"{arguments.file}: {error}") from error
    installed = read_certificate(folder.certificate)
    print(f"{_described(installed)}\n\n{_who_must_know(new_key=False, authority_stays=False)}")
    _let_it_be_shown(folder, installed)
    return 0


def _content(file: str) -> bytes:
    from appliance.services.access.certificate_request import LONGEST_BYTES  # noqa: PLC0415

    try:
        if file == "-":
            return sys.stdin.buffer.read(LONGEST_BYTES)
        with Path(file).open("rb") as opened:
            return opened.read(LONGEST_BYTES)
    except OSError as error:
        raise ConfigurationError(f"cannot read {file}: {error.strerror}") from error


def _folder_of_the_boxs_own(settings: Settings) -> DataFolder:
    """Where what is shown is the data folder's. Raises ConfigurationError where it is the administrator's files."""
    from appliance.settings import TlsFiles  # noqa: PLC0415

    folder = _folder(settings)
    if isinstance(settings.tls, TlsFiles):
        raise ConfigurationError(
            f"{settings.tls.certificate} is your own: renew it where it came from, then send the api a SIGHUP"
        )
    return folder


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


def _who_must_know(*, new_key: bool, authority_stays: bool) -> str:
    pins = "must be given the new pin" if new_key else "need nothing: the key, and so its pin, is the same"
    copies = (
        "need nothing: the authority is the same"
        if authority_stays
        else "need the one that vouches for it now (of the box's own: `vbot certificate show --authority`)"
    )
    workers = (
        "a worker on another machine needs it as VBOT_API_FINGERPRINT"
        if new_key
        else "a worker on another machine goes on, and needs it as VBOT_API_FINGERPRINT (or the pin) at its next start"
    )
    return (
        "What this changes for those who know the box:\n"
        f"- by the pin of its key (curl --pinnedpubkey, vbot-post, workers): they {pins}\n"
        f"- by its authority (curl --cacert, a trust store): they {copies}\n"
        "- by its SHA-256: the desktop program shows the new one and asks, to be compared with the one above; "
        f"{workers}\n"
        "- by a copy of the certificate itself: they need a new one, or better the authority"
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
