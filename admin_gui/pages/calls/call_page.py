"""One call: what was said by whom, what came of it, its way through the appliance, its recording."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from admin_gui.app_context import AppContext
from admin_gui.client.calls import Call, Erasure, Turn
from admin_gui.client.customers import Customer
from admin_gui.client.deliveries import Delivery, DeliveryFilter
from admin_gui.client.events import Event
from admin_gui.commands import Command
from admin_gui.links import Link
from admin_gui.models import states
from admin_gui.pages.calls.cards import AboutCard, Course, SummaryCard
from admin_gui.pages.calls.export import CallExport
from admin_gui.pages.calls.recording_player import RecordingPlayer
from admin_gui.pages.calls.without_words import WithoutWords
from admin_gui.pages.object_page import ObjectPage, ShownObject
from admin_gui.text.plain_text import from_to, plain_tooltip
from admin_gui.widgets import icons
from admin_gui.widgets.charts.waveform import Waveform
from admin_gui.widgets.confirm_erase import ConfirmErase
from admin_gui.widgets.conversation import Conversation
from admin_gui.widgets.pill import StatusPill
from admin_gui.widgets.plain_label import PlainLabel

if TYPE_CHECKING:
    from admin_gui.models.call_recording import Floats

SIDE_WIDTH = 340

Found = tuple[Call, list[Delivery], Customer | None]


class CallPage(ObjectPage[Found]):
    """`call/ID`."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._call: Call | None = None
        self.player = RecordingPlayer(context, self)
        self.player.waveform_ready.connect(self._show_loudness)
        self.export = CallExport(context, self)
        self.confirm = ConfirmErase(context.theme)
        self.summary = SummaryCard()
        self.about = AboutCard(context)
        self.about.exchange_button.clicked.connect(self.exchange_parties)
        self.waveform = Waveform(context.theme)
        self.waveform.chosen.connect(self.play)
        self.play_button = QToolButton()
        self.play_button.setAccessibleName(self.tr("Play the whole recording"))
        tooltip = self.tr("Play the whole recording; one turn by a click on it")
        self.play_button.setToolTip(plain_tooltip(f"{tooltip} (Ctrl+P)"))
        self.play_button.clicked.connect(self.play_whole)
        self.sound_note = PlainLabel()
        self.sound_note.setProperty("muted", True)
        self.sound_note.setWordWrap(True)
        self.course = Course(context.theme)
        self.conversation = Conversation(context.theme)
        self.conversation.chosen.connect(self.play)
        self.without_words = WithoutWords(context)
        self._middle = QStackedWidget()
        self._middle.addWidget(self.conversation)
        self._middle.addWidget(self.without_words)
        self._make_header()
        self._lay_out()
        context.session.changed.connect(self._allow)
        context.session.polled.connect(self._show_what_is_missing)
        context.theme.changed.connect(self._paint_icons)
        self._paint_icons()

    # What the window asks

    def kind_title(self) -> str:
        return self.tr("Call")

    def object_title(self) -> str:
        call = self._call
        return self.kind_title() if call is None else from_to(call.caller_number, call.called_number)

    def fallback_page(self) -> tuple[str, str]:
        return self.tr("All calls"), "calls"

    def on_events(self, events: list[Event]) -> None:
        mine = [event for event in events if event.call_id == self.wanted]
        if any(event.kind == "call" and event.is_erasure for event in mine):
            self.put_away(self.tr("This call was erased."))
        elif mine:
            self.refresh()

    def object_commands(self) -> list[Command]:
        group = self.tr("Call")

        def is_kept() -> bool:
            return self._call is not None and not self._call.is_erased

        return [
            Command(
                self.tr("Analyse the call again"),
                self._reprocess,
                "Ctrl+Shift+R",
                group,
                changes=True,
                enabled=self.again_button.isEnabled,
            ),
            Command(
                self.tr("Exchange caller and called, and analyse again"),
                self.exchange_parties,
                "Ctrl+Shift+X",
                group,
                changes=True,
                enabled=lambda: (
                    self.again_button.isEnabled() and self._call is not None and self._call.caller_channel is not None
                ),
            ),
            Command(self.tr("Save the call as text …"), self.export.ask_for_text, "Ctrl+S", group, enabled=is_kept),
            Command(self.tr("Save the call as JSON …"), self.export.ask_for_json, "Ctrl+Shift+S", group),
            Command(self.tr("Save the recording …"), self.export.ask_for_recording, "Ctrl+D", group, enabled=is_kept),
            Command(self.tr("Play the whole recording"), self.play_whole, "Ctrl+P", group, enabled=is_kept),
            Command(self.tr("Webhooks of this call"), self._show_webhooks, "Alt+W", group),
            Command(self.tr("Erase the call …"), self._ask_to_erase, "", group, changes=True),
        ]

    def header_widgets(self) -> list[QWidget]:
        return [self.state, self.webhooks_button, self.save_button, self.again_button, self.erase_button]

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Somebody looks at something else, or the program ends: nothing of the recording stays on this machine."""
        super().hideEvent(event)
        if not event.spontaneous():  # the window is only out of sight
            self.player.forget()

    # What was loaded

    def load(self, target: str) -> Callable[[], Found]:
        appliance = self.context.appliance

        def ask() -> Found:
            call = appliance.calls.one(target)
            deliveries = appliance.deliveries.page(None, 50, DeliveryFilter(call_id=target)).rows
            return call, list(deliveries), appliance.customers.known(call.customer_id)

        return ask

    def forget(self) -> None:
        self._call = self.export.call = None
        self.player.forget()
        self.course.show_call(None)
        self.conversation.show_turns([])
        self.waveform.show_loudness(None, [], 0)
        self.play_button.hide()
        self.sound_note.hide()
        self.summary.show_call(None)
        self.confirm.dismiss()
        self._allow()

    def show_object(self, found: Found) -> None:
        call, deliveries, customer = found
        self._call = self.export.call = call
        self.state.show_state(states.word(call.shown_state), states.call_tone(call.shown_state))
        self.summary.show_call(call)
        self.about.show_call(call, deliveries, customer)
        self.course.show_call(call)
        turns = call.segments or []
        if list(self.conversation.turns) != turns:
            self.conversation.show_turns(turns)
        self._show_what_is_missing()
        self._allow()
        if call.is_final:
            self.player.show_call(call)
        if not self.player.is_on_its_way:
            self.ready.emit()

    def _show_what_is_missing(self) -> None:
        """In the place of the conversation, where there is none; anew whenever the appliance says how it stands."""
        call, snapshot = self._call, self.context.session.last_snapshot
        if call is None:
            return
        if not call.segments:
            self.without_words.show_call(call, None if snapshot is None else snapshot.system)
        self._middle.setCurrentWidget(self.conversation if call.segments else self.without_words)

    def _show_loudness(self, peaks: Floats | None) -> None:
        call = self._call
        if call is None:
            return
        self.waveform.show_loudness(peaks, call.segments or [], call.duration_seconds or 0)
        long, note = self.player.waits_for_play, ""
        if long:
            note = self.tr("A long recording: it is fetched when it is played.")
        elif self.player.is_damaged:
            note = self.tr("The recording is damaged on the appliance's disk and cannot be played; the texts are kept.")
        self.sound_note.setText(note)
        self.sound_note.setVisible(bool(note))
        self.play_button.setVisible(long or peaks is not None)
        self.ready.emit()

    # Hearing it

    def play(self, turn: Turn) -> None:
        """Let the system's player play one turn."""
        self.player.play(turn)

    def play_whole(self) -> None:
        """Let the system's player play it all."""
        self.player.play()

    # Changing it

    def _reprocess(self, caller_channel: str | None = None) -> None:
        thing, calls = self.shown, self.context.appliance.calls
        if thing is None or not self.again_button.isEnabled():
            return
        self.do(
            thing,
            lambda: calls.reprocess(thing.id, caller_channel),
            lambda _call: self.refresh(),
            success_text=self.tr("It is analysed again, as a new revision"),
        )

    def exchange_parties(self) -> None:
        """Let it be analysed again with the caller on the other channel."""
        channel = None if self._call is None else self._call.caller_channel
        if channel is not None:
            self._reprocess("left" if channel == "right" else "right")

    def _ask_to_erase(self) -> None:
        thing = self.shown
        if thing is None:
            return
        self.confirm.ask(
            self.tr("Erase this call?"),
            [
                self.tr("Its recording, transcript, summary and keywords."),
                self.tr("What its webhooks said. What was delivered already stays with the customer."),
                self.tr("Backups keep it until they are removed; a restore erases it again."),
            ],
            self.tr("Erase the call"),
            lambda: self._erase(thing),
        )

    def _erase(self, thing: ShownObject) -> None:
        calls = self.context.appliance.calls

        def receipt_text(receipt: Erasure) -> str:
            erased = (
                self.tr("%n recording(s)", "", receipt.recordings),
                self.tr("%n result(s)", "", receipt.results),
                self.tr("%n webhook(s)", "", receipt.deliveries),
            )
            text = self.tr("Erased: %1.").replace("%1", ", ".join(erased))
            if receipt.backups:
                text += " " + self.tr("Still in %n backup(s).", "", len(receipt.backups))
            return text

        self.do(thing, lambda: calls.erase(thing.id), lambda _receipt: self.go_out(), success_text=receipt_text)

    def _show_webhooks(self) -> None:
        if self.shown is not None:
            self.context.go(Link("webhooks", query={"call_id": self.shown.id}))

    # What is seen

    def _allow(self) -> None:
        there = self._call is not None
        for widget in (self.state, self.webhooks_button, self.save_button, self.again_button, self.erase_button):
            widget.setVisible(there)
        has_audio = self._call is not None and self._call.is_final and not self._call.is_erased
        self.again_button.setEnabled(has_audio and self.context.session.may_change)
        self.about.exchange_button.setEnabled(has_audio and self.context.session.may_change)
        for action in self._of_what_was_said:
            action.setEnabled(self._call is not None and not self._call.is_erased)

    def _paint_icons(self) -> None:
        self.play_button.setIcon(icons.icon("play", self.context.theme.colors.accent))

    def _make_header(self) -> None:
        self.state = StatusPill(self.context.theme)
        self.webhooks_button = _button(self.tr("Webhooks"), self._show_webhooks)
        self.again_button = _button(self.tr("Analyse again"), self._reprocess)
        self.erase_button = _button(self.tr("Erase …"), self._ask_to_erase)
        self.context.only_admin(self.erase_button)
        self.save_button = QPushButton(self.tr("Save"))
        menu = QMenu(self.save_button)
        text = menu.addAction(self.tr("Text …"), self.export.ask_for_text)
        menu.addAction(self.tr("JSON …"), self.export.ask_for_json)
        recording = menu.addAction(self.tr("Recording …"), self.export.ask_for_recording)
        # Of an erased call there is neither; its JSON tells that it took place.
        self._of_what_was_said = (text, recording)
        self.save_button.setMenu(menu)

    def _sound_line(self) -> QHBoxLayout:
        made = QHBoxLayout()
        made.setSpacing(8)
        made.addWidget(self.play_button)
        made.addWidget(self.waveform, 1)
        made.addWidget(self.sound_note, 1)
        self.play_button.hide()
        self.sound_note.hide()
        return made

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setObjectName("scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.about)
        column.addStretch(1)
        # With many turns of its way, or in a low window, it is longer than the page.
        side = QScrollArea()
        side.setFixedWidth(SIDE_WIDTH)
        side.setWidgetResizable(True)
        side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        side.setWidget(inner)
        main = QVBoxLayout()
        main.setSpacing(12)
        main.addWidget(self.summary)
        main.addLayout(self._sound_line())
        main.addWidget(self.course)
        main.addWidget(self._middle, 1)
        body = QHBoxLayout()
        body.setSpacing(12)
        body.addLayout(main, 1)
        body.addWidget(side)
        self.content.addWidget(self.confirm)
        self.content.addLayout(body, 1)
        self.first_focus = self.conversation


def _button(text: str, run: Callable[[], object]) -> QPushButton:
    made = QPushButton(text)
    made.clicked.connect(lambda *_: run())
    return made
