"""The running appliance: whether it serves what the settings say, and how it is made to."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from appliance.errors import ConfigurationError

if TYPE_CHECKING:
    from appliance.commands.setup.box import Box
    from appliance.settings import Settings
    from appliance.storage.folder.data_folder import DataFolder

TARGET = ("vbot.target", "vbot-api.service")
CONNECT_SECONDS = 10.0
# The unit may take as long: a big database, a slow disk.
RESTART_SECONDS = 600.0
SERVING_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.3
GOES_ON = "then run `vbot setup` again: it goes on from here"


class DoesNotStart(ConfigurationError):
    """systemd could not start it."""


def serves(settings: Settings) -> bool:
    """Whether the api answers at the address of the settings, with the certificate that they mean."""
    from appliance.storage.folder.data_folder import DataFolder  # noqa: PLC0415

    address = settings.listen.local_host, settings.listen.port
    try:
        if settings.tls == "off":
            socket.create_connection(address, CONNECT_SECONDS).close()
            return True
        shown = ssl.get_server_certificate(address, timeout=CONNECT_SECONDS)
    except OSError:
        return False
    meant = certificate_file(settings, DataFolder(settings.data_dir)).read_text()
    return ssl.PEM_cert_to_DER_cert(shown) == ssl.PEM_cert_to_DER_cert(_first(meant))


def certificate_file(settings: Settings, folder: DataFolder) -> Path:
    """What the api shows, with the settings as they are."""
    from appliance.settings import TlsFiles  # noqa: PLC0415

    return settings.tls.certificate if isinstance(settings.tls, TlsFiles) else folder.certificate


def bring_into_service(box: Box) -> None:
    """Have the api serve what the settings say. What it does not start with is taken back.

    Raises ConfigurationError with the command for whoever started it, where that is not systemd.
    """
    try:
        _ensure_serving(box.settings, box.folder, box.say, restart=box.needs_restart or box.is_outdated)
    except KeyboardInterrupt:
        if box.needs_restart:
            box.take_back()  # nobody has seen that it starts with them
        raise
    except DoesNotStart as error:
        if not box.needs_restart:
            raise
        box.take_back()
        box.say("  it does not start so: the settings of before are back")
        _ensure_serving(box.settings, box.folder, box.say, restart=True)
        raise ConfigurationError(f"nothing was changed: with the new settings {error}") from error
    box.settle()


def _ensure_serving(settings: Settings, folder: DataFolder, say: Callable[..., None], *, restart: bool) -> None:
    from appliance.storage.folder.folder_lock import folder_holder  # noqa: PLC0415

    if not restart and serves(settings):
        return
    holder = folder_holder(folder)
    if holder is None and not _unit_is_installed():
        raise ConfigurationError(f"the appliance does not run: start it (`vbot up`), {GOES_ON}")
    if holder is not None and not holder.is_our_unit:
        if serves(settings):
            return  # it has them already
        raise ConfigurationError(f"{holder} has other settings yet: stop it and start it again, {GOES_ON}")
    say("Starting the appliance with these settings ...")
    command = ["systemctl", "restart", *TARGET]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=RESTART_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DoesNotStart(f"`{' '.join(command)}` does not end well ({error})") from error
    if done.returncode != 0:
        raise DoesNotStart(f"vbot-api.service does not start ({_last_word(done.stderr)})")
    until = time.monotonic() + SERVING_SECONDS
    while not serves(settings):
        if time.monotonic() > until:
            raise DoesNotStart(f"nothing of ours answers at {settings.local_api_url}")
        time.sleep(LOOK_EVERY_SECONDS)


def run_vbot(settings: Settings, *arguments: str, python: str | Path = sys.executable, **environment: str) -> str:
    """Run another of our commands, which acts as the data folder's owner; its output. `python` is of whose version.

    Raises ConfigurationError with its last word.
    """
    config = [] if settings.config_file is None else ["--config", str(settings.config_file)]
    # -P: root may stand in anybody's folder, where something may be called as our modules are.
    command = [str(python), "-P", "-m", "appliance.cli", *config, *arguments]
    done = subprocess.run(
        command, env=os.environ | environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise ConfigurationError(_last_word(done.stderr).removeprefix("vbot: "))
    return done.stdout


def readable_by_owner(path: Path, folder: DataFolder) -> bool:
    """Whether the api, which is the data folder's owner, can read this file."""
    from appliance.storage.folder.data_folder import act_as_owner  # noqa: PLC0415

    child = os.fork()
    if child == 0:
        try:
            act_as_owner(folder.root)
            with path.open("rb"):
                os._exit(0)
        finally:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def ask_api(folder: DataFolder, method: str, route: str, body: object | None = None) -> Any:
    """The api's answer. Raises ConfigurationError where none runs, LocalApiRefused with its reason."""
    from appliance.commands.local_api import ask  # noqa: PLC0415

    reply = ask(folder.api_socket, method, route, body)
    if reply is None:
        raise ConfigurationError("the api does not run: `vbot doctor` says why")
    return reply


def _unit_is_installed() -> bool:
    asked = ["systemctl", "show", "--property=LoadState", TARGET[1]]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, timeout=CONNECT_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.stdout.strip() == "LoadState=loaded"


def _first(pem: str) -> str:
    end = "-----END CERTIFICATE-----"
    return pem[pem.index("-----BEGIN CERTIFICATE-----") : pem.index(end) + len(end)]


def _last_word(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "it did not say why")
