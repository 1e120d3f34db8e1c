"""`vbot up`: the whole appliance in the foreground on this machine."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from appliance.errors import ConfigurationError
from appliance.settings import unknown_variables

if TYPE_CHECKING:
    from collections.abc import Callable

    from appliance.settings import Listen, Settings


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "up",
        help="the whole appliance in the foreground on this machine",
        description="Private Valkey (when no queue URL is set), api and one worker; runs `init` if needed. Prints "
        "`ready URL` when it is. Whatever dies is started again.",
    )
    parser.set_defaults(run=run)


class _HangUps:
    """SIGHUP: the terminal that we run on was closed, and all ends; else the certificate was replaced.

    It is heard from the first moment on: what the api has not read yet it need not be told.
    """

    def __init__(self) -> None:
        self._had_terminal = _has_terminal()
        self._stop: Callable[[], None] = lambda: sys.exit(128 + signal.SIGHUP)
        self._reload: Callable[[], None] = lambda: None
        signal.signal(signal.SIGHUP, lambda *_: self._hear())

    def lead_to(self, stop: Callable[[], None], reload: Callable[[], None]) -> None:
        self._stop, self._reload = stop, reload

    def _hear(self) -> None:
        (self._stop if self._had_terminal and not _has_terminal() else self._reload)()


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    hang_ups = _HangUps()

    import setproctitle  # noqa: PLC0415

    setproctitle.setproctitle("vbot up")

    from appliance.commands.init import first_boot_if_needed  # noqa: PLC0415
    from appliance.messages.queue_names import worker_name  # noqa: PLC0415
    from appliance.process import service_manager  # noqa: PLC0415
    from appliance.storage.folder.data_folder import DataFolder, check_owner, valkey_url  # noqa: PLC0415
    from appliance.storage.folder.folder_lock import hold_as_supervisor  # noqa: PLC0415
    from appliance.supervisor import HealthProbe, Supervisor, api_child, private_valkey, worker_child  # noqa: PLC0415

    folder = DataFolder(settings.data_dir)
    check_owner(folder.root)
    models = _checked_packs(settings)
    first_boot_if_needed(settings)
    folder.create()
    lock = hold_as_supervisor(folder)

    settings = replace(settings, listen=_with_port(settings.listen))
    environment = dict(os.environ) | {"VBOT_LISTEN": str(settings.listen)}
    # Known by now, or stored as a hash: the children need it no more.
    environment.pop("VBOT_ADMIN_TOKEN", None)
    # Whoever started us waits for our word, not for theirs.
    for variable in service_manager.VARIABLES:
        environment.pop(variable, None)
    # We have warned of these; once is enough.
    for variable in unknown_variables(environment):
        del environment[variable]
    queue = None
    if settings.redis_url is None:
        queue = private_valkey(folder)
        environment["VBOT_REDIS_URL"] = valkey_url(folder)
        environment["VBOT_QUEUE_ACCESS"] = str(folder.queue_access)
    api = api_child(settings.config_file, environment)
    worker = worker_child(worker_name(settings.device), settings.config_file, environment)

    supervisor = Supervisor(queue, [api, worker], HealthProbe(api, folder.api_socket))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: supervisor.stop())

    def reload() -> None:
        if api.process is not None:
            api.process.send_signal(signal.SIGHUP)

    hang_ups.lead_to(supervisor.stop, reload)
    manager = service_manager.ServiceManager(os.environ)

    began = time.monotonic()
    # On a slow machine it takes minutes, in which nothing else is said.
    print(f"vbot: loading the models ({', '.join(dict.fromkeys(models))}) ...", file=sys.stderr, flush=True)

    def on_ready() -> None:
        print(f"vbot: the models are loaded, after {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
        print(f"ready {settings.local_api_url}", flush=True)
        manager.ready(settings.local_api_url)

    try:
        return supervisor.run(on_ready)
    finally:
        lock.release()


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _checked_packs(settings: Settings) -> tuple[str, ...]:
    """Those that a worker loads; raises at once what it would say again and again."""
    from appliance.commands.worker import packs_in_use  # noqa: PLC0415
    from engine.models import ModelPackError, open_pack  # noqa: PLC0415

    names = packs_in_use(settings)
    try:
        for name in names:
            open_pack(name, settings.models_dir)
    except ModelPackError as error:
        raise ConfigurationError(str(error)) from error
    return names


def _with_port(listen: Listen) -> Listen:
    """The address to listen on; port 0 means any free one, chosen once for all restarts of the api."""
    if listen.port:
        return listen
    with socket.socket(socket.AF_INET6 if ":" in listen.host else socket.AF_INET) as probe:
        probe.bind((listen.host, 0))
        return replace(listen, port=probe.getsockname()[1])
