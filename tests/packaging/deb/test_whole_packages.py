"""The packages that take long, whole: what lintian says of their real files, and whether two builds have equal bytes.

Kept for the next run beside those of tests/nspawn. vbot-worker-cuda is too large for that: 3 GB of wheels, and nfpm has
the package in memory. Of that one some of its wheels are laid out, those that are unlike the CPU worker's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.nspawn.cache_lock import kept_in
from tests.nspawn.packages import BUILD_SECONDS, CHECKOUT, Packages, distribution_for
from tests.support.lintian import SECONDS, lintian

SUITE = "trixie"
# A compiler with programs of its own, bindings, and two of NVIDIA's libraries.
OF_CUDA = ("triton", "cuda-bindings", "nvidia-cufile", "nvidia-nvtx")
BUILD_OF_CUDA = """
import sys
from dataclasses import replace
from pathlib import Path

import build
import wheels
from layouts import PACKAGES
from plan import LOCKS, Plan

folder, cache, *names = sys.argv[1:]
name = "vbot-worker-cuda"


def lay_out(plan, work, root):
    listed = Path(folder) / "requirements.txt"
    locked = wheels.locked([LOCKS / "torch-cuda.txt"], plan.target)
    entries = locked.replace("\\\\\\n", "").splitlines()
    listed.write_text("".join(f"{entry}\\n" for entry in entries if entry.partition("==")[0] in names))
    wheels.fetch(listed, Path(cache), plan.target)
    wheels.unpack(listed, Path(cache), root / "opt/vbot" / plan.version, plan.target)


build.PACKAGES[name] = replace(PACKAGES[name], lay_out=lay_out)
plan = Plan("trixie", Path(cache), Path(folder), None, None, "1.0.0", 1764547199)
print(build.built(plan, name, Path(folder) / "work", Path(folder)))
"""

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


@pytest.mark.skipif(shutil.which("lintian") is None, reason="lintian is not installed")
def test_lintian_finds_nothing_in_libraries_that_the_cuda_worker_alone_has(packages: Packages, tmp_path: Path) -> None:
    cache = packages.cache / "wheels/some-of-cuda"
    cache.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", BUILD_OF_CUDA, tmp_path, cache, *OF_CUDA],
        env=os.environ | {"PYTHONPATH": str(CHECKOUT / "packaging/deb")}, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=BUILD_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    listed = (tmp_path / "requirements.txt").read_text()
    assert all(f"{name}==" in listed for name in OF_CUDA)
    assert lintian(Path(done.stdout.splitlines()[-1])) == ("", 0)


def test_a_worker_s_package_has_the_same_bytes_each_time(packages: Packages, tmp_path: Path) -> None:
    (file,) = packages.of("vbot-worker-cpu")
    options = ["--for", packages.distribution, "--cache", packages.cache / "wheels"]
    command = [str(word) for word in (CHECKOUT / "packaging/deb/build", *options, tmp_path, "vbot-worker-cpu")]
    done = subprocess.run(
        command,
        env=os.environ | {"PYTHON": sys.executable, "SOURCE_DATE_EPOCH": built_at(file), "TZ": "Asia/Tokyo"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.splitlines()[-1]).read_bytes() == file.read_bytes()


def built_at(package: Path) -> str:
    """The one time of all its files."""
    command = ["dpkg-deb", "--fsys-tarfile", str(package)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE) as unpacked,
        tarfile.open(fileobj=unpacked.stdout, mode="r|") as files,
    ):
        first = files.next()
        assert first is not None
        unpacked.kill()
        return str(int(first.mtime))
