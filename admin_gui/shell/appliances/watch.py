"""How every remembered appliance stands: the one that is open as the session hears it, the others asked once a minute.

Each is sent its own token and no other: the one that the keyring keeps with its certificate, or that was typed for it
in this session. One that shows another certificate than the remembered one is sent nothing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from admin_gui.app_context import AppContext
from admin_gui.client.appliance import Appliance
from admin_gui.client.transport.connection import Connection
from admin_gui.client.transport.errors import ClientError, Forbidden, NotAuthorised
from admin_gui.local_storage import keychain
from admin_gui.local_storage.keychain import KeyringLocked, NoKeyring
from admin_gui.local_storage.profiles import Profile
from admin_gui.models.notices.standing import Standing, not_asked, standing_of, standing_of_error
from admin_gui.session import Situation, Snapshot, State, snapshot_of
from admin_gui.text import error_messages

LOOK_INTERVAL_MS = 60_000
# The threads are those of the pages, too: some appliances that do not answer must not keep these waiting.
AT_ONCE = 2
CONNECT_SECONDS = 4.0
READ_SECONDS = 10.0
# A keyring that is locked may ask its user for a password each time that it is asked: who dismissed that is asked again
# when somebody comes back to the program after so long, never by the clock.
LOCKED_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class _Answer:
    """The token that was used (None: there is none), and what came of it."""

    token: str | None
    snapshot: Snapshot | None = None
    now: datetime | None = None


class ApplianceWatch(QObject):
    """`looked` tells of each look at an appliance, by its address; `changed`, that another list is to be shown."""

    looked = Signal(str, object)  # address, Standing
    changed = Signal()

    def __init__(self, context: AppContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._standings: dict[str, Standing] = {}
        # By their profiles' keys. None: none is kept; nobody is asked twice for it.
        self._tokens: dict[str, str | None] = {}
        self._locked_at: float | None = None
        self._refused: set[str] = set()
        self._waiting: list[Profile] = []
        self._asked: set[str] = set()
        # Whose token the keyring is asked for: two dialogs of it at once are one too many.
        self._at_keyring: str | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_INTERVAL_MS)
        self._timer.timeout.connect(self.look)
        session = context.session
        session.connected.connect(self._note_token)
        session.polled.connect(self._session_polled)
        session.changed.connect(self._session_changed)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._application_state_changed)

    def begin(self) -> None:
        """Ask them all now, and once a minute from now on."""
        self._timer.start()
        self.look()

    def end(self) -> None:
        """Ask nobody any more."""
        self._timer.stop()
        self._waiting.clear()
        self._asked.clear()
        self._at_keyring = None
        self._context.calls.forget(self)

    # What is known

    @property
    def profiles(self) -> list[Profile]:
        """All that are remembered, by their names, and the one that is open."""
        known = self._context.memory.profiles()
        current = self.current
        if current is not None and current.url not in {one.url for one in known}:
            known.append(current)
        return sorted(known, key=lambda one: (one.name.casefold(), one.url))

    @property
    def current(self) -> Profile | None:
        """The one that is open, or being opened."""
        connection, name = self._context.session.connection, self._context.session.name
        if connection is None:
            return None
        known = next((one.name for one in self._context.memory.profiles() if one.url == connection.url), name)
        return Profile(name=known, url=connection.url, fingerprint=connection.fingerprint)

    def standing(self, url: str) -> Standing:
        return self._standings.get(url) or not_asked(self.tr("It has not been asked yet"))

    # Asking

    def ask_keyring_again(self) -> None:
        """It may give by now what it did not give before: somebody is there, or a token has just been kept."""
        self._locked_at = None
        self._tokens = {key: token for key, token in self._tokens.items() if token is not None}

    def _application_state_changed(self, state: Qt.ApplicationState) -> None:
        # The keyring's own dialog, too, brings the program back when it closes: hence not at once.
        is_long_ago = self._locked_at is not None and time.monotonic() - self._locked_at >= LOCKED_SECONDS
        if state is Qt.ApplicationState.ApplicationActive and is_long_ago:
            self.ask_keyring_again()

    def hold_token(self, profile: Profile, token: str) -> None:
        """It is asked with this one for as long as the program runs, whether or not the keyring keeps it."""
        self._tokens[profile.key] = token

    def look(self) -> None:
        """Ask those that are remembered and not open; of the one that is open the session tells."""
        current = self.current
        remembered = self._context.memory.profiles()
        keys = {one.key for one in remembered} | ({current.key} if current is not None else set())
        self._tokens = {key: token for key, token in self._tokens.items() if key in keys}
        self._refused &= keys
        self._session_changed(self._context.session.situation)
        for profile in remembered:
            if current is not None and profile.url == current.url:
                continue
            if profile.key in self._refused:
                self.looked.emit(profile.url, self.standing(profile.url))
            elif profile not in self._waiting and profile.url not in self._asked:
                self._waiting.append(profile)
        self._ask_next()

    def _ask_next(self) -> None:
        while len(self._asked) < AT_ONCE:
            profile = next((one for one in self._waiting if self._at_keyring is None or one.key in self._tokens), None)
            if profile is None:
                return
            self._waiting.remove(profile)
            if profile.fingerprint is None:
                # Without a certificate nobody knows who would be sent the token, unasked, once a minute.
                self._note(
                    profile.url, not_asked(self.tr("Its address is not encrypted: it is asked only while it is open"))
                )
            elif self._tokens.get(profile.key, "") is None:
                self._note(profile.url, self._without_token())
            elif profile.key not in self._tokens and self._locked_at is not None:
                self._note(profile.url, self._locked_out())
            else:
                self._asked.add(profile.url)
                if profile.key not in self._tokens:
                    self._at_keyring = profile.url
                work = partial(_ask, profile, self._tokens.get(profile.key))
                self._context.calls.start(self, work, partial(self._answered, profile), partial(self._failed, profile))

    def _answered(self, profile: Profile, answer: _Answer) -> None:
        self._tokens[profile.key] = answer.token
        if answer.snapshot is None or answer.now is None:
            self._done(profile, self._without_token())
        else:
            self._done(profile, standing_of(self._context.settled(profile, answer.snapshot), answer.now))

    def _failed(self, profile: Profile, error: Exception) -> None:
        if isinstance(error, NotAuthorised | Forbidden):
            self._refused.add(profile.key)  # until it is connected with another one
        if isinstance(error, ClientError):
            self._done(profile, standing_of_error(error))
        elif isinstance(error, KeyringLocked):
            self._locked_at = time.monotonic()
            self._done(profile, self._locked_out())
        elif isinstance(error, NoKeyring):
            self._tokens[profile.key] = None
            self._done(profile, self._without_token())
        else:
            text = self.tr("It could not be asked. %1").replace("%1", error_messages.message_of(error))
            self._done(profile, not_asked(text))  # and is at the next look

    def _locked_out(self) -> Standing:
        return not_asked(self.tr("The keyring is locked and does not give its token: it is not asked for now"))

    def _without_token(self) -> Standing:
        return not_asked(self.tr("Its token is not kept on this computer: it is not asked"))

    def _done(self, profile: Profile, standing: Standing) -> None:
        self._asked.discard(profile.url)
        if self._at_keyring == profile.url:
            self._at_keyring = None
        if profile in self._context.memory.profiles() and not self._is_open(profile.url):
            self._note(profile.url, standing)
        self._ask_next()

    def _note(self, url: str, standing: Standing) -> None:
        before, self._standings[url] = self._standings.get(url), standing
        if standing.is_known:
            self.looked.emit(url, standing)
        if before != standing:
            self.changed.emit()

    # The one that is open

    def _is_open(self, url: str) -> bool:
        connection = self._context.session.connection
        return connection is not None and connection.url == url

    def _note_token(self) -> None:
        """It was let in with this one: it is asked with it, too, when another one is open."""
        current, connection = self.current, self._context.session.connection
        self.ask_keyring_again()  # it may have been unlocked for this one
        if current is not None and connection is not None:
            self._tokens[current.key] = connection.token
            self._refused.discard(current.key)

    def _session_polled(self, snapshot: Snapshot) -> None:
        connection = self._context.session.connection
        if connection is not None:
            self._note(connection.url, standing_of(snapshot, self._context.session.now()))

    def _session_changed(self, situation: Situation) -> None:
        current = self.current
        if current is not None and situation.error is not None:
            self._note(current.url, standing_of_error(situation.error))
            if situation.state is State.REFUSED:
                self._refused.add(current.key)
                self._tokens.pop(current.key, None)
        self.changed.emit()


def _ask(profile: Profile, token: str | None) -> _Answer:
    """On a thread; may wait for a keyring that asks its user something."""
    token = token or keychain.token_of(profile.key)
    if token is None:
        return _Answer(None)
    appliance = Appliance(
        Connection(profile.url, token, profile.fingerprint, connect_seconds=CONNECT_SECONDS, read_seconds=READ_SECONDS)
    )
    try:
        return _Answer(token, snapshot_of(appliance), appliance.clock.now())
    finally:
        appliance.close()
