"""vbot-admin, whole: the same bytes twice, lintian, and a window on a Debian that has what it depends on alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from admin_gui.pages.registry import PAGES
from tests.admin_gui.conftest import TlsAppliance
from tests.nspawn import trees
from tests.nspawn.cache_lock import kept_in
from tests.support.bundle import make_bundle
from tests.support.entered_tree import EnteredTree
from tests.support.lintian import SECONDS, lintian
from tests.support.recordings import silence
from tests.support.x_server import XServer

CHECKOUT = Path(__file__).parents[3]
SUITE = "trixie"
COMMAND_SECONDS = 1800

pytestmark = [
    pytest.mark.slow,
    pytest.mark.long,
    pytest.mark.timeout(SECONDS),
    pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg-deb is not installed"),
    pytest.mark.skipif(
        not Path(sys.executable).with_name("nfpm").exists(), reason="nfpm is not installed: packaging/check installs it"
    ),
    pytest.mark.skipif(not (CHECKOUT / ".git").exists(), reason="packages are built of what is committed"),
]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two builds of what is committed, each in a folder of its own."""
    folder = tmp_path_factory.mktemp("admin")
    return [_built(folder / "first"), _built(folder / "another-place/second")]


def _built(folder: Path) -> Path:
    source = folder / "source"
    source.mkdir(parents=True)
    committed = subprocess.run(["git", "-C", CHECKOUT, "archive", "HEAD"], capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", source], input=committed, check=True)
    known = os.environ | {"PYTHON": sys.executable, "SOURCE_DATE_EPOCH": "1764547199"}
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SOURCE_DATE_EPOCH", known["SOURCE_DATE_EPOCH"])
        bundle = make_bundle(source, folder / "bundle")
    command = [
        str(word) for word in (CHECKOUT / "packaging/deb/build", "--bundle", bundle, folder / "packages", "vbot-admin")
    ]
    done = subprocess.run(
        command, env=known, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=COMMAND_SECONDS,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[-1])


def test_the_same_commit_makes_the_same_bytes_wherever_it_lies(packages: list[Path]) -> None:
    assert packages[0].read_bytes() == packages[1].read_bytes()


@pytest.mark.skipif(shutil.which("lintian") is None, reason="lintian is not installed")
def test_lintian_finds_no_error_and_no_warning_that_is_not_argued(packages: list[Path]) -> None:
    assert lintian(packages[0]) == ("", 0)


_INSTALL = """
apt-get --quiet --quiet update
apt-get --quiet --yes --no-install-recommends install /mnt/vbot-admin.deb
"""
_MISSING = """
export LD_LIBRARY_PATH=/opt/vbot-admin/_internal
find /opt/vbot-admin -name '*.so*' -type f -exec ldd {} + | sed -n 's,^\\s*\\(.*\\) => not found.*,\\1,p'
"""


@pytest.fixture(scope="module")
def desktop(
    packages: list[Path], pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EnteredTree]:
    """With the package and what it depends on, nothing else."""
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        pytest.skip("only root can make and enter a tree, with debootstrap")
    try:
        tree = trees.minimal(kept_in(pytestconfig), SUITE)
    except trees.NoTree as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("desktop")
    found = EnteredTree(tree, folder)
    shutil.copy(packages[0], found.shared / "vbot-admin.deb")
    found.run(_INSTALL)
    yield found
    shutil.rmtree(folder, ignore_errors=True)


def test_no_library_is_missing_that_any_of_its_parts_loads(desktop: EnteredTree) -> None:
    assert sorted(set(desktop.run(_MISSING).splitlines())) == []


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed")
def test_it_shows_every_page_under_x11_with_what_it_depends_on_alone(desktop: EnteredTree, tmp_path: Path) -> None:
    shared = desktop.shared
    with TlsAppliance(tmp_path / "appliance") as running, XServer(tmp_path / "x") as server:
        running.accepted(running.new_customer()["api_key"], silence(0.5))
        (shared / "token").write_text(running.admin_token)
        where = f"--server {running.url} --token-file /mnt/token --fingerprint {running.fingerprint}"
        desktop.run(
            f"DISPLAY={server.display} QT_QPA_PLATFORM=xcb vbot-admin {where} --screenshots /mnt/pictures "
            "--language en --theme light --size 1280x800"
        )
    taken = {file.stem for file in (shared / "pictures").glob("*.png")}
    assert {entry.name for entry in PAGES if entry.sample is None} <= taken
    for file in (shared / "pictures").glob("*.png"):
        picture = QImage(str(file))
        assert (picture.width(), picture.height()) == (1280, 800)
        assert picture.pixelColor(4, 4).lightness() > 200
