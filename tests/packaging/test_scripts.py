"""quickstart, check and .ci/run: what the shell thinks of them, and what they say when something is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PACKAGING = CHECKOUT / "packaging"
SCRIPTS = sorted(
    file
    for folder in (PACKAGING, CHECKOUT / ".ci")
    for file in folder.rglob("*")
    if file.is_file()
    and (file.suffix == ".sh" or file.read_bytes()[:21].startswith((b"#!/usr/bin/env bash", b"#!/bin/sh")))
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


@pytest.mark.parametrize("script", SCRIPTS, ids=NAMES)
def test_bash_can_read_the_script(script: Path) -> None:
    answer = subprocess.run(["bash", "-n", script], capture_output=True, text=True, timeout=30, check=False)
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr == ""


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
@pytest.mark.parametrize("script", SCRIPTS, ids=NAMES)
def test_shellcheck_finds_nothing(script: Path) -> None:
    command = ["shellcheck", "--external-sources", str(script)]
    answer = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("name", [".ci/run", "packaging/check", "packaging/quickstart"])
def test_the_commands_can_be_executed(name: str) -> None:
    assert os.access(CHECKOUT / name, os.X_OK)


def test_continuous_integration_runs_the_check(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    (tmp_path / "packaging").mkdir()
    shutil.copy(CHECKOUT / ".ci/run", tmp_path / ".ci")
    check = tmp_path / "packaging/check"
    check.write_text("#!/bin/sh\necho checked $*\nexit 7\n")
    check.chmod(0o755)
    answer = subprocess.run(["bash", ".ci/run"], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False)
    assert (answer.stdout, answer.returncode) == ("checked\n", 7)


@pytest.mark.parametrize("name", ["quickstart", "check"])
def test_help_and_a_wrong_argument_touch_nothing(name: str, tmp_path: Path) -> None:
    script = str(PACKAGING / name)
    helped = subprocess.run([script, "--help"], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=True)
    assert f"usage: packaging/{name}" in helped.stdout
    wrong = subprocess.run([script, "--al"], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False)
    assert wrong.returncode == 2
    assert wrong.stderr == f"{name}: error: unknown argument --al (see {name} --help)\n"


def test_an_old_python_is_named() -> None:
    answer = bash("is_new_enough() { false; }; choose_python")
    assert answer.returncode == 1
    assert answer.stderr.startswith("quickstart: error: Python 3.11 or newer is needed; found Python 3.")


def test_a_python_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    answer = bash("choose_python", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip() != str(old)


def test_a_missing_venv_module_is_named_with_the_command_that_helps(tmp_path: Path) -> None:
    bare = tmp_path / "python3"
    bare.write_text('#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\nexec /usr/bin/env python3.11 "$@"\n')
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
    shutil.copytree(PACKAGING, checkout / "packaging")
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
