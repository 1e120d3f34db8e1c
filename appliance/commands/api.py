"""`vbot api`: the api process."""

from __future__ import annotations

import argparse
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appliance.settings import Settings


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "api",
        help="one part: the api",
        description="Accepts calls, keeps all state, delivers webhooks. One process owns a data folder. Runs `init` "
        "if needed. On SIGHUP it reads its certificate again; open connections go on.",
    )
    parser.set_defaults(run=run)


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    # To reload, not to end: from the first moment on. What is written while we start may be read already.
    hung_up = threading.Event()
    signal.signal(signal.SIGHUP, lambda *_: hung_up.set())

    import setproctitle  # noqa: PLC0415

    setproctitle.setproctitle("vbot api")

    from appliance.commands.init import first_boot_if_needed  # noqa: PLC0415
    from appliance.server.process import serve  # noqa: PLC0415

    first_boot_if_needed(settings)
    return serve(settings, hung_up)
