"""`vbot log-level`: have the running appliance log more, or less, for a while."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

from appliance.errors import ConfigurationError
from appliance.process.log.level import LEVELS, LONGEST_SECONDS

if TYPE_CHECKING:
    from appliance.settings import Settings

DEFAULT_SECONDS = 15 * 60
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "log-level",
        help="log more, or less, for a while, without a restart",
        description="Of the running api and its workers, which follow with the next call that they have in hand. It "
        "goes back to info by itself. Without a level: shows the present one.",
    )
    parser.add_argument("level", metavar="LEVEL", choices=LEVELS, nargs="?", help=", ".join(LEVELS))
    parser.add_argument(
        "--for",
        dest="seconds",
        metavar="TIME",
        type=_seconds,
        default=DEFAULT_SECONDS,
        help="such as 90s, 15m (unless given) or 2h; 24h at most",
    )
    parser.set_defaults(run=run)


def _seconds(text: str) -> int:
    found = re.fullmatch(r"([1-9]\d{0,5})([smh])", text)
    seconds = int(found[1]) * _SECONDS[found[2]] if found else 0
    if not 0 < seconds <= LONGEST_SECONDS:
        raise argparse.ArgumentTypeError("must be a time such as 90s, 15m or 2h, and 24h at most")
    return seconds


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    from appliance.commands.local_api import ask, initialised_folder  # noqa: PLC0415

    folder = initialised_folder(settings)
    wanted = None if arguments.level is None else {"level": arguments.level, "seconds": arguments.seconds}
    reply = ask(folder.api_socket, "GET" if wanted is None else "PUT", "/api/log/level", wanted)
    if reply is None:
        raise ConfigurationError("no api runs here: start it first, by `systemctl start vbot.target` or `vbot up`")
    until = "" if reply["until"] is None else f" until {reply['until']}"
    print(f"{reply['level']}{until}")
    return 0
