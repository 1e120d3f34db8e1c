"""The commands that README.md has for the release's own files: typed as they stand there, apt takes them."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nspawn import trees
from tests.nspawn.cache_lock import kept_in
from tests.support.entered_tree import SECONDS, EnteredTree
from tests.support.package_with_one_file import DEB, build_with_one_file

SUITE = "trixie"
FOR_ANY = ("vbot-models-base", "vbot-admin")
FOR_SUITE = ("vbot-appliance", "vbot-worker-cpu", "vbot-worker-cuda")
COMMANDS = re.findall(r"^    sudo (apt install \./.+)$", (DEB / "README.md").read_text(), re.MULTILINE)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.long,
    pytest.mark.timeout(2 * SECONDS),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can make and enter a tree"),
    pytest.mark.skipif(shutil.which("debootstrap") is None, reason="debootstrap is not installed"),
    pytest.mark.skipif(
        not Path(sys.executable).with_name("nfpm").exists(), reason="nfpm is not installed: packaging/check installs it"
    ),
]


@pytest.fixture(scope="module")
def box(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EnteredTree]:
    """A bare system with a release's pool beside it, of packages with real descriptions."""
    try:
        tree = trees.minimal(kept_in(pytestconfig), SUITE)
    except trees.NoTree as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("readme")
    found = EnteredTree(tree, folder)
    for kind, names in {"any": FOR_ANY, SUITE: FOR_SUITE}.items():
        (found.shared / "pool" / kind).mkdir(parents=True)
        for name in names:
            build_with_one_file(name, found.shared / "pool" / kind, SUITE)
    fetched = found.shared / "fetched"
    fetched.mkdir()
    for name in ("vbot-appliance", "vbot-worker-cpu", "vbot-models-base"):
        (package,) = (found.shared / "pool").glob(f"*/{name}_*.deb")
        shutil.copy(package, fetched)
    found.run("apt-get --quiet --quiet update")
    yield found
    shutil.rmtree(folder, ignore_errors=True)


def test_there_is_one_for_the_pool_and_one_for_a_folder_of_files() -> None:
    assert len(COMMANDS) == 2
    assert ["./trixie/" in command for command in COMMANDS] == [True, False]


@pytest.mark.parametrize(("place", "command"), list(zip(("pool", "fetched"), COMMANDS, strict=True)))
def test_apt_takes_it_as_it_stands_there(box: EnteredTree, place: str, command: str) -> None:
    said = box.run(f"cd /mnt/{place}; {command.replace('apt install', 'apt-get --simulate --yes install')}")
    installed = set(re.findall(r"^Inst (vbot-\S+)", said, re.MULTILINE))
    assert installed == {"vbot-appliance", "vbot-worker-cpu", "vbot-models-base"}, said
