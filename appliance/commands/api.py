"""`vbot api`: the api process."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from appliance.settings import Settings


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "api",
        help="one part: the api",
        description="Accepts calls, keeps all state, delivers webhooks. One process owns a data folder.",
    )
    parser.set_defaults(run=run)


def run(_arguments: argparse.Namespace, settings: Settings) -> int:
    import setproctitle  # noqa: PLC0415

    setproctitle.setproctitle("vbot api")

    from appliance.server import serve  # noqa: PLC0415
    from appliance.storage.data_folder import act_as_owner  # noqa: PLC0415

    act_as_owner(settings.data_dir)
    return serve(settings)
