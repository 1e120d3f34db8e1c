"""The maintainers' scripts and the configurations beside them, without building anything."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

DEB = Path(__file__).parents[3] / "packaging/deb"
PACKAGES = sorted(file.parent for file in DEB.glob("*/nfpm.yaml"))
NAMES = ("preinst", "postinst", "prerm", "postrm", "config")
SCRIPTS = [package / name for package in PACKAGES for name in NAMES if (package / name).exists()]


def filled_in(file: Path) -> str:
    return re.sub(r"@([A-Z_]+)@", lambda found: "@" if found[1] == "AT" else "cpu", file.read_text())


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_shellcheck_finds_nothing(script: Path) -> None:
    command = ["shellcheck", "--shell=sh", "-"]
    answer = subprocess.run(command, input=filled_in(script), capture_output=True, text=True, timeout=60, check=False)
    assert answer.stdout == ""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_script_ends_at_the_first_error(script: Path) -> None:
    lines = script.read_text().splitlines()
    assert lines[0] == "#!/bin/sh"
    assert "set -e" in lines


@pytest.mark.parametrize("package", PACKAGES, ids=lambda folder: folder.name)
def test_a_package_names_itself_and_every_script_that_it_has(package: Path) -> None:
    configuration = (package / "nfpm.yaml").read_text()
    assert re.search(rf'^name: ("@PACKAGE@"|{package.name})$', configuration, re.MULTILINE)
    named = set(re.findall(r"^ +\w+: (preinst|postinst|prerm|postrm|config)$", configuration, re.MULTILINE))
    assert named == {script.name for script in SCRIPTS if script.parent == package}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda folder: folder.name)
def test_what_lintian_is_not_to_say_is_said_of_this_package_and_argued(package: Path) -> None:
    lines = (package / "lintian-overrides").read_text().splitlines()
    assert lines[0].startswith("# ")
    assert [line for line in lines if not line.startswith(("#", f"{package.name}: ", "@PACKAGE@: "))] == []
