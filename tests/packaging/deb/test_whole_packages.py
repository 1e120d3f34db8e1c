"""The packages that take long, whole: what lintian says of their real files, and whether two builds have equal bytes.

Kept for the next run beside those of tests/nspawn. vbot-worker-cuda needs 8 GB of memory for nfpm alone: of that one
its locked libraries are laid out as files of no length in test_worker.py.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.nspawn.cache_lock import kept_in
from tests.nspawn.packages import BUILD_SECONDS, CHECKOUT, Packages, distribution_for
from tests.support.lintian import SECONDS, lintian

SUITE = "trixie"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.long,
    pytest.mark.timeout(BUILD_SECONDS + SECONDS),
    pytest.mark.skipif(
        not Path(sys.executable).with_name("nfpm").exists(), reason="nfpm is not installed: packaging/check installs it"
    ),
    pytest.mark.skipif(not (CHECKOUT / ".git").exists(), reason="packages are built of what is committed"),
]


@pytest.fixture(scope="module")
def packages(pytestconfig: pytest.Config) -> Packages:
    return Packages(kept_in(pytestconfig), distribution_for(SUITE))


@pytest.mark.skipif(shutil.which("lintian") is None, reason="lintian is not installed")
@pytest.mark.parametrize("name", ["vbot-models-base", "vbot-worker-cpu"])
def test_lintian_finds_no_error_and_no_warning_that_is_not_argued(packages: Packages, name: str) -> None:
    (file,) = packages.of(name)
    assert lintian(file) == ("", 0)


def test_a_worker_s_package_has_the_same_bytes_each_time(packages: Packages, tmp_path: Path) -> None:
    (file,) = packages.of("vbot-worker-cpu")
    subprocess.run(["dpkg-deb", "--raw-extract", file, tmp_path / "kept"], check=True)
    built_at = str(int((tmp_path / "kept/opt/vbot").stat().st_mtime))
    wheels = packages.cache / "wheels"
    command = [CHECKOUT / "packaging/deb/build", "--for", packages.distribution, "--cache", wheels]
    done = subprocess.run(
        [*command, tmp_path / "again", "vbot-worker-cpu"],
        env=os.environ | {"PYTHON": sys.executable, "SOURCE_DATE_EPOCH": built_at, "TZ": "Asia/Tokyo"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.splitlines()[-1]).read_bytes() == file.read_bytes()
