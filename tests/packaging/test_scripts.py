"""quickstart, check and .ci/run: what the shell thinks of them, and what they say when something is missing."""

from __future__ import annotations

import importlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

CHECKOUT = Path(__file__).parents[2]
PACKAGING = CHECKOUT / "packaging"
SCRIPTS = sorted(
    file
    for folder in (PACKAGING, CHECKOUT / ".ci")
    for file in folder.rglob("*")
    if file.is_file()
    and (file.suffix == ".sh" or file.read_bytes()[:21].startswith((b"#!/usr/bin/env bash", b"#!/bin/sh")))
    and not file.read_bytes().startswith(
        b"#!/bin/sh\n''':'"
    )  # but for its first lines it is Python: tests/packaging/pbx
)
NAMES = [str(file.relative_to(CHECKOUT)) for file in SCRIPTS]


def bash(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a few lines of bash with environment.sh read in."""
    return subprocess.run(
        ["bash", "-c", f'set -Eeuo pipefail; . "{PACKAGING}/environment.sh"; {script}', "quickstart"],
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_scripts_are_found() -> None:
    assert {".ci/run", "packaging/check", "packaging/environment.sh", "packaging/quickstart"} <= set(NAMES)
    assert "packaging/quick_tests_on" in NAMES


@pytest.mark.parametrize("script", SCRIPTS, ids=NAMES)
def test_bash_can_read_the_script(script: Path) -> None:
    answer = subprocess.run(["bash", "-n", script], capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == ""


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
@pytest.mark.parametrize("script", SCRIPTS, ids=NAMES)
def test_shellcheck_finds_nothing(script: Path) -> None:
    command = ["shellcheck", "--external-sources", str(script)]
    answer = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=240, check=False)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("name", [".ci/run", "packaging/check", "packaging/quick_tests_on", "packaging/quickstart"])
def test_the_commands_can_be_executed(name: str) -> None:
    assert os.access(CHECKOUT / name, os.X_OK)


def test_continuous_integration_runs_the_check(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    (tmp_path / "packaging").mkdir()
    shutil.copy(CHECKOUT / ".ci/run", tmp_path / ".ci")
    check = tmp_path / "packaging/check"
    check.write_text("#!/bin/sh\necho checked $*\nexit 7\n")
    check.chmod(0o755)
    answer = subprocess.run(["bash", ".ci/run"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert (answer.stdout, answer.returncode) == ("checked\n", 7)


@pytest.mark.parametrize("name", ["quickstart", "check"])
def test_help_and_a_wrong_argument_touch_nothing(name: str, tmp_path: Path) -> None:
    script = str(PACKAGING / name)
    helped = subprocess.run([script, "--help"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    assert f"usage: packaging/{name}" in helped.stdout
    wrong = subprocess.run([script, "--al"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert wrong.returncode == 2
    assert wrong.stderr == f"{name}: error: unknown argument --al (see {name} --help)\n"


def test_a_check_is_either_quick_or_all() -> None:
    command = [str(PACKAGING / "check"), "--quick", "--all"]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == "check: error: either --quick or --all (see check --help)\n"


def test_a_test_s_own_time_is_up_before_its_process_is_ended() -> None:
    """Else one that is merely slow would take its neighbours with it. Under --all nothing is ended."""
    told = re.search(r"faulthandler_timeout=(\d+)", (PACKAGING / "check").read_text())
    assert told is not None
    limits: list[float] = []
    for file in sorted((CHECKOUT / "tests").rglob("test_*.py")):
        if "pytest.mark.timeout(" not in file.read_text() or file == Path(__file__):
            continue
        module = importlib.import_module(".".join(file.relative_to(CHECKOUT).with_suffix("").parts))
        found: pytest.MarkDecorator | list[pytest.MarkDecorator] = getattr(module, "pytestmark", [])
        own = [one.mark for one in (found if isinstance(found, list) else [found])]
        for name, test in vars(module).items():
            marks = {mark.name: mark for mark in [*own, *getattr(test, "pytestmark", [])]}
            if name.startswith("test_") and "timeout" in marks and "long" not in marks:
                limits.append(marks["timeout"].args[0])
    assert limits
    assert int(told[1]) > max(limits)


def test_an_old_python_is_named() -> None:
    answer = bash("is_supported() { false; }; choose_python")
    assert answer.returncode == 1
    found = "none\n"
    if shutil.which("python3"):
        found = subprocess.run(["python3", "--version"], capture_output=True, text=True, check=True).stdout
    assert answer.stderr == f"quickstart: error: Python 3.11 to 3.14 is needed; found {found}"


def python_of_version(file: Path, version: str) -> Path:
    """An executable that says it is this Python."""
    file.parent.mkdir(parents=True, exist_ok=True)
    major_minor = tuple(int(part) for part in version.split("."))[:2]
    file.write_text(
        f"#!{sys.executable}\nimport sys\nsys.version_info = {(*major_minor, 0, 'final', 0)}\n"
        f"sys.executable = {str(file)!r}\nsys.prefix = sys.base_prefix\nexec(sys.argv[2])\n"
    )
    file.chmod(0o755)
    return file


@pytest.mark.parametrize(
    ("version", "supported"), [("3.10", False), ("3.11", True), ("3.14", True), ("3.15", False), ("2.7", False)]
)
def test_the_versions_that_were_tried_are_the_ones_that_pip_accepts(
    version: str, supported: bool, tmp_path: Path
) -> None:
    python = python_of_version(tmp_path / "python3", version)

    assert (bash(f"is_supported {python}").returncode == 0) is supported
    wanted = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert SpecifierSet(wanted).contains(f"{version}.1") is supported


def test_every_python_of_the_machine_is_found_once_and_no_environment_s(tmp_path: Path) -> None:
    here = python_of_version(tmp_path / "path/python3.12", "3.12")
    (tmp_path / "path/python3").symlink_to(here)
    pyenv = python_of_version(tmp_path / "pyenv/versions/3.14.9/bin/python3.14", "3.14")
    (tmp_path / "path/python3.13").symlink_to(sys.executable)  # an environment's, with another prefix than its base
    answer = bash("all_pythons", PATH=f"{tmp_path / 'path'}:/usr/bin:/bin", PYENV_ROOT=str(tmp_path / "pyenv"))

    assert answer.returncode == 0, answer.stderr
    found = answer.stdout.splitlines()
    assert [line for line in found if str(tmp_path) in line] == [f"3.12 {here}", f"3.14 {pyenv}"]
    assert len(found) == len({line.split()[1] for line in found})


@pytest.mark.parametrize(("cuda", "told"), [("'13.2'", "CUDA 13.2"), ("None", "CPU")])
def test_an_environment_is_described_in_one_line(cuda: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "torch").mkdir()
    (tmp_path / "torch/__init__.py").write_text("raise AssertionError('it takes seconds to load')\n")
    (tmp_path / "torch/version.py").write_text(f"__version__ = '2.15.0'\ncuda = {cuda}\n")
    command = [sys.executable, PACKAGING / "describe_environment.py"]
    environment = {"PYTHONPATH": str(tmp_path)}
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    python = f"Python {platform.python_version()} ({os.path.realpath(sys.executable)})"
    assert answer.stdout == f"{python}, torch 2.15.0 ({told})\n"


def test_a_python_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    answer = bash("choose_python", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip() != str(old)


def test_a_missing_venv_module_is_named_with_the_command_that_helps(tmp_path: Path) -> None:
    bare = tmp_path / "python3"
    bare.write_text(f'#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\nexec {sys.executable} "$@"\n')
    bare.chmod(0o755)
    answer = bash(f"is_root() {{ false; }}; ensure_python_can_make_venvs {bare}")
    assert answer.returncode == 1
    assert "has no venv module: apt-get install python3" in answer.stderr


def test_too_little_disk_is_told_before_anything_is_fetched() -> None:
    answer = bash("ensure_disk 999999999999")
    assert answer.returncode == 1
    assert answer.stderr.startswith("quickstart: error: not enough disk: ")
    assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "not enough disk"),
        (
            "WARNING: Retrying: NewConnectionError('Failed to establish a new connection')\nERROR: No match",
            "no network",
        ),
        ("ERROR: Could not find a version for tornado (from versions: none)\nERROR: No match", "no network"),
        ("SSLError: CERTIFICATE_VERIFY_FAILED\nERROR: (from versions: none)", "pip does not trust the certificate"),
        ("ERROR: ResolutionImpossible\n  error: subprocess", "pip failed: ERROR: ResolutionImpossible"),
    ],
)
def test_what_pip_died_of_is_one_line(output: str, reason: str, tmp_path: Path) -> None:
    log = tmp_path / "pip.log"
    log.write_text(output + "\n")
    answer = bash(f"why_pip_failed {log}")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith(reason)
    assert answer.stdout.count("\n") == 1


def test_root_is_needed_only_for_packages_that_are_missing() -> None:
    answer = bash(
        "is_debian() { true; }; is_root() { false; }; package_installed() { [ $1 != libegl1 ]; };"
        ' package_name() { echo "${1%%|*}"; }; debian_packages "for a test" "a|b" libegl1 || echo missing'
    )
    assert answer.stdout == "missing\n"
    assert answer.stderr == "quickstart: Debian packages are missing for a test: sudo apt-get install libegl1\n"


@pytest.mark.slow
def test_quickstart_without_a_network_says_so_last_and_leaves_no_success_behind(tmp_path: Path) -> None:
    checkout = tmp_path / "a check out"
    shutil.copytree(PACKAGING, checkout / "packaging", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(CHECKOUT / name, checkout)
    answer = subprocess.run(
        [str(checkout / "packaging/quickstart")],
        cwd=tmp_path,
        env=os.environ
        | {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr.splitlines()[-1].startswith("quickstart: error: no network: ")
    assert not (checkout / ".venv/vbot-stamp").exists()
