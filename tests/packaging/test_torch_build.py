"""Which build of torch pip is about to install, and what quickstart says and does about it before it downloads."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # each test starts processes

PACKAGING = Path(__file__).parents[2] / "packaging"
NEWEST_IN_RANGE = "2.15.0"

# Stands for pip: sees the versions in `seen`, and installs none of those in `refused`, as a machine's constraints do.
PIP = """
import pathlib, sys
here = pathlib.Path(__file__).parent
if sys.argv[1] == "index":
    seen = (here / "seen").read_text()
    if not seen:
        print("ERROR: No matching distribution found for torch", file=sys.stderr)
        sys.exit(1)
    print(f"torch ({seen.split(', ')[0]})\\nAvailable versions: {seen}\\n  LATEST:    2.99.0")
else:
    assert "--dry-run" in sys.argv, sys.argv
    (here / "asked").open("a").write(sys.argv[-1] + "\\n")
    sys.exit(sys.argv[-1].removeprefix("torch==") in (here / "refused").read_text().split())
"""


class Environment:
    """A virtual environment whose pip is ours."""

    def __init__(self, folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=60)
        self.python = folder / "bin/python"
        self.packages = next((folder / "lib").glob("python3*/site-packages"))
        self.pip = self.packages / "pip"
        self.pip.mkdir()
        (self.pip / "__main__.py").write_text(PIP)
        self.sees()

    def sees(self, *versions: str, refused: str = "") -> None:
        (self.pip / "seen").write_text(", ".join(versions))
        (self.pip / "refused").write_text(refused)

    def has(self, version: str) -> None:
        metadata = self.packages / f"torch-{version}.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\n")

    def build(self, *options: str) -> str:
        """What torch_build.py answers."""
        command = [self.python, PACKAGING / "torch_build.py", *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        assert done.stderr == ""
        return done.stdout.strip()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return Environment(tmp_path_factory.mktemp("torch") / "venv")


@pytest.fixture
def environment(made: Environment) -> Environment:
    made.sees()
    for left in (*made.packages.glob("torch-*.dist-info"), *made.pip.glob("asked")):
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    return made


linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere PyPI's torch is the CPU build")


@linux
def test_what_pypi_serves_is_for_cuda(environment: Environment) -> None:
    environment.sees("2.99.0", NEWEST_IN_RANGE, "2.14.1", "2.13.0", "2.7.0")

    assert environment.build() == environment.build("--prefer-cpu") == f"cuda {NEWEST_IN_RANGE}"


@linux
def test_a_cpu_build_that_pip_sees_goes_before_a_newer_one_for_cuda_where_there_is_no_device(
    environment: Environment,
) -> None:
    environment.sees("2.99.0+cpu", NEWEST_IN_RANGE, "2.13.0+cpu", "2.13.0", "2.7.0+cpu")

    assert environment.build("--prefer-cpu") == "cpu 2.13.0+cpu"
    assert environment.build() == f"cuda {NEWEST_IN_RANGE}"


def test_the_newest_cpu_build_in_the_range_is_taken(environment: Environment) -> None:
    environment.sees("2.99.0+cpu", "2.15.0+cpu", "2.15.0", "2.14.1+cpu", "2.13.0+cpu")

    assert environment.build("--prefer-cpu") == environment.build() == "cpu 2.15.0+cpu"


def test_a_machine_s_own_constraints_hold(environment: Environment) -> None:
    environment.sees("2.15.0+cpu", "2.15.0", "2.14.1+cpu", "2.13.0+cpu", refused="2.15.0+cpu 2.14.1+cpu")

    assert environment.build("--prefer-cpu") == "cpu 2.13.0+cpu"
    assert (environment.pip / "asked").read_text().split() == [
        "torch==2.15.0+cpu",
        "torch==2.14.1+cpu",
        "torch==2.13.0+cpu",
    ]


def test_what_is_installed_stays_if_it_is_in_the_range(environment: Environment) -> None:
    environment.sees("2.15.0+cpu")
    environment.has("2.14.1")

    assert environment.build("--prefer-cpu") == "present 2.14.1"


def test_what_is_installed_and_too_old_is_fetched_anew(environment: Environment) -> None:
    environment.sees("2.15.0+cpu")
    environment.has("2.12.1+cpu")

    assert environment.build("--prefer-cpu") == "cpu 2.15.0+cpu"


@pytest.mark.parametrize(
    "versions", [(), ("2.99.0", "2.7.0"), ("2.15.0rc1",)], ids=["none", "others", "for trying out"]
)
def test_nothing_in_the_range_is_unknown(environment: Environment, versions: tuple[str, ...]) -> None:
    environment.sees(*versions)

    assert environment.build("--prefer-cpu") == "unknown"


def choose_torch(environment: Environment, *, device: bool, script: str = "") -> subprocess.CompletedProcess[str]:
    """quickstart's own choice in this environment; prints what pip would be held to."""
    lines = (
        f'. "{PACKAGING}/environment.sh"; venv={environment.python.parents[1]};'
        f" has_nvidia_device() {{ {str(device).lower()}; }}; {script}"
        ' choose_torch; echo "${torch_constraint:-free}"'
    )
    return subprocess.run(
        ["bash", "-c", f"set -Eeuo pipefail; {lines}", "quickstart"],
        env=os.environ | {"LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@linux
def test_gigabytes_for_a_gpu_that_is_not_there_are_told_of_before_they_are_fetched(environment: Environment) -> None:
    environment.sees(NEWEST_IN_RANGE)
    done = choose_torch(environment, device=False, script="ensure_disk() { :; };")

    assert (done.returncode, done.stdout) == (0, "free\n"), done.stderr
    assert "no NVIDIA device here" in done.stderr
    assert "about 3 GB will be downloaded and 6.5 GB of disk taken" in done.stderr
    for help_with_it in ("PIP_EXTRA_INDEX_URL=", "PIP_FIND_LINKS=", "The small CPU build of torch"):
        assert help_with_it in done.stderr


def test_the_small_build_is_taken_by_itself_without_a_device(environment: Environment) -> None:
    environment.sees(NEWEST_IN_RANGE, "2.13.0+cpu")
    done = choose_torch(environment, device=False)

    assert (done.returncode, done.stdout) == (0, "torch==2.13.0+cpu\n"), done.stderr
    assert (
        done.stderr
        == "quickstart: no NVIDIA device here: taking the small CPU build of torch that pip sees, 2.13.0+cpu\n"
    )


def test_with_a_device_pip_is_left_to_choose(environment: Environment) -> None:
    environment.sees(NEWEST_IN_RANGE, "2.13.0+cpu")
    done = choose_torch(environment, device=True, script="ensure_disk() { :; };")

    assert (done.returncode, done.stdout, done.stderr) == (0, "free\n", "")


@linux
@pytest.mark.parametrize(
    ("versions", "needed"),
    [((NEWEST_IN_RANGE,), "10500 (torch for NVIDIA GPUs; the small CPU build needs 3000 MB: README.md)"), ((), None)],
)
def test_the_disk_that_is_asked_for_is_what_this_build_needs(
    environment: Environment, versions: tuple[str, ...], needed: str | None
) -> None:
    environment.sees(*versions)
    done = choose_torch(environment, device=True, script="ensure_disk() { echo needs $1$2; };")

    assert done.stdout == ("free\n" if needed is None else f"needs {needed}\nfree\n")


def test_readme_says_what_quickstart_says() -> None:
    readme = (PACKAGING.parent / "README.md").read_text()
    section = readme.partition("### The small CPU build of torch")[2].partition("\n## ")[0]
    for told in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "about 3 GB", "6.5 GB", "by itself"):
        assert told in section
