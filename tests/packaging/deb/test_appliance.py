"""vbot-appliance: what is in it, that it is the same each time, and what a real dpkg makes of it.

It is installed into a copy of this machine's own system (tests/support/overlay.py), so nothing stays.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from appliance import __version__
from tests.support import overlay

CHECKOUT = Path(__file__).parents[3]
PROGRAM = CHECKOUT / "packaging/deb/build"
HOME = f"./opt/vbot/{__version__}"
BUILD_SECONDS = 900
# What ends a program of ours and nothing else, as root and without a service manager.
INSTALL = "apt-get install -qq -o Dpkg::Use-Pty=0 --no-install-recommends"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.long,  # it is built for a release, and takes a minute and more
    pytest.mark.timeout(2 * BUILD_SECONDS),
    pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg-deb is not installed"),
    pytest.mark.skipif(
        not Path(sys.executable).with_name("nfpm").exists(), reason="nfpm is not installed: packaging/check installs it"
    ),
    pytest.mark.skipif(not (CHECKOUT / ".git").exists(), reason="packages are built of what is committed"),
]


def built(folder: Path, cache: Path) -> Path:
    command = [str(part) for part in (PROGRAM, "--for", "trixie", "--cache", cache, folder, "vbot-appliance")]
    known = os.environ | {"PYTHON": sys.executable, "TZ": "Asia/Tokyo" if folder.name == "again" else "UTC"}
    done = subprocess.run(
        command, env=known, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wheels")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Path:
    return built(tmp_path_factory.mktemp("package"), cache)


@pytest.fixture(scope="module")
def files(package: Path) -> dict[str, tarfile.TarInfo]:
    stored = subprocess.run(["dpkg-deb", "--fsys-tarfile", package], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=BytesIO(stored)) as tar:
        return {member.name: member for member in tar.getmembers()}


def field(package: Path, name: str) -> str:
    return subprocess.run(
        ["dpkg-deb", "--field", package, name], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_everything_is_root_s_and_nobody_else_may_write_it(files: dict[str, tarfile.TarInfo]) -> None:
    owners = {(member.uname, member.gname, member.uid, member.gid) for member in files.values()}
    assert owners == {("root", "root", 0, 0)}
    modes = {member.mode & 0o7777 for member in files.values() if not member.issym()}
    assert modes == {0o644, 0o755}
    programs = {name for name, member in files.items() if member.isfile() and member.mode & 0o111}
    assert {"./usr/bin/vbot", f"{HOME}/bin/vbot"} <= programs
    assert all(name.startswith(("./usr/bin/", f"{HOME}/bin/")) or "/_binaries/" in name for name in programs)


def test_the_program_lies_in_its_own_environment_and_not_in_the_distribution_s_python(
    files: dict[str, tarfile.TarInfo],
) -> None:
    site_packages = f"{HOME}/lib/python3.13/site-packages"
    assert files[f"{HOME}/bin/python"].linkname == "/usr/bin/python3.13"
    for module in ("appliance/cli.py", "engine/models/catalogue.py", "tornado/web.py", "duckdb/__init__.py"):
        assert f"{site_packages}/{module}" in files
    assert not [name for name in files if name.startswith(("./usr/lib/python", "./usr/local"))]
    assert not [name for name in files if "dist-packages" in name]
    # Neither what another Python wrote, nor where the build was.
    assert not [name for name in files if name.endswith((".pyc", "/direct_url.json"))]


def test_units_users_manual_and_completion_are_where_they_are_looked_for(files: dict[str, tarfile.TarInfo]) -> None:
    wanted = {
        *(f"./usr/lib/systemd/system/{file.name}" for file in (CHECKOUT / "systemd").glob("*.service")),
        "./usr/lib/systemd/system/vbot.target",
        "./usr/lib/systemd/system/vbot-worker@cpu.service.d/no-gpu.conf",
        "./usr/lib/sysusers.d/vbot.conf",
        "./usr/lib/tmpfiles.d/vbot.conf",
        "./usr/share/vbot/vbot.toml",
        "./usr/share/man/man1/vbot.1.gz",
        "./usr/share/bash-completion/completions/vbot",
        "./usr/share/doc/vbot-appliance/copyright",
    }
    assert wanted - set(files) == set()


def test_it_asks_for_exactly_the_python_that_its_modules_were_compiled_for(package: Path) -> None:
    assert field(package, "Version") == f"{__version__}+deb13"
    assert "python3.13" in field(package, "Depends").split(", ")


@pytest.mark.long
def test_two_builds_are_equal_to_the_last_byte(package: Path, cache: Path, tmp_path: Path) -> None:
    assert built(tmp_path / "again", cache).read_bytes() == package.read_bytes()


@pytest.mark.long
@pytest.mark.skipif(shutil.which("lintian") is None, reason="lintian is not installed")
def test_lintian_finds_no_error_and_no_warning_that_is_not_argued(package: Path) -> None:
    answer = subprocess.run(
        ["lintian", "--allow-root", "--fail-on=error,warning", "--tag-display-limit=0", package],
        capture_output=True, text=True, timeout=BUILD_SECONDS, check=False,
    )  # fmt: skip
    assert (answer.stdout, answer.returncode) == ("", 0)


@pytest.fixture
def install(package: Path, tmp_path: Path) -> Installation:
    reason = overlay.why_not(tmp_path)
    if reason is not None:
        pytest.skip(reason)
    return Installation(package, tmp_path)


class Installation:
    """Scripts that begin with a system that has the package's folder as /run/packages."""

    def __init__(self, package: Path, folder: Path) -> None:
        self.package, self.folder = package, folder

    def __call__(self, script: str, packages: Path | None = None) -> str:
        return overlay.run(self.folder, packages or self.package.parent, script)


def test_one_command_sets_the_box_up_says_what_comes_next_and_a_purge_keeps_the_data(install: Installation) -> None:
    said = install(f"""
        {INSTALL} /run/packages/vbot-appliance*.deb
        echo STATE
        stat -c '%U %a %n' /var/lib/vbot /var/lib/vbot/first-boot.txt /etc/vbot/tls /opt/vbot/current
        readlink /opt/vbot/current /etc/systemd/system/multi-user.target.wants/vbot.target
        vbot --version
        cd /tmp && mkdir appliance && touch appliance/__init__.py && vbot certificate show
        dpkg --verify vbot-appliance
        find /opt/vbot/current/lib/python3.13/site-packages/appliance -name 'cli.*.pyc'
        before=$(sha256sum /var/lib/vbot/secrets/master.key)
        apt-get purge -qq vbot-appliance
        [ ! -e /opt/vbot ] && [ ! -e /usr/bin/vbot ]
        [ "$before" = "$(sha256sum /var/lib/vbot/secrets/master.key)" ] && echo KEPT
    """)
    installed, _, state = said.partition("STATE\n")
    fingerprint = re.search(r"^The certificate's SHA-256: ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})$", installed, re.MULTILINE)
    assert fingerprint, installed
    assert fingerprint[1] in state
    assert re.search(r"^Next: sudo vbot (setup|doctor)$", installed, re.MULTILINE)
    assert "vbot 700 /var/lib/vbot\nvbot 600 /var/lib/vbot/first-boot.txt\nroot 750 /etc/vbot/tls\n" in state
    assert f"\n{__version__}\n/usr/lib/systemd/system/vbot.target\nvbot {__version__} (" in state
    assert "cli.cpython-313.pyc" in state
    assert "the data stays in /var/lib/vbot" in state
    assert state.splitlines()[-1] == "KEPT"
    # The secrets were shown to nobody: apt keeps a log of what it shows.
    assert "token" not in installed.replace("The admin token and the recovery key are in", "")


@pytest.mark.long
def test_remove_keeps_the_data_and_so_does_a_purge_that_nobody_answers(install: Installation) -> None:
    said = install(f"""
        {INSTALL} /run/packages/vbot-appliance*.deb
        before=$(sha256sum /var/lib/vbot/secrets/master.key)
        apt-get remove -qq vbot-appliance
        [ ! -e /opt/vbot ] && [ ! -e /usr/bin/vbot ]
        apt-get purge -qq vbot-appliance
        [ -e /etc/vbot/vbot.toml ]
        # As on another machine, on which these users have other numbers.
        sed -i -E 's/^vbot:x:[0-9]+:[0-9]+:/vbot:x:4321:4321:/' /etc/passwd
        sed -i -E 's/^vbot:x:[0-9]+:/vbot:x:4321:/' /etc/group
        {INSTALL} /run/packages/vbot-appliance*.deb
        [ "$(stat -c %u:%g /var/lib/vbot/secrets/master.key)" = 4321:4321 ]
        [ "$(stat -c %u:%g /etc/vbot/tls)" = 0:4321 ]
        [ -z "$(find /var/lib/vbot ! -user vbot)" ]
        [ "$before" = "$(sha256sum /var/lib/vbot/secrets/master.key)" ] && vbot certificate show
    """)
    assert "the data stays in /var/lib/vbot" in said
    assert said.count("The certificate's SHA-256") == 1  # of the first boot


@pytest.mark.long
def test_a_purge_that_is_told_so_leaves_nothing(install: Installation) -> None:
    install(f"""
        made() {{ find /etc /opt /run /usr /var/lib /var/tmp -path '/var/lib/dpkg*' -prune -o -print | sort; }}
        made >/tmp/before
        {INSTALL} /run/packages/vbot-appliance*.deb
        # As an administrator does for a second GPU.
        systemctl --quiet enable 'vbot-worker@cuda:1.service' vbot-worker@cpu.service
        ls /etc/systemd/system/vbot.target.wants
        echo vbot-appliance vbot-appliance/purge-data boolean true | debconf-set-selections
        apt-get purge -qq vbot-appliance
        made | comm -13 /tmp/before - | grep -i vbot && {{ echo "is left"; exit 1; }}
        ! grep -i vbot /etc/passwd /etc/shadow /etc/group /etc/gshadow
    """)


@pytest.mark.long
def test_an_upgrade_keeps_the_version_before_whole_and_switches_the_link(
    install: Installation, package: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    packages = tmp_path_factory.mktemp("versions")
    shutil.copy(package, packages / "one.deb")
    later(package, "1.0.1", packages / "two.deb")
    later(package, "1.0.2", packages / "three.deb")
    said = install(
        f"""
        {INSTALL} /run/packages/one.deb
        /opt/vbot/current/bin/python -c '
import subprocess, sys, time
subprocess.run(["apt-get", "install", "-qq", "--no-install-recommends", "/run/packages/two.deb"], check=True)
import tornado.web, duckdb
print("STILL IMPORTS", tornado.web.__file__)'
        readlink /opt/vbot/current
        ls /opt/vbot
        /opt/vbot/{__version__}/bin/vbot --version
        {INSTALL} /run/packages/three.deb
        echo THEN
        readlink /opt/vbot/current
        ls /opt/vbot
        vbot certificate show
        {INSTALL} --allow-downgrades /run/packages/two.deb
        echo BACK
        readlink /opt/vbot/current
        ls /opt/vbot
        vbot certificate show
        apt-get remove -qq vbot-appliance
        ls /opt
        """,
        packages,
    )
    assert "STILL IMPORTS /opt/vbot/current/" in said
    assert f"\n1.0.1\n{__version__}\n1.0.1\ncurrent\nvbot {__version__} (" in said
    assert "BACK\n1.0.1\n1.0.1\n1.0.2\ncurrent\n" in said
    assert "THEN\n1.0.2\n1.0.1\n1.0.2\ncurrent\n" in said
    assert "not removed" not in re.sub(r".*'(/opt|/etc/vbot)' not empty so not removed", "", said)


def later(package: Path, version: str, made: Path) -> None:
    """The same package under another version."""
    work = made.with_suffix("")
    subprocess.run(["dpkg-deb", "--raw-extract", package, work], check=True)
    (work / f"opt/vbot/{__version__}").rename(work / f"opt/vbot/{version}")
    for file in (work / "DEBIAN").iterdir():
        file.write_text(file.read_text().replace(__version__, version))
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "--build", work, made], check=True, capture_output=True)
