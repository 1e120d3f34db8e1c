"""What is remembered between two starts: appliances (never their tokens), windows, columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QByteArray, QSettings


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """An appliance that was trusted: its name, where it is, and its certificate (None: plain HTTP)."""

    name: str
    url: str
    fingerprint: str | None = None

    @property
    def key(self) -> str:
        """Under which its token is kept: a token belongs to a certificate, not to whoever has that address now."""
        return self.url if self.fingerprint is None else f"{self.url} {self.fingerprint}"


class Memory:
    """The program's own settings file, in the user's folder; nothing secret is in it."""

    def __init__(self, file: Path | None = None) -> None:
        """`file`: another one than the user's, for tests and for pictures."""
        if file is None:
            self._settings = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "vbot", "vbot-admin")
        else:
            self._settings = QSettings(str(file), QSettings.Format.IniFormat)

    @property
    def file(self) -> Path:
        """Where it is kept."""
        return Path(self._settings.fileName())

    # Appliances

    def profiles(self) -> list[Profile]:
        """In the order in which they were last used."""
        try:
            return msgspec.json.decode(self.text("profiles") or "[]", type=list[Profile])
        except msgspec.MsgspecError:
            return []

    def save_profile(self, profile: Profile) -> None:
        """Put it first; one with the same address is replaced."""
        others = [one for one in self.profiles() if one.url != profile.url]
        self._write("profiles", msgspec.json.encode([profile, *others]).decode())

    def rename_profile(self, profile: Profile, name: str) -> None:
        """In its place."""
        renamed = [
            msgspec.structs.replace(one, name=name) if one.url == profile.url else one for one in self.profiles()
        ]
        self._write("profiles", msgspec.json.encode(renamed).decode())

    def forget_profile(self, profile: Profile) -> None:
        others = [one for one in self.profiles() if one.url != profile.url]
        self._write("profiles", msgspec.json.encode(others).decode())

    # Windows and tables

    def text(self, name: str, default: str = "") -> str:
        value = self._settings.value(name, default)
        return value if isinstance(value, str) else default

    def remember(self, name: str, value: str) -> None:
        self._write(name, value)

    def state(self, name: str) -> QByteArray | None:
        """What saveState or saveGeometry of a widget gave."""
        value = self._settings.value(f"states/{name}")
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None

    def remember_state(self, name: str, state: QByteArray) -> None:
        self._write(f"states/{name}", state)

    def _write(self, name: str, value: Any) -> None:
        self._settings.setValue(name, value)

    def sync(self) -> None:
        """Write it to disk now."""
        self._settings.sync()
