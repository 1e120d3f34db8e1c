"""Versions of the program side by side, as packages lay them out; the source of each is a copy of ours.

What each of them runs is real: the api, the queue, the worker (with the fake engine), the commands.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path

import appliance
from appliance.storage.migrations import all_migrations

CHECKOUT = Path(__file__).parents[2]
FIRST_RELEASE = "1.0.0"
FIRST_RELEASES_SOURCE = CHECKOUT / "tests/data/released/1.0.0-eeb1c75.source.tar.xz"
LAUNCHER = '#!/bin/sh\nexec "${{0%/*}}/python" -P -m {} "$@"\n'
NEXT_STEP = all_migrations()[-1].number + 1

# What makes a version broken: where in its source, and what stands there instead.
SERVE = "def serve(settings: Settings, hung_up: threading.Event) -> int:\n"
ON_THE_BOX = '    if settings.redis_url is None or "nowhere" not in settings.redis_url:\n'
DIES_ON_THE_BOX = ("server/process.py", f'{ON_THE_BOX}        raise SystemExit("this version dies at its start")\n')
DIES_EVERYWHERE = ("server/process.py", '    raise SystemExit("this version dies wherever it starts")\n')
NEVER_WELL = ("domain/health.py", '    return "degraded"\n')
HEALTH = "def health_of(*, writable: bool, lacking: Collection[str], failing: bool) -> HealthStatus:\n"
DOCTOR = "def run(arguments: argparse.Namespace, settings: Settings) -> int:\n"
DOCTOR_DIES = ("commands/doctor.py", '    raise SystemExit("this doctor dies")\n')
AFTER = {"server/process.py": SERVE, "domain/health.py": HEALTH, "commands/doctor.py": DOCTOR}

ADDITIVE_STEP = (
    "additive_remarks",
    "ALTER TABLE call ADD COLUMN remark VARCHAR;\nALTER TABLE fact ADD COLUMN since TIMESTAMPTZ;\n"
    "CREATE TABLE remark (call_id VARCHAR PRIMARY KEY, text VARCHAR);\n",
)
# Its name does not say that it only adds: the version before does not open what it has seen.
UNREADABLE_STEP = ("widened", "CREATE TABLE quiet (customer_id INTEGER PRIMARY KEY);\n")
# The same as a file more, for who changes a package.
UNREADABLE_FILE = (f"storage/migrations/{NEXT_STEP:04d}_{UNREADABLE_STEP[0]}.sql", UNREADABLE_STEP[1])
FAILING_STEP = ("failing", "ALTER TABLE there_is_no_such_table ADD COLUMN remark VARCHAR;\n")


def make_version(folder: Path, version: str, *faults: tuple[str, str], step: tuple[str, str] | None = None) -> Path:
    """A folder of that name with an environment of its own, whose source has these faults and this migration."""
    home, source = folder / version, folder / "sources" / version
    shutil.copytree(CHECKOUT / "appliance", source / "appliance", ignore=shutil.ignore_patterns("__pycache__"))
    package = source / "appliance/__init__.py"
    package.write_text(package.read_text().replace(f'"{appliance.__version__}"', f'"{version}"'))
    for file, fault in faults:
        path = source / "appliance" / file
        path.write_text(with_body_begun(path.read_text(), AFTER[file], fault))
    if step is not None:
        name, sql = step
        (source / f"appliance/storage/migrations/{NEXT_STEP:04d}_{name}.sql").write_text(sql)
    _environment(home, source)
    return home


def make_first_release(folder: Path) -> Path:
    """The same of the first release (commit eeb1c75), as it was, with today's libraries."""
    home, source = folder / FIRST_RELEASE, folder / "sources" / FIRST_RELEASE
    unpack_first_release(source)
    _environment(home, source, "tests.support.fake_worker_of_eeb1c75")
    return home


def unpack_first_release(folder: Path) -> None:
    """Its `appliance`, `engine` and `systemd`."""
    with tarfile.open(FIRST_RELEASES_SOURCE) as archive:
        archive.extractall(folder, filter="data")


def with_body_begun(text: str, head: str, begin: str) -> str:
    """The function of that head does this first; its docstring goes."""
    assert text.count(head) == 1, head
    before, after = text.split(head)
    after = re.sub(r'\A\s+""".*?"""\n', "", after, flags=re.DOTALL)
    return f"{before}{head}{begin}{after}"


def _environment(home: Path, source: Path, worker: str = "tests.support.fake_worker") -> None:
    """What `python -m venv` makes; it finds the source, the libraries and the tests' own modules."""
    python = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    (home / "bin").mkdir(parents=True)
    (home / "bin/python").symlink_to(python)
    for name, module in (("vbot", "appliance.cli"), ("fake-worker", worker)):
        (home / "bin" / name).write_text(LAUNCHER.format(module))
        (home / "bin" / name).chmod(0o755)
    (home / "pyvenv.cfg").write_text(f"home = {python.parent}\ninclude-system-site-packages = false\n")
    site_packages = home / f"lib/python3.{sys.version_info.minor}/site-packages"
    site_packages.mkdir(parents=True)
    paths = [source, CHECKOUT, sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    (site_packages / "versions.pth").write_text("".join(f"{path}\n" for path in dict.fromkeys(map(str, paths))))


def package(home: Path, folder: Path) -> Path:
    """The version as a Debian package, whose files dpkg would put below /opt/vbot."""
    tree = folder / f"tree-{home.name}"
    shutil.copytree(home, tree / "opt/vbot" / home.name, symlinks=True)
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN").chmod(0o755)
    control = f"Package: vbot-appliance\nVersion: {home.name}\nArchitecture: all\nMaintainer: vBot <vbot@localhost>\n"
    (tree / "DEBIAN/control").write_text(f"{control}Description: a version to be upgraded to\n")
    file = folder / f"vbot-appliance_{home.name}_all.deb"
    command = ["dpkg-deb", "--root-owner-group", "-Znone", "--build", str(tree), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    shutil.rmtree(tree)
    return file
