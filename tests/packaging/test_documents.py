"""The manual page and bash's completion: made of the command line, so they know each of its commands."""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.cli import COMMANDS

pytest.importorskip("shtab", reason="shtab is not installed: packaging/check installs it")
pytest.importorskip("argparse_manpage", reason="argparse-manpage is not installed: packaging/check installs it")

PROGRAM = Path(__file__).parents[2] / "packaging/deb/documents.py"
pytestmark = pytest.mark.slow  # each is made by a Python of its own


def made(folder: Path, **environment: str) -> tuple[Path, Path]:
    """The manual page and the completion."""
    known = os.environ | {"SOURCE_DATE_EPOCH": "1764547199", "TZ": "UTC"} | environment
    subprocess.run([sys.executable, PROGRAM, folder], env=known, stdin=subprocess.DEVNULL, check=True, timeout=240)
    return folder / "usr/share/man/man1/vbot.1.gz", folder / "usr/share/bash-completion/completions/vbot"


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return made(tmp_path_factory.mktemp("documents"))


def test_the_manual_page_tells_of_every_command(documents: tuple[Path, Path]) -> None:
    page = gzip.decompress(documents[0].read_bytes()).decode()
    assert page.startswith('.TH VBOT "1" "2025\\-11\\-30" "vbot ')
    named = [command.replace("-", r"\-") for command in COMMANDS]  # a minus, that a reader may copy
    assert [command for command in named if f".SS \\fBvbot {command}\\fR" not in page] == []
    assert ".SS \\fBvbot backup verify\\fR" in page


@pytest.mark.skipif(shutil.which("man") is None, reason="man is not installed")
def test_man_has_nothing_to_say_about_the_page(documents: tuple[Path, Path]) -> None:
    shown = subprocess.run(
        ["man", "--warnings", "--local-file", documents[0]],
        env=os.environ | {"LC_ALL": "C.UTF-8", "MANROFFSEQ": "", "MANWIDTH": "100", "MANPAGER": "cat"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (shown.stderr, shown.returncode) == ("", 0)
    assert "vbot - run and look after" in shown.stdout


@pytest.mark.parametrize(
    ("words", "completed"), [("vbot back", "backup"), ("vbot backup ver", "verify"), ("vbot models li", "list")]
)
def test_bash_completes_commands(documents: tuple[Path, Path], words: str, completed: str) -> None:
    ask = (
        f'. "$1"; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _shtab_vbot; echo "${{COMPREPLY[@]}}"'
    )
    answer = subprocess.run(
        ["bash", "-c", ask, "bash", documents[1]], capture_output=True, text=True, timeout=60, check=True
    )
    assert answer.stdout.split() == [completed]


def test_both_are_the_same_each_time_on_whatever_terminal(documents: tuple[Path, Path], tmp_path: Path) -> None:
    again = made(tmp_path, COLUMNS="200", LC_ALL="C", TZ="Asia/Tokyo")
    assert [file.read_bytes() for file in documents] == [file.read_bytes() for file in again]
