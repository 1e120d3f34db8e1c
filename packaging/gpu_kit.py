"""The kit of gpu-check: wheels, weights and calls for a machine without a network, in parts that any way can carry.

A folder with `kit.json`, which names each file with its size and SHA-256, and `parts/`, none over 60 MB.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[1]
PART_BYTES = 60_000_000
MANIFEST = "kit.json"
WHEELS, PEER_WHEELS, WEIGHTS, PEER_WEIGHTS, CALLS = "wheels", "peer-wheels", "weights", "peer-weights", "calls"
PEER = "faster-whisper==1.2.1"
# CTranslate2 is built for CUDA 12; a torch for CUDA 13 does not bring its libraries along.
CUDA_12 = ("nvidia-cublas-cu12", "nvidia-cudnn-cu12")
PACKS = ("whisper-base", "whisper-tiny.en", "all-MiniLM-L6-v2")
LOCKS = ("base", "worker")
# Of the lock for development, what the tests of a card are run with; some of the others come as source alone.
TESTS = ("hypothesis", "iniconfig", "pluggy", "pytest", "pytest-asyncio", "pytest-timeout", "sortedcontainers")
DOWNLOAD_SECONDS = 3600.0
_CHUNK = 1024 * 1024


class KitError(Exception):
    """What is wrong with a kit, or keeps it from being made; in a sentence."""


def collect(folder: Path, *, minutes: float, cuda_12: bool, models_dir: Path, work: Path) -> None:
    """Make the kit in this folder, which must be new or empty. Raises KitError, OSError."""
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise KitError(f"{folder} exists and is no empty folder: name one that is new")
    if shutil.which("flite") is None:
        raise KitError("flite is missing, which speaks the calls: apt-get install flite pocketsphinx-testdata")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="gather-", dir=work) as gathered:
        place = Path(gathered)
        _wheels(place)
        _peer_wheels(place, cuda_12=cuda_12)
        _weights(place, models_dir)
        _calls(place, minutes, work)
        write_kit(place, folder)


def write_kit(place: Path, folder: Path) -> None:
    """Cut all files below `place` into parts."""
    parts = folder / "parts"
    parts.mkdir()
    files, number = [], 0
    for path in sorted(one for one in place.rglob("*") if one.is_file()):
        digest, names = hashlib.sha256(), []
        with path.open("rb") as file:
            while chunk := file.read(PART_BYTES):
                names.append(f"{number:05d}")
                number += 1
                (parts / names[-1]).write_bytes(chunk)
                digest.update(chunk)
        if not names:  # an empty file
            continue
        size = path.stat().st_size
        relative = path.relative_to(place).as_posix()
        files.append({"path": relative, "size": size, "sha256": digest.hexdigest(), "parts": names})
    manifest = {"python": python_version(), "files": files}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")


def read_kit(folder: Path) -> dict[str, Any]:
    """What the kit says of itself. Raises KitError."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        for file in manifest["files"]:
            if not _is_inside(file["path"]) or not all(re.fullmatch(r"[0-9]{5}", part) for part in file["parts"]):
                raise KitError(f"{folder / MANIFEST} names {file['path']!r}, which is no file of a kit")
            int(file["size"]), str(file["sha256"])
        str(manifest["python"])
    except FileNotFoundError:
        raise KitError(f"{folder} is no kit: it has no {MANIFEST} (`packaging/gpu-check --collect FOLDER`)") from None
    except OSError as error:
        raise KitError(f"cannot read {folder / MANIFEST}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise KitError(f"{folder / MANIFEST} is damaged: copy the kit again") from error
    return dict(manifest)


def unpack(folder: Path, place: Path) -> None:
    """Put the files together below `place`. Those that are there, whole, are left; those of another kit are removed.

    Raises KitError, OSError.
    """
    files = read_kit(folder)["files"]
    _remove_others(place, {file["path"] for file in files})
    for file in files:
        target = place / file["path"]
        if target.is_file() and target.stat().st_size == file["size"] and _sum_of(target) == file["sha256"]:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        part, digest = target.with_name(target.name + ".part"), hashlib.sha256()
        try:
            with part.open("wb") as output:
                for name in file["parts"]:
                    for chunk in _chunks(folder / "parts" / name):
                        digest.update(chunk)
                        output.write(chunk)
            _check_sum(file, digest.hexdigest())
        except (KitError, OSError):
            part.unlink(missing_ok=True)
            raise
        part.replace(target)


def _remove_others(place: Path, named: set[str]) -> None:
    """What an earlier kit left: all the wheels that lie there are installed."""
    for folder in (WHEELS, PEER_WHEELS, WEIGHTS, PEER_WEIGHTS, CALLS):
        for path in [one for one in (place / folder).rglob("*") if one.is_symlink() or one.is_file()]:
            if path.relative_to(place).as_posix() not in named:
                path.unlink()


def _sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_sum(file: dict[str, Any], found: str) -> None:
    if found != file["sha256"]:
        raise KitError(f"{file['path']} came damaged (its parts: {', '.join(file['parts'])}): copy them again")


def check_python(manifest: dict[str, Any]) -> None:
    """Wheels are for one Python. Raises KitError."""
    if manifest["python"] != python_version():
        raise KitError(
            f"the kit was collected with Python {manifest['python']}, and this is {python_version()}: name that one "
            "with PYTHON=…, or collect with one like this"
        )


def python_version() -> str:
    """Of this one, as far as wheels go by it."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _chunks(part: Path) -> Iterator[bytes]:
    try:
        with part.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except FileNotFoundError:
        raise KitError(f"{part} is missing: copy the kit again") from None


def _is_inside(path: str) -> bool:
    parts = Path(path).parts
    return bool(parts) and not path.startswith("/") and ".." not in parts and "\0" not in path


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "download", "-q", "--only-binary=:all:", *arguments]
    try:
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, timeout=DOWNLOAD_SECONDS)
    except subprocess.TimeoutExpired:
        raise KitError(f"pip took longer than {DOWNLOAD_SECONDS:.0f} s") from None
    except subprocess.CalledProcessError:
        raise KitError("pip could not download what the kit needs: see above") from None


def _wheels(place: Path) -> None:
    """What the engine and its tests need, but torch, which is at hand there."""
    locks = CHECKOUT / "packaging/locks"
    for_tests = place / "tests.txt"
    for_tests.write_text(locked((locks / "dev.txt").read_text(), TESTS))
    files = [argument for name in LOCKS for argument in ("-r", str(locks / f"{name}.txt"))]
    _pip("--require-hashes", "--no-deps", "--dest", str(place / WHEELS), *files, "-r", str(for_tests))
    for_tests.unlink()


def locked(lock: str, names: tuple[str, ...]) -> str:
    """Of a lock file, these packages with their hashes. Raises KitError where it lacks one."""
    found = {entry.partition("==")[0]: entry for entry in re.split(r"\n(?=[A-Za-z0-9])", lock) if "==" in entry}
    lacking = [name for name in names if name not in found]
    if lacking:
        raise KitError(f"packaging/locks/dev.txt has no {', '.join(lacking)}")
    return "".join(f"{found[name].rstrip()}\n" for name in names)


def _peer_wheels(place: Path, *, cuda_12: bool) -> None:
    _pip("--dest", str(place / PEER_WHEELS), PEER, *(CUDA_12 if cuda_12 else ()))


def _weights(place: Path, models_dir: Path) -> None:
    from engine.models import ModelPackError, PackStore  # noqa: PLC0415

    store = PackStore(models_dir)
    for name in PACKS:
        try:
            shutil.copytree(store.open(name), place / WEIGHTS / name, ignore=shutil.ignore_patterns(".*"))
        except ModelPackError as error:
            raise KitError(str(error)) from error


def _calls(place: Path, minutes: float, work: Path) -> None:
    """As recognition.py builds them, and the weights as the peer wants them."""
    from dataclasses import asdict, replace  # noqa: PLC0415

    from tests.benchmarks.recognition import Place  # noqa: PLC0415

    made = work / "recognition"
    made.mkdir(exist_ok=True)
    recognition, target = Place(made), place / CALLS
    target.mkdir()
    calls = []
    for call in recognition.calls("reported", minutes):
        shutil.copy(call.path, target)
        calls.append(asdict(replace(call, path=os.path.basename(call.path))))  # noqa: PTH119 - a name, and no path
    (target / "calls.json").write_text(json.dumps(calls))
    shutil.copytree(recognition.weights, place / PEER_WEIGHTS / "whisper-base")
