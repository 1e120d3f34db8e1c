"""The packs on this machine: finding, opening and verifying them. Changing them is the installer's work."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from engine.errors import ModelPackError
from engine.models.catalogue import CATALOGUE, SMOLLM2_135M
from engine.models.kinds import recognise_folder
from engine.models.manifest import MANIFEST_NAME, Manifest, check_name, read_manifest
from engine.models.placement import existing
from engine.models.progress import Progress, Silence
from engine.models.verification import is_stamped, verify_and_stamp

# Said instead of a pack's name.
OFF = "off"


@dataclass(frozen=True, slots=True)
class InstalledPack:
    """A pack's folder and manifest; the manifest is None, and `fault` says why, when it cannot be read."""

    name: str
    folder: Path
    manifest: Manifest | None
    fault: str | None = None


class PackStore:
    """A folder of packs (`VBOT_MODELS_DIR`). It may be read-only: then each opening verifies in full."""

    def __init__(self, models_dir: Path, progress: Progress | None = None) -> None:
        self.models_dir = models_dir
        self._progress = progress or Silence()

    def installed(self) -> list[InstalledPack]:
        """All packs, by name; damaged manifests included."""
        if not self.models_dir.is_dir():
            return []
        try:
            folders = sorted(path for path in self.models_dir.iterdir() if path.is_dir())
        except OSError as error:
            raise ModelPackError(f"cannot read {self.models_dir}: {error.strerror}") from error
        return [_look_at(folder) for folder in folders if _is_pack(folder)]

    def running_as_code(self) -> set[str]:
        """The names of the packs that run as code when they are loaded."""
        return {pack.name for pack in self.installed() if pack.manifest is not None and pack.manifest.runs_as_code}

    def find(self, name: str) -> Path | None:
        """The folder of an installed pack, unverified."""
        folder = existing(self.models_dir / check_name(name))
        return folder if folder.is_dir() else None

    def open(self, name: str) -> Path:
        """The verified folder of an installed pack. Raises ModelPackError saying what to run."""
        return self._examine(name, trust_stamp=True)[0]

    def verify(self, name: str) -> Manifest:
        """Compute every SHA-256 of a pack again, stamp or not. Raises ModelPackError naming the file."""
        return self._examine(name, trust_stamp=False)[1]

    def open_folder(self, folder: Path) -> Path:
        """A folder outside the store: verified when it has a manifest, of a known kind in any case.

        A SpeechBrain folder is code when loaded, so from here it is refused: it must have been imported.
        """
        if not folder.is_dir():
            raise ModelPackError(f"{folder} is no folder: name an installed pack or a folder with a model")
        if folder.resolve().parent == self.models_dir.resolve():
            return self.open(folder.resolve().name)
        kind = recognise_folder(folder)
        if kind.is_code:
            raise ModelPackError(
                f"{folder} is a SpeechBrain folder, which runs as code when it is loaded: if you trust it, "
                f"run `vbot models import {folder} --trust-code` and use the pack's name"
            )
        if (folder / MANIFEST_NAME).is_file():
            manifest = read_manifest(folder)
            fault = None if is_stamped(folder, manifest) else verify_and_stamp(folder, manifest, self._progress)
            if fault:
                raise ModelPackError(f"model pack in {folder}: {fault}; copy it again")
        return folder

    def _meant_by(self, name: str) -> str:
        """In brackets, where a name that nobody knows is much like one that somebody does."""
        known = {*CATALOGUE, *(pack.name for pack in self.installed())}
        near = [] if name in known else difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.8)
        return f" (is {near[0]} meant?)" if near else ""

    def _examine(self, name: str, *, trust_stamp: bool) -> tuple[Path, Manifest]:
        while True:
            folder = self.find(name)
            if folder is None:
                raise ModelPackError(
                    f"model pack {name} is not installed in {self.models_dir}{self._meant_by(name)}: "
                    f"run `{_install_command(name)}`"
                )
            seen = _identity(folder)
            try:
                manifest = read_manifest(folder)
                _check_code(name, manifest)
                if trust_stamp and is_stamped(folder, manifest):
                    return folder, manifest
                fault = verify_and_stamp(folder, manifest, self._progress)
            except CodeRefused:
                raise
            except ModelPackError as error:
                fault = str(error)
            if fault is None:
                return folder, manifest
            if _identity(self.find(name)) == seen:
                raise ModelPackError(f"model pack {name} in {self.models_dir}: {fault}; {_repair_hint(name)}")
            # Another pack was put in place while this one was read: it is that one which counts.


def open_pack(name_or_folder: str, models_dir: Path, progress: Progress | None = None) -> Path:
    """The folder of a model, verified: all SHA-256 the first time, a stamp's comparison from then on.

    Args:
        name_or_folder: an installed pack's name, or a path (with a `/`) to a folder of a Hugging Face model.
        models_dir: where the packs live.
        progress: where to show a long verification; nowhere by default.

    Raises ModelPackError when there is no such pack, or a file is missing or damaged; it says what to run.
    """
    store = PackStore(models_dir, progress)
    if "/" in name_or_folder or name_or_folder.startswith("~"):
        return store.open_folder(Path(name_or_folder).expanduser().absolute())
    return store.open(name_or_folder)


def open_voice_pack(wanted: str | None, models_dir: Path, progress: Progress | None = None) -> Path | None:
    """The verified folder of the pack that tells voices apart: `wanted`, else one that is installed.

    One that an administrator imported goes before the catalogue's; one that runs as code must be wanted. None where it
    is "off" or there is none. Raises ModelPackError when it is damaged, or not there though wanted.
    """
    if wanted == OFF:
        return None
    if wanted is not None:
        return open_pack(wanted, models_dir, progress)
    store = PackStore(models_dir, progress)
    packs = [
        pack
        for pack in store.installed()
        if pack.manifest is not None and pack.manifest.task == "voice" and not pack.manifest.runs_as_code
    ]
    packs.sort(key=lambda pack: pack.name in CATALOGUE)
    return store.open(packs[0].name) if packs else None


def open_language_pack(wanted: str | None, models_dir: Path, progress: Progress | None = None) -> Path | None:
    """The verified folder of the language model: `wanted`, else the catalogue's where it is installed.

    None where it is "off" or there is none. Raises ModelPackError when it is damaged, or not there though wanted.
    """
    if wanted == OFF:
        return None
    if wanted is not None:
        return open_pack(wanted, models_dir, progress)
    store = PackStore(models_dir, progress)
    return store.open(SMOLLM2_135M.name) if store.find(SMOLLM2_135M.name) else None


class CodeRefused(ModelPackError):
    """A pack would run as code, and nobody said that it may."""


def _check_code(name: str, manifest: Manifest) -> None:
    if not manifest.runs_as_code:
        return
    if name in CATALOGUE:
        raise CodeRefused(
            f"what is installed as {name} runs as code, which the catalogue's pack does not: "
            f"run `{_install_command(name)} --force`"
        )
    if not manifest.trusted_code:
        raise CodeRefused(
            f"model pack {name} runs as code, and nobody said that it may: "
            f"run `vbot models import PATH --trust-code {name}` if you trust whoever made it"
        )


def _identity(folder: Path | None) -> tuple[int, int] | None:
    """What differs once another folder has taken this one's place."""
    try:
        status = folder.stat() if folder else None
    except FileNotFoundError:
        return None
    return (status.st_ino, status.st_ctime_ns) if status else None


def _is_pack(folder: Path) -> bool:
    """Whatever else lies beside the packs (`lost+found`) is none of ours."""
    return not folder.name.startswith(".") and (folder.name in CATALOGUE or (folder / MANIFEST_NAME).is_file())


def _look_at(folder: Path) -> InstalledPack:
    try:
        return InstalledPack(folder.name, folder, read_manifest(folder))
    except ModelPackError as error:
        return InstalledPack(folder.name, folder, None, str(error))


def _install_command(name: str) -> str:
    return CATALOGUE[name].install_command if name in CATALOGUE else "vbot models import PATH"


def _repair_hint(name: str) -> str:
    if name in CATALOGUE:
        return f"run `{CATALOGUE[name].install_command} --force`"
    return f"run `vbot models import PATH --name {name}` with an undamaged copy"
