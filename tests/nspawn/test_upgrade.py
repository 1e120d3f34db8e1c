"""`vbot upgrade` under a real systemd, with real packages: under load, to a broken version, killed in its midst."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.nspawn.box import Box, all_delivered, speech
from tests.nspawn.conftest import lay_out
from tests.nspawn.packages import CHECKOUT, NEW, OLD, Packages
from tests.support import versions
from tests.support.customer import Customer
from tests.support.processes import wait_until
from tests.support.receiver import WebhookReceiver
from tests.support.upgraded_box import Sender

UPGRADE_SECONDS = 2400.0
EVERY_SECONDS = 2.0
UPGRADED = ("vbot-appliance", "vbot-worker-cpu")
BROKEN = (versions.DIES_ON_THE_BOX,)
_SOURCE = "deb [signed-by=/mnt/apt/vbot-archive-keyring.gpg] file:/mnt/apt {suite} main\n"


@pytest.fixture(scope="module")
def offered(packages: Packages) -> Iterator[Path]:
    """A folder with the new version, a broken one, and a signed apt repository of the former."""
    folder = packages.cache / "offered"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    lay_out(folder / "new", packages.of(*UPGRADED, version=NEW))
    lay_out(
        folder / "broken",
        [*packages.of("vbot-appliance", version=NEW, faults=BROKEN), *packages.of("vbot-worker-cpu", version=NEW)],
    )
    pool = folder / "apt/pool/trixie"
    pool.parent.mkdir(parents=True)
    shutil.copytree(folder / "new", pool, copy_function=os.link)
    gnupg = folder / "gnupg"
    gnupg.mkdir(mode=0o700)
    known = os.environ | {"GNUPGHOME": str(gnupg), "SOURCE_DATE_EPOCH": "1"}

    def run(*command: str | Path) -> None:
        subprocess.run(command, env=known, check=True, capture_output=True, timeout=600)

    try:
        run("gpg", "--batch", "--passphrase", "", "--quick-gen-key", "test@vbot", "ed25519", "sign")
        run(sys.executable, CHECKOUT / "packaging/deb/repository.py", "--key", "test@vbot", folder / "apt")
    finally:
        run("gpgconf", "--kill", "all")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def box(request: pytest.FixtureRequest, boot: Callable[..., Box], offered: Path) -> Iterator[Box]:
    """Each upgrade begins with a box of its own, of what the parameter says was installed."""
    found = boot(offered, getattr(request, "param", "installed"))
    found.change_settings()
    found.wait_until_ready()
    yield found
    found.container.shut_down()
    shutil.rmtree(found.container.folder, ignore_errors=True)


@pytest.fixture
def customer(box: Box, receiver: WebhookReceiver) -> Customer:
    return box.customer(receiver)


def sends(box: Box, customer: Customer) -> Sender:
    return Sender(box, customer.key, speech(), EVERY_SECONDS)


def upgrade(box: Box, *what: str) -> subprocess.CompletedProcess[str]:
    done = box.container.run("sh", "-c", f"exec vbot upgrade {' '.join(what)}", check=False, seconds=UPGRADE_SECONDS)
    print(f"\n{done.stdout}{done.stderr}")
    return done


FIRST_RELEASE = pytest.mark.parametrize("box", ["installed_first_release"], indirect=True, ids=["eeb1c75"])


def upgrade_first_release(box: Box, what: str) -> subprocess.CompletedProcess[str]:
    """As systemd/README.md says: by the new version, which is unpacked for that."""
    box.container.shell(f"dpkg-deb --extract {what}/vbot-appliance_*.deb /opt/vbot-new")
    line = f"exec /opt/vbot-new/opt/vbot/*/bin/vbot upgrade {what}/*.deb"
    done = box.container.run("sh", "-c", line, check=False, seconds=UPGRADE_SECONDS)
    print(f"\n{done.stdout}{done.stderr}")
    return done


def runs(box: Box) -> str:
    """The version of the api that answers."""
    return str(box.http.request("GET", "/health").json()["version"])


@pytest.mark.parametrize("what", ["/mnt/new/*.deb", "apt"])
def test_an_upgrade_under_load_loses_no_call_and_sends_none_twice(box: Box, customer: Customer, what: str) -> None:
    if what == "apt":
        (box.container.root / "etc/apt/sources.list.d/vbot.list").write_text(_SOURCE.format(suite="trixie"))
    with sends(box, customer) as sender:
        sender.goes_on(3)
        done = upgrade(box, what)
        sender.goes_on(3)
    assert (done.returncode, done.stderr) == (0, ""), f"{done.stdout}\n{box.logs()}"
    assert done.stdout.splitlines()[-1] == f"upgraded from {OLD} to {NEW}"
    assert runs(box) == NEW
    assert box.inactive() == {}
    assert sender.wrong == []
    all_delivered(sender, customer, box)
    assert box.container.run("dpkg", "--verify", *UPGRADED).stdout == ""


def test_a_version_that_dies_at_its_start_ends_with_the_old_one_running(box: Box, customer: Customer) -> None:
    with sends(box, customer) as sender:
        sender.goes_on(3)
        done = upgrade(box, "/mnt/broken/*.deb")
        sender.goes_on(3)
    assert done.returncode == 1, done.stdout
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"vbot: the upgrade to {NEW} was taken back and {OLD} runs: vbot-api.service"), line
    assert runs(box) == OLD
    box.wait_until_ready()
    assert sender.wrong == []
    all_delivered(sender, customer, box)


@FIRST_RELEASE
def test_the_first_release_is_upgraded_under_load(box: Box, customer: Customer) -> None:
    with sends(box, customer) as sender:
        sender.goes_on(3)
        done = upgrade_first_release(box, "/mnt/new")
        sender.goes_on(3)
    assert (done.returncode, done.stderr) == (0, ""), f"{done.stdout}\n{box.logs()}"
    assert done.stdout.splitlines()[-1] == f"upgraded from {versions.FIRST_RELEASE} to {NEW}"
    assert (runs(box), box.inactive(), sender.wrong) == (NEW, {}, [])
    all_delivered(sender, customer, box)


@FIRST_RELEASE
def test_the_first_release_is_upgraded_by_apt_alone(box: Box, customer: Customer) -> None:
    with sends(box, customer) as sender:
        sender.goes_on(3)
        box.container.shell("apt-get install --yes /mnt/new/vbot-*.deb")
        sender.goes_on(3, 300)
    assert (runs(box), sender.wrong) == (NEW, [])
    assert wait_until(lambda: not box.inactive(), UPGRADE_SECONDS, 1.0), box.logs()
    all_delivered(sender, customer, box)
    box.container.shell("ls /var/lib/vbot/backups/vbot-before-*")


@FIRST_RELEASE
def test_the_first_release_comes_back_where_the_new_version_dies_at_its_start(box: Box, customer: Customer) -> None:
    with sends(box, customer) as sender:
        sender.goes_on(3)
        done = upgrade_first_release(box, "/mnt/broken")
        sender.goes_on(3)
    assert done.returncode == 1, done.stdout
    (line,) = done.stderr.splitlines()
    old = versions.FIRST_RELEASE
    assert line.startswith(f"vbot: the upgrade to {NEW} was taken back and {old} runs: vbot-api.service"), line
    assert runs(box) == old
    box.wait_until_ready()
    assert sender.wrong == []
    all_delivered(sender, customer, box)


@pytest.mark.parametrize("moment", ["Switching", "accepts calls"])
def test_an_upgrade_that_is_killed_is_finished_without_anybody(box: Box, customer: Customer, moment: str) -> None:
    with sends(box, customer) as sender:
        sender.goes_on(3)
        with box.container.started("sh", "-c", "exec vbot upgrade /mnt/new/*.deb") as process:
            assert process.stdout is not None
            said = next((line for line in process.stdout if moment in line), None)
            assert said is not None, box.logs()
            box.container.run("pkill", "-KILL", "-f", "appliance.cli upgrade")
        assert wait_until(lambda: outcome(box) is not None, UPGRADE_SECONDS, 1.0), box.logs()
        sender.goes_on(3, 300)
    assert outcome(box) == {"ending": "done", "old": OLD, "new": NEW}
    assert runs(box) == NEW
    box.wait_until_ready()
    assert sender.wrong == []
    all_delivered(sender, customer, box)


def test_an_upgrade_in_which_the_power_goes_is_finished_by_the_next_boot(box: Box, customer: Customer) -> None:
    with sends(box, customer) as sender:
        sender.goes_on(3)
        with box.container.started("sh", "-c", "exec vbot upgrade /mnt/new/*.deb") as process:
            assert process.stdout is not None
            assert any("Switching" in line for line in process.stdout), box.logs()
            box.container.cut_power()
        box.container.boot()
        assert wait_until(lambda: outcome(box) is not None, UPGRADE_SECONDS, 1.0), box.logs()
        box.wait_until_ready()
        sender.goes_on(3)
    assert outcome(box) == {"ending": "done", "old": OLD, "new": NEW}
    assert runs(box) == NEW
    assert sender.wrong == []
    all_delivered(sender, customer, box)


def outcome(box: Box) -> dict[str, str] | None:
    """How the last upgrade ended, once it has."""
    folder = box.container.root / "opt/vbot"
    try:
        found = json.loads((folder / "upgraded.json").read_text())
    except FileNotFoundError:
        return None
    return None if (folder / "upgrade.json").exists() else {name: found[name] for name in ("ending", "old", "new")}
