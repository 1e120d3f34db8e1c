"""`vbot upgrade`: to another version and, where that is not well, back by itself."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.errors import ApplianceError, ConfigurationError

if TYPE_CHECKING:
    from appliance.commands.upgrade.box import UpgradedBox
    from appliance.commands.upgrade.steps import Upgrade
    from appliance.services.upgrade.installation import Installation
    from appliance.services.upgrade.record import UpgradeOutcome
    from appliance.settings import Settings


class NotUpgraded(ApplianceError):
    """The old version runs; the message says why."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "upgrade",
        help="to another version, and back by itself where that is not well",
        description="Makes a backup, tries the new version on a copy of the database, installs it beside the one that "
        "runs, switches, and watches it for two minutes. If it is not as well as the old one was, that one is started "
        "again. Meanwhile calls are accepted, or answered with 503 and Retry-After: none is lost. As root, on a box "
        "installed by packages or as systemd/README.md says.",
    )
    parser.add_argument(
        "what",
        metavar="FILE|apt",
        nargs="*",
        help="the new version's packages (.deb), or `apt`: what the box's apt offers",
    )
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--resume", action="store_true", help="finish, or undo, an upgrade that was interrupted")
    way.add_argument("--back", action="store_true", help="undo one that was interrupted, or the last one")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    from appliance.services.upgrade.installation import Installation  # noqa: PLC0415

    if bool(arguments.what) == (arguments.resume or arguments.back):
        raise ConfigurationError("name the new version's packages, or `apt`, or one of --resume and --back")
    installation = Installation.to_upgrade()
    if installation is None:
        raise ConfigurationError(
            "this vbot lies beside no other version: only one that was installed below /opt/vbot can be upgraded so"
        )
    _stay_with_this_version()
    _leave_it_to_what_runs(installation)
    # A terminal that is closed, a line that is cut: what was begun is brought to its end.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    return upgrade(arguments, _box(settings, installation))


def _stay_with_this_version() -> None:
    """The link is turned while we work: whatever is still to be imported comes from where we come from."""
    here = Path(sys.prefix)
    if here != here.resolve():
        python = here.resolve() / "bin/python"
        os.execv(python, [str(python), "-P", "-m", "appliance.cli", *sys.argv[1:]])  # noqa: S606


def _leave_it_to_what_runs(installation: Installation) -> None:
    """A version that was only unpacked upgrades the first release alone: every later one does that by itself."""
    from appliance.commands.upgrade.first_release import is_what_runs  # noqa: PLC0415
    from appliance.services.upgrade.installation import Installation  # noqa: PLC0415

    if Installation.of_this_program() is not None:
        return
    if not is_what_runs(installation):
        raise ConfigurationError(f"{installation.current} runs here, which upgrades itself: sudo vbot upgrade …")
    here = Path(sys.prefix)
    if not all(place.stat().st_mode & stat.S_IXOTH for place in (here, *here.parents)):
        raise ConfigurationError(f"{here} is closed to the data folder's owner: unpack it as in /opt/vbot-new")


def _box(settings: Settings, installation: Installation) -> UpgradedBox:
    from appliance.commands.setup.running import run_vbot  # noqa: PLC0415
    from appliance.commands.upgrade.box import UpgradedBox  # noqa: PLC0415
    from appliance.commands.upgrade.first_release import is_what_runs  # noqa: PLC0415
    from appliance.commands.upgrade.owner import done_by_owner  # noqa: PLC0415
    from appliance.commands.upgrade.packages import AptPackages  # noqa: PLC0415
    from appliance.commands.upgrade.services import SystemdServices  # noqa: PLC0415
    from appliance.domain.clock import utc_now  # noqa: PLC0415
    from appliance.storage.folder.data_folder import DataFolder  # noqa: PLC0415

    def make_backup() -> str:
        return run_vbot(settings, "backup", "create", python=installation.link / "bin/python").strip()

    return UpgradedBox(
        settings=settings,
        installation=installation,
        services=SystemdServices(),
        packages=AptPackages(),
        make_backup=lambda: done_by_owner(DataFolder(settings.data_dir), make_backup, str, with_key=True),
        now=utc_now,
        tell=_tell,
        runs_first_release=is_what_runs(installation),
    )


def _tell(line: str) -> None:
    """Nobody need be there to read it."""
    with contextlib.suppress(OSError):
        print(line, flush=True)


def upgrade(arguments: argparse.Namespace, box: UpgradedBox) -> int:
    """Do what the command line asks for. Raises NotUpgraded with the one line that says why the old version runs."""
    from appliance.commands.upgrade.steps import Upgrade  # noqa: PLC0415
    from appliance.services.upgrade.record import Ending, only_upgrade  # noqa: PLC0415
    from appliance.storage.folder.data_folder import check_owner  # noqa: PLC0415

    check_owner(box.folder.root)
    if not box.folder.is_initialised:
        raise ConfigurationError(f"{box.folder.root} is not set up: run `vbot init` first")
    try:
        with only_upgrade(box.installation):
            try:
                outcome = _asked_for(arguments, box, Upgrade(box))
            finally:
                box.services.stop_guard()
    except OSError as error:
        about = f"{error.filename}: " if error.filename else ""
        raise ConfigurationError(
            f"{about}{error.strerror or error}: `vbot doctor` says how far the upgrade is"
        ) from error
    if outcome is None:
        print("no upgrade was interrupted")
    elif outcome.ending is Ending.DONE or arguments.back:
        print(outcome.sentence)
    else:
        raise NotUpgraded(outcome.sentence)
    return 0


def _asked_for(arguments: argparse.Namespace, box: UpgradedBox, work: Upgrade) -> UpgradeOutcome | None:
    from appliance.commands.upgrade.packages import APT  # noqa: PLC0415

    if arguments.resume:
        return work.resume()
    if arguments.back:
        return work.back()
    files = box.packages.fetch() if arguments.what == [APT] else [Path(name) for name in arguments.what]
    return work.begin(files)
