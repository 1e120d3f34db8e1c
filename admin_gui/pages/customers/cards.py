"""The cards of a customer's page: who it is, its key, its webhook, its limits."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from admin_gui.app_context import AppContext
from admin_gui.client.deliveries import Attempt
from admin_gui.client.stats import Figures
from admin_gui.client.system import System
from admin_gui.models.customer_fields import is_readable_on_its_way
from admin_gui.models.webhook_advice import advice
from admin_gui.pages.customers.form import LARGEST_NUMBER, LONGEST_DAYS, FieldGrid, FormField, choice, whole_number
from admin_gui.pages.customers.key_rotation import Rotation
from admin_gui.text import formats
from admin_gui.widgets.banner import Banner
from admin_gui.widgets.card import Card
from admin_gui.widgets.info_grid import InfoGrid
from admin_gui.widgets.layout.layouts import row
from admin_gui.widgets.plain_label import PlainLabel
from admin_gui.widgets.secret_field import SecretField

translate = QCoreApplication.translate


class WhoCard(Card):
    """Name, company, e-mail address."""

    def __init__(self) -> None:
        super().__init__(translate("WhoCard", "Contact details"))
        grid = FieldGrid()
        self.company = grid.add(FormField(self.tr("Company"), QLineEdit()))
        self.contact = grid.add(FormField(self.tr("Contact"), QLineEdit()))
        self.email = grid.add(FormField(self.tr("E-mail"), QLineEdit()))
        self.content.addWidget(grid)
        self.fields = {"company_name": self.company, "name": self.contact, "email": self.email}


class KeyCard(Card):
    """What the telephone system shows to be let in."""

    rotate = Signal(int)  # seconds that the old key works beside the new one

    def __init__(self, context: AppContext) -> None:
        super().__init__(translate("KeyCard", "API key"))
        about = PlainLabel(self.tr("The telephone system sends it with each recording, as the header X-API-Key."))
        about.setProperty("muted", True)
        about.setWordWrap(True)
        self.key = SecretField(context, self.tr("API key"))
        self.rotation = Rotation(
            context,
            self.tr("New key"),
            self.tr("Replace the API key at once?"),
            self.tr("The present key is refused at once: recordings that are sent with it are not accepted any more."),
        )
        self.grace, self.rotate_button = self.rotation.grace, self.rotation.button
        self.rotation.wanted.connect(self.rotate)
        self.content.addWidget(about)
        self.content.addWidget(self.key)
        self.content.addWidget(self.rotation)


class WebhookCard(Card):
    """Where results go, how they are signed, and whether it works."""

    rotate = Signal(int)
    test = Signal()
    certificate = Signal()  # to be looked at

    def __init__(self, context: AppContext) -> None:
        super().__init__(translate("WebhookCard", "Webhook"))
        self._context = context
        grid = FieldGrid()
        self.url = grid.add(
            FormField(
                self.tr("Address"), QLineEdit(), self.tr("Results are posted here. While there is none they wait.")
            ),
            wide=True,
        )
        self.send_empty = grid.add(
            FormField(
                self.tr("Calls in which nothing was recorded"),
                choice((self.tr("no webhook"), False), (self.tr("a webhook call.empty"), True)),
                self.tr("Such as those that nobody answers. They are completed, and counted apart."),
            ),
            wide=True,
        )
        self.url.editor.setProperty("mono", True)
        self.url.changed.connect(self._warn_of_plain_http)
        self.secret = SecretField(context, self.tr("webhook secret"))
        self.rotation = Rotation(
            context,
            self.tr("New secret"),
            self.tr("Replace the secret at once?"),
            self.tr("Webhooks are signed with the new one alone: a receiver that knows the old one refuses them."),
        )
        self.grace, self.rotate_button = self.rotation.grace, self.rotation.button
        self.rotation.wanted.connect(self.rotate)
        self.test_button = QPushButton(self.tr("Send a test"))
        self.test_button.clicked.connect(self.test)
        context.only_admin(self.test_button)
        self.certificate_button = QPushButton(self.tr("Look at its certificate"))
        self.certificate_button.setToolTip(self.tr("The one that the receiver shows now; nothing is sent to it"))
        self.certificate_button.clicked.connect(self.certificate)
        context.only_admin(self.certificate_button)
        self.outcome = Banner(context.theme)
        self.exchange = InfoGrid()
        self.exchange.hide()
        trust = FieldGrid()
        self.fingerprint = trust.add(
            FormField(
                self.tr("SHA-256 of the receiver's certificate"),
                QLineEdit(),
                self.tr("For a receiver in the building that made its own certificate."),
            ),
            wide=True,
        )
        self.fingerprint.editor.setProperty("mono", True)
        authority = QPlainTextEdit()
        authority.setFixedHeight(84)
        authority.setProperty("mono", True)
        authority.setTabChangesFocus(True)
        self.authority = trust.add(
            FormField(
                self.tr("Or the certificate of the authority that signed it (PEM)"),
                authority,
                self.tr("Leave both empty for a receiver that browsers trust."),
            ),
            wide=True,
        )
        secret_name = PlainLabel(self.tr("Secret that webhooks are signed with"))
        secret_name.setProperty("muted", True)
        self.content.addWidget(grid)
        self.content.addLayout(row(self.test_button, self.certificate_button, stretch_after=1))
        self.content.addWidget(self.outcome)
        self.content.addWidget(self.exchange)
        self.content.addSpacing(4)
        self.secret_part = QWidget()
        inner = QVBoxLayout(self.secret_part)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(secret_name)
        inner.addWidget(self.secret)
        inner.addWidget(self.rotation)
        self.content.addWidget(self.secret_part)
        self.content.addWidget(trust)
        self.fields = {
            "webhook_url": self.url,
            "webhook_fingerprint": self.fingerprint,
            "webhook_ca": self.authority,
            "send_empty": self.send_empty,
        }

    def _warn_of_plain_http(self) -> None:
        warning = self.tr(
            "Plain HTTP: unless this is a machine in the building, anybody on the way reads what was said."
        )
        self.url.warn(warning if is_readable_on_its_way(self.url.value) else "")

    def show_attempt(self, attempt: Attempt) -> None:
        """The exchange of a test: what came of it in words, and what was answered."""
        problem, todo = advice(attempt)
        untrusted = "certificate not trusted" in (attempt.error or "")
        look = (self.certificate_button.text(), self.certificate.emit) if untrusted else None
        self.outcome.show_message(f"{problem} {todo}".strip(), "good" if attempt.succeeded else "bad", look)
        status = self.tr("none") if attempt.status is None else str(attempt.status)
        self.exchange.put("sent", self.tr("Sent"), f"POST {self.url.value}", mono=True)
        self.exchange.put("status", self.tr("Answered status"), status)
        self.exchange.put("latency", self.tr("Took"), f"{formats.number(attempt.latency_ms)} ms")
        self.exchange.put("error", self.tr("Error"), attempt.error or "")
        self.exchange.set_shown("error", bool(attempt.error))
        self.exchange.put("reply", self.tr("Answered"), attempt.reply[:2048])
        self.exchange.set_shown("reply", bool(attempt.reply))
        self.exchange.show()

    def offer_certificate(self, fingerprint: str) -> None:
        """What the receiver shows: whether it is the right one is known only by comparing it there."""
        self.exchange.hide()
        shown = " ".join(fingerprint[place : place + 4] for place in range(0, len(fingerprint), 4))
        if fingerprint == (self.fingerprint.value or "").replace(":", "").lower():
            self.outcome.show_message(
                self.tr("It shows the certificate that is entered below: %1").replace("%1", shown), "good"
            )
            return
        text = self.tr("It shows a certificate with this SHA-256: %1. Compare it on the receiver's machine first.")
        self.outcome.show_message(
            text.replace("%1", shown), "warn", (self.tr("It is the same: trust it"), lambda: self._trust(fingerprint))
        )

    def _trust(self, fingerprint: str) -> None:
        self.fingerprint.set_value(fingerprint)
        self.outcome.show_message(self.tr("It is entered below. Save, and send a test."), "calm")
        self.fingerprint.editor.setFocus()

    def forget_attempt(self) -> None:
        """What was shown of another customer, or another address."""
        self.outcome.clear()
        self.exchange.hide()


def _gigabytes(size: int | None) -> int | None:
    return None if size is None else size // 1024**3


class LimitsCard(Card):
    """How much it may send, how long it is kept, how its calls are understood."""

    def __init__(self) -> None:
        super().__init__(translate("LimitsCard", "Limits, retention, language"))
        default = self.tr("the appliance's default")
        self.usage = PlainLabel()
        self.usage.setWordWrap(True)
        self.usage.setProperty("muted", True)
        grid = FieldGrid()
        self.rate = grid.add(FormField(self.tr("Requests a minute"), whole_number(default, 1, LARGEST_NUMBER)))
        self.concurrent = grid.add(
            FormField(
                self.tr("Calls at once"),
                whole_number(default, 1, LARGEST_NUMBER),
                self.tr("Accepted and not yet finished; an upload counts too."),
            )
        )
        self.storage = grid.add(
            FormField(
                self.tr("Room on the disk"),
                whole_number(default, 1, LARGEST_NUMBER, self.tr(" GB")),
                self.tr("For its recordings. Then calls are refused until some are past their time."),
            )
        )
        self.audio = grid.add(
            FormField(
                self.tr("Audio a day"),
                whole_number(default, 1, LARGEST_NUMBER, self.tr(" hours")),
                self.tr("Analysed within 24 hours; calls in hand count by their size."),
            )
        )
        self.recordings = grid.add(
            FormField(
                self.tr("Keep recordings"),
                whole_number(default, 0, LONGEST_DAYS, self.tr(" days")),
                self.tr("0: each is erased as soon as its result is stored."),
            )
        )
        self.texts = grid.add(
            FormField(
                self.tr("Keep texts"),
                whole_number(default, 0, LONGEST_DAYS, self.tr(" days")),
                self.tr("Transcripts, summaries, and what webhooks said."),
            )
        )
        language = QLineEdit()
        language.setPlaceholderText(self.tr("is detected"))
        self.language = grid.add(
            FormField(self.tr("Language of its calls"), language, self.tr("Two letters, such as en or de."))
        )
        self.channel = grid.add(
            FormField(
                self.tr("The caller speaks on"),
                choice((default, None), (self.tr("the left channel"), "left"), (self.tr("the right channel"), "right")),
                self.tr("Of stereo recordings."),
            )
        )
        self.moods = grid.add(
            FormField(
                self.tr("Whose mood is computed"),
                choice(
                    (default, None),
                    (self.tr("the outside party's"), "outside"),
                    (self.tr("both parties'"), "both"),
                    (self.tr("nobody's"), "none"),
                ),
                self.tr(
                    "Ask the data-protection officer and the works council before moods of your own people are "
                    "computed: the law sets narrow limits to that. What was stored before stays."
                ),
            ),
            wide=True,
        )
        names = QPlainTextEdit()
        names.setFixedHeight(108)
        names.setTabChangesFocus(True)
        self.vocabulary = grid.add(
            FormField(
                self.tr("Names and products"),
                names,
                self.tr(
                    "That come up in its calls, one on each line, as they are to be written: at most 50, of at most "
                    "40 characters. They are recognized more often then."
                ),
            ),
            wide=True,
        )
        country = QLineEdit()
        country.setPlaceholderText(self.tr("is not known"))
        self.country = grid.add(
            FormField(self.tr("Country of its numbers"), country, self.tr("Two capital letters, such as DE or US."))
        )
        own = QPlainTextEdit()
        own.setFixedHeight(84)
        own.setTabChangesFocus(True)
        self.own_numbers = grid.add(
            FormField(
                self.tr("Its own numbers"),
                own,
                self.tr(
                    "One on each line: +4930123456, +4930123* or 20..49. They tell whether a call came or went where "
                    "the telephone system does not."
                ),
            ),
            wide=True,
        )
        self.content.addWidget(self.usage)
        self.content.addWidget(grid)
        self.fields = {
            "rate_limit_per_minute": self.rate,
            "max_concurrent_calls": self.concurrent,
            "max_storage_gb": self.storage,
            "max_audio_hours_per_day": self.audio,
            "recordings_days": self.recordings,
            "texts_days": self.texts,
            "default_language": self.language,
            "caller_channel": self.channel,
            "sentiment_of": self.moods,
            "vocabulary": self.vocabulary,
            "country": self.country,
            "own_numbers": self.own_numbers,
        }

    def show_defaults(self, system: System | None) -> None:
        """Say with each what the appliance's default is."""
        if system is None:
            return
        defaults = (
            (self.rate, system.limits.rate_limit_per_minute, ""),
            (self.concurrent, system.limits.max_concurrent_calls, ""),
            (self.storage, _gigabytes(system.limits.max_storage_bytes), self.tr(" GB")),
            (self.audio, system.limits.max_audio_hours_per_day, self.tr(" hours")),
            (self.recordings, system.retention.recordings_days, self.tr(" days")),
            (self.texts, system.retention.texts_days, self.tr(" days")),
        )
        for field, value, unit in defaults:
            if value is not None:
                text = self.tr("default: %1").replace("%1", f"{formats.number(value)}{unit}")
                field.editor.setSpecialValueText(text)  # type: ignore[union-attr]
        moods = self.moods.editor
        if isinstance(moods, QComboBox) and (known := moods.findData(system.settings.get("sentiment_of"))) > 0:
            moods.setItemText(0, self.tr("default: %1").replace("%1", moods.itemText(known)))

    def show_usage(self, today: Figures, month: Figures) -> None:
        """What it has sent, beside what it may send."""
        text = self.tr("Last 24 h: %1, %2 min. Last 30 days: %3, %4 min, %5 failed.")
        for place, words in (
            ("%1", self.tr("%n call(s)", "", today.calls.accepted)),
            ("%2", formats.number(today.audio_seconds / 60)),
            ("%3", self.tr("%n call(s)", "", month.calls.accepted)),
            ("%4", formats.number(month.audio_seconds / 60)),
            ("%5", formats.number(month.calls.failed)),
        ):
            text = text.replace(place, words)
        self.usage.setText(text)

    def forget_usage(self) -> None:
        """What was shown of another customer."""
        self.usage.clear()
