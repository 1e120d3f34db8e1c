"""Hearing a call as one reads it: the player, its waveform and buttons, the words that are lit, what is found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from admin_gui.app_context import AppContext
from admin_gui.client.calls import Call, CallWords
from admin_gui.client.transport.errors import NotFound
from admin_gui.commands import Command
from admin_gui.models.calls.call_warnings import CallWarnings, warnings_of
from admin_gui.models.spoken_words import Hit
from admin_gui.pages.calls.recording_player import RecordingPlayer
from admin_gui.sound.playback import merged
from admin_gui.widgets.banner import Banner
from admin_gui.widgets.call.conversation import Conversation
from admin_gui.widgets.call.find_bar import FindBar
from admin_gui.widgets.call.player_bar import LEAP_SECONDS, PlayerBar
from admin_gui.widgets.call.waveform import Waveform
from admin_gui.widgets.plain_label import PlainLabel

if TYPE_CHECKING:
    from admin_gui.sound.wave import Floats

# Of the turns that a sentence stands on a little more is heard, so that no word is cut.
_MARGIN_SECONDS = 0.25


class Listening(QWidget):
    """Waveform and buttons; `conversation` and `find_bar` are laid out by the page."""

    ready = Signal()  # the recording has come, or is known not to

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._call: Call | None = None
        self._guesses_words = False
        self.player = RecordingPlayer(context, self)
        self.warnings = Banner(context.theme)  # of its recording
        self.waveform = Waveform(context.theme)
        self.bar = PlayerBar(context.theme)
        self.note = PlainLabel()
        self.note.setProperty("muted", True)
        self.note.setWordWrap(True)
        self.load_button = QPushButton(self.tr("Load the waveform"))
        self.load_button.clicked.connect(self.player.fetch)
        self.conversation = Conversation(context.theme)
        self.find_bar = FindBar(context.theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for widget in (self.warnings, self.waveform, self.bar):
            layout.addWidget(widget)
        below = QHBoxLayout()
        below.addWidget(self.note, 1)
        below.addWidget(self.load_button)
        layout.addLayout(below)
        self._connect()
        self.forget()

    def _connect(self) -> None:
        player, bar = self.player, self.bar
        player.waveform_ready.connect(self._show_loudness)
        player.moved.connect(self._show_position)
        player.changed.connect(self._show_state)
        self.waveform.sought.connect(self._seek)
        bar.toggled.connect(self.toggle)
        bar.leapt.connect(self.leap)
        bar.speed_chosen.connect(player.set_speed)
        bar.gains_changed.connect(player.set_gains)
        bar.silence_skipped.connect(player.set_skips_silence)
        bar.zoomed.connect(self.waveform.zoom)
        self.conversation.chosen.connect(self.play_from)
        self.find_bar.found.connect(self._show_hits)
        self.find_bar.left.connect(self.conversation.setFocus)

    # The call

    def forget(self) -> None:
        """It is left: nothing of it is heard, seen or kept any more."""
        self._call = None
        self.player.forget()
        self.conversation.show_turns([])
        self.find_bar.close_it()
        self.find_bar.field.clear()
        self.find_bar.show_texts([])
        self.waveform.show_loudness(None, [], 0)
        self.show_warnings(CallWarnings())
        self.hide()

    def show_warnings(self, warnings: CallWarnings) -> None:
        """What is the matter with the recording, and from when on with the call."""
        self.conversation.show_warnings(warnings.moments)
        self.waveform.show_warnings(warnings.moments)
        if warnings.recording:
            self.warnings.show_message("\n".join(warnings.recording))
        else:
            self.warnings.clear()

    def show_call(self, call: Call) -> bool:
        """Whether its turns are other ones than before: then the words' times have to be asked for."""
        turns = call.segments or []
        self._call = call
        anew = list(self.conversation.turns) != turns
        if anew:
            self._guesses_words = False
            self.conversation.show_turns(turns)
            self.find_bar.show_texts(self.conversation.texts)
            self.bar.show_turns(turns)
        self.show_warnings(warnings_of(call))
        self._show_state()
        return anew and bool(turns)

    def fetch_recording(self) -> None:
        """Of the call that is shown, unless it is there or on its way. For a page that is seen alone."""
        call = self._call
        if call is not None and call.is_final and not call.is_erased:
            self.player.show_call(call)
            self._show_state()

    def show_words(self, words: CallWords) -> None:
        """When each word is said, if that is of the revision that is seen."""
        if self._call is not None and words.revision == self._call.revision:
            self.conversation.show_words([turn.words for turn in words.segments])
            self._mark_hits()  # now one knows when they are said
            self._show_position(self.player.position)

    def no_words(self, error: Exception) -> None:
        """They were not told, or cannot be asked for now: when each was said is guessed, and that is said."""
        self._guesses_words = True
        self._show_state()
        if not isinstance(error, NotFound):
            self._context.say_error(error)

    def find_words(self, wanted: str | None = None) -> None:
        """Open the line that finds; with `wanted` it is filled in, and the keyboard stays where it is."""
        if self._call is not None and self._call.segments:
            self.find_bar.open_it(wanted)

    # Hearing it

    def toggle(self) -> None:
        self.conversation.follow()
        self.player.toggle()

    def play_from(self, seconds: float) -> None:
        self.conversation.show_sources([])
        self.waveform.show_spans([])
        self.conversation.follow()
        self.player.play_from(seconds)

    def leap(self, seconds: float) -> None:
        """Back or on by so much."""
        self._seek(self.player.position + seconds)

    def play_sources(self, rows: Sequence[int]) -> None:
        """Light these turns, and play them."""
        turns = self.conversation.turns
        chosen = [turns[row] for row in rows if row < len(turns)]
        spans = merged([(max(0.0, turn.start - _MARGIN_SECONDS), turn.end + _MARGIN_SECONDS) for turn in chosen])
        self.conversation.follow()
        self.conversation.show_sources(rows)
        self.waveform.show_spans(spans)
        self.player.play_spans(spans)

    def commands(self) -> list[Command]:
        group = self.tr("Listening")

        def can_play() -> bool:
            return self.player.can_play

        def is_there() -> bool:
            return self._call is not None and bool(self._call.segments)

        return [
            Command(self.tr("Play or pause"), self.toggle, "Ctrl+P", group, enabled=can_play),
            Command(
                self.tr("Back by 5 seconds"), lambda: self.leap(-LEAP_SECONDS), "Ctrl+Left", group, enabled=can_play
            ),
            Command(
                self.tr("Forward by 5 seconds"), lambda: self.leap(LEAP_SECONDS), "Ctrl+Right", group, enabled=can_play
            ),
            Command(self.tr("Faster"), lambda: self.bar.step_speed(1), "Ctrl+.", group, enabled=can_play),
            Command(self.tr("Slower"), lambda: self.bar.step_speed(-1), "Ctrl+,", group, enabled=can_play),
            Command(self.tr("Skip silence, or play it"), self.bar.silence.toggle, "", group, enabled=can_play),
            Command(
                self.tr("Mute or hear the party at the left"), self.bar.left_button.toggle, "", group, enabled=can_play
            ),
            Command(
                self.tr("Mute or hear the party at the right"),
                self.bar.right_button.toggle,
                "",
                group,
                enabled=can_play,
            ),
            Command(
                self.tr("Load the waveform"),
                self.player.fetch,
                "",
                group,
                enabled=lambda: self.player.waits_for_play,
            ),
            Command(self.tr("Look closer at the waveform"), lambda: self.waveform.zoom(2), "", group, enabled=can_play),
            Command(self.tr("See more of the waveform"), lambda: self.waveform.zoom(0.5), "", group, enabled=can_play),
            Command(self.tr("Find in this call"), self.find_words, "Ctrl+F", group, enabled=is_there),
        ]

    # Within

    def _seek(self, seconds: float) -> None:
        self.conversation.follow()
        self.player.seek(seconds)

    def _show_loudness(self, peaks: Floats | None) -> None:
        call = self._call
        if call is not None:
            turns = call.segments or []
            if peaks is None and not self.player.waits_for_play:
                turns = []  # it will never be heard: there is nowhere to go in it
            self.waveform.show_loudness(peaks, turns, self.player.seconds)
            self._mark_hits()
            self._show_position(self.player.position)
            self._show_state()
            self.ready.emit()

    def _show_position(self, seconds: float) -> None:
        self.waveform.show_position(seconds)
        self.bar.show_position(seconds, self.player.seconds)
        # At the very beginning nobody has begun to listen yet.
        self.conversation.show_moment(seconds if seconds > 0 or self.player.is_playing else None)

    def _show_state(self) -> None:
        player = self.player
        note = player.problem
        if player.waits_for_play:
            note = self.tr("A long recording: it is fetched when it is played.")
        elif self._guesses_words and player.can_play and not note:
            note = self.tr("It is not known when each word of this call was said: the word that is lit is a guess.")
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self._offer_to_load(player.waits_for_play)
        self.bar.setVisible(player.can_play)
        for button in (self.bar.closer, self.bar.farther):
            button.setEnabled(not self.waveform.isHidden())
        self.bar.show_playing(player.is_playing)
        self.bar.show_position(player.position, player.seconds)
        self.setVisible(bool(note) or player.can_play or not self.warnings.isHidden())

    def _offer_to_load(self, waits: bool) -> None:
        """Whoever pressed the button is where the waveform came, or at what can be read instead."""
        if self.load_button.hasFocus() and not waits:
            (self.conversation if self.waveform.isHidden() else self.waveform).setFocus()
        self.load_button.setVisible(waits)

    def _show_hits(self, _hits: Sequence[Hit], current: Hit | None) -> None:
        self._mark_hits()
        if current is not None and not self.player.is_playing:
            self.player.seek(self.conversation.moment_of(current))

    def _mark_hits(self) -> None:
        """Where they are; what is heard, or would be, stays where it is: somebody may have gone elsewhere since."""
        conversation, hits = self.conversation, self.find_bar.hits
        conversation.show_hits(hits, self.find_bar.current)
        self.waveform.show_marks([conversation.moment_of(hit) for hit in hits])
