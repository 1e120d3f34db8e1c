"""Several appliances in one window: which there are, going from one to the other, renaming and forgetting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject

from admin_gui.app_context import SayKind
from admin_gui.client.transport.connection import Connection
from admin_gui.commands import Command
from admin_gui.links import Link
from admin_gui.local_storage import keychain
from admin_gui.local_storage.keychain import KeyringLocked, NoKeyring
from admin_gui.local_storage.profiles import Profile
from admin_gui.pages.connect.connect_page import say_not_kept
from admin_gui.pages.registry import PAGES
from admin_gui.session import State
from admin_gui.shell.appliances.rename_dialog import RenameDialog
from admin_gui.shell.appliances.switcher import ApplianceSwitcher, Line
from admin_gui.shell.appliances.watch import ApplianceWatch
from admin_gui.text import error_messages

if TYPE_CHECKING:
    from admin_gui.shell.main_window import MainWindow

translate = QCoreApplication.translate

# Ctrl+1 to 9 go to pages, Alt+1 to 9 to their parts.
KEYS = "Ctrl+Shift+%d"
MOST_KEYS = 9


class Appliances(QObject):
    """Of one window."""

    def __init__(self, window: MainWindow, switcher: ApplianceSwitcher) -> None:
        super().__init__(window)
        self._window = window
        self._switcher = switcher
        # Where one wants to be at once when it is connected.
        self._wanted: tuple[str, Link] | None = None
        self.watch = ApplianceWatch(window.context, self)
        self.watch.changed.connect(self.update)
        switcher.chosen.connect(self.go)
        switcher.renamed.connect(self.rename)
        switcher.forgotten.connect(self.forget)
        window.connect_page.forgotten.connect(self.forget)
        switcher.all_wanted.connect(window.open_palette)
        window.certificate_page.trusted.connect(self._trust_new_certificate)
        session = window.context.session
        session.connected.connect(self._connected)
        session.ended.connect(self._forget_wanted)
        self.update()

    def update(self) -> None:
        """The appliances, or how they stand, have changed."""
        current = self.watch.current
        lines, commands = list[Line](), list[Command]()
        for number, profile in enumerate(self.watch.profiles, 1):
            keys = KEYS % number if number <= MOST_KEYS else ""
            is_current = current is not None and current.url == profile.url
            lines.append(Line(profile, self.watch.standing(profile.url), is_current, keys))
        self._switcher.show_lines(lines)
        for line in lines:
            commands += self._commands_of(line.profile, line.keys)
        self._window.commands.show_appliances(commands)

    def go(self, profile: Profile, link: Link | None = None) -> None:
        """Open this appliance, there; what was typed on the one that is open is asked about first."""
        window = self._window
        session = window.context.session
        current = self.watch.current
        if current is not None and current.url == profile.url and session.is_connected:
            window.context.go(link or PAGES[0].name)
            return

        def leave() -> None:
            session.close()
            self._wanted = None if link is None else (profile.url, link)
            window.connect_page.choose(profile)

        if session.is_connected:
            window.unsaved_guard.disconnect_(leave)
        else:
            leave()

    def rename(self, profile: Profile) -> None:
        """Ask for another name."""
        dialog = RenameDialog(profile, self._window)
        dialog.named.connect(lambda name: self._rename(profile, name))
        dialog.open()

    def forget(self, profile: Profile) -> None:
        """It is remembered no more, nor is its token; the one that is open is left."""
        session = self._window.context.session
        current = self.watch.current

        def leave() -> None:
            session.close()
            self._forget(profile)

        if current is None or current.url != profile.url:
            self._forget(profile)
        elif session.is_connected:
            self._window.unsaved_guard.disconnect_(leave)
        else:
            leave()  # it is being tried, or has refused the token

    def _commands_of(self, profile: Profile, keys: str) -> list[Command]:
        group, name = translate("appliances", "Appliances"), profile.name
        titles = (
            translate("appliances", "Go to appliance %1"),
            translate("appliances", "Rename appliance %1"),
            translate("appliances", "Forget appliance %1"),
        )
        runs = (partial(self._with_profile, profile.url, deed) for deed in (self.go, self.rename, self.forget))
        going, *others = (
            Command(title.replace("%1", name), run, "", group, detail=profile.url)
            for title, run in zip(titles, runs, strict=True)
        )
        return [replace(going, keys=keys, button=self._switcher.button_of(profile)), *others]

    def _with_profile(self, url: str, deed: Callable[[Profile], object]) -> None:
        """As it is remembered now: its certificate may be another one than when the command was made."""
        profile = next((one for one in self.watch.profiles if one.url == url), None)
        if profile is not None:
            deed(profile)

    def _rename(self, profile: Profile, name: str) -> None:
        memory, session = self._window.context.memory, self._window.context.session
        memory.rename_profile(profile, name)
        current = self.watch.current
        if current is not None and current.url == profile.url:
            session.name = name
            self._window.show_title()
        self._refresh()

    def _forget(self, profile: Profile) -> None:
        context = self._window.context
        context.memory.forget_profile(profile)
        self._window.notices.announcer.forget(profile.url)
        self._refresh()

        def say(template: str, kind: SayKind = "info", token: str | None = None) -> None:
            # Only when the keyring has answered: the way back needs the token that was there.
            context.say(template.replace("%1", profile.name), kind, lambda: self._remember(profile, token))

        def forgotten(token: str | None) -> None:
            if token is None:
                say(translate("ConnectPage", "%1 is forgotten"))
            else:
                say(translate("ConnectPage", "%1 is forgotten, its token too"), token=token)

        def failed(error: Exception) -> None:
            if isinstance(error, KeyringLocked):
                say(
                    translate("ConnectPage", "%1 is forgotten, but its token is in the keyring still: it is locked"),
                    "bad",
                )
            elif isinstance(error, NoKeyring):
                say(translate("ConnectPage", "%1 is forgotten"))
            else:
                text = translate("ConnectPage", "%1 is forgotten, but its token may be in the keyring still. %2")
                say(text.replace("%2", error_messages.message_of(error)), "bad")

        context.calls.start(self, lambda: keychain.forget_token(profile.key), forgotten, failed)

    def _remember(self, profile: Profile, token: str | None) -> None:
        """It is one of ours again, with the token that it had."""
        context, watch = self._window.context, self.watch
        context.memory.save_profile(profile)
        if token is None:
            watch.ask_keyring_again()
        else:
            watch.hold_token(profile, token)
            context.calls.start(
                self, lambda: keychain.keep_token(profile.key, token), failed=lambda error: say_not_kept(context, error)
            )
        self._refresh()

    def _trust_new_certificate(self, fingerprint: str) -> None:
        """The user has compared it: the one that is open is known by this one from now on, and keeps its token."""
        context = self._window.context
        before, connection = self.watch.current, context.session.connection
        if before is None or connection is None:
            return
        renewed = Connection(connection.url, connection.token, fingerprint)
        profile = Profile(name=before.name, url=renewed.url, fingerprint=renewed.fingerprint)
        context.memory.save_profile(profile)
        context.calls.start(self, lambda: keychain.move_token(before.key, profile.key), failed=lambda _error: None)
        self._window.open(renewed, profile.name)

    def _refresh(self) -> None:
        self.update()
        session = self._window.context.session
        if not session.is_connected and session.situation.state is not State.CONNECTING:
            self._window.connect_page.start_over()

    def _connected(self) -> None:
        wanted, self._wanted = self._wanted, None
        connection = self._window.context.session.connection
        if wanted is not None and connection is not None and connection.url == wanted[0]:
            self._window.context.go(wanted[1])

    def _forget_wanted(self) -> None:
        self._wanted = None
