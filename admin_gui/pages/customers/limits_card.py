"""The card of a customer's page with its limits, what is kept, and how its calls are understood."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
)

from admin_gui.client.stats import Figures
from admin_gui.client.system import System
from admin_gui.pages.customers.form import LARGEST_NUMBER, LONGEST_DAYS, FieldGrid, FormField, choice, whole_number
from admin_gui.text import formats
from admin_gui.widgets.card import Card
from admin_gui.widgets.plain_label import PlainLabel

translate = QCoreApplication.translate


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
