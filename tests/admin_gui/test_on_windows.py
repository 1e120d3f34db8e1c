"""Nothing in the desktop program needs POSIX. It is not run on Windows here: what Windows lacks is taken away.

In a second process paths are of Windows' kind as well; `as_on_windows.py` says how, and how far that goes.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest
from PySide6.QtGui import QFontDatabase
from pytestqt.qtbot import QtBot

from admin_gui.appearance.colors import DARK, LIGHT, Colors
from admin_gui.appearance.stylesheet import stylesheet
from tests.admin_gui.as_on_windows import REFUSED

PROGRAM = Path(__file__).parents[2] / "admin_gui"
# The modules and names that CPython's documentation calls "Availability: Unix" or "not Windows".
MODULES = "crypt curses fcntl grp nis ossaudiodev posix pty pwd readline resource spwd syslog termios tty"
NAMES = {
    "os": (
        "chown chroot confstr ctermid fchdir fchmod fchown fork forkpty getegid geteuid getgid getgroups getloadavg "
        "getpgid getpgrp getpriority getresuid getsid getuid killpg lchown mkfifo mknod nice openpty pathconf "
        "posix_fallocate posix_spawn pread pwrite readv sched_getaffinity sched_yield sendfile setegid seteuid setgid "
        "setpriority setsid setuid statvfs sync sysconf uname wait wait3 wait4 waitid writev "
        "O_NOFOLLOW O_CLOEXEC O_DIRECTORY O_NONBLOCK O_SYNC O_TMPFILE WNOHANG WIFEXITED"
    ),
    "signal": (
        "SIGALRM SIGBUS SIGCHLD SIGCONT SIGHUP SIGKILL SIGPIPE SIGQUIT SIGSTOP SIGTSTP SIGUSR1 SIGUSR2 SIGWINCH "
        "alarm pause pthread_kill pthread_sigmask setitimer sigwait siginterrupt"
    ),
    "socket": "AF_NETLINK AF_PACKET AF_UNIX SO_PEERCRED SO_REUSEPORT sethostname",
    "select": "epoll kqueue poll",
}

# First all libraries, as they are on this system; then our own modules once more, with everything of POSIX gone.
WITHOUT_POSIX = """if True:
    import importlib, os, pkgutil, select, signal, socket, sys
    import admin_gui
    names = [one.name for one in pkgutil.walk_packages(admin_gui.__path__, "admin_gui.")]
    for name in names:
        importlib.import_module(name)
    for name in [one for one in sys.modules if one.partition(".")[0] == "admin_gui"]:
        del sys.modules[name]
    for name in {modules!r}:
        sys.modules[name] = None
    for module, attributes in {names!r}.items():
        for attribute in attributes:
            if hasattr(sys.modules[module], attribute):
                delattr(sys.modules[module], attribute)
    for name in names:
        importlib.import_module(name)
    print(len(names))
"""


@pytest.mark.slow
def test_every_module_is_imported_where_there_is_no_posix() -> None:
    script = WITHOUT_POSIX.format(modules=MODULES.split(), names={name: some.split() for name, some in NAMES.items()})
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=240, check=False)
    assert answer.returncode == 0, answer.stderr
    assert int(answer.stdout) > 150


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Every path that the program makes by itself, where all paths are of Windows' kind."""
    without = {"modules": MODULES.split(), "names": {name: some.split() for name, some in NAMES.items()}}
    folder = str(tmp_path_factory.mktemp("windows"))
    answer = subprocess.run(
        [sys.executable, "-m", "tests.admin_gui.as_on_windows", folder, json.dumps(without)],
        cwd=PROGRAM.parent,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


@pytest.mark.slow
def test_every_module_is_imported_where_paths_are_of_windows_kind(computed: dict[str, Any]) -> None:
    assert computed["modules"] > 150


@pytest.mark.slow
def test_settings_and_what_lies_beside_them_are_in_the_users_own_folder(computed: dict[str, Any]) -> None:
    assert computed["settings"] == r"C:\Users\Jürgen Müller\AppData\Roaming\vbot\vbot-admin.ini"
    assert computed["beside the settings"] == ["vbot-admin.lock"]
    assert computed["another runs"] is False, "the folder is made, and nobody is there"


@pytest.mark.slow
def test_files_are_saved_in_a_share_under_names_that_windows_takes(computed: dict[str, Any]) -> None:
    """Windows' refusals are those of `as_on_windows.REFUSED`: a name that it does not take ends that process."""
    assert computed["first folder"] == r"C:\Users\Jürgen Müller\Downloads"
    assert computed["next folder"] == r"\\nas\berichte\Q4 2026"
    assert computed["tables"] == [
        r"\\nas\berichte\Q4 2026\calls.csv",
        r"\\nas\berichte\Q4 2026\calls-2.csv",
    ]
    assert computed["left aside"] == []


@pytest.mark.slow
def test_what_was_saved_is_told_as_windows_writes_it_and_opened_by_its_url(computed: dict[str, Any]) -> None:
    assert computed["said"] == [
        r"Saved as \\nas\berichte\Q4 2026\calls.csv",
        r"Saved as C:\Users\Jürgen Müller\Downloads\Gespräche 100 %.pdf",
    ]
    assert computed["opened"] == [
        "file://nas/berichte/Q4%202026",
        "file:///C:/Users/J%C3%BCrgen%20M%C3%BCller/Downloads/Gespr%C3%A4che%20100%20%25.pdf",
    ]


@pytest.mark.parametrize("name", ["nul", "com1.txt", "a:b", "what?", "ends.", "ends ", "tab\there"])
def test_a_name_that_windows_refuses_would_be_found(name: str) -> None:
    assert REFUSED.search(name)


def needs_posix(source: str) -> Iterator[str]:
    """What of POSIX is named in it, also where that would be met only later, within a function."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=found):
                yield from (one.name for one in found if one.name.partition(".")[0] in MODULES.split())
            case ast.ImportFrom(module=str(module), names=found):
                if module.partition(".")[0] in MODULES.split():
                    yield module
                yield from (f"{module}.{one.name}" for one in found if one.name in NAMES.get(module, "").split())
            case ast.Attribute(value=ast.Name(id=module), attr=name) if name in NAMES.get(module, "").split():
                yield f"{module}.{name}"
            case ast.Constant(value=str(text)) if text.startswith(("/tmp", "/proc/", "/dev/", "/etc/", "/usr/")):
                yield text


def test_no_function_names_what_posix_alone_has() -> None:
    found = {
        file.relative_to(PROGRAM).as_posix(): list(needs_posix(file.read_text())) for file in PROGRAM.rglob("*.py")
    }
    assert {name: what for name, what in found.items() if what} == {}


def test_what_posix_alone_has_is_found_wherever_it_is_named() -> None:
    source = """
import signal
from os import getuid
def later():
    import fcntl
    signal.signal(signal.SIGHUP, None)
    open("/tmp/x")
    os.kill(os.getpid(), signal.SIGTERM)
"""
    assert sorted(needs_posix(source)) == ["/tmp/x", "fcntl", "os.getuid", "signal.SIGHUP"]


@pytest.mark.parametrize("colors", [LIGHT, DARK])
def test_the_style_sheet_finds_its_pictures_in_a_folder_of_windows(qtbot: QtBot, colors: Colors) -> None:
    images = PureWindowsPath(r"C:\Users\Jürgen Müller\AppData\Local\Programs\vBot Administration\_internal\images")
    sheet = stylesheet(colors, images)
    assert 'url("C:/Users/Jürgen Müller/AppData/Local/Programs/vBot Administration/_internal/images/check-' in sheet
    assert "\\" not in sheet


def test_texts_in_columns_have_the_font_that_the_system_has_for_them(qtbot: QtBot) -> None:
    family = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    assert f'font-family: "{family}"' in stylesheet(LIGHT)


def test_no_font_is_named_that_another_system_lacks() -> None:
    sources = {file.relative_to(PROGRAM).as_posix(): file.read_text() for file in PROGRAM.rglob("*.py")}
    naming = re.compile(r"font-family|QFont\(\s*[^)\s]|\.setFamil(?:y|ies)\(")
    named = {name: len(naming.findall(source)) for name, source in sources.items() if naming.search(source)}
    assert named == {"appearance/stylesheet.py": 1}, "there the system is asked which it has"
