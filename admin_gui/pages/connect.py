"""The first page: which appliance, and whether it is the right one."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from admin_gui import keychain, words
from admin_gui.client.certificate import fetch_fingerprint, grouped
from admin_gui.client.connection import Connection
from admin_gui.desk import Desk
from admin_gui.pages.page import row, section_title
from admin_gui.profiles import Profile
from admin_gui.session import Situation, State
from admin_gui.widgets.banner import Banner
from admin_gui.widgets.card import Card

logger = logging.getLogger(__name__)

DEFAULT_PORT = 8443
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
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{parts.port or DEFAULT_PORT}"


class ConnectPage(QWidget):
    """Appliances that are known, those that are found on the network, and any other by its address."""

    connecting = Signal(object, str)  # Connection, name

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._profile: Profile | None = None
        self._url = ""
        self._fingerprint: str | None = None
        self._has_keyring = True

        self.banner = Banner(desk.theme)
        self._known_card = self._make_known_card()
        self._address_card = self._make_address_card()
        self._trust_card = self._make_trust_card()
        self._token_card = self._make_token_card()
        column = QWidget()
        column.setObjectName("scrolled")
        column.setMaximumWidth(WIDTH)
        self._column = QVBoxLayout(column)
        self._column.setSpacing(14)
        title = QLabel(self.tr("Connect to an appliance"))
        title.setObjectName("pageTitle")
        for widget in (
            title, self.banner, self._known_card, self._address_card, self._trust_card, self._token_card,
        ):  # fmt: skip
            self._column.addWidget(widget)
        self._column.addStretch(1)
        middle = QWidget()
        middle.setObjectName("scrolled")
        centred = QHBoxLayout(middle)
        centred.setContentsMargins(20, 24, 20, 20)
        centred.addStretch(1)
        centred.addWidget(column, 100)
        centred.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(middle)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        desk.session.changed.connect(self._session_changed)
        self.start_over()

    # Steps

    def start_over(self) -> None:
        """From the beginning: which appliance?"""
        self._profile, self._fingerprint, self._url = None, None, ""
        self.token.clear()
        self.known.clear()
        for profile in self._desk.memory.profiles():
            item = QListWidgetItem(f"{profile.name}\n{profile.url}")
            item.setData(Qt.ItemDataRole.UserRole, profile)
            self.known.addItem(item)
        self.known.setFixedHeight(min(5, max(1, self.known.count())) * 46 + 4)
        self._known_card.setVisible(self.known.count() > 0)
        self.known.setCurrentRow(0)
        self._show_steps(address=True)
        self.setFocusProxy(self.known if self.known.count() else self.address)
        self.setFocus()

    def _choose(self, item: QListWidgetItem) -> None:
        profile = item.data(Qt.ItemDataRole.UserRole)
        self._profile, self._url, self._fingerprint = profile, profile.url, profile.fingerprint
        self.banner.clear()

        def found(token: str | None) -> None:
            if token:
                self._connect(token)
            else:
                self._ask_for_token()

        def none(error: Exception) -> None:
            self._has_keyring = False
            self._ask_for_token()

        self._desk.calls.start(self, lambda: keychain.token_of(profile.key), found, none, latest="token")

    def _forget(self) -> None:
        if self.known.currentRow() < 0:
            return
        item = self.known.currentItem()
        profile = item.data(Qt.ItemDataRole.UserRole)
        self._desk.memory.forget_profile(profile)
        self._desk.calls.start(self, lambda: keychain.forget_token(profile.key), failed=lambda _error: None)

        def take_back() -> None:
            self._desk.memory.save_profile(profile)
            self.start_over()

        self.start_over()
        self._desk.say(self.tr("%1 is forgotten, its token too").replace("%1", profile.name), "info", take_back)

    def _look_at_it(self) -> None:
        try:
            self._url = address_of(self.address.text())
        except ValueError:
            self.banner.tell(
                self.tr("That is no address: a machine's name or IP address, and its port if it is not 8443.")
            )
            return
        self._profile = None
        parts = urlsplit(self._url)
        if parts.scheme == "http":
            self._fingerprint = None
            self._ask_for_token()
            return
        host, port = parts.hostname or "", parts.port or DEFAULT_PORT
        self.look_button.setEnabled(False)
        self.banner.tell(self.tr("Asking %1 for its certificate …").replace("%1", parts.netloc), "busy")
        self._desk.calls.start(
            self, lambda: fetch_fingerprint(host, port), self._show_fingerprint, self._look_failed, latest="look"
        )

    def _look_failed(self, error: Exception) -> None:
        self.look_button.setEnabled(True)
        self.banner.tell(words.told(error), "bad")

    def _show_fingerprint(self, fingerprint: str) -> None:
        self.look_button.setEnabled(True)
        self.banner.clear()
        self._fingerprint = fingerprint
        self.fingerprint.setText(grouped(fingerprint))
        self._show_steps(trust=True)
        self.trust_button.setFocus()

    def _ask_for_token(self) -> None:
        self._token_for.setText(self._url)
        plain = self._url.startswith("http:")
        self._token_plain.setVisible(plain)
        self._keep.setVisible(self._has_keyring)
        self._no_keyring.setVisible(not self._has_keyring)
        self.name.setText(self._profile.name if self._profile else urlsplit(self._url).hostname or "")
        self._show_steps(token=True)
        self.token.setFocus()
        if self._has_keyring:
            # Whether there is one at all is known only by asking it.
            def none(_error: Exception) -> None:
                self._has_keyring = False
                self._keep.hide()
                self._no_keyring.show()

            key = self._url
            self._desk.calls.start(self, lambda: keychain.token_of(key), failed=none, latest="keyring")

    def _connect_with_token(self) -> None:
        token = self.token.text().strip()
        if not token:
            self.token.setFocus()
            return
        profile = Profile(name=self.name.text().strip() or self._url, url=self._url, fingerprint=self._fingerprint)
        self._profile = profile
        if self._keep.isChecked() and self._has_keyring:

            def not_kept(_error: Exception) -> None:
                self._desk.say(self.tr("There is no keyring here: the token is kept for this session only"))

            self._desk.calls.start(self._desk, lambda: keychain.keep_token(profile.key, token), failed=not_kept)
        self._connect(token)

    def _connect(self, token: str) -> None:
        assert self._profile is not None  # noqa: S101 - both ways here have set it
        self._desk.memory.save_profile(self._profile)
        self._show_steps()
        self.connecting.emit(Connection(self._url, token, self._fingerprint), self._profile.name)

    def _session_changed(self, situation: Situation) -> None:
        if situation.state is State.CONNECTING:
            if situation.error is None:
                self.banner.tell(self.tr("Connecting to %1 …").replace("%1", self._desk.session.name), "busy")
            else:
                self.banner.tell(words.told(situation.error), "warn", (self.tr("Cancel"), self._cancel))
        elif situation.state is State.REFUSED:
            error = situation.error
            self.banner.tell("" if error is None else words.told(error), "bad")
            if self._profile is None:
                self.start_over()
            else:
                self.token.clear()
                self._ask_for_token()
        elif situation.state is State.DISCONNECTED:
            self.start_over()

    def _cancel(self) -> None:
        self._desk.session.close()
        self.banner.clear()

    # Cards

    def _make_known_card(self) -> Card:
        card = Card(self.tr("Known appliances"))
        self.known = QListWidget()
        self.known.setAccessibleName(self.tr("Known appliances"))
        self.known.itemActivated.connect(self._choose)
        card.content.addWidget(self.known)
        self.open_button = QPushButton(self.tr("Connect"))
        self.open_button.setProperty("primary", True)
        self.open_button.clicked.connect(lambda: self._choose(self.known.currentItem()))
        self.forget_button = QPushButton(self.tr("Forget it"))
        self.forget_button.setProperty("flat", True)
        self.forget_button.clicked.connect(self._forget)
        card.content.addLayout(row(self.forget_button, self.open_button, stretch_after=0))
        return card

    def _make_address_card(self) -> Card:
        card = Card(self.tr("Another appliance"))
        card.content.addWidget(_muted(self.tr("Its name or address in the network, as its operator told you.")))
        self.address = QLineEdit()
        self.address.setPlaceholderText("vbot.example.lan:8443")
        self.address.setAccessibleName(self.tr("Address"))
        self.address.returnPressed.connect(self._look_at_it)
        self.look_button = QPushButton(self.tr("Continue"))
        self.look_button.clicked.connect(self._look_at_it)
        line = QHBoxLayout()
        line.addWidget(self.address, 1)
        line.addWidget(self.look_button)
        card.content.addLayout(line)
        return card

    def _make_trust_card(self) -> Card:
        card = Card(self.tr("Is this the right machine?"))
        card.content.addWidget(
            _muted(
                self.tr(
                    "This is the SHA-256 fingerprint of the certificate that it shows. Compare it with the one that "
                    "“vbot init” printed on the appliance. If a single character differs, somebody stands between you."
                )
            )
        )
        self.fingerprint = QLabel()
        self.fingerprint.setObjectName("fingerprint")
        self.fingerprint.setProperty("mono", True)
        self.fingerprint.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.fingerprint.setAccessibleName(self.tr("Fingerprint"))
        card.content.addWidget(self.fingerprint)
        self.trust_button = QPushButton(self.tr("They are the same: trust it"))
        self.trust_button.setProperty("primary", True)
        self.trust_button.clicked.connect(self._ask_for_token)
        back = QPushButton(self.tr("Back"))
        back.clicked.connect(self.start_over)
        card.content.addLayout(row(self.trust_button, back, stretch_after=1))
        return card

    def _make_token_card(self) -> Card:
        card = Card()
        self._token_for = section_title("")
        card.content.addWidget(self._token_for)
        self._token_plain = QLabel(
            self.tr("This address is not encrypted: the token and everything else can be read in the network.")
        )
        self._token_plain.setProperty("error", True)
        self._token_plain.setWordWrap(True)
        card.content.addWidget(self._token_plain)
        card.content.addWidget(_muted(self.tr("An admin's or a viewer's token: “vbot token create” makes one.")))
        self.token = QLineEdit()
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setPlaceholderText(self.tr("Token"))
        self.token.setAccessibleName(self.tr("Token"))
        self.token.returnPressed.connect(self._connect_with_token)
        card.content.addWidget(self.token)
        self.name = QLineEdit()
        self.name.setPlaceholderText(self.tr("What you call this appliance"))
        self.name.setAccessibleName(self.tr("Name"))
        card.content.addWidget(self.name)
        self._keep = QCheckBox(self.tr("Keep the token in this computer's keyring"))
        self._keep.setChecked(True)
        card.content.addWidget(self._keep)
        self._no_keyring = _muted(
            self.tr(
                "This computer has no keyring: the token is kept for this session only, and asked for the next time."
            )
        )
        card.content.addWidget(self._no_keyring)
        self.connect_button = QPushButton(self.tr("Connect"))
        self.connect_button.setProperty("primary", True)
        self.connect_button.clicked.connect(self._connect_with_token)
        back = QPushButton(self.tr("Back"))
        back.clicked.connect(self.start_over)
        card.content.addLayout(row(self.connect_button, back, stretch_after=1))
        return card

    def _show_steps(self, *, address: bool = False, trust: bool = False, token: bool = False) -> None:
        self._known_card.setVisible(address and self.known.count() > 0)
        self._address_card.setVisible(address)
        self._trust_card.setVisible(trust)
        self._token_card.setVisible(token)


def _muted(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("muted", True)
    label.setWordWrap(True)
    return label
