"""Every setting: what it means, what it is, where that was set; and changed here, where that is safe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QCheckBox, QPushButton, QWidget

from admin_gui.app_context import AppContext
from admin_gui.client.settings import SettingsList
from admin_gui.client.transport.errors import Invalid, NotFound
from admin_gui.commands import Command
from admin_gui.links import Link
from admin_gui.models.system.settings import (
    Setting,
    holds,
    is_lowered,
    read,
    setting_columns,
    settings_of,
    told_settings,
    written,
)
from admin_gui.pages.page import Unsaved
from admin_gui.pages.system.setting_card import SettingCard
from admin_gui.pages.system.tab import SystemTab
from admin_gui.text.appliance_words.sentences import translated
from admin_gui.widgets.banner import Banner
from admin_gui.widgets.confirm_erase import ConfirmErase
from admin_gui.widgets.layout.layouts import keep_place, row
from admin_gui.widgets.layout.list_over_card import ListOverCard
from admin_gui.widgets.plain_label import PlainLabel
from admin_gui.widgets.table.paged_table import PagedTable


class SettingsTab(SystemTab):
    """`system?tab=settings&name=retention_days`."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._settings: list[Setting] = []
        self._can_restart = False
        self._edits: dict[str, str | None] = {}  # what is written in the fields; None: back to the default
        self._problems: dict[str, str] = {}
        self._wanted = ""  # the one that a link names, until it is there
        self._is_saving = False
        self._then: Callable[[], object] | None = None  # once what is under way is saved
        self.restart_banner = Banner(context.theme)
        self.confirm = ConfirmErase(context.theme)
        self.table = PagedTable(
            context,
            "settings",
            self.tr("Settings"),
            setting_columns(),
            lambda setting: setting.name,
            empty=("system", self.tr("No setting matches"), ""),
        )
        self.table.search.setPlaceholderText(self.tr("Search settings"))
        self.table.search.textChanged.connect(lambda _text: self._narrow())
        self.only_changeable = QCheckBox(self.tr("Changeable here"))
        self.only_changeable.toggled.connect(lambda _checked: self._narrow())
        self.table.add_filter(self.only_changeable)
        self.table.selection_changed.connect(self._show_chosen)
        self.card = SettingCard()
        self.card.edited.connect(self._edited)
        self.splitter = ListOverCard(self.table, self.card)
        self.save_button = QPushButton(self.tr("Save"))
        self.save_button.setProperty("primary", True)
        self.save_button.clicked.connect(lambda _checked: self.save())
        context.only_admin(self.save_button)
        self.discard_button = QPushButton(self.tr("Discard"))
        self.discard_button.clicked.connect(self.discard)
        self.counted = PlainLabel()
        self.unsaved_bar = QWidget()
        bar = row(self.counted, self.discard_button, self.save_button, stretch_after=0)
        bar.setContentsMargins(0, 0, 0, 0)
        self.unsaved_bar.setLayout(bar)
        keep_place(self.unsaved_bar)  # nor must the setting's own buttons come to stand under the pointer
        self.unsaved_bar.hide()
        for part in (self.restart_banner, self.confirm):
            self.outer.addWidget(part)
        self.outer.addWidget(self.splitter, 1)
        self.outer.addWidget(self.unsaved_bar)
        context.session.changed.connect(self._show_chosen)

    def show_link(self, link: Link) -> None:
        self._wanted = link.query.get("name", "")
        if self._wanted:
            self.only_changeable.setChecked(False)  # it may be one that is not
        self.refresh()

    def refresh(self) -> None:
        settings = self.context.appliance.settings
        self.context.calls.start(self, settings.all, self._show_told, self._failed, latest="settings")

    def commands(self) -> list[Command]:
        group = self.tr("Settings")
        return [
            Command(self.tr("Search settings"), self.table.search.setFocus, "Ctrl+F", group),
            Command(
                self.tr("Save the settings"),
                self.save,
                "Ctrl+S",
                group,
                changes=True,
                enabled=lambda: bool(self._edits),
                button=self.save_button,
            ),
            Command(
                self.tr("Discard the changed settings"),
                self.discard,
                "",
                group,
                enabled=lambda: bool(self._edits) and not self._is_saving,
                button=self.discard_button,
            ),
            Command(
                self.tr("Set the setting back to its default"),
                self.card.back_to_default,
                "",
                group,
                changes=True,
                enabled=lambda: self.card.can_go_back,
                button=self.card.default_button,
            ),
            Command(
                self.tr("Start the appliance again …"),
                self.ask_to_restart,
                "",
                group,
                changes=True,
                enabled=lambda: self._can_restart,
            ),
        ]

    @property
    def chosen_name(self) -> str | None:
        setting = self.table.current()
        return None if setting is None else setting.name

    def unsaved(self) -> Unsaved | None:
        if not self._edits:
            return None
        if self._is_saving:
            text = self.tr("The settings are being saved. If you leave before that, the changes may be lost.")
        else:
            text = self.tr("%n changed setting(s) are not saved.", "", len(self._edits))
        return Unsaved(text, self.discard, self.save, is_being_saved=self._is_saving)

    def save(self, then: Callable[[], object] | None = None) -> None:
        """Send what was changed, all of it or nothing; before something is kept no longer, it is asked."""
        if then is not None or not self._is_saving:
            self._then = then
        if not self._edits or self._is_saving or not self.context.session.may_change:
            return
        wanted, sent = self._values(), dict(self._edits)
        told = {one.name: one.told for one in self._settings if one.told is not None}
        lowered = [
            name
            for name, value in wanted.items()
            if is_lowered(told[name], told[name].default if value is None else value)
        ]
        if not lowered:
            self._send(wanted, sent)
            return
        consequences = {
            "retention_days": self.tr(
                "Recordings and texts that are older than the new time are erased within minutes after saving. "
                "It cannot be undone."
            ),
            "backup_keep": self.tr(
                "The oldest backups, beyond the new number, are removed when the next one is made. It cannot be undone."
            ),
        }
        if not self.isVisible():  # it is asked there, also who was about to leave from another tab
            self.context.go("system?tab=settings")
        self.confirm.ask(
            self.tr("Keep less?"),
            [consequences[name] for name in lowered],
            self.tr("Save and erase"),
            lambda: self._send(wanted, sent),
            no=self.tr("Cancel"),
        )

    def discard(self) -> None:
        """Back to what the appliance has; what is under way is saved all the same."""
        self._edits, self._problems = {}, {}
        self._narrow()

    def ask_to_restart(self) -> None:
        """What it means, before."""
        self.confirm.ask(
            self.tr("Start the appliance again?"),
            [
                self.tr("For some seconds no call is accepted; telephone systems that send with vbot-post try again."),
                self.tr("Calls that are being analysed go on."),
            ],
            self.tr("Start it again"),
            self._restart,
        )

    def _restart(self) -> None:
        settings = self.context.appliance.settings
        self.context.calls.start(
            self,
            settings.restart,
            lambda _done: self.context.say(self.tr("The appliance is starting again"), "info"),
        )

    def _send(self, wanted: dict[str, Any], sent: dict[str, str | None]) -> None:
        """`sent`: what stood in the fields for it."""
        settings = self.context.appliance.settings
        self._is_saving = True
        self._narrow()

        def done(told: SettingsList) -> None:
            self._is_saving = False
            # What was typed meanwhile stays typed.
            self._edits = {name: text for name, text in self._edits.items() if name not in sent or sent[name] != text}
            self._problems = {}
            self._show_told(told)
            if self.context.calls.is_under_way(self, "settings"):
                self.refresh()  # it was asked for before it was changed
            self.context.say(self.tr("Saved"), "good")
            then, self._then = self._then, None
            if then is not None:
                then()

        doing = self.tr("Saving …")
        self.context.calls.start(self, lambda: settings.change(wanted), done, self._refused, doing=doing)

    def _refused(self, error: Exception) -> None:
        self._is_saving, self._then = False, None
        self._narrow()  # nobody waits for it any more
        if not isinstance(error, Invalid) or not error.details:
            self.context.say_unsaved(error, self.unsaved)
            return
        self._problems = {one.field: translated(one.problem) for one in error.details}
        self._wanted = error.details[0].field
        self.table.search.clear()
        self._narrow()
        self.context.say_marked()

    def _values(self) -> dict[str, Any]:
        edits = {
            one.name: one.told.edit for one in self._settings if one.told is not None and one.told.edit is not None
        }
        return {
            name: None if not text else read(text, edits[name]) for name, text in self._edits.items() if name in edits
        }

    def _edited(self, name: str, text: str | None) -> None:
        setting = next(one for one in self._settings if one.name == name)
        if setting.told is None:
            return
        self._edits[name] = text
        if not setting.is_changed_by(text):
            del self._edits[name]
        self._problems.pop(name, None)
        self._narrow()

    def _show_told(self, told: SettingsList) -> None:
        self._can_restart = told.can_restart
        self._show(told_settings(told.settings))

    def _failed(self, error: Exception) -> None:
        """An appliance of before tells names and values alone."""
        snapshot = self.context.session.last_snapshot
        if isinstance(error, NotFound) and snapshot is not None and snapshot.system is not None:
            self._show(settings_of(snapshot.system.settings))
            return
        self.context.say_error(error)
        self.ready.emit()

    def _show(self, found: list[Setting]) -> None:
        self._settings = found
        # What the appliance has by now, whoever set it, is no change any more.
        there = {one.name: one for one in found}
        edits = self._edits.items()
        self._edits = {name: text for name, text in edits if name in there and there[name].is_changed_by(text)}
        waiting = [one.title for one in found if one.told is not None and one.told.waits]
        if waiting:
            text = self.tr("Waiting until the appliance is started again: %1").replace("%1", ", ".join(waiting))
            offered = self._can_restart and self.context.session.may_change
            action = (self.tr("Start it again …"), self.ask_to_restart) if offered else None
            self.restart_banner.show_message(text, "warn", action)
        else:
            self.restart_banner.clear()
        self._narrow()
        self.ready.emit()

    def _narrow(self) -> None:
        wanted = self.table.search.text().strip()
        chosen = self._wanted or self.chosen_name
        found = [one for one in self._settings if one.is_changeable or not self.only_changeable.isChecked()]
        rows = [self._with_edit(one) for one in found if holds(one, wanted)]
        self.table.model.set_rows(rows)
        if chosen and self.table.select(chosen):
            self._wanted = ""
        elif self.table.current() is None:
            self.table.view.put_keyboard_on_first()
        self._show_chosen()
        self.counted.setText(self.tr("%n changed setting(s) are not saved.", "", len(self._edits)))
        self.unsaved_bar.setVisible(bool(self._edits))
        self.discard_button.setEnabled(not self._is_saving)
        self.edited.emit()

    def _with_edit(self, one: Setting) -> Setting:
        if one.name not in self._edits:
            return one
        return replace(one, value=f"{one.value} → {self._text_of(one) or '–'}")

    def _text_of(self, setting: Setting) -> str:
        """What stands in the setting's field."""
        told = setting.told
        if told is None:
            return ""
        if setting.name in self._edits:
            text = self._edits[setting.name]
            return written(told.default) if text is None else text
        return written(told.next_value)

    def _show_chosen(self) -> None:
        setting = self.table.current()
        text = "" if setting is None else self._text_of(setting)
        problem = "" if setting is None else self._problems.get(setting.name, "")
        # Also while the appliance is away: a key that is typed as it goes would be lost.
        self.card.show_setting(setting, text, problem, may_change=not self.context.session.is_viewer)
