"""One call: what was said by whom, what came of it, its way through the appliance, its recording."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QWidget

from admin_gui.app_context import AppContext, Undo
from admin_gui.client.calls import Call
from admin_gui.client.customers import Customer
from admin_gui.client.deliveries import Delivery, DeliveryFilter
from admin_gui.client.events import Event
from admin_gui.client.transport.errors import Conflict
from admin_gui.commands import Command
from admin_gui.links import Link
from admin_gui.models import states
from admin_gui.models.calls.erasure_receipt import receipt_text
from admin_gui.pages.calls.cards import AboutCard, Course, and_sent
from admin_gui.pages.calls.export import CallExport
from admin_gui.pages.calls.listening import Listening
from admin_gui.pages.calls.summary_card import SummaryCard
from admin_gui.pages.calls.tagging import CallTagging
from admin_gui.pages.calls.without_words import WithoutWords
from admin_gui.pages.object_page import ObjectPage, ShownObject, page_button
from admin_gui.pages.page import Unsaved
from admin_gui.text.plain_text import from_to, plain_tooltip
from admin_gui.widgets.call.player_bar import LEAP_SECONDS
from admin_gui.widgets.confirm_erase import ConfirmErase
from admin_gui.widgets.layout.least_height import LeastHeight
from admin_gui.widgets.layout.scrolled_column import ScrolledColumn
from admin_gui.widgets.pill import StatusPill

SIDE_WIDTH, LEAST_ABOVE, LEAST_MIDDLE = 340, 64, 150
TURNS_AT_ONCE = 300  # with the rest of the page

Found = tuple[Call, list[Delivery], Customer | None]


class _WayBack(NamedTuple):
    """Of an exchange: on which channel the caller was before it."""

    caller_channel: str
    go: Undo


class CallPage(ObjectPage[Found]):
    """`call/ID`."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._call: Call | None = None
        self._is_new = True
        self._ways_back: dict[str, _WayBack] = {}  # of calls whose exchange is still being analysed
        self._customer: Customer | None = None
        self.listening = Listening(context)
        self.listening.ready.connect(self.ready)
        self.conversation = self.listening.conversation
        self.export = CallExport(context, self)
        self.confirm = ConfirmErase(context.theme)
        self.summary = SummaryCard(context.theme)
        self.summary.sources_chosen.connect(self.listening.play_sources)
        self.about = AboutCard(context)
        self.about.exchange_button.clicked.connect(self.exchange_parties)
        self.tagging = CallTagging(self, self.about.tags, self.about.tags_title)
        self.course = Course(context.theme)
        self.without_words = WithoutWords(context)
        self._middle = QStackedWidget()
        self._middle.addWidget(self.conversation)
        self._middle.addWidget(self.without_words)
        self._make_header()
        self._lay_out()
        context.session.changed.connect(self._allow)
        context.session.polled.connect(self._show_what_is_missing)

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
            *self.export.commands(group),
            *self.listening.commands(),
            Command(self.tr("Webhooks of this call"), self._show_webhooks, "Alt+W", group),
            Command(self.tr("Add a tag to the call"), self.about.tags.field.setFocus, "Ctrl+T", group, changes=True),
            Command(self.tr("Erase the call …"), self._ask_to_erase, "", group, changes=True),
        ]

    def unsaved(self) -> Unsaved | None:
        return self.tagging.unsaved()

    def header_widgets(self) -> list[QWidget]:
        return [self.state, self.webhooks_button, self.export.button, self.again_button, self.erase_button]

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """An answer that came while somebody looked at something else has fetched nothing."""
        super().showEvent(event)
        if not event.spontaneous():
            self.listening.fetch_recording()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Somebody looks at something else, or the program ends: nothing of the recording stays on this machine."""
        super().hideEvent(event)
        if not event.spontaneous():  # the window is only out of sight
            self.listening.player.forget()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """What no field, button or list wants for itself is the player's."""
        leaps = {Qt.Key.Key_Left: -LEAP_SECONDS, Qt.Key.Key_Right: LEAP_SECONDS}
        if self.shown is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Space:
            self.listening.toggle()
        elif event.key() in leaps:
            self.listening.leap(leaps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    # What was loaded

    def load(self, target: str) -> Callable[[], Found]:
        appliance = self.context.appliance

        def ask() -> Found:
            call = appliance.calls.one(target)
            deliveries = appliance.deliveries.page(None, 50, DeliveryFilter(call_id=target)).rows
            return call, list(deliveries), appliance.customers.known(call.customer_id)

        return ask

    def forget(self) -> None:
        self._call = None
        self.export.show_call(None)
        self._is_new = True
        self.listening.forget()
        self.tagging.forget()
        self.course.show_call(None)
        self.summary.show_call(None)
        self.confirm.dismiss()
        self._allow()

    def show_object(self, found: Found) -> None:
        call, deliveries, customer = found
        self._call = call
        self.export.show_call(call)
        self._customer = customer
        again = self.tr("Analyse it once more, as a new revision")
        self.again_button.setToolTip(plain_tooltip(and_sent(again, customer)))
        self.state.show_state(states.word(call.shown_state), states.call_tone(call.shown_state))
        self.summary.show_call(call)
        self.about.show_call(call, deliveries, customer)
        self.tagging.show_call(call)
        self.course.show_call(call)
        self._show_what_is_missing()
        self._allow()
        if len(call.segments or ()) > TURNS_AT_ONCE and list(self.conversation.turns) != call.segments:
            QTimer.singleShot(1, self, lambda: self._show_conversation(call))  # 0 would be within the same turn
        else:
            self._show_conversation(call)

    def _show_conversation(self, call: Call) -> None:
        """What was said, and its sound; of a call that has it for hours in a turn of the event loop of its own."""
        if call is not self._call:  # it was left, or has come anew
            return
        has_other_turns = self.listening.show_call(call)
        if self.isVisible():  # not into a window that is in the tray: it is fetched when that comes back
            self.listening.fetch_recording()
        if has_other_turns:
            calls = self.context.appliance.calls
            self.look(
                lambda: calls.words(call.call_id), self.listening.show_words, self.listening.no_words, latest="words"
            )
        if "q" in self.link.query and self._is_new:
            self.listening.find_words(self.link.query["q"])
        self._is_new = False
        if call.is_final:
            self._offer_way_back(call)
        if not self.listening.player.is_on_its_way:
            self.ready.emit()

    def _show_what_is_missing(self) -> None:
        """In the place of the conversation, where there is none; anew whenever the appliance says how it stands."""
        call, snapshot = self._call, self.context.session.last_snapshot
        if call is None:
            return
        if not call.segments:
            self.without_words.show_call(call, None if snapshot is None else snapshot.system)
        # Whatever stands there has the keyboard when a button is disabled under it: not the next one, which erases.
        self.first_focus = self.conversation if call.segments else self.without_words
        self.setFocusProxy(self.first_focus)
        self._middle.setCurrentWidget(self.first_focus)

    # Changing it

    def _reprocess(self) -> None:
        thing, calls = self.shown, self.context.appliance.calls
        if thing is None or not self.again_button.isEnabled():
            return
        self.do(
            thing,
            lambda: calls.reprocess(thing.id),
            lambda _call: self.refresh(),
            success_text=and_sent(self.tr("It is analysed again, as a new revision"), self._customer),
        )

    def exchange_parties(self) -> None:
        """Let it be analysed again with the caller on the other channel; doing it once more takes it back."""
        thing, channel = self.shown, None if self._call is None else self._call.caller_channel
        if thing is not None and channel is not None and self.again_button.isEnabled():
            self._exchange(thing, "left" if channel == "right" else "right", channel)

    def _exchange(self, thing: ShownObject, caller_channel: str, former: str, *, back: bool = False) -> None:
        calls, text = self.context.appliance.calls, self.tr("Caller and called exchanged: it is analysed again")
        if back:
            text = self.tr("Caller and called exchanged back: it is analysed again")

        def exchanged(_call: Call) -> None:
            self._ways_back.pop(thing.id, None)  # of an older exchange
            self.refresh()

        def failed(error: Exception) -> None:
            if not (back and isinstance(error, Conflict) and error.problem_of("state") is not None):
                self.context.say_error(error)
                return
            self.say(self.tr("It is being analysed: you can take it back once that is done, and are told here"), "info")
            way_back = _WayBack(caller_channel, lambda: self._exchange(thing, caller_channel, former, back=True))
            self._ways_back[thing.id] = way_back
            self.refresh()  # it may be done by now

        self.do(
            thing,
            lambda: calls.reprocess(thing.id, caller_channel),
            exchanged,
            failed,
            success_text=and_sent(text, self._customer),
            undo=lambda: self._exchange(thing, former, caller_channel, back=not back),
        )

    def _offer_way_back(self, call: Call) -> None:
        """Of an exchange that could not be taken back before; somebody else may have done it, or erased the call."""
        way_back = self._ways_back.pop(call.call_id, None)
        if way_back is not None and not call.is_erased and call.caller_channel != way_back.caller_channel:
            self.say(self.tr("It is analysed: you can take the exchange back now"), "info", way_back.go)

    def _ask_to_erase(self) -> None:
        thing = self.shown
        if thing is None:
            return
        self.confirm.ask(
            self.tr("Erase this call?"),
            [
                self.tr("Its recording, transcript, summary and keywords."),
                self.tr("What its webhooks said. What was delivered already stays with the customer."),
                self.tr("Backups keep it until they are removed; a restore on this appliance erases it again."),
            ],
            self.tr("Erase the call"),
            lambda: self._erase(thing),
        )

    def _erase(self, thing: ShownObject) -> None:
        calls = self.context.appliance.calls

        self.do(
            thing, lambda: calls.erase(thing.id), lambda _receipt: self.go_out(), success_text=receipt_text, plain=True
        )

    def _show_webhooks(self) -> None:
        if self.shown is not None:
            self.context.go(Link("webhooks", query={"call_id": self.shown.id}))

    # What is seen

    def _allow(self) -> None:
        there = self._call is not None
        for widget in (self.state, self.webhooks_button, self.export.button, self.again_button, self.erase_button):
            widget.setVisible(there)
        has_audio = self._call is not None and self._call.is_final and not self._call.is_erased
        self.again_button.setEnabled(has_audio and self.context.session.may_change)
        self.about.exchange_button.setEnabled(has_audio and self.context.session.may_change)

    def _make_header(self) -> None:
        self.state = StatusPill(self.context.theme)
        self.webhooks_button = page_button(self.tr("Webhooks"), self._show_webhooks, self.tr("Webhooks of this call"))
        self.again_button = page_button(self.tr("Analyse again"), self._reprocess)
        self.erase_button = page_button(self.tr("Erase …"), self._ask_to_erase)
        self.context.only_admin(self.erase_button)

    def _lay_out(self) -> None:
        # With many turns of its way, or in a low window, it is longer than the page.
        side = ScrolledColumn(self.about)
        side.setFixedWidth(SIDE_WIDTH)
        side.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        # In a low window what is said gets the room, and what was summed up of it is scrolled.
        above = ScrolledColumn(self.course.warnings, self.summary, self.course)
        above.setMinimumHeight(LEAST_ABOVE)
        self._middle.setMinimumHeight(LEAST_MIDDLE)
        body = QHBoxLayout()
        body.setSpacing(12)
        body.addWidget(
            LeastHeight(above, self.listening, self.listening.find_bar, self.course.of_conversation, self._middle), 1
        )
        body.addWidget(side)
        self.content.addWidget(self.confirm)
        self.content.addLayout(body, 1)
        self.first_focus = self.conversation
