"""From a recording to the turns of its channels: who is there, and when somebody speaks.

The recording goes through memory in blocks; what is kept is a number per 32 ms. The sound of a turn is read again when
it is recognized.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from engine.audio.recording import Recording
from engine.audio.samples import Samples
from engine.turns.channels import distinct_channels, levels
from engine.turns.echo import Mask, find_echo
from engine.turns.silero import VoiceActivity
from engine.turns.turn_spans import CHUNK, CHUNKS_PER_SECOND, Probabilities, SpeechOptions, Turn, turns

_FADE_SAMPLES = 128  # 8 ms, so that silence put in place of an echo does not click
_MOST_CHANNELS_WITH_ECHO = 8  # every pair is compared; more channels than that are no telephone call
# What detecting the language takes: the longest turns, up to so much sound.
_LANGUAGE_SECONDS = 90.0
_LANGUAGE_TURN_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class ChannelTurn:
    """A turn and its channel."""

    channel: int
    turn: Turn


class CallTurns:
    """The turns of all channels in time order, and their sound on demand."""

    def __init__(
        self,
        recording: Recording,
        found: Sequence[ChannelTurn],
        live: tuple[int, ...],
        echo: dict[int, Mask],
        *,
        repeats: bool = False,
        silent_from: Mapping[int, float] | None = None,
    ) -> None:
        self.turns = tuple(found)
        self.live = live  # channels that carry a party or a mix; one alone is a mix
        self.repeats = repeats  # a channel was left out that carries the sound of another one
        self.silent_from = silent_from or {}  # of live channels: the second from which an open line holds nothing
        self._recording, self._echo = recording, echo

    @property
    def sounds(self) -> TurnSounds:
        """The sound of each turn, in their order; nothing of it stays in memory."""
        return TurnSounds(self)

    def sounds_for_language(self) -> list[Samples]:
        """The longest turns, cut, no more than a minute and a half."""
        found, seconds = [], 0.0
        for one in sorted(self.turns, key=lambda one: one.turn.start - one.turn.end):
            if seconds >= _LANGUAGE_SECONDS:
                break
            end = min(one.turn.padded_end, one.turn.padded_start + _LANGUAGE_TURN_SECONDS)
            found.append(self._sound(one.channel, one.turn.padded_start, end))
            seconds += end - one.turn.padded_start
        return found

    def sound(self, index: int) -> Samples:
        """A turn at 16 kHz with its padding; echo of other channels in it is silenced."""
        one = self.turns[index]
        return self._sound(one.channel, one.turn.padded_start, one.turn.padded_end)

    def cut(self, moments: Sequence[Sequence[float]]) -> CallTurns:
        """The same with each turn cut at these seconds: between the turn's edges, in time order."""
        pieces = [
            ChannelTurn(one.channel, piece)
            for one, own in zip(self.turns, moments, strict=True)
            for piece in _cut_turn(one.turn, own)
        ]
        return CallTurns(
            self._recording, pieces, self.live, self._echo, repeats=self.repeats, silent_from=self.silent_from
        )

    def _sound(self, channel: int, start: float, end: float) -> Samples:
        sound = self._recording.piece(start, end, (channel,))[:, 0]
        mask = self._echo.get(channel)
        return sound if mask is None else _silenced(sound, mask, start)


class TurnSounds(Sequence[Samples]):
    """A sequence of sounds, each read when it is asked for."""

    def __init__(self, call_turns: CallTurns) -> None:
        self._call_turns = call_turns

    def __len__(self) -> int:
        return len(self._call_turns.turns)

    @overload
    def __getitem__(self, index: int) -> Samples: ...
    @overload
    def __getitem__(self, index: slice) -> list[Samples]: ...
    def __getitem__(self, index: int | slice) -> Samples | list[Samples]:
        if isinstance(index, slice):
            return [self._call_turns.sound(one) for one in range(len(self))[index]]
        return self._call_turns.sound(range(len(self))[index])


def find_call_turns(
    recording: Recording,
    voice: VoiceActivity,
    on_progress: Callable[[float], None],
    options: SpeechOptions | None = None,
) -> CallTurns:
    """Find the channels that count and the turns on them; `on_progress` is called with the share that is done."""
    options = options or SpeechOptions()
    measured = levels(recording)
    channels = distinct_channels(recording, measured)
    probabilities = _probabilities(recording, channels, voice, on_progress)
    echo = {}
    if 1 < len(channels) <= _MOST_CHANNELS_WITH_ECHO:
        echo = find_echo(recording, measured, probabilities, options)
    found: list[ChannelTurn] = []
    live = []
    for channel in channels:
        own_probabilities = probabilities[channel]
        if channel in echo:
            own_probabilities = np.where(echo[channel].mask, np.float32(0), own_probabilities)
        own = turns(own_probabilities, recording.duration_seconds, options)
        found += [ChannelTurn(channel, turn) for turn in own]
        # Hum, noise or a copy of the mix, with nobody of its own: the other channel is a mix, as in mono.
        if own or not (measured.steady(channel) or (channel in echo and echo[channel].copy)):
            live.append(channel)
    found.sort(key=lambda one: (one.turn.start, one.channel))
    masks = {channel: one.mask for channel, one in echo.items() if one.mask.any()}
    left_out = set(range(recording.channel_count)) - set(live)
    repeats = any((channel in echo and echo[channel].copy) or not measured.steady(channel) for channel in left_out)
    silent_from = {channel: since for channel in live if (since := measured.silent_from(channel)) is not None}
    return CallTurns(recording, found, tuple(live), masks, repeats=repeats, silent_from=silent_from)


def _cut_turn(turn: Turn, moments: Sequence[float]) -> list[Turn]:
    padded = [turn.padded_start, *moments, turn.padded_end]
    spans = [turn.start, *(min(max(moment, turn.start), turn.end) for moment in moments), turn.end]
    return [
        Turn(start, end, padded_start, padded_end)
        for start, end, padded_start, padded_end in zip(spans[:-1], spans[1:], padded[:-1], padded[1:], strict=True)
    ]


def _probabilities(
    recording: Recording, channels: tuple[int, ...], voice: VoiceActivity, on_progress: Callable[[float], None]
) -> dict[int, Probabilities]:
    streams = {channel: voice.stream() for channel in channels}
    found: dict[int, list[Probabilities]] = {channel: [] for channel in channels}
    expected = recording.duration_seconds * CHUNKS_PER_SECOND
    for block in recording.blocks_for_recognition():
        for channel, stream in streams.items():
            found[channel].append(stream.feed(block[:, channel]))
        on_progress(min(1.0, sum(map(len, found[channels[0]])) / expected))
    return {channel: np.concatenate([*found[channel], streams[channel].end()]) for channel in channels}


def _silenced(sound: Samples, mask: Mask, start: float) -> Samples:
    """The sound without the chunks that are marked, fading at their edges."""
    first = start * CHUNKS_PER_SECOND
    chunks = ((np.arange(len(sound)) / CHUNK + first).astype(np.int64)).clip(0, len(mask) - 1)
    marked = mask[chunks]
    if not marked.any():
        return sound
    kept = np.convolve(~marked, np.ones(_FADE_SAMPLES) / _FADE_SAMPLES, mode="same")
    silenced: Samples = (sound * kept).astype(np.float32)
    return silenced
