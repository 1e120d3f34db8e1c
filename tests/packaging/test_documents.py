"""Manual pages and bash's completion: made of command lines and settings, so they know each of them."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from admin_gui.app import build_parser
from appliance.cli import COMMANDS
from appliance.settings.schema import ABOUT
from tests.support.pbx_client import PROGRAM as VBOT_POST

pytest.importorskip("shtab", reason="shtab is not installed: packaging/check installs it")
pytest.importorskip("argparse_manpage", reason="argparse-manpage is not installed: packaging/check installs it")

PROGRAM = Path(__file__).parents[2] / "packaging/deb/documents.py"
SETTINGS = "usr/share/man/man5/vbot.toml.5.gz"
ADMIN = "usr/share/man/man1/vbot-admin.1.gz"
WRITE_ADMIN = "import sys; from pathlib import Path; import documents; documents.write_admin_page(Path(sys.argv[1]))"
pytestmark = pytest.mark.slow  # each is made by a Python of its own


def made(folder: Path, **environment: str) -> tuple[Path, Path]:
    """The manual page and the completion."""
    known = os.environ | {"SOURCE_DATE_EPOCH": "1764547199", "TZ": "UTC"} | environment
    known["PYTHONPATH"] = f"{PROGRAM.parent}:{PROGRAM.parents[2]}"
    for command in ([PROGRAM], ["-c", WRITE_ADMIN]):
        line = [sys.executable, *command, folder]
        subprocess.run(line, env=known, stdin=subprocess.DEVNULL, check=True, timeout=240)
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


def test_the_settings_page_tells_of_every_setting(documents: tuple[Path, Path]) -> None:
    page = gzip.decompress((documents[0].parents[4] / SETTINGS).read_bytes()).decode()
    assert re.findall(r"^\.TP\n\.B ([a-z_]+)\n", page, re.MULTILINE) == list(ABOUT)
    told = page.replace("\\-", "-")
    assert [name for name, about in ABOUT.items() if f".B {name}\n{about.meaning} " not in told] == []
    assert 'Default: "whisper-base". Variable: VBOT_ASR_MODEL.' in told
    assert "Default: [10.0, 60.0, 300.0]." in told
    assert "Variable: VBOT_ADMIN_TOKEN" not in told


def test_the_desktop_program_s_page_tells_of_every_option(documents: tuple[Path, Path]) -> None:
    page = gzip.decompress((documents[0].parents[4] / ADMIN).read_bytes()).decode().replace("\\-", "-")
    options = {option for action in build_parser()._actions for option in action.option_strings} - {"-h", "--help"}
    assert "--fingerprint" in options
    assert [option for option in options if option not in page] == []


@pytest.fixture(scope="module")
def vbot_post(tmp_path_factory: pytest.TempPathFactory) -> Path:
    command = [VBOT_POST.with_name("manual_page"), VBOT_POST]
    page = tmp_path_factory.mktemp("vbot-post") / "vbot-post.1"
    page.write_bytes(subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True).stdout)
    return page


def test_the_page_of_vbot_post_tells_of_every_option(vbot_post: Path) -> None:
    usage = subprocess.run([VBOT_POST, "--help"], capture_output=True, text=True, check=True).stdout
    options = set(re.findall(r"--[a-z-]+", usage))
    assert {"--freepbx", "--setup", "--config"} <= options
    assert options == set(re.findall(r"--[a-z-]+", vbot_post.read_text().replace("\\-", "-")))


@pytest.mark.skipif(shutil.which("man") is None, reason="man is not installed")
@pytest.mark.parametrize("page", ["vbot", "vbot.toml", "vbot-admin", "vbot-post"])
def test_man_has_nothing_to_say_about_a_page(documents: tuple[Path, Path], vbot_post: Path, page: str) -> None:
    files = {
        "vbot": documents[0],
        "vbot.toml": documents[0].parents[4] / SETTINGS,
        "vbot-admin": documents[0].parents[4] / ADMIN,
        "vbot-post": vbot_post,
    }
    shown = subprocess.run(
        ["man", "--warnings", "--local-file", files[page]],
        env=os.environ | {"LC_ALL": "C.UTF-8", "MANROFFSEQ": "", "MANWIDTH": "100", "MANPAGER": "cat"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (shown.stderr, shown.returncode) == ("", 0)
    assert re.search(rf"^ *{re.escape(page)} - [a-z]", shown.stdout, re.MULTILINE)


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


def test_all_are_the_same_each_time_on_whatever_terminal(documents: tuple[Path, Path], tmp_path: Path) -> None:
    again = made(tmp_path, COLUMNS="200", LC_ALL="C", TZ="Asia/Tokyo")
    assert [file.read_bytes() for file in documents] == [file.read_bytes() for file in again]
    for page in (SETTINGS, ADMIN):
        assert (documents[0].parents[4] / page).read_bytes() == (again[0].parents[4] / page).read_bytes()
