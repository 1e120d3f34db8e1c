"""`vbot support-bundle`: one file with what whoever helps needs to see, and nothing of what was said."""

from __future__ import annotations

import argparse
import io
import os
import sys
import tarfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from appliance.errors import ApplianceError, ConfigurationError

if TYPE_CHECKING:
    from appliance.commands.bundle_parts import Box, Part
    from appliance.settings import Settings

SUFFIX = ".tar.gz"
NOT_IN_IT = (
    "Not in it: keys, tokens, passwords and webhook secrets; telephone numbers; names and e-mail addresses of "
    "customers; the paths of webhooks; recordings, and whatever was said in a call or sent by a webhook. "
    "In it are: the names and addresses of this machine, and ids of calls, deliveries and customers."
)
STAYS_HERE = "Nothing leaves this machine by itself: look into the file (it is plain text), then send it."


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "support-bundle",
        help="one file for whoever helps: how the box stands, without secrets and without what was said",
        description="Writes a .tar.gz that an administrator can look into and send. Works while the appliance runs, "
        "while it does not, and with a damaged database. " + NOT_IN_IT,
    )
    parser.add_argument(
        "file", metavar="FILE", type=Path, nargs="?", help="default: vbot-support-DATE.tar.gz in this folder"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    from appliance.commands.bundle_parts import PARTS, Box  # noqa: PLC0415
    from appliance.domain.clock import utc_now  # noqa: PLC0415
    from appliance.storage.folder.data_folder import check_owner  # noqa: PLC0415

    check_owner(settings.data_dir)
    file = arguments.file or Path(f"vbot-support-{utc_now():%Y-%m-%d-%H%M%S}{SUFFIX}")
    about = "\n".join(["The support bundle holds:", *(f"  {part.file:<14} {part.what}" for part in PARTS), NOT_IN_IT])
    print(about)
    print(STAYS_HERE, flush=True)
    with _opened(file) as out:
        try:
            _write(out, file.name.removesuffix(SUFFIX), about, PARTS, Box(settings))
        except BaseException:
            file.unlink(missing_ok=True)
            raise
    print(f"{file}: {file.stat().st_size / 1024:.0f} KB")
    return 0


def _opened(file: Path) -> BinaryIO:
    """A new file for the owner alone; there is none that is overwritten, and none that a link leads to."""
    try:
        return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except FileExistsError:
        raise ConfigurationError(f"{file} is there already: name another file") from None
    except OSError as error:
        raise ConfigurationError(f"cannot write {file}: {error.strerror}") from error


def _write(out: BinaryIO, folder: str, about: str, parts: tuple[Part, ...], box: Box) -> None:
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        _add(archive, f"{folder}/README.txt", f"{about}\n")
        for part in parts:
            print(f"{part.file} …", file=sys.stderr, flush=True)
            _add(archive, f"{folder}/{part.file}", _gathered(part, box))


def _gathered(part: Part, box: Box) -> str:
    """What cannot be gathered costs its own file: this is asked for when something is wrong."""
    try:
        return part.gather(box)
    except (ApplianceError, OSError, ValueError, LookupError) as error:
        return f"could not be gathered: {type(error).__name__}\n"


def _add(archive: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode(errors="backslashreplace")
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = len(content), int(time.time()), 0o600
    archive.addfile(member, io.BytesIO(content))
