"""`vbot repair`: bring a damaged database back to work, without a backup."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appliance.settings import Settings


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "repair",
        help="bring a damaged database back to work, without a backup",
        description="The appliance must be stopped. Keeps what can be read of the database and its log, moves the "
        "damaged files aside inside the data folder, and takes in again the calls of which the disk still holds the "
        "recording. Says what it did, line by line; may be run again at any time.",
    )
    parser.set_defaults(run=run)


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    from appliance.commands.local_api import initialised_folder  # noqa: PLC0415
    from appliance.services.upkeep.repair import repair  # noqa: PLC0415
    from appliance.storage.folder.folder_lock import hold_as_owner  # noqa: PLC0415
    from appliance.storage.folder.keys import Keys  # noqa: PLC0415

    folder = initialised_folder(settings)
    hold_as_owner(folder, "vbot repair")  # none starts while we are at work
    repair(folder, Keys.of(folder), tell=lambda line: print(line, flush=True), step=_step)
    return 0


def _step(doing: str) -> None:
    """For who waits at a terminal: on a slow machine it takes minutes."""
    if sys.stderr.isatty():
        print(f"{doing} ...", file=sys.stderr, flush=True)
