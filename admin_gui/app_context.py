"""What every page is given: the connection, background calls, where to go, what to say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from admin_gui.background_calls import BackgroundCalls, PendingCall
from admin_gui.client.transport.errors import Unanswered, Unreachable
from admin_gui.client.transport.stop import Progress, Stop
from admin_gui.links import Link
from admin_gui.local_storage.first_steps import FirstStepsMemory, Identity
from admin_gui.session import Session, Snapshot
from admin_gui.sound.output import DeviceOutput, Output
from admin_gui.text import error_messages
from admin_gui.text.plain_text import plain_tooltip

if TYPE_CHECKING:
    from admin_gui.appearance.theme import Theme
    from admin_gui.client.appliance import Appliance
    from admin_gui.local_storage.profiles import Memory

T = TypeVar("T")
SayKind = Literal["info", "good", "bad", "away"]  # "away": bad, for as long as the appliance does not answer
CLIPBOARD_SECONDS = 30


class LongTask(QObject):
    """Work that takes a while, as the status line shows it."""

    advanced = Signal(object, object)  # done, total or None; bytes may be more than a C int holds
    finished = Signal()

    def __init__(self, title: str, parent: QObject, *, is_lost: bool = True) -> None:
        """`is_lost`: something is missing where it is stopped, and who would end it by leaving is asked first."""
        super().__init__(parent)
        self.title, self.is_lost = title, is_lost
        self.on_stop: Callable[[], Any] = lambda: None

    def stop(self) -> None:
        """The user no longer wants it."""
        self.on_stop()

    def finish(self) -> None:
        self.finished.emit()
        self.deleteLater()


class Undo(Protocol):
    """What takes back what was just done."""

    def __call__(self) -> object: ...


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be done about a message: what its button says, and does."""

    words: str
    run: Callable[[], object]
    # It is done on the appliance: when its connection ends, it is out of reach.
    needs_appliance: bool = False


@dataclass(frozen=True, slots=True)
class Lasting:
    """A trouble that is told until it is over: which, in what words, and what leads to its place."""

    key: str
    text: str
    run: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Came:
    """What came of long work: whose it was, its title, and what is said of it."""

    owner: QObject
    title: str
    text: str
    kind: SayKind
    offer: Undo | Offer | None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a message is about, where it does not name it: the page that shows it, and what it is called."""

    link: Link
    name: str

    def is_shown_by(self, link: Link) -> bool:
        return (link.page, link.target) == (self.link.page, self.link.target)


class AppContext(QObject):
    """One for the whole program."""

    message_requested = Signal(str, str, object, object)  # text, SayKind; Undo, Offer or None; Subject or None
    aside_requested = Signal(str, object)  # text, and the Link of the page that it is about
    waits_to_save = Signal(object)  # tells, whenever it is called, whether that which could not be saved still waits
    troubles_last = Signal(object)  # list[Lasting]: all that there are, the newest first
    long_task = Signal(object)  # LongTask
    long_work_told = Signal(object)  # Came
    navigation_requested = Signal(object, bool)  # Link, and whether it takes the present place's stead in the history

    def __init__(self, memory: Memory, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.memory = memory
        self.theme = theme
        # Where sound goes; tests listen here.
        self.open_output: Callable[[], Output] = DeviceOutput
        self._ending: tuple[QObject, str] | None = None  # the long work of which is told at this moment
        self.calls = BackgroundCalls(self.say_error, self)
        self.session = Session(self.calls, self)
        self.session.settle = self.settled

    @property
    def appliance(self) -> Appliance:
        """The client; its methods block, so give them to `calls.start`."""
        return self.session.appliance

    def settled(self, appliance: Identity, snapshot: Snapshot) -> Snapshot:
        """As it stands with what somebody has said here of the appliance's warnings."""
        remembered = FirstStepsMemory(self.memory, appliance).read()
        if snapshot.system is None or remembered is None:
            return snapshot
        return replace(snapshot, system=remembered.settle(snapshot.system))

    def go(self, place: Link | str) -> None:
        """Open a page: `go("call/5f6c…")`, `go("calls?state=failed")`."""
        self.navigation_requested.emit(Link.parse(place) if isinstance(place, str) else place, False)

    def stay(self, place: Link | str) -> None:
        """The present page shows something else now (a filter was set): note it for back and forward."""
        self.navigation_requested.emit(Link.parse(place) if isinstance(place, str) else place, True)

    def say(
        self, text: str, kind: SayKind = "info", undo: Undo | Offer | None = None, subject: Subject | None = None
    ) -> None:
        """A message on the status line; with `undo`, or something else on offer, there is a button beside it.

        `subject`: what it is about; beside anything else it is not said.
        """
        if self._ending is not None:
            owner, title = self._ending
            undo = _once(undo)  # it may be offered in two places
            self.long_work_told.emit(Came(owner, title, text, kind, undo))
        self.message_requested.emit(text, kind, undo, subject)

    def say_aside(self, text: str, left: Link) -> None:
        """The same for what may be left unsaid: it takes the place of nothing that has a button beside it.

        It is about the page that was left, and is over once that is seen again.
        """
        self.aside_requested.emit(text, left)

    def say_error(self, error: BaseException) -> None:
        """What went wrong, on the status line."""
        # Whether something was done that nobody answered is a question also once it answers again.
        away = isinstance(error, Unreachable) and not isinstance(error, Unanswered)
        self.say(error_messages.message_of(error), "away" if away else "bad")

    def say_unsaved(self, error: BaseException, unsaved: Callable[[], object], *, may_be_saved: bool = False) -> None:
        """What went wrong with what was to be saved. Once the appliance is back, it is said that it can be saved now.

        `unsaved`: what is still to be saved of it, or nothing. `may_be_saved`: it was sent before, and nobody knows
        what came of that.
        """
        if isinstance(error, Unreachable) and not isinstance(error, Unanswered) and not may_be_saved:
            self.waits_to_save.emit(unsaved)
            self.say(error_messages.unsaved(error), "away")
        else:
            self.say_error(error)

    def say_marked(self, elsewhere: Sequence[str] = ()) -> None:
        """What the appliance refused is marked at its field; `elsewhere`: what belongs to none."""
        self.say("; ".join(elsewhere) or self.tr("Not saved: look at what is marked"), "bad")

    def say_barred(self) -> None:
        """Why nothing can be changed, to somebody who has tried it with a key."""
        self.say(self.why_barred(), "bad" if self.session.is_viewer else "away")

    def why_barred(self) -> str:
        """Empty while something can be changed."""
        if self.session.may_change:
            return ""
        if self.session.is_viewer:
            return self.tr("A viewer's token changes nothing")
        return self.tr("The appliance does not answer at present")

    def copy(self, text: str, what: str, subject: Subject | None = None) -> None:
        """Put a text that is no secret on the clipboard, and say so."""
        QApplication.clipboard().setText(text)
        self.say(_begun(self.tr("%1 copied").replace("%1", what)), "good", subject=subject)

    def copy_secret(self, secret: str, what: str, subject: Subject | None = None) -> None:
        """Put a secret on the clipboard, and take it off again if it is still there after half a minute."""
        QApplication.clipboard().setText(secret)

        def clear() -> None:
            if QApplication.clipboard().text() == secret:
                QApplication.clipboard().clear()

        # The program's, not a page's: the page may be gone by then, the secret must be too.
        QTimer.singleShot(CLIPBOARD_SECONDS * 1000, self, clear)
        template = self.tr("%1 copied; the clipboard is cleared after %n s", "", CLIPBOARD_SECONDS)
        self.say(_begun(template.replace("%1", what)), "good", subject=subject)

    def only_admin(self, control: QWidget) -> None:
        """Let this control do nothing for a viewer, nor while the appliance does not answer, and say why."""
        gate = _Gate(self, control)
        self.session.changed.connect(gate.update)
        gate.update()

    def run_long(
        self,
        owner: QObject,
        title: str,
        work: Callable[[Progress, Stop], T],
        done: Callable[[T], Any] | None = None,
        failed: Callable[[Exception], Any] | None = None,
        *,
        is_lost: bool = True,
    ) -> PendingCall[T]:
        """Long work with its progress, and a button to stop it, on the status line."""
        task = LongTask(title, self, is_lost=is_lost)

        def ended_well(result: T) -> None:
            task.finish()
            if done is not None:
                tell(lambda: done(result))

        def ended_badly(error: Exception) -> None:
            task.finish()
            tell(lambda: (failed or self.say_error)(error))

        def tell(run: Callable[[], object]) -> None:
            self._ending = (owner, title)
            try:
                run()
            finally:
                self._ending = None

        call = self.calls.start_long(owner, work, ended_well, ended_badly, task.advanced.emit)
        task.on_stop, call.on_cancel = call.cancel, task.finish
        self.long_task.emit(task)
        return call

    def close(self) -> None:
        """End everything that is under way."""
        self.session.close()
        self.calls.close()


class _Gate(QObject):
    """A control's, so that its connection ends with it."""

    def __init__(self, context: AppContext, control: QWidget) -> None:
        super().__init__(control)
        self._context = context
        self._control = control
        self._own_tip = control.toolTip()

    def update(self, _situation: object = None) -> None:
        barred = self._context.why_barred()
        self._control.setEnabled(not barred)
        self._control.setToolTip(plain_tooltip(barred or self._own_tip))


def _once(offer: Undo | Offer | None) -> Undo | Offer | None:
    """What does nothing when it is pressed a second time."""
    if offer is None:
        return None
    left = [offer.run if isinstance(offer, Offer) else offer]

    def run() -> None:
        if left:
            left.pop()()

    return replace(offer, run=run) if isinstance(offer, Offer) else run


def _begun(sentence: str) -> str:
    """With a capital, whatever it begins with."""
    return sentence[:1].upper() + sentence[1:]
