"""The line at the foot of the window: how the connection stands, what was just done, what takes long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QProgressBar, QPushButton, QStatusBar, QToolButton, QWidget

from admin_gui.app_context import AppContext, LongTask, Offer, SayKind, Subject, Undo
from admin_gui.appearance.colors import Tone
from admin_gui.links import Link
from admin_gui.session import POLL_INTERVAL_MS, Situation, State
from admin_gui.shell.notices.lasting_line import LastingLine
from admin_gui.text import error_messages, formats
from admin_gui.widgets import icons
from admin_gui.widgets.elided_label import ElidedLabel, LinesLabel
from admin_gui.widgets.pill import StatusPill

MESSAGE_MS = 8_000
UNDO_MS = 12_000
ERROR_MS = 20_000
POLLS_TO_OUTLAST = 2
# With the stream open something comes every 3 s, without it nothing between two polls. One sign of life may be late on
# its way; when somebody waits for an answer meanwhile, it is no longer called live. Nothing is turned off before the
# session calls it quiet.
LATE_SECONDS = 4.5
LATE_SECONDS_WITHOUT_STREAM = LATE_SECONDS + POLL_INTERVAL_MS / 1000
WAITS_SECONDS = 2.0


class _TaskParts(NamedTuple):
    label: ElidedLabel
    bar: QProgressBar
    stop: QToolButton


class StatusLine(QStatusBar):
    """Messages instead of boxes."""

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setSizeGripEnabled(False)
        self.setContentsMargins(8, 2, 8, 2)
        self.pill = StatusPill(context.theme)
        # Where there is not room for all, the words give way, never what is offered beside them.
        self._detail = ElidedLabel()
        self._message = LinesLabel()
        self.undo_button = QPushButton(self.tr("Undo"))
        self.undo_button.setProperty("flat", True)
        self.undo_button.hide()
        self.undo_button.clicked.connect(self._take_back)
        self.offer_button = QPushButton()
        self.offer_button.setProperty("flat", True)
        self.offer_button.hide()
        self.offer_button.clicked.connect(self._do_what_is_offered)
        # What lasts is seen wherever nothing else is said.
        self.lasting = LastingLine(context)
        self.lasting.changed.connect(self._make_room)
        self._offer: Offer | None = None
        self._take: Undo | None = None
        self._subject: Subject | None = None
        self._left: Link | None = None  # the page that what is said is about, until that is seen again
        self._is_error = self._is_unsaved = False
        self._polls_to_outlast = 0
        # Whatever is said meanwhile, who could not save is told once it can be done.
        self._unsaved: list[Callable[[], object]] = []
        self._polls_until_saved = 0
        self._was_away = False
        self.addWidget(self.pill)
        self.addWidget(self._detail)
        self.addWidget(self._message, 1)
        self.addWidget(self.undo_button)
        self.addWidget(self.offer_button)
        self.addWidget(self.lasting, 1)
        self.lasting.hide()
        self._tasks: dict[LongTask, _TaskParts] = {}
        self._fade = QTimer(self)
        self._fade.setSingleShot(True)
        self._fade.timeout.connect(self._forget_message)
        self._tick = QTimer(self)
        self._tick.setInterval(500)
        self._tick.timeout.connect(self._show_situation)
        self._tick.start()
        context.message_requested.connect(self.say)
        context.aside_requested.connect(self._say_aside)
        context.waits_to_save.connect(self._let_wait)
        context.long_task.connect(self._show_task)
        context.session.changed.connect(lambda _situation: self._show_situation())
        context.session.changed.connect(self._forget_what_is_over)
        context.session.polled.connect(self._answers_again)
        self._show_situation()

    @property
    def connection_text(self) -> str:
        """How the connection stands, in words."""
        return f"{self.pill.text} {self._detail.text()}".strip()

    @property
    def message(self) -> str:
        """What was said last, while it is seen."""
        return self._message.text()

    @property
    def tasks(self) -> list[str]:
        """What takes long at present."""
        return [task.title for task in self._tasks]

    def progress_of(self, title: str) -> int:
        """How far one is, in percent; 0 while that is not known."""
        bar = next(parts.bar for task, parts in self._tasks.items() if task.title == title)
        return bar.value() * 100 // bar.maximum() if bar.maximum() else 0

    def stop_task(self, title: str) -> None:
        """As its button does."""
        next(parts.stop for task, parts in self._tasks.items() if task.title == title).click()

    def say(
        self, text: str, kind: SayKind = "info", undo: Undo | Offer | None = None, subject: Subject | None = None
    ) -> None:
        colors = self._context.theme.colors
        self._is_error = kind in ("bad", "away")
        # Whoever waits to save may try something else that does not work meanwhile, and waits still.
        self._is_unsaved = kind == "away" and self._waits_to_save()
        color = colors.bad if self._is_error else colors.good if kind == "good" else colors.text
        self._message.setText(text)
        self._message.setStyleSheet(f"color: {color};")
        self._make_room()
        # The keyboard is elsewhere: a screen reader would not come by.
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._message, text))
        self._offer = undo if isinstance(undo, Offer) else None
        self._take = None if isinstance(undo, Offer) else undo
        self.undo_button.setVisible(self._take is not None)
        self.offer_button.setText("" if self._offer is None else self._offer.words)
        self.offer_button.setVisible(self._offer is not None)
        self._subject, self._left = subject, None
        self._polls_to_outlast = POLLS_TO_OUTLAST if kind == "away" else 0
        self._fade.start(UNDO_MS if undo is not None else ERROR_MS if self._is_error else MESSAGE_MS)
        if self._is_unsaved:
            self._fade.stop()  # however long it takes until it can be saved

    def _make_room(self) -> None:
        is_seen = bool(self.lasting.text) and not self.message
        self._message.setVisible(not is_seen)
        self.lasting.let_be_seen(is_seen)

    def _let_wait(self, unsaved: Callable[[], object]) -> None:
        if unsaved not in self._unsaved:
            self._unsaved.append(unsaved)
        self._polls_until_saved = POLLS_TO_OUTLAST

    def _waits_to_save(self) -> bool:
        """Whether what could not be saved waits for that, and was neither discarded nor saved meanwhile."""
        self._unsaved = [unsaved for unsaved in self._unsaved if unsaved()]
        return bool(self._unsaved)

    def _say_aside(self, text: str, left: Link) -> None:
        if self._take is None and self._offer is None and not self._is_unsaved:  # which is said already, and lasts
            self.say(text)
            self._left = left

    def move_to(self, link: Link) -> None:
        """Something else may be seen: what did not work is no news there, and what was done was done to another.

        What can still be taken back stays, with the name of what it is about.
        """
        if self._left is not None and self._left.page == link.page:
            self._forget_message()
            return
        subject = self._subject
        is_elsewhere = subject is not None and not subject.is_shown_by(link)
        if self._is_unsaved and self._waits_to_save():
            return  # it stays where it was typed, and whether it can be saved is news anywhere
        if self._is_error or (is_elsewhere and self._take is None and self._offer is None):
            self._forget_message()
        elif is_elsewhere and subject is not None:
            self._message.setText(f"{subject.name}: {self._message.text()}")
            self._subject = None

    def _forget_what_is_over(self, situation: Situation) -> None:
        """It is there again: that it was not there is no news any more."""
        is_back, self._was_away = situation.state is State.LIVE and self._was_away, situation.state is not State.LIVE
        if is_back:
            self._polls_until_saved = 0
            if self._polls_to_outlast:
                self._forget_message()
            self._tell_what_can_be_saved()

    def _answers_again(self, _snapshot: object) -> None:
        """A connection broke, and others do not; what was said is read first."""
        self._polls_until_saved = max(0, self._polls_until_saved - 1)
        if self._polls_to_outlast:
            self._polls_to_outlast -= 1
            if not self._polls_to_outlast:
                self._forget_message()
        self._tell_what_can_be_saved()

    def _tell_what_can_be_saved(self) -> None:
        """Once it can be, and in the place of nothing that is not over yet."""
        is_back = self._context.session.situation.state is State.LIVE and not self._polls_until_saved
        if is_back and not self.message and self._waits_to_save():
            self._unsaved.clear()
            self.say(self.tr("The appliance answers again: what you typed can be saved now"))

    def forget_undo(self) -> None:
        """What could be taken back is out of reach, and what waits to be saved."""
        self._unsaved.clear()
        if self._take is not None or (self._offer is not None and self._offer.needs_appliance):
            self._forget_message()

    def _forget_message(self) -> None:
        self._message.clear()
        self._take, self._offer, self._subject, self._left = None, None, None, None
        self._is_error, self._is_unsaved, self._polls_to_outlast = False, False, 0
        self.undo_button.hide()
        self.offer_button.hide()
        self._make_room()

    def _take_back(self) -> None:
        take = self._take
        self._forget_message()
        if take is not None:
            take()

    def _do_what_is_offered(self) -> None:
        offer = self._offer
        self._forget_message()  # first: a second click is not to do it twice
        if offer is not None:
            offer.run()

    def _show_task(self, task: LongTask) -> None:
        label = ElidedLabel(task.title)
        bar = QProgressBar()
        bar.setFixedWidth(140)
        bar.setRange(0, 0)
        bar.setAccessibleName(task.title)
        stop = QToolButton()
        stop.setIcon(icons.icon("close", self._context.theme.colors.muted, 14))
        stop.setToolTip(self.tr("Stop"))
        stop.setAccessibleName(self.tr("Stop: %1").replace("%1", task.title))
        stop.clicked.connect(task.stop)
        self._tasks[task] = parts = _TaskParts(label, bar, stop)
        for widget in parts:
            self.addPermanentWidget(widget)

        def advance(done: int, total: int | None) -> None:
            if total:
                bar.setRange(0, 1000)
                bar.setValue(min(1000, done * 1000 // total))

        task.advanced.connect(advance)
        task.finished.connect(lambda: self._end_task(task))

    def _end_task(self, task: LongTask) -> None:
        for widget in self._tasks.pop(task, ()):
            self.removeWidget(widget)
            widget.deleteLater()

    def _show_situation(self) -> None:
        if self._is_unsaved and not self._waits_to_save():
            self._forget_message()  # it was discarded, or typed back
        self._tell_what_can_be_saved()
        situation = self._context.session.situation
        text, tone, detail = self._told(situation)
        if (text, tone) != (self.pill.text, self.pill.tone):
            self.pill.show_state(text, tone)
        if detail != self._detail.text():
            self._detail.setText(detail)

    def _waits_in_silence(self) -> bool:
        session, waits = self._context.session, self._context.calls.waiting_seconds(self.window())
        late = LATE_SECONDS if session.stream_open else LATE_SECONDS_WITHOUT_STREAM
        return waits >= WAITS_SECONDS and session.silent_seconds >= late

    def _told(self, situation: Situation) -> tuple[str, Tone, str]:
        now = datetime.now(UTC)
        retry = ""
        if situation.retry_at is not None:
            seconds = max(0, round((situation.retry_at - now).total_seconds()))
            retry = self.tr("trying again in %n s", "", seconds) if seconds else self.tr("trying again")
        ended: dict[State, tuple[str, Tone, str]] = {
            State.DISCONNECTED: (self.tr("Not connected"), "calm", ""),
            State.REFUSED: (self.tr("Token refused"), "bad", ""),
            State.CERTIFICATE_CHANGED: (self.tr("Certificate changed"), "bad", ""),
        }
        match situation.state:
            case State.CONNECTING:
                why = "" if situation.error is None else error_messages.message_of(situation.error)
                return self.tr("Connecting"), "busy", f"{why} {retry}".strip()
            case State.LIVE if self._waits_in_silence():
                return self.tr("Waiting for an answer"), "busy", ""
            case State.LIVE:
                return self.tr("Live"), "good", self.tr("Read only") if self._context.session.is_viewer else ""
            case State.QUIET:
                return self.tr("No answer for %n s", "", int(self._context.session.silent_seconds)), "warn", ""
            case State.STALE:
                since = formats.short_moment(situation.since, now)
                return self.tr("Stale since %1").replace("%1", since), "warn", retry
            case state:
                return ended[state]
