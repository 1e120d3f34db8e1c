"""The bundled desktop program: built, started, and looking at a real appliance, with nothing of Python beside it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from admin_gui.pages.registry import PAGES
from tests.admin_gui.conftest import TlsAppliance
from tests.support.bundle import BUILD_SECONDS, make_bundle
from tests.support.recordings import silence

CHECKOUT = Path(__file__).parents[2]
START_SECONDS = 120
# README.md tells the size; numba's compiler, which pyqtgraph would use if it were there, once added 180 MB unseen.
MOST_MB = 270

pytestmark = [
    pytest.mark.slow,
    pytest.mark.long,  # it is built for a release, and takes more than a minute
    pytest.mark.timeout(BUILD_SECONDS + START_SECONDS),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the spec was only tried on Linux"),
]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_bundle(CHECKOUT, tmp_path_factory.mktemp("bundle"))


@pytest.fixture
def appliance(tmp_path: Path) -> Iterator[TlsAppliance]:
    with TlsAppliance(tmp_path / "appliance") as running:
        customer = running.new_customer()
        running.accepted(customer["api_key"], silence(0.5))
        yield running


def test_it_takes_a_picture_of_every_page(bundle: Path, appliance: TlsAppliance, tmp_path: Path) -> None:
    token, pictures = tmp_path / "token", tmp_path / "pictures"
    token.write_text(appliance.admin_token)
    # Nothing of this Python, and nothing of its libraries.
    alone = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "LANG": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen"}
    server = ["--server", appliance.url, "--token-file", str(token), "--fingerprint", appliance.fingerprint]
    shown = subprocess.run(
        [str(bundle / "vbot-admin"), *server, "--screenshots", str(pictures), "--language", "de", "--theme", "light"],
        cwd=tmp_path,
        env=alone,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    taken = {file.stem for file in pictures.glob("*.png")}
    always = {entry.name for entry in PAGES if entry.sample is None} | {"customer", "call"}
    assert always <= taken
    for file in pictures.glob("*.png"):
        picture = QImage(str(file))
        assert (picture.width(), picture.height()) == (1280, 800)
        assert picture.pixelColor(4, 4).lightness() > 200


def test_it_carries_what_qt_loads_of_every_language(bundle: Path) -> None:
    assert {file.name for file in (bundle / "_internal/admin_gui/translations").iterdir()} == {"de.qm", "en.qm"}


def test_it_carries_no_other_part_of_the_product(bundle: Path) -> None:
    names = {file.name for file in (bundle / "_internal").iterdir()}
    assert names.isdisjoint({"appliance", "engine", "torch", "duckdb", "transformers", "scipy", "tornado"})


def test_it_carries_no_compiler_and_nothing_else_that_is_not_used(bundle: Path) -> None:
    files = [file for file in bundle.rglob("*") if file.is_file() and not file.is_symlink()]
    carried = {part for file in files for part in file.relative_to(bundle).parts}
    assert carried.isdisjoint({"numba", "llvmlite", "cuda", "yaml", "libllvmlite.so"})
    assert sum(file.stat().st_size for file in files) < MOST_MB * 1_000_000


def test_it_can_open_a_window_under_x11_and_wayland_or_in_memory(bundle: Path) -> None:
    plugins = {file.name for file in (bundle / "_internal").rglob("platforms/*.so")}
    assert {"libqxcb.so", "libqoffscreen.so"} <= plugins
    libraries = [file.name for file in (bundle / "_internal").glob("libxcb-cursor.so*")]
    assert libraries
