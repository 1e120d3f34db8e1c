"""`vbot-admin` as a program: what it loads, how it starts and ends."""

from __future__ import annotations

import importlib.metadata
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # each test starts processes

VBOT_ADMIN = Path(sys.executable).with_name("vbot-admin")
VERSION = importlib.metadata.version("vbot-appliance")
START_SECONDS = 120.0
END_SECONDS = 60.0

WITHOUT_QT = "import sys; sys.modules['PySide6'] = None; from admin_gui.app import main; main(sys.argv[1:])"


def watched(pid: int) -> bool:
    """Whether the program has put its handler for SIGTERM in place, just before it makes the window."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "SigCgt":
            return bool(int(value, 16) >> (signal.SIGTERM - 1) & 1)
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_program_runs_until_a_signal_closes_it(number: signal.Signals, tmp_path: Path) -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONWARNINGS": "error"}
    command: list[str | Path] = [VBOT_ADMIN, "--settings-file", tmp_path / "settings.ini"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as program:
        try:
            until = time.monotonic() + START_SECONDS
            while not watched(program.pid):
                assert program.poll() is None, program.communicate()[1]
                assert time.monotonic() < until, "no window in time"
                time.sleep(0.05)
            time.sleep(0.5)
            assert program.poll() is None
            program.send_signal(number)
            _, errors = program.communicate(timeout=END_SECONDS)
        finally:
            program.kill()
    assert program.returncode == 0, errors
    assert "Traceback" not in errors
    assert "Error" not in errors


def test_a_signal_ends_it_even_if_a_window_asks_about_unsaved_changes() -> None:
    script = """if True:
        import os, signal
        from PySide6.QtCore import QTimer
        from PySide6.QtWidgets import QApplication, QWidget
        from admin_gui.app import quit_on_signals
        class Asking(QWidget):
            def closeEvent(self, event):
                event.ignore()
        application = QApplication([])
        quit_on_signals(application)
        window = Asking()
        window.show()
        QTimer.singleShot(0, lambda: os.kill(os.getpid(), signal.SIGTERM))
        raise SystemExit(application.exec())"""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen([sys.executable, "-c", script], env=environment) as program:
        try:
            assert program.wait(timeout=START_SECONDS) == 0
        finally:
            program.kill()


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_version_and_help_need_no_qt(argument: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", WITHOUT_QT, argument], capture_output=True, text=True, timeout=120, check=False
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith((f"vbot-admin {VERSION}\n", "usage: vbot-admin"))


def test_without_qt_it_says_so_in_one_line() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", WITHOUT_QT],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.stderr.startswith("vbot-admin: Qt does not load: ")
    assert answer.stderr.count("\n") == 1


def test_without_a_display_it_says_so_in_one_line() -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    answer = subprocess.run([VBOT_ADMIN], env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert answer.returncode == 1
    assert answer.stderr == "vbot-admin: there is no display: start it in a desktop session\n"


def test_the_desktop_program_loads_nothing_of_the_appliance_or_its_engine() -> None:
    script = (
        "import sys, pkgutil, importlib, admin_gui\n"
        "names = [module.name for module in pkgutil.walk_packages(admin_gui.__path__, 'admin_gui.')]\n"
        "for name in names: importlib.import_module(name)\n"
        "print(*names, *sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    loaded = set(answer.stdout.split())
    assert "admin_gui.app" in loaded
    assert not loaded & {"torch", "duckdb", "appliance", "engine", "tornado", "dramatiq"}


def test_the_client_and_the_start_load_no_qt() -> None:
    script = "import sys, admin_gui.app, admin_gui.client; print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    assert "PySide6" not in answer.stdout.split()


def test_what_only_a_connection_or_a_page_needs_is_not_loaded_before_the_first_window() -> None:
    script = "import sys, admin_gui.shell.program; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "admin_gui.shell.main_window" in loaded
    assert {"requests", "urllib3", "numpy", "pyqtgraph", "zeroconf", "miniaudio", "soundfile"} & set(loaded) == set()
