"""The first page: which appliance, and whether it is the right one."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from admin_gui.app_context import AppContext
from admin_gui.background_calls import PendingCall
from admin_gui.client.transport.certificate import fetch_fingerprint
from admin_gui.client.transport.connection import Connection, host_in_url, is_token
from admin_gui.discovery import Discovery
from admin_gui.local_storage import keychain
from admin_gui.local_storage.keychain import NoKeyring
from admin_gui.local_storage.profiles import Profile
from admin_gui.pages.connect.cards import AddressCard, FoundCard, KeyringState, KnownCard, TokenCard, TrustCard
from admin_gui.session import Situation, State
from admin_gui.text import error_messages
from admin_gui.widgets.banner import Banner
from admin_gui.widgets.layout.layouts import centred
from admin_gui.widgets.plain_label import PlainLabel

translate = QCoreApplication.translate

DEFAULT_PORT = 8443
_HOST = re.compile(r"[\w.:-]+(%[\w.-]+)?")
WIDTH = 620


def address_of(text: str) -> str:
    """A URL from what somebody typed: `vbot.lan`, `10.0.0.5:8443`, `https://…`. Raises ValueError."""
    text = text.strip().rstrip("/")
    if not text:
        raise ValueError("empty")
    if "://" not in text:
        text = f"https://{text}"
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or parts.username:
        raise ValueError("not an address")
    if not _HOST.fullmatch(parts.hostname):
        raise ValueError("not a name")
    return f"{parts.scheme}://{host_in_url(parts.hostname)}:{parts.port or DEFAULT_PORT}"


def say_not_kept(context: AppContext, error: Exception) -> None:
    """That the keyring did not take a token."""
    if _state_of(error) == "none":
        context.say(translate("ConnectPage", "There is no keyring here: the token is kept for this session only"))
    else:
        context.say(translate("ConnectPage", "The keyring is locked: the token is kept for this session only"), "bad")


def _state_of(error: Exception) -> KeyringState:
    """By what came of asking it. What nobody foresaw may pass, too: it is not known that there is none."""
    return "none" if type(error) is NoKeyring else "locked"


class ConnectPage(QWidget):
    """Appliances that are known, those that are found on the network, and any other by its address."""

    connecting = Signal(object, str)  # Connection, name
    forgotten = Signal(object)  # Profile

    def __init__(self, context: AppContext, discovery: Discovery | None = None) -> None:
        """`discovery`, already started, finds appliances on the network."""
        super().__init__()
        self._context = context
        self._discovery = discovery
        self._profile: Profile | None = None
        self._url = ""
        self._fingerprint: str | None = None
        self._keyring: KeyringState = "there"
        # What the keyring and an appliance are being asked about the one that is wanted.
        self._asked: list[PendingCall[Any]] = []
        self.banner = Banner(context.theme)
        self.known = KnownCard()
        self.found = FoundCard()
        self.address = AddressCard()
        self.trust = TrustCard()
        self.token = TokenCard()
        self._lay_out()
        self.known.chosen.connect(self.choose)
        self.known.forgotten.connect(self.forgotten)
        self.found.chosen.connect(self._look_at)
        self.address.entered.connect(self._look_at)
        self.trust.trusted.connect(self._ask_for_token)
        self.trust.left.connect(self.start_over)
        self.token.entered.connect(self._connect_with_token)
        self.token.left.connect(self.start_over)
        context.session.changed.connect(self._session_changed)
        if discovery is not None:
            discovery.changed.connect(self._show_found)
        self.start_over()

    # Steps

    def start_over(self) -> None:
        """From the beginning: which appliance?"""
        self._ask_no_more()
        self._profile, self._fingerprint, self._url = None, None, ""
        self.token.token.clear()
        profiles = self._context.memory.profiles()
        self.known.show_profiles(profiles)
        self._show_found()
        self.known.setVisible(bool(profiles))
        self.address.show()
        self.trust.hide()
        self.token.hide()
        self._focus(self.known if profiles else self.address)

    def expect(self, connection: Connection, name: str) -> None:
        """This one is being connected to without this page: where its token is refused, another is asked for here."""
        self._expect(Profile(name=name, url=connection.url, fingerprint=connection.fingerprint))

    def _expect(self, profile: Profile) -> None:
        self._ask_no_more()
        self._profile, self._url, self._fingerprint = profile, profile.url, profile.fingerprint

    def _ask_no_more(self) -> None:
        """Another appliance is wanted: what is found out late about the former one would be taken for this one's."""
        for call in self._asked:
            call.cancel()
        self._asked.clear()
        if not self.address.isEnabled():  # its certificate was being asked for
            self.address.setEnabled(True)
            self.banner.clear()

    def _show_found(self) -> None:
        known = {profile.url for profile in self._context.memory.profiles()}
        found = [] if self._discovery is None else [one for one in self._discovery.found if one.url not in known]
        self.found.show_found(found)
        self.found.setVisible(bool(found) and not self._url)

    def choose(self, profile: Profile) -> None:
        """Connect to one that is known; its token is asked for where the keyring has none."""
        self._expect(profile)
        self._keyring = "there"  # it may be unlocked by now
        self.banner.clear()

        def found(token: str | None) -> None:
            if token:
                self._connect(profile, token)
            else:
                self._ask_for_token()

        def none(error: Exception) -> None:
            self._keyring = _state_of(error)
            self._ask_for_token()

        self._asked.append(self._context.calls.start(self, lambda: keychain.token_of(profile.key), found, none))

    def _forget_token(self, profile: Profile) -> None:
        self._context.calls.start(self, lambda: keychain.forget_token(profile.key), failed=lambda _error: None)

    def _look_at(self, typed: str) -> None:
        try:
            url = address_of(typed)
        except ValueError:
            self.banner.show_message(
                self.tr("That is no address: a machine's name or IP address, and its port if it is not 8443.")
            )
            return
        self._ask_no_more()
        self._keyring = "there"
        self._profile, self._fingerprint, self._url = None, None, ""
        parts = urlsplit(url)
        if parts.scheme == "http":
            self._url = url
            self._ask_for_token()
            return
        host, port = parts.hostname or "", parts.port or DEFAULT_PORT
        self.address.setEnabled(False)
        self.banner.show_message(self.tr("Asking %1 for its certificate …").replace("%1", parts.netloc), "busy")
        self._asked.append(
            self._context.calls.start(
                self,
                lambda: fetch_fingerprint(host, port),
                lambda fingerprint: self._show_fingerprint(url, fingerprint),
                self._look_failed,
            )
        )

    def _look_failed(self, error: Exception) -> None:
        self.address.setEnabled(True)
        self.banner.show_message(error_messages.message_of(error), "bad")
        self._focus(self.address)

    def _show_fingerprint(self, url: str, fingerprint: str) -> None:
        self.address.setEnabled(True)
        self.banner.clear()
        self._url, self._fingerprint = url, fingerprint
        self.trust.show_fingerprint(fingerprint)
        self._show_only(self.trust)

    def _ask_for_token(self) -> None:
        name = self._profile.name if self._profile else ""
        self.token.ask(self._url, name, self._keyring)
        self._show_only(self.token)
        if self._keyring == "there":
            # Whether there is one at all is known only by asking it.
            def none(error: Exception) -> None:
                self._keyring = _state_of(error)
                self.token.say_keyring(self._keyring)

            key = self._url
            self._asked.append(self._context.calls.start(self, lambda: keychain.token_of(key), failed=none))

    def _connect_with_token(self) -> None:
        token = self.token.token.text().strip()
        if not token:
            self.token.token.setFocus()
            return
        if not is_token(token):
            self.banner.show_message(
                self.tr("That is no token: it has letters that no token has, such as ä or “. Copy it once more."), "bad"
            )
            self.token.token.setFocus()
            return
        name = self.token.name.text().strip() or self._url
        profile = Profile(name=name, url=self._url, fingerprint=self._fingerprint)
        for former in self._context.memory.profiles():
            if former.url == profile.url and former.key != profile.key:
                self._forget_token(former)  # of the box that had this address before
        if self.token.is_to_be_kept:
            self._context.calls.start(
                self._context,
                lambda: keychain.keep_token(profile.key, token),
                failed=lambda error: say_not_kept(self._context, error),
            )
        self._connect(profile, token)

    def _connect(self, profile: Profile, token: str) -> None:
        """The token goes to whom it belongs to, whatever the page has come to meanwhile."""
        self._context.memory.save_profile(profile)
        self._show_only(None)
        self.connecting.emit(Connection(profile.url, token, profile.fingerprint), profile.name)
        self._expect(profile)  # the end of a former connection was the end of all that was known here

    def _session_changed(self, situation: Situation) -> None:
        if situation.state is State.CONNECTING:
            self._ask_no_more()
            self._show_only(None)
            if situation.error is None:
                self.banner.show_message(
                    self.tr("Connecting to %1 …").replace("%1", self._context.session.name), "busy"
                )
            else:
                self.banner.show_message(
                    error_messages.message_of(situation.error), "warn", (self.tr("Cancel"), self._cancel)
                )
        elif situation.state is State.REFUSED:
            self.banner.show_message(
                "" if situation.error is None else error_messages.message_of(situation.error), "bad"
            )
            self.token.token.clear()
            if self._profile is None:
                self.start_over()
            else:
                self._ask_for_token()
        elif situation.state is State.DISCONNECTED:
            self.banner.clear()
            self.start_over()

    def _cancel(self) -> None:
        self._context.session.close()

    # What is seen

    def _lay_out(self) -> None:
        column = QWidget()
        column.setObjectName("scrolled")
        column.setMaximumWidth(WIDTH)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(14)
        title = PlainLabel(self.tr("Connect to an appliance"))
        title.setObjectName("pageTitle")
        for widget in (title, self.banner, self.known, self.found, self.address, self.trust, self.token):
            layout.addWidget(widget)
        layout.addStretch(1)
        middle = QWidget()
        middle.setObjectName("scrolled")
        around = QVBoxLayout(middle)
        around.setContentsMargins(20, 24, 20, 20)
        around.addLayout(centred(column))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setAccessibleName(title.text())
        area.setWidget(middle)
        own = QVBoxLayout(self)
        own.setContentsMargins(0, 0, 0, 0)
        own.addWidget(area)

    def _show_only(self, shown: QWidget | None) -> None:
        for card in (self.known, self.found, self.address, self.trust, self.token):
            card.setVisible(card is shown)
        if shown is not None:
            self._focus(shown)

    def _focus(self, card: QWidget) -> None:
        self.setFocusProxy(card)
        card.setFocus()
