"""A call's recording on this machine: fetched once, looked at, played whole or by turns, gone with the page."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from admin_gui.app_context import AppContext
from admin_gui.client.calls import Call, Turn
from admin_gui.client.transport.errors import DamagedFile, NotFound
from admin_gui.client.transport.stop import Progress, Stop, no_progress
from admin_gui.local_storage.private_folder import PrivateFolder
from admin_gui.models.call_recording import cut, loudness, mapped, suffix
from admin_gui.widgets.charts.waveform import POINTS

if TYPE_CHECKING:
    from admin_gui.models.call_recording import Floats

# Longer ones are fetched when somebody wants to hear them.
LONGEST_UNASKED_SECONDS = 2 * 3600


class RecordingPlayer(QObject):
    """The recording of the call that is shown. It lies in a folder that nobody else may read."""

    waveform_ready = Signal(object)  # its loudness, or None: it is gone, or cannot be seen

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._folder = PrivateFolder()
        self._numbers = count()
        self._call: Call | None = None
        self._file: Path | None = None
        self._on_its_way = False
        self._is_damaged = False
        # What is to be played when it has come: a turn, None for all of it, or nothing.
        self._then_play: list[Turn | None] = []

    @property
    def is_on_its_way(self) -> bool:
        """Whether it is being fetched without having been asked for; `looked_at` tells the end of it."""
        return self._on_its_way

    @property
    def waits_for_play(self) -> bool:
        """Whether it is so long that it is fetched only when it is played."""
        return self._call is not None and self._file is None and not self._is_damaged and _is_long(self._call)

    @property
    def is_damaged(self) -> bool:
        """Whether the appliance's disk does not give it back as it was received."""
        return self._is_damaged

    def forget(self) -> None:
        """The call is left: nothing of it is played any more, and nothing of it stays on the disk."""
        self._call = None
        self._file = None
        self._on_its_way = self._is_damaged = False
        self._then_play.clear()
        self._folder.remove()

    def show_call(self, call: Call) -> None:
        """Fetch it in the background, unless it is long, or there already."""
        if self._call is not None and _identity(self._call) == _identity(call):
            return
        self.forget()
        self._call = call
        if _is_long(call):
            self.waveform_ready.emit(None)
            return
        self._on_its_way = True
        fetch = self._fetching(call)
        self._context.calls.start(
            self,
            lambda: fetch(no_progress, None),
            lambda found: self._take(call, *found),
            lambda error: self._not_there(call, error),
            latest="recording",
        )

    def play(self, turn: Turn | None = None) -> None:
        """Let the system's player play one turn, or all; where no turn can be cut out, all."""
        call, file = self._call, self._file
        if call is None:
            return
        if file is None and self._on_its_way:
            self._then_play = [turn]
        elif file is None:
            self._fetch_and_play(call, turn)
        elif turn is None:
            self._play_file(call, file)
        else:
            self._context.calls.start(
                self, lambda: _piece(file, turn), lambda piece: self._play_file(call, piece), latest="play"
            )

    def _fetch_and_play(self, call: Call, turn: Turn | None) -> None:
        def done(found: tuple[Path, Floats | None]) -> None:
            self._take(call, *found)
            if call is self._call:
                self.play(turn)

        def failed(error: Exception) -> None:
            if call is self._call:
                self._is_damaged = isinstance(error, DamagedFile)
                self._say(error)
                self.waveform_ready.emit(None)

        self._context.run_long(self, self.tr("Fetching the recording"), self._fetching(call), done, failed)

    def _say(self, error: Exception) -> None:
        if isinstance(error, NotFound):
            self._context.say(self.tr("The recording is gone: it was erased, as its retention asks"), "info")
        else:
            self._context.say_error(error)

    def _not_there(self, call: Call, error: Exception) -> None:
        """Nobody asked for it, so nobody need know, unless somebody has asked meanwhile, or it is damaged."""
        if call is not self._call:
            return
        self._on_its_way = False
        self._is_damaged = isinstance(error, DamagedFile)
        if self._then_play:
            self._then_play.clear()
            self._say(error)
        self.waveform_ready.emit(None)

    def _fetching(self, call: Call) -> Callable[[Progress, Stop | None], tuple[Path, Floats | None]]:
        """The work, for a thread, that brings its recording into this call's folder, unless that is gone by then."""
        calls, aside = self._context.appliance.calls, Path(self._folder.path())
        number = next(self._numbers)

        def fetch(progress: Progress, stop: Stop | None) -> tuple[Path, Floats | None]:
            raw = aside / f"{call.call_id}-{call.revision}-{number}"
            calls.save_recording(call.call_id, raw, progress, stop)
            raw.chmod(0o600)
            recording = mapped(raw)
            return raw.rename(raw.with_suffix(suffix(recording))), loudness(recording, POINTS)

        return fetch

    def _take(self, call: Call, file: Path, peaks: Floats | None) -> None:
        if call is not self._call:
            return  # it was left meanwhile, and its folder is gone
        if self._file is not None:
            self._file.unlink(missing_ok=True)  # asked for twice
        self._file = file
        self._on_its_way = False
        self.waveform_ready.emit(peaks)
        if self._then_play:
            self.play(self._then_play.pop())

    def _play_file(self, call: Call, file: Path) -> None:
        if call is not self._call:
            return
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(file))):
            self._context.say(self.tr("This system has no player for recordings"), "bad")


def _identity(call: Call) -> tuple[str, int]:
    """Of its sound: calls have a first revision each."""
    return call.call_id, call.revision


def _piece(file: Path, turn: Turn) -> Path:
    """One turn, in a file of its own beside the whole. On a thread."""
    piece = cut(mapped(file), turn.start, turn.end)
    if piece is None:
        return file
    aside = file.with_name(f"{turn.start:08.2f}.wav")
    aside.write_bytes(piece)
    aside.chmod(0o600)
    return aside


def _is_long(call: Call) -> bool:
    return (call.duration_seconds or 0) > LONGEST_UNASKED_SECONDS
