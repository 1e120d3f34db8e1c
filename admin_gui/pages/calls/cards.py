"""The cards of a call's page: how it went, and what is known about it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from admin_gui.app_context import AppContext
from admin_gui.appearance.theme import Theme
from admin_gui.client.calls import Call, Party
from admin_gui.client.customers import Customer
from admin_gui.client.deliveries import Delivery
from admin_gui.models import states
from admin_gui.models.call_texts import course, stations, undelivered
from admin_gui.models.calls.call_warnings import CallWarnings, warnings_of
from admin_gui.models.model_words import model_lines
from admin_gui.pages.calls.revisions.section import RevisionsSection
from admin_gui.text import formats
from admin_gui.text.plain_text import plain_button, plain_tooltip
from admin_gui.widgets.banner import Banner
from admin_gui.widgets.call.tag_editor import TagEditor
from admin_gui.widgets.card import Card
from admin_gui.widgets.info_grid import InfoGrid
from admin_gui.widgets.layout.layouts import row, section_title
from admin_gui.widgets.plain_label import PlainLabel

translate = QCoreApplication.translate

NAME_WIDTH = 190


class Course(QWidget):
    """How the conversation went, in a line; what is the matter with the whole, and what was said, in banners.

    The page lays out the banners: that of the conversation stands above it.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.warnings = Banner(theme)
        self.of_conversation = Banner(theme)
        self.line = PlainLabel()
        self.line.setProperty("muted", True)
        self.line.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.line)

    def show_call(self, call: Call | None) -> None:
        """Hidden where there is nothing to tell."""
        line = "" if call is None else course(call)
        warnings = CallWarnings() if call is None else warnings_of(call)
        self.line.setText(line)
        self.line.setVisible(bool(line))
        _show_warnings(self.warnings, warnings.whole)
        _show_warnings(self.of_conversation, warnings.conversation)
        self.setVisible(bool(line))


def _show_warnings(banner: Banner, warnings: Sequence[str]) -> None:
    if warnings:
        banner.show_message("\n".join(warnings))
    else:
        banner.clear()


class AboutCard(Card):
    """Mood, parties, way, ids."""

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self.mood = InfoGrid()
        self.way = InfoGrid()
        self.facts = InfoGrid()
        self._customer_id = 0
        self.customer_button = QPushButton()
        self.customer_button.setProperty("link", True)
        self.customer_button.clicked.connect(self._go_to_customer)
        self.content.addWidget(section_title(self.tr("Mood")))
        self.content.addWidget(self.mood)
        self.exchange_button = QPushButton(self.tr("Exchange caller and called"))
        self.exchange_button.setProperty("link", True)
        self.content.addLayout(row(self.exchange_button, stretch_after=0))
        self.content.addSpacing(8)
        self.tags_title = section_title(self.tr("Tags"))
        self.tags = TagEditor(context.theme)
        self.content.addWidget(self.tags_title)
        self.content.addWidget(self.tags)
        self.content.addSpacing(8)
        self.content.addWidget(section_title(self.tr("Timeline")))
        self.content.addWidget(self.way)
        self.content.addSpacing(8)
        self.revisions = RevisionsSection(context)
        self.content.addWidget(self.revisions)
        self.content.addWidget(section_title(self.tr("Details")))
        self.warnings = Banner(context.theme)  # of what was sent with it
        self.content.addWidget(self.warnings)
        self.content.addWidget(self.facts)
        self.facts.put_widget("customer", self.tr("Customer"), self.customer_button)

    def show_call(self, call: Call, deliveries: Sequence[Delivery], customer: Customer | None) -> None:
        """All that is known about it; `customer` is None for one that was deleted."""
        self._show_customer(call, customer)
        self.exchange_button.setVisible(call.caller_channel is not None)
        why = self.tr("If caller and called are mixed up: the call is analysed again")
        self.exchange_button.setToolTip(plain_tooltip(and_sent(why, customer)))
        self._show_mood(call)
        self._show_way(call, deliveries)
        self.revisions.show_call(call)
        _show_warnings(self.warnings, warnings_of(call).details)
        facts = self.facts
        # The page's title has no room for both in a small window.
        facts.put("caller", self.tr("Caller"), call.caller_number)
        facts.put("called", self.tr("Called"), call.called_number)
        facts.put("length", self.tr("Length"), formats.playing_time(call.duration_seconds))
        facts.put("speech", self.tr("Speech"), formats.playing_time(call.speech_seconds))
        facts.put("language", self.tr("Language"), call.language or formats.DASH)
        facts.put("revision", self.tr("Revision"), str(call.revision))
        facts.put("external", self.tr("PBX's id"), call.external_id or formats.DASH, wide=True)
        began = call.call_started_at
        for key, name, told in (
            ("began", self.tr("Call began"), "" if began is None else formats.moment(began)),
            ("agent", self.tr("Agent"), call.agent or call.extension),
            ("queue", self.tr("Queue"), call.queue),
            ("did", self.tr("Dialled number"), call.did),
        ):
            facts.put(key, name, told or "")
            facts.set_shown(key, bool(told))
        facts.put("id", self.tr("Call id"), call.call_id, wide=True)
        models = model_lines(call.models or {})
        facts.put("models", self.tr("Models"), models)
        facts.set_shown("models", bool(models))
        metadata = "" if call.metadata is None else json.dumps(call.metadata, ensure_ascii=False)
        facts.put("metadata", self.tr("Metadata"), metadata[:500])
        facts.set_shown("metadata", bool(metadata))

    def _go_to_customer(self) -> None:
        self._context.go(f"customer/{self._customer_id}")

    def _show_customer(self, call: Call, customer: Customer | None) -> None:
        self._customer_id = call.customer_id
        if customer is None:
            self.customer_button.setText(self.tr("%1 (deleted)").replace("%1", str(call.customer_id)))
        else:
            room = self.customer_button.fontMetrics()
            name = customer.company_name
            shown = room.elidedText(name, Qt.TextElideMode.ElideRight, NAME_WIDTH)
            self.customer_button.setText(plain_button(shown))
            self.customer_button.setToolTip(plain_tooltip(name))
        self.customer_button.setEnabled(customer is not None)

    def _show_mood(self, call: Call) -> None:
        self.mood.put("overall", self.tr("Overall"), states.word(call.mood or "") or formats.DASH)
        parties = call.parties
        for key, name, party in (
            ("caller", self.tr("Caller"), None if parties is None else parties.caller),
            ("called", self.tr("Called"), None if parties is None else parties.called),
        ):
            spoke = party is not None and party.talk_seconds > 0
            self.mood.put(key, name, self._party(party, call.sentiment_basis is None) if party is not None else "")
            self.mood.set_shown(key, spoke)

    def _party(self, party: Party, nothing_was_read: bool) -> str:
        talked = self.tr("speaks %1").replace("%1", formats.playing_time(party.talk_seconds))
        mood = "" if nothing_was_read or party.sentiment is None else states.word(party.sentiment)
        return f"{mood}, {talked}" if mood else talked

    def _show_way(self, call: Call, deliveries: Sequence[Delivery]) -> None:
        for key in ("0", "1", "2", "3", "webhook"):
            self.way.set_shown(key, False)
        for place, station in enumerate(stations(call, deliveries)):
            took = "" if station.took_seconds is None else f"  +{formats.span(station.took_seconds)}"
            write = formats.short_moment if place else formats.moment_of_a_day  # of the others the first says the day
            text = f"{write(station.at, self._context.session.now())}{took}"
            self.way.put(str(place), station.name, text, formats.utc_tooltip(station.at))
            self.way.set_shown(str(place), True)
        waiting = undelivered(call, deliveries)
        if waiting is not None:
            self.way.put("webhook", self.tr("Webhook"), states.word(states.of_delivery(waiting)))
            self.way.set_shown("webhook", True)


def and_sent(text: str, customer: Customer | None) -> str:
    """What analyses a call again also tells its customer, where there is a webhook."""
    if customer is None or not customer.webhook_url or customer.webhook_disabled_reason:
        return text
    sent = translate("calls", "The new result is sent to its customer.")
    return f"{text}. {sent}"
