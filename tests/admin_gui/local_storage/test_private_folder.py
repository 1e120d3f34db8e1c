"""Recordings that were fetched to be heard: nobody else reads them, and none outlives the call on the screen."""

from __future__ import annotations

import gc
import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

import admin_gui
from admin_gui.app_context import AppContext
from admin_gui.local_storage import private_folder
from admin_gui.local_storage.private_folder import PREFIX, PrivateFolder, sweep
from admin_gui.pages.calls.call_page import CallPage
from admin_gui.pages.calls.recording_player import RecordingPlayer
from admin_gui.shell.main_window import MainWindow
from tests.admin_gui.conftest import WAIT_MS, TlsAppliance
from tests.admin_gui.driving import opened
from tests.support.fake_worker import that_says
from tests.support.recordings import stereo_conversation

TURNS = [{"start": 1.0, "end": 3.0, "channel": 0, "party": "caller", "text": "My parcel is missing."}]
ANOTHER_RUN = """
import sys, time
from pathlib import Path
from admin_gui.local_storage.private_folder import PrivateFolder
folder = PrivateFolder()
file = Path(folder.path()) / "call.wav"
file.write_bytes(b"RIFF")
print(file, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files of its own, also for the programs that a test starts."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    private_folder._run.end()  # what earlier tests began lies elsewhere
    yield folder
    private_folder._run.end()


class Player(QObject):
    """The system's player, at the seam where Qt hands files over."""

    def __init__(self) -> None:
        super().__init__()
        self.played: list[Path] = []

    @Slot(QUrl)
    def play(self, url: QUrl) -> None:
        self.played.append(Path(url.toLocalFile()))


@pytest.fixture
def player(qtbot: QtBot) -> Iterator[Player]:
    made = Player()
    QDesktopServices.setUrlHandler("file", made, "play")
    yield made
    QDesktopServices.unsetUrlHandler("file")


def sounds(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file() and one.name != "run.lock"]


@contextmanager
def another_run() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another vbot-admin with a recording, and where that lies."""
    with subprocess.Popen(
        [sys.executable, "-c", ANOTHER_RUN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.kill()


def test_the_folder_is_the_users_own_and_goes_with_all_that_is_in_it(temporary: Path) -> None:
    folder = PrivateFolder()
    file = Path(folder.path()) / "call.wav"
    file.write_bytes(b"RIFF")
    for one in (file.parent, file.parent.parent):
        assert stat.S_IMODE(one.stat().st_mode) == 0o700
    folder.remove()
    assert sounds(temporary) == []
    assert Path(folder.path()).is_dir(), "and the next one is as good"


def test_the_folder_goes_with_whoever_has_it(qtbot: QtBot, context: AppContext, temporary: Path) -> None:
    page = QObject()
    player = RecordingPlayer(context, page)
    (Path(player._folder.path()) / "call.wav").write_bytes(b"RIFF")
    shiboken6.delete(player)
    del player
    gc.collect()
    assert sounds(temporary) == []


def test_nothing_of_ours_is_called_while_qt_destroys_it() -> None:
    """The Python side may be gone by then: a bound method connected to `destroyed` once ended the program."""
    package = Path(admin_gui.__file__).parent
    assert [file.name for file in package.rglob("*.py") if "destroyed.connect" in file.read_text()] == []


def test_a_run_that_ends_leaves_nothing(temporary: Path) -> None:
    with another_run() as (process, file):
        assert file.exists()
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=120) == 0
    assert list(temporary.glob(f"{PREFIX}*")) == []


def test_what_a_killed_run_left_goes_at_the_next_start_and_what_a_living_one_needs_stays(temporary: Path) -> None:
    folder = PrivateFolder()
    mine = Path(folder.path()) / "mine.wav"
    mine.write_bytes(b"RIFF")
    with another_run() as (killed, left), another_run() as (_living, needed):
        killed.send_signal(signal.SIGKILL)
        killed.wait(timeout=120)
        assert left.exists()

        sweep()

        assert not left.parent.parent.exists()
        assert needed.exists()
        assert mine.exists()


def test_a_link_to_somewhere_else_is_not_followed(temporary: Path) -> None:
    elsewhere = temporary / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("kept")
    (temporary / f"{PREFIX}link").symlink_to(elsewhere)
    sweep()
    assert (elsewhere / "kept").exists()


@pytest.mark.slow
def test_the_program_itself_sweeps_when_it_starts(temporary: Path) -> None:
    with another_run() as (killed, left):
        killed.kill()
        killed.wait(timeout=120)
        with subprocess.Popen(
            [sys.executable, "-m", "admin_gui", "--settings-file", str(temporary / "settings.ini")],
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        ) as program:
            try:
                for _ in range(300):
                    if not left.exists():
                        break
                    with pytest.raises(subprocess.TimeoutExpired):
                        program.wait(timeout=0.2)
                assert not left.exists()
            finally:
                program.terminate()
                program.wait(timeout=120)


LEAVING: dict[str, Callable[[MainWindow, str], object]] = {
    "another page": lambda window, _other: window.go("customers"),
    "another call": lambda window, other: window.go(f"call/{other}"),
    "back": lambda window, _other: window.go_back(),
    "disconnect": lambda window, _other: window.context.session.close(),
    "closing the window": lambda window, _other: window.close(),
}


@pytest.mark.parametrize("how", LEAVING)
def test_nothing_of_a_recording_stays_when_its_call_is_left(
    how: str, qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, player: Player, temporary: Path
) -> None:
    key = appliance.new_customer()["api_key"]
    call_id, other = (
        appliance.accepted(key, that_says(stereo_conversation(), TURNS), external_id=name) for name in ("1", "2")
    )
    for one in (call_id, other):
        appliance.final_call(one)
    opened(qtbot, window, "calls")
    page = opened(qtbot, window, f"call/{call_id}")
    assert isinstance(page, CallPage)
    page.play_whole()
    page.play(page.conversation.turns[0])
    qtbot.waitUntil(lambda: len(player.played) == 2, timeout=WAIT_MS)
    assert sorted(sounds(temporary)) == sorted(player.played)
    assert {stat.S_IMODE(one.stat().st_mode) for one in player.played} == {0o600}

    LEAVING[how](window, other)

    qtbot.waitUntil(lambda: not any(one.exists() for one in player.played), timeout=WAIT_MS)
    if how != "another call":
        assert sounds(temporary) == []


def test_who_comes_back_to_a_call_hears_it_again(
    qtbot: QtBot, window: MainWindow, appliance: TlsAppliance, player: Player
) -> None:
    key = appliance.new_customer()["api_key"]
    call_id = appliance.accepted(key, that_says(stereo_conversation(), TURNS))
    appliance.final_call(call_id)
    page = opened(qtbot, window, f"call/{call_id}")
    window.go("customers")
    page = opened(qtbot, window, f"call/{call_id}")
    page.play_whole()
    qtbot.waitUntil(lambda: len(player.played) == 1, timeout=WAIT_MS)
    assert player.played[0].read_bytes()[:4] == b"RIFF"
