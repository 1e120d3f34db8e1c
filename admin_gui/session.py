"""The connection to one appliance: how it stands, what it last said, and coming back by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from PySide6.QtCore import QObject, QTimer, Signal

from admin_gui.background_calls import BackgroundCalls
from admin_gui.client import tokens
from admin_gui.client.appliance import Appliance
from admin_gui.client.events import Event
from admin_gui.client.system import Health, System
from admin_gui.client.transport.connection import Connection
from admin_gui.client.transport.errors import (
    CertificateChanged,
    ClientError,
    Forbidden,
    NotAuthorised,
    NotFound,
    Unreachable,
)
from admin_gui.live_events import LiveEvents

POLL_INTERVAL_MS = 5_000
# With the stream open something comes every 3 s: after so many two signs of life in a row are missing, and it shows.
# Without the stream nothing comes between two polls.
QUIET_SECONDS = 7.0
QUIET_SECONDS_WITHOUT_STREAM = QUIET_SECONDS + POLL_INTERVAL_MS / 1000
# After so many, what is shown counts as old. Requests wait longer, and may still be answered.
SILENT_SECONDS = 25.0
WATCH_INTERVAL_MS = 500
LONGEST_BACKOFF_SECONDS = 30
# Without events (too many watch already, or a proxy holds them back) pages ask anew after so many polls.
RESYNC_AFTER_POLLS = 3


class State(StrEnum):
    """How the connection stands."""

    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    LIVE = "live"
    QUIET = "quiet"  # it was live, and has said nothing for some seconds: maybe it is busy, maybe it hangs
    STALE = "stale"  # it was live, and does not answer now: what is shown is old
    REFUSED = "refused"  # the token is not accepted; nothing is tried any more
    CERTIFICATE_CHANGED = "certificate changed"  # nothing is sent any more


@dataclass(frozen=True, slots=True)
class Situation:
    """The state, since when (by this machine's clock, UTC), why, and when it is tried again."""

    state: State
    since: datetime
    error: ClientError | None = None
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the appliance last said of itself."""

    health: Health
    system: System | None
    system_is_hidden: bool = False  # our token may not see the appliance itself, but some customers' things alone


@dataclass(frozen=True, slots=True)
class _Greeting:
    role: str
    snapshot: Snapshot
    has_customers: bool


class Session(QObject):
    """One appliance at a time. Signals come on the GUI thread."""

    changed = Signal(object)  # Situation
    connected = Signal()  # for the first time: pages may ask
    ended = Signal()  # nothing of this appliance may be shown any more
    resync_needed = Signal()  # something may have been missed: ask again
    events = Signal(object)  # list[Event]
    polled = Signal(object)  # Snapshot, every few seconds

    def __init__(self, calls: BackgroundCalls, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._calls = calls
        self._appliance: Appliance | None = None
        self._live: LiveEvents | None = None
        self._stream_open = False
        self._awaiting_stream = False
        self._polls_without_stream = 0
        self.name = ""
        self.role = tokens.VIEWER
        self.began_empty = False  # no customer was there when we came, and we may make one
        self.last_snapshot: Snapshot | None = None
        self.settle: Callable[[Connection, Snapshot], Snapshot] = lambda _of, snapshot: snapshot  # by what we know
        self.seen_at: datetime | None = None
        self.situation = Situation(State.DISCONNECTED, datetime.now(UTC))
        self._failures = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._poll)
        self._watch = QTimer(self)
        self._watch.setInterval(WATCH_INTERVAL_MS)
        self._watch.timeout.connect(self._check_silence)
        self._watch.start()

    # What pages ask

    @property
    def appliance(self) -> Appliance:
        """The client. Only pages ask, and there are none before it is connected."""
        if self._appliance is None:
            raise RuntimeError("not connected")
        return self._appliance

    @property
    def connection(self) -> Connection | None:
        """To which appliance, from when it is tried until it is left."""
        return None if self._appliance is None else self._appliance.connection

    @property
    def is_connected(self) -> bool:
        """Whether an appliance has answered, even if it is silent now."""
        return self.situation.state in (State.LIVE, State.QUIET, State.STALE)

    @property
    def may_change(self) -> bool:
        """Whether our token is an admin's, and the appliance is there."""
        return self.role == tokens.ADMIN and self.situation.state is State.LIVE

    @property
    def is_viewer(self) -> bool:
        return self.role != tokens.ADMIN

    @property
    def sees_appliance(self) -> bool:
        """Whether our token may see the appliance itself; that of a viewer of some customers may not."""
        return self.last_snapshot is None or not self.last_snapshot.system_is_hidden

    @property
    def stream_open(self) -> bool:
        """Whether events come in; else what is shown is asked for again every few seconds."""
        return self._stream_open

    @property
    def silent_seconds(self) -> float:
        """For how long nothing has come from the appliance."""
        return 0.0 if self._appliance is None else self._appliance.clock.silent_seconds

    def now(self) -> datetime:
        """The appliance's clock, UTC."""
        return datetime.now(UTC) if self._appliance is None else self._appliance.clock.now()

    # What the window does

    def open(self, connection: Connection, name: str) -> None:
        """Connect; `changed` tells how it goes."""
        self.close()
        self.name = name
        self._appliance = Appliance(connection)
        self._enter(State.CONNECTING)
        self._greet()

    def close(self) -> None:
        """End everything about this appliance."""
        self._timer.stop()
        self._calls.forget(self)
        self._end_live()
        appliance, self._appliance = self._appliance, None
        if appliance is not None:
            appliance.close()
        self.last_snapshot = self.seen_at = None
        self._failures = 0
        if self.situation.state is not State.DISCONNECTED:
            self._enter(State.DISCONNECTED)
            self.ended.emit()

    def poll_now(self) -> None:
        """Try again at once, or ask how it is."""
        self._timer.stop()
        if self.situation.state is State.CONNECTING:
            self._greet()
        elif self.is_connected:
            self._poll()

    # How it goes

    def _greet(self) -> None:
        appliance = self.appliance
        self._calls.start(self, lambda: _greeting(appliance), self._greeted, self._failed, latest="look")

    def _greeted(self, greeting: _Greeting) -> None:
        """The token is good."""
        self.role = greeting.role
        self.began_empty = greeting.role == tokens.ADMIN and not greeting.has_customers
        self._take(greeting.snapshot)
        # First the events, then what pages ask: so nothing is lost between.
        self._begin_live()
        self._awaiting_stream = True

    def _poll(self) -> None:
        if self.situation.state is State.CONNECTING:
            self._greet()
        elif self._appliance is not None:
            appliance = self._appliance
            self._calls.start(self, lambda: snapshot_of(appliance), self._take_poll, self._failed, latest="look")

    def _take_poll(self, snapshot: Snapshot) -> None:
        was_stale = self.situation.state is State.STALE
        self._take(snapshot)
        if was_stale or self.situation.state is State.QUIET:
            self._enter(State.LIVE)
        if was_stale:
            self._begin_live()
        self._polls_without_stream = 0 if self._stream_open else self._polls_without_stream + 1
        if was_stale or self._polls_without_stream >= RESYNC_AFTER_POLLS:
            self._polls_without_stream = 0
            self.resync_needed.emit()
        self.polled.emit(self.last_snapshot)

    def _take(self, snapshot: Snapshot) -> None:
        self.last_snapshot = self.settle(self.appliance.connection, snapshot)
        self.seen_at = datetime.now(UTC)
        self._failures = 0
        self._timer.start(POLL_INTERVAL_MS)

    def _failed(self, error: Exception) -> None:
        if not isinstance(error, ClientError):
            raise error
        if isinstance(error, CertificateChanged):
            self._give_up(State.CERTIFICATE_CHANGED, error)
        elif isinstance(error, NotAuthorised | Forbidden):
            self._give_up(State.REFUSED, error)
        else:
            self._failures += 1
            wait = min(LONGEST_BACKOFF_SECONDS, 2 ** min(self._failures - 1, 8))
            state = State.STALE if self.is_connected else State.CONNECTING
            self._enter(state, error, datetime.now(UTC) + timedelta(seconds=wait))
            self._timer.start(wait * 1000)

    def _check_silence(self) -> None:
        """What is asked may take its time; that nothing comes at all shows at once, and that something does again."""
        if self._appliance is None:
            return
        state, silent = self.situation.state, self.silent_seconds
        allowed = QUIET_SECONDS if self._stream_open else QUIET_SECONDS_WITHOUT_STREAM
        if state is State.LIVE and silent >= allowed:
            self._enter(State.QUIET)
        elif state is State.QUIET and silent < allowed:
            self._enter(State.LIVE)
        elif state is State.QUIET and silent >= SILENT_SECONDS:
            self._enter(State.STALE, Unreachable(self._appliance.connection.address, "it does not answer"))
        elif state is State.STALE and silent < WATCH_INTERVAL_MS / 1000 and self._waits_for_an_answer:
            self.poll_now()  # it is there again: no need to wait until it would be tried

    @property
    def _waits_for_an_answer(self) -> bool:
        """Whether it did not answer at all, and is tried again some time later."""
        return isinstance(self.situation.error, Unreachable) and self._timer.isActive()

    def _give_up(self, state: State, error: ClientError) -> None:
        self._timer.stop()
        self._calls.forget(self)
        self._end_live()
        if self._appliance is not None:
            self._appliance.close()
        self._enter(state, error)

    def _enter(self, state: State, error: ClientError | None = None, retry_at: datetime | None = None) -> None:
        former = self.situation
        since = former.since if former.state is state else datetime.now(UTC)
        if state is State.STALE and former.state is not State.STALE:
            since = self.seen_at or since
        if state is State.QUIET:
            since -= timedelta(seconds=self.silent_seconds)
        self.situation = Situation(state, since, error, retry_at)
        self.changed.emit(self.situation)

    # Events

    def _begin_live(self) -> None:
        if self._live is not None:
            return
        appliance = self.appliance
        live = LiveEvents(appliance.connection, appliance.clock, self)
        live.batch.connect(self._pass_on)
        live.opened.connect(self._stream_opened)
        live.broken.connect(self._stream_broke)
        self._live = live
        live.start()

    def _end_live(self) -> None:
        live, self._live = self._live, None
        self._stream_open = self._awaiting_stream = False
        if live is not None:
            live.close()
            live.deleteLater()

    def _pass_on(self, events: list[Event]) -> None:
        if any(event.is_reset for event in events):
            self.resync_needed.emit()
        news = [event for event in events if not event.is_reset]
        if news:
            self.events.emit(news)

    def _stream_opened(self) -> None:
        self._stream_open = True
        self._arrive()

    def _arrive(self) -> None:
        """The stream is open, or is known not to be: pages may ask now."""
        if self._awaiting_stream and self.last_snapshot is not None:
            self._awaiting_stream = False
            self._enter(State.LIVE)
            self.connected.emit()
            self.polled.emit(self.last_snapshot)

    def _stream_broke(self, error: ClientError) -> None:
        self._stream_open = False
        if isinstance(error, CertificateChanged | NotAuthorised | Forbidden):
            self._failed(error)
            return
        self._arrive()
        if self.situation.state is State.LIVE and not isinstance(error, NotFound):
            self.poll_now()  # is it the stream alone, or the appliance?


def _greeting(appliance: Appliance) -> _Greeting:
    """On a thread."""
    role = appliance.tokens.own_role()
    has_customers = role != tokens.ADMIN or appliance.customers.are_there()
    return _Greeting(role, snapshot_of(appliance), has_customers)


def snapshot_of(appliance: Appliance) -> Snapshot:
    """What it says of itself now. On a thread."""
    health = appliance.system.health()
    try:
        system = appliance.system.state()
    except Forbidden:
        return Snapshot(health, None, system_is_hidden=True)
    if system is not None:
        system = appliance.company_names.put_into(appliance.webhook_failures.put_into(system, appliance.clock.now()))
    return Snapshot(health, system)
