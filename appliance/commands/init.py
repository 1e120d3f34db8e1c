"""`vbot init`: first boot."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from appliance.errors import ConfigurationError
from appliance.settings import load

if TYPE_CHECKING:
    from appliance.settings import Settings


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "init",
        help="first boot: data folder, secrets, TLS certificate, recovery key",
        description="Makes the data folder with its secrets and certificate, and shows the admin token, the recovery "
        "key and the certificate's SHA-256 once: on a terminal, else in a file that only its owner can read.",
    )
    parser.set_defaults(run=run)


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    if not first_boot_if_needed(settings):
        raise ConfigurationError(f"{settings.data_dir} is set up already")
    return 0


def _leave_it_to_the_unit(settings: Settings) -> None:
    """Raise ConfigurationError where systemd gives the api a master key, and this process was not given it.

    The folder would have one of its own, and the api would be given another for ever.
    """
    from appliance.storage.folder.data_folder import DataFolder, master_key_is_credential  # noqa: PLC0415

    folder = DataFolder(settings.data_dir)
    if not master_key_is_credential() or folder.given_master_key is not None or folder.is_initialised:
        return
    # The units read the usual file, whichever one this process was given.
    if folder.root.resolve() == load(None, {}).data_dir.resolve():
        begins = "its first start is the first boot: `systemctl start vbot.target`"
        raise ConfigurationError(f"systemd keeps the master key for vbot-api, and {begins}")


def first_boot_if_needed(settings: Settings) -> bool:
    """Set the data folder up unless it is; shows its secrets once, on a terminal or in a note that is named.

    From here on this process acts as the folder's owner. Returns whether there was anything to do.
    """
    from appliance.services.access.own_names import names_of  # noqa: PLC0415
    from appliance.services.upkeep.first_boot import initialise  # noqa: PLC0415
    from appliance.services.upkeep.first_boot_note import REMEDY  # noqa: PLC0415
    from appliance.storage.folder.data_folder import DataFolder, become_owner  # noqa: PLC0415
    from appliance.storage.folder.folder_lock import hold_as_owner  # noqa: PLC0415

    _leave_it_to_the_unit(settings)  # as root: nobody else may look
    folder = DataFolder(settings.data_dir)
    become_owner(folder.root)
    if folder.is_initialised:
        return False
    on_terminal = sys.stdout.isatty()
    listen = settings.listen if settings.tls == "auto" else None
    folder.create()
    lock = hold_as_owner(folder, "vbot init")  # two at once would each replace what the other has made
    try:
        if DataFolder(folder.root).is_initialised:  # by who was first
            return False
        names = names_of(settings)
        shown = initialise(folder, settings.admin_token, note=not on_terminal, listen=listen, names=names)
    finally:
        lock.release()
    if on_terminal:
        print(shown.text())
    else:
        left = f"its secrets are in {folder.first_boot_note}: keep them elsewhere, then `{REMEDY}` removes it"
        print(f"vbot: {folder.root} is set up; {left}", file=sys.stderr)
    return True
