"""Build Debian packages of this checkout: `build.py --for DISTRIBUTION FOLDER PACKAGE…`; see README.md beside it.

Each is a folder beside this file: nfpm.yaml, the maintainer's scripts, what lintian is told. Its files are laid out as
they are to lie on the box, and nfpm packs them. The same commit, wheels and SOURCE_DATE_EPOCH make the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from email.utils import formatdate
from pathlib import Path

from layouts import PACKAGES, Package
from plan import CHECKOUT, DISTRIBUTIONS, HERE, Plan
from tree import normalise, write


def main(arguments: list[str]) -> int:
    """Build the named packages, and print the path of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--for", dest="distribution", choices=DISTRIBUTIONS, default="trixie")
    parser.add_argument("--wheel", type=Path, required=True, help="this project's wheel")
    parser.add_argument("--cache", type=Path, help="where what was fetched is kept (default: nowhere)")
    parser.add_argument("--models", type=Path, help="a folder of installed packs, for vbot-models-base")
    parser.add_argument("--bundle", type=Path, help="PyInstaller's folder vbot-admin, for vbot-admin")
    parser.add_argument("folder", type=Path)
    parser.add_argument("packages", nargs="+", choices=PACKAGES, metavar="PACKAGE", help=", ".join(PACKAGES))
    asked = parser.parse_args(arguments)
    asked.folder.mkdir(parents=True, exist_ok=True)
    os.umask(0o022)
    with tempfile.TemporaryDirectory() as temporary:
        plan = Plan(
            asked.distribution,
            (asked.cache or Path(temporary) / "cache").resolve(),
            asked.wheel.resolve(),
            asked.models,
            asked.bundle,
            tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"],
            int(os.environ["SOURCE_DATE_EPOCH"]),
        )
        for name in asked.packages:
            print(built(plan, name, Path(temporary) / name, asked.folder.resolve()))
    return 0


def built(plan: Plan, name: str, work: Path, folder: Path) -> Path:
    """One package, in the folder."""
    package = PACKAGES[name]
    words = {**plan.words, **package.words, "PACKAGE": name}
    shutil.copytree(HERE / package.folder, work)
    for file in work.iterdir():
        file.write_text(filled_in(file.read_text(), words))
    package.lay_out(plan, work, work / "tree")
    (version,) = re.findall(r'^version: "(.+)"$', (work / "nfpm.yaml").read_text(), re.MULTILINE)
    _describe(plan, name, version, package, work)
    normalise(work / "tree", plan.date)
    nfpm = shutil.which("nfpm", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}") or "nfpm"
    command = [nfpm, "package", "--packager", "deb", "--config", "nfpm.yaml", "--target", str(folder)]
    subprocess.run(command, cwd=work, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=True)
    shutil.rmtree(work)
    (made,) = folder.glob(f"{name}_{version}_*.deb")
    return made


def filled_in(text: str, words: Mapping[str, str]) -> str:
    """The text with each @WORD@ put in. Raises KeyError on a word that is not known."""
    return re.sub(r"@([A-Z_]+)@", lambda found: words[found[1]], text)


def _describe(plan: Plan, name: str, version: str, package: Package, work: Path) -> None:
    """What Debian wants to be said of every package."""
    about = work / "tree/usr/share/doc" / name
    write(
        about / "copyright",
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: vBot\n\n"
        "Files: *\nCopyright: 2026 vBot's authors\nLicense: Apache-2.0\n"
        f" The whole text is in /usr/share/common-licenses/Apache-2.0. {package.licences}\n",
    )
    entry = (
        f"{name} ({version}) stable; urgency=medium\n\n  * Version {plan.version}: see CHANGELOG.md of its source.\n\n"
        f" -- vBot <vbot@localhost>  {formatdate(plan.date)}\n"
    )
    write(about / "changelog.gz", gzip.compress(entry.encode(), mtime=0))
    write(work / "tree/usr/share/lintian/overrides" / name, (work / "lintian-overrides").read_text())


if __name__ == "__main__":
    sys.path.insert(0, str(CHECKOUT))
    sys.exit(main(sys.argv[1:]))
