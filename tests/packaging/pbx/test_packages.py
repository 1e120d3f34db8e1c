"""The packages of vbot-post, and the pages that tell how to install it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.pbx_client import PROGRAM

pytestmark = pytest.mark.slow  # they start processes
PAGES = sorted(PROGRAM.parent.glob("*.md"))


def built(target: Path) -> list[Path]:
    """The packages that can be built here."""
    done = subprocess.run([PROGRAM.with_name("build"), target], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [Path(line) for line in done.stdout.splitlines()]


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg-deb is not installed")
def test_a_package_holds_the_program_and_its_timer_and_is_the_same_each_time(tmp_path: Path) -> None:
    packages = built(tmp_path / "one")
    (deb,) = [package for package in packages if package.suffix == ".deb"]
    subprocess.run(["dpkg-deb", "--extract", deb, tmp_path / "root"], check=True)
    assert (tmp_path / "root/usr/bin/vbot-post").read_bytes() == PROGRAM.read_bytes()
    units = tmp_path / "root/usr/lib/systemd/system"
    assert "ExecStart=/usr/bin/vbot-post --send\n" in (units / "vbot-post.service").read_text()
    again = built(tmp_path / "two")
    assert [one.read_bytes() for one in packages] == [one.read_bytes() for one in again]


@pytest.mark.skipif(shutil.which("lintian") is None, reason="lintian is not installed")
@pytest.mark.long
def test_lintian_finds_no_error_and_no_warning_that_is_not_argued(tmp_path: Path) -> None:
    (deb,) = [package for package in built(tmp_path) if package.suffix == ".deb"]
    command = ["lintian", "--allow-root", "--fail-on=error,warning", deb]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert (answer.stdout, answer.returncode) == ("", 0)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for name in ("vbot-post.service", "vbot-post.timer"):
        command = [str(PROGRAM), "--unit", name, "/bin/true"]
        (tmp_path / name).write_text(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    files = [str(tmp_path / name) for name in ("vbot-post.service", "vbot-post.timer")]
    answer = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True, check=False
    )
    assert [line for line in answer.stderr.splitlines() if "vbot-post" in line] == []


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_a_guide_says_what_was_tried_and_tells_of_no_option_that_is_not_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    usage = subprocess.run([str(PROGRAM), "--help"], capture_output=True, text=True, check=True).stdout
    known = {"--help", *re.findall(r"--[a-z-]+", usage)}
    told = {
        option for line in text.splitlines() if "vbot-post" in line or "sweep" in line
        for option in re.findall(r"(?<![\w-])--[a-z-]+", line)
    }  # fmt: skip
    assert told <= known, told - known
    assert page.name == "README.md" or ("Tried here:" in text and "Read only" in text)
    assert page.name == "README.md" or f"({page.name})" in PROGRAM.with_name("README.md").read_text()


def test_no_guide_puts_what_a_caller_chooses_into_a_command() -> None:
    for page in PAGES:
        for line in page.read_text(encoding="utf-8").splitlines():
            if "/usr/bin/vbot-post" in line:
                variables = set(re.findall(r"[\^$]+\{(\w+)", line))
                assert variables <= {"UNIQUEID", "VBOT_FROM", "VBOT_TO", "uuid"}, (page.name, line)
