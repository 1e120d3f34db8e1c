"""What install.sh takes of a stick with real packages, on a bare Debian that has loopback alone; the stick as a source.

It is Debian 12, for which a worker's package can be built everywhere; it is installed, not run: its torch wants a newer
C library. Which packages are chosen, apt says by its simulation; once all of it is installed.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nspawn import trees
from tests.nspawn.conftest import PACKAGES
from tests.nspawn.container import Container
from tests.nspawn.network import Loopback
from tests.nspawn.packages import Packages
from tests.support.package_with_one_file import DEB, build_with_one_file
from tests.support.stick import make_stick

SUITE = "bookworm"
INSTALL_SECONDS = 2400.0
SIMULATED = 'APT::Get::Simulate "true";\n'
# As README.md has them, for another suite and with the stick in /mnt.
SOURCES = [
    line.replace("/STICK/", "/mnt/").replace("trixie", SUITE)
    for line in re.findall(r"^    (deb \[.*/STICK/.*)$", (DEB / "README.md").read_text(), re.MULTILINE)
]
NO_DRIVER = "no NVIDIA driver is here"


@pytest.fixture(scope="module")
def stick(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """With both workers; the one for GPUs has its description and scripts, and one file."""
    appliance, worker, models = Packages(cache, SUITE).of(*PACKAGES)
    folder = cache / "stick-choices"  # beside the packages, which it shares with them
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "cuda").mkdir(parents=True)
    cuda = build_with_one_file("vbot-worker-cuda", folder / "cuda", SUITE)
    yield make_stick(folder, {SUITE: [appliance, worker, cuda], "any": [models]})
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def bare(bare_tree: Path, cache: Path, stick: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """A minimal system that sees the stick, is on, and of which nothing is installed but by the last test."""
    del bare_tree  # where that does not boot, nothing does
    try:
        tree = trees.minimal(cache, SUITE)
    except trees.NoTree as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("bare")
    with Loopback() as network, Container([tree], folder, network, stick) as container:
        container.boot()
        yield container
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def simulated(bare: Container) -> Iterator[Container]:
    """apt says what it would do, and does nothing."""
    setting = bare.root / "etc/apt/apt.conf.d/99simulated"
    setting.write_text(SIMULATED)
    yield bare
    setting.unlink()


def chosen(said: str) -> set[str]:
    """Of ours and what else is asked for by name."""
    named = (line.split()[1] for line in said.splitlines() if line.startswith("Inst "))
    return {name for name in named if name.startswith("vbot-") or name == "ffmpeg"}


@pytest.mark.parametrize(
    ("option", "device"), [("", "cpu"), ("--cpu", "cpu"), ("--gpu", "cuda")], ids=["neither", "--cpu", "--gpu"]
)
def test_the_worker_that_was_chosen_comes_with_models_and_what_it_decodes_with(
    simulated: Container, option: str, device: str
) -> None:
    said = simulated.shell(f"sh /mnt/install.sh {option} 2>&1")
    assert chosen(said) == {"vbot-appliance", f"vbot-worker-{device}", "vbot-models-base", "ffmpeg"}, said
    assert (NO_DRIVER in said.partition("Inst ")[0]) == (device == "cuda"), said


@pytest.mark.parametrize("worker", ["vbot-worker-cpu", "vbot-worker-cuda"])
def test_the_stick_is_a_repository_for_the_whole_pool(simulated: Container, worker: str) -> None:
    assert len(SOURCES) == 2
    (simulated.root / "etc/apt/sources.list").write_text("\n".join([*SOURCES, ""]))
    simulated.shell("apt-get update --error-on=any")
    said = simulated.shell(f"apt-get --yes install {worker}")
    # What it recommends is on the stick, too.
    assert chosen(said) == {"vbot-appliance", worker, "vbot-models-base", "ffmpeg"}, said


def test_what_the_distribution_adds_is_listed_and_signed(stick: Path) -> None:
    listed = {one["name"]: one for one in json.loads((stick / "distribution.cdx.json").read_text())["components"]}
    files = {file.name.partition("_")[0] for file in (stick / "distribution" / SUITE).glob("*.deb")}
    assert {"libc6", "ffmpeg"} <= files
    assert set(listed) == files
    assert all(one["purl"].startswith("pkg:deb/debian/") and one["hashes"] for one in listed.values())
    assert "  distribution.cdx.json\n" in (stick / "SHA256SUMS").read_text()


def test_all_of_it_is_installed_without_any_network(bare: Container) -> None:
    said = bare.run("sh", "/mnt/install.sh", "--cpu", seconds=INSTALL_SECONDS)
    assert NO_DRIVER not in said.stderr
    assert bare.shell("dpkg --verify vbot-appliance vbot-worker-cpu vbot-models-base") == ""
    assert "amrnb" in bare.shell("ffmpeg -hide_banner -decoders")
