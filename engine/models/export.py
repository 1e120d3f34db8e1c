"""An installed pack as one tar file, for a machine without a network, where `vbot models install FILE` takes it."""

from __future__ import annotations

import errno
import os
import tarfile
from contextlib import suppress
from pathlib import Path

from engine.errors import ModelPackError
from engine.models.manifest import MANIFEST_NAME
from engine.models.placement import check_space
from engine.models.progress import Advance, Progress
from engine.models.store import PackStore

PART = ".part"
# Of each member: its header, and what fills its last block; at the end two empty blocks, filled up.
_MEMBER_BYTES, _END_BYTES = 1024, tarfile.RECORDSIZE


def export_pack(store: PackStore, name: str, target: Path, progress: Progress) -> int:
    """Write the pack, verified, as `target`, which must not be there; returns its size in bytes.

    Raises ModelPackError. Until all of it is on the disk it is called `target.part`.
    """
    if not name:
        raise ModelPackError("give the NAME of an installed pack (see `vbot models list`)")
    if not target.name:
        raise ModelPackError("give the FILE to write, such as /media/stick/whisper-base.tar")
    _check_target(store.models_dir, target)
    manifest = store.verify(name)
    folder = store.find(name)
    if folder is None:
        raise ModelPackError(f"model pack {name} was removed meanwhile")
    paths = [MANIFEST_NAME, *sorted(file.path for file in manifest.files)]
    part = target.with_name(target.name + PART)
    try:
        needed = sum((folder / path).stat().st_size + _MEMBER_BYTES for path in paths) + _END_BYTES
        check_space(target.parent, needed, name)
        with progress.step(f"writing {target}", needed) as advance:
            _write(folder, name, paths, part, advance)
        _refuse_existing(target)
        part.rename(target)
    except FileExistsError as error:
        raise ModelPackError(f"{part} exists: remove it, unless another export is writing it") from error
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        full = "no space left" if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else error.strerror
        raise ModelPackError(f"cannot write {target}: {full}") from error
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    return target.stat().st_size


def _check_target(models_dir: Path, target: Path) -> None:
    _refuse_existing(target)
    folder = target.parent.resolve()
    if not folder.is_dir():
        raise ModelPackError(f"there is no folder {target.parent}")
    if folder.is_relative_to(models_dir.resolve()):
        raise ModelPackError(f"{target} is among the packs, in {models_dir}: export to another folder")


def _refuse_existing(target: Path) -> None:
    """Whatever it is: a file, a link that leads anywhere, a pipe, a device."""
    if os.path.lexists(target):
        raise ModelPackError(f"{target} exists: name a file that does not")


def _write(folder: Path, name: str, paths: list[str], part: Path, advance: Advance) -> None:
    """The same pack gives the same bytes, whoever writes it."""
    with part.open("xb") as output:
        with tarfile.open(fileobj=output, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for path in paths:
                member = tarfile.TarInfo(f"{name}/{path}")
                member.mode = 0o644
                with (folder / path).open("rb") as file:
                    member.size = os.fstat(file.fileno()).st_size
                    archive.addfile(member, file)
                advance(member.size)
        output.flush()
        os.fsync(output.fileno())
