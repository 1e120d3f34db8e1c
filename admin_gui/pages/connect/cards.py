"""The cards of the connect page, one for each question: which appliance, is it the right one, with which token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QPushButton

from admin_gui.client.transport.certificate import grouped
from admin_gui.discovery import Found
from admin_gui.local_storage.profiles import Profile
from admin_gui.text.seen_typing import refuse_unseen
from admin_gui.widgets.card import Card
from admin_gui.widgets.layout.layouts import row, section_title
from admin_gui.widgets.plain_label import PlainLabel

# Whether there is one, as far as is known.
KeyringState = Literal["there", "locked", "none"]

_ENTRY_HEIGHT = 46
_MOST_SEEN = 5


class KnownCard(Card):
    """Appliances that were trusted before."""

    chosen = Signal(object)  # Profile
    forgotten = Signal(object)  # Profile

    def __init__(self) -> None:
        super().__init__()
        self.content.addWidget(section_title(self.tr("Known appliances")))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Known appliances"))
        self.list.itemActivated.connect(lambda _item: self._choose())
        self.content.addWidget(self.list)
        self.open_button = QPushButton(self.tr("Connect"))
        self.open_button.setProperty("primary", True)
        self.open_button.clicked.connect(self._choose)
        self.forget_button = QPushButton(self.tr("Forget it"))
        self.forget_button.setProperty("flat", True)
        self.forget_button.clicked.connect(self._forget)
        self.content.addLayout(row(self.forget_button, self.open_button, stretch_after=0))
        self.setFocusProxy(self.list)

    def show_profiles(self, profiles: Sequence[Profile]) -> None:
        _fill(self.list, [(f"{one.name}\n{one.url}", one) for one in profiles])
        self.list.setCurrentRow(0)

    @property
    def current(self) -> Profile | None:
        """The one that is selected."""
        found = self.list.currentItem() if self.list.currentRow() >= 0 else None
        return None if found is None else found.data(Qt.ItemDataRole.UserRole)

    def _choose(self) -> None:
        if self.current is not None:
            self.chosen.emit(self.current)

    def _forget(self) -> None:
        if self.current is not None:
            self.forgotten.emit(self.current)


class FoundCard(Card):
    """Appliances that announce themselves on the network."""

    chosen = Signal(str)  # URL

    def __init__(self) -> None:
        super().__init__()
        self.content.addWidget(section_title(self.tr("Found on the network")))
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Found on the network"))
        self.list.itemActivated.connect(lambda item: self.chosen.emit(item.data(Qt.ItemDataRole.UserRole)))
        self.list.itemClicked.connect(lambda item: self.chosen.emit(item.data(Qt.ItemDataRole.UserRole)))
        self.content.addWidget(self.list)

    def show_found(self, found: Sequence[Found]) -> None:
        _fill(self.list, [(f"{one.name}\n{one.url}", one.url) for one in found])


class AddressCard(Card):
    """Any other, by its address."""

    entered = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.content.addWidget(section_title(self.tr("By its address")))
        self.content.addWidget(muted(self.tr("Its name or address in the network, as its operator told you.")))
        self.address = QLineEdit()
        self.address.setPlaceholderText("vbot.example.lan:8443")
        self.address.setAccessibleName(self.tr("Address"))
        self.address.returnPressed.connect(self._enter)
        self.look_button = QPushButton(self.tr("Continue"))
        self.look_button.clicked.connect(self._enter)
        line = QHBoxLayout()
        line.addWidget(self.address, 1)
        line.addWidget(self.look_button)
        self.content.addLayout(line)
        self.setFocusProxy(self.address)

    def _enter(self) -> None:
        self.entered.emit(self.address.text())


class TrustCard(Card):
    """The fingerprint, to be compared."""

    trusted = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.content.addWidget(section_title(self.tr("Is this the right machine?")))
        self.content.addWidget(
            muted(
                self.tr(
                    "This is the SHA-256 fingerprint of the certificate that it shows. Compare it with the appliance's "
                    "own: its first start printed it, or left it in first-boot.txt in its data folder, and “vbot "
                    "certificate show” prints it there at any time. If they differ, do not go "
                    "on: this is another machine, or somebody is reading along."
                )
            )
        )
        self.fingerprint = PlainLabel()
        self.fingerprint.setObjectName("fingerprint")
        self.fingerprint.setProperty("mono", True)
        self.fingerprint.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.fingerprint.setAccessibleName(self.tr("Fingerprint"))
        self.content.addWidget(self.fingerprint)
        self.trust_button = QPushButton(self.tr("They are the same: trust it"))
        self.trust_button.setProperty("primary", True)
        self.trust_button.clicked.connect(self.trusted)
        back = QPushButton(self.tr("Back"))
        back.clicked.connect(self.left)
        self.content.addLayout(row(self.trust_button, back, stretch_after=1))
        # First it is read: Enter, pressed once too often after the address, must not trust it.
        self.setFocusProxy(self.fingerprint)

    def show_fingerprint(self, fingerprint: str) -> None:
        self.fingerprint.setText(grouped(fingerprint))


class TokenCard(Card):
    """The token, and what the appliance is called here."""

    entered = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._for = section_title("")
        self._plain = PlainLabel(
            self.tr("This address is not encrypted: the token and everything else can be read in the network.")
        )
        self._plain.setProperty("error", True)
        self._plain.setWordWrap(True)
        self.token = QLineEdit()
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setPlaceholderText(self.tr("Token"))
        self.token.setAccessibleName(self.tr("Token"))
        self.token.returnPressed.connect(self.entered)
        self.name = QLineEdit()
        refuse_unseen(self.name)
        self.name.setAccessibleName(self.tr("Name"))
        self.name.returnPressed.connect(self.entered)
        self.keep = QCheckBox(self.tr("Keep the token in this computer's keyring"))
        self.keep.setChecked(True)
        self.no_keyring = muted(
            self.tr(
                "This computer has no keyring: the token is kept for this session only, and asked for the next time."
            )
        )
        self.locked_keyring = muted(
            self.tr(
                "This computer's keyring is locked: the token is kept if you unlock it, and else for this session only."
            )
        )
        self.connect_button = QPushButton(self.tr("Connect"))
        self.connect_button.setProperty("primary", True)
        self.connect_button.clicked.connect(self.entered)
        back = QPushButton(self.tr("Back"))
        back.clicked.connect(self.left)
        made_by = muted(self.tr("An admin's or a viewer's token: “vbot token create” makes one."))
        called = muted(self.tr("What you call this appliance"))
        called.setBuddy(self.name)
        entry = (self._for, self._plain, made_by, self.token, called, self.name)
        for widget in (*entry, self.keep, self.no_keyring, self.locked_keyring):
            self.content.addWidget(widget)
        self.content.addLayout(row(self.connect_button, back, stretch_after=1))
        self.setFocusProxy(self.token)

    def ask(self, url: str, name: str, keyring: KeyringState) -> None:
        """For which appliance; a token that was typed for another one is gone."""
        if self._for.text() != url:
            self.token.clear()
        self._for.setText(url)
        self._plain.setVisible(url.startswith("http:"))
        self.name.setText(name or urlsplit(url).hostname or "")
        self.say_keyring(keyring)

    def say_keyring(self, keyring: KeyringState) -> None:
        """Whether the token can be kept."""
        self.keep.setVisible(keyring != "none")
        self.no_keyring.setVisible(keyring == "none")
        self.locked_keyring.setVisible(keyring == "locked")

    @property
    def is_to_be_kept(self) -> bool:
        return self.keep.isChecked() and self.keep.isVisibleTo(self)


def muted(text: str) -> PlainLabel:
    """An explanation."""
    label = PlainLabel(text)
    label.setProperty("muted", True)
    label.setWordWrap(True)
    return label


def _fill(entries: QListWidget, items: Sequence[tuple[str, object]]) -> None:
    entries.clear()
    for text, value in items:
        item = QListWidgetItem(text)
        item.setData(Qt.ItemDataRole.UserRole, value)
        entries.addItem(item)
    entries.setFixedHeight(min(_MOST_SEEN, max(1, len(items))) * _ENTRY_HEIGHT + 4)
