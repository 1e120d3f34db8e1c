"""One box for each file of tests, booted of the same installed tree. What is made on the way is kept for the next run:

in the folder that VBOT_NSPAWN_CACHE names, else in pytest's cache.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.nspawn import trees
from tests.nspawn.box import Box
from tests.nspawn.cache_lock import alone_in, kept_in
from tests.nspawn.container import Container
from tests.nspawn.network import Loopback
from tests.nspawn.packages import CHECKOUT, Packages, distribution_for
from tests.support.customer import Customer
from tests.support.receiver import WebhookReceiver

SUITE = "trixie"
PACKAGES = ("vbot-appliance", "vbot-worker-cpu", "vbot-models-base")
_TOOLS = ("debootstrap", "systemd-nspawn", "unshare", "nsenter", "ip", "git")
TEST_SECONDS = 3600


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            for mark in (pytest.mark.slow, pytest.mark.long, pytest.mark.nspawn, pytest.mark.timeout(TEST_SECONDS)):
                item.add_marker(mark)


@dataclass(frozen=True)
class Installed:
    """`layers`: the trees, the uppermost first. `seconds`: that the one command took which installed the packages."""

    layers: list[Path]
    seconds: float


@pytest.fixture(scope="session")
def cache(request: pytest.FixtureRequest) -> Path:
    """What is kept from run to run."""
    if os.geteuid() != 0:
        pytest.skip("only root can boot a system")
    if missing := [tool for tool in _TOOLS if shutil.which(tool) is None]:
        pytest.skip(
            f"{', '.join(missing)} is not installed: apt-get install debootstrap systemd-container iproute2 git"
        )
    if not Path(sys.executable).with_name("nfpm").exists() or not (CHECKOUT / ".git").exists():
        pytest.skip("packages are built of what is committed, with nfpm: packaging/check installs it")
    return kept_in(request.config)


@pytest.fixture(scope="session")
def packages(cache: Path) -> Packages:
    """The builder of packages for that system's Python."""
    return Packages(cache, distribution_for(SUITE))


@pytest.fixture(scope="session")
def bare_tree(cache: Path, packages: Packages, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare system that boots here. Skips where the kernel forbids that."""
    try:
        tree = trees.bare(cache, SUITE, packages.distribution)
    except trees.NoTree as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("tried")
    try:
        with Loopback() as network, Container([tree], folder, network) as container:
            container.boot()
            container.shut_down()
    except (OSError, AssertionError) as error:
        pytest.skip(f"no systemd boots here: {str(error)[-1000:]}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return tree


@pytest.fixture(scope="session")
def installed(cache: Path, bare_tree: Path, packages: Packages) -> Installed:
    """The bare system after one command, `apt install ./*.deb`, given while its own systemd ran, without a network."""
    return _installed(cache, bare_tree, packages.of(*PACKAGES), "installed")


@pytest.fixture(scope="session")
def installed_first_release(cache: Path, bare_tree: Path, packages: Packages) -> Installed:
    """The same of the first release."""
    return _installed(cache, bare_tree, packages.of_first_release(), "first-release")


def _installed(cache: Path, bare_tree: Path, files: list[Path], kind: str) -> Installed:
    key = "-".join(file.parent.name.rpartition("-")[2] for file in files)
    layer = cache / "trees" / f"{bare_tree.name}-{kind}-{key}"
    with alone_in(cache):
        if not layer.exists():
            for outdated in layer.parent.glob(f"{bare_tree.name}-{kind}-*"):
                shutil.rmtree(outdated)
            lay_out(cache / f"shared-{kind}", files)
            _install(layer, bare_tree, cache / f"shared-{kind}")
    return Installed([layer / "upper", bare_tree], json.loads((layer / "seconds.json").read_text()))


def _install(layer: Path, bare_tree: Path, shared: Path) -> None:
    begun = layer.with_name(f"{layer.name}.begun")
    shutil.rmtree(begun, ignore_errors=True)
    with Loopback() as network, Container([bare_tree], begun, network, shared) as container:
        container.boot()
        began = time.monotonic()
        container.shell("cd /mnt; apt-get install --yes ./vbot-*.deb")
        seconds = time.monotonic() - began
        container.shut_down()
    (begun / "seconds.json").write_text(json.dumps(seconds))
    begun.rename(layer)


def lay_out(folder: Path, files: list[Path]) -> None:
    """Have these files, and no others, in a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file in files:
        os.link(file, folder / file.name)


@pytest.fixture(scope="module")
def boot(
    request: pytest.FixtureRequest, bare_tree: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Box]]:
    """Boots a box, which is there until the file's tests are done; the tests are in its network."""
    del bare_tree  # where that does not boot, nothing does
    with ExitStack() as stack:
        network = stack.enter_context(Loopback())
        stack.enter_context(network.entered())

        def booted(shared: Path | None = None, layers: str = "installed") -> Box:
            with network.left():
                installed: Installed = request.getfixturevalue(layers)
            folder = tmp_path_factory.mktemp("container")
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            container = stack.enter_context(Container(installed.layers, folder, network, shared))
            container.boot()
            return Box(container)

        yield booted


@pytest.fixture(scope="module")
def receiver(boot: Callable[..., Box]) -> Iterator[WebhookReceiver]:
    """The server of all customers, in the network of the box."""
    del boot
    with WebhookReceiver() as running:
        yield running


@pytest.fixture(scope="module")
def box(boot: Callable[..., Box]) -> Box:
    """A box that is ready for calls, with settings for tests."""
    found = boot()
    found.change_settings()
    found.wait_until_ready()
    return found


@pytest.fixture
def customer(box: Box, receiver: WebhookReceiver) -> Customer:
    return box.customer(receiver)
