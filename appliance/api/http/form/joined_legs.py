"""Two legs of a call, a file each, as one recording of two channels: the first is the left one.

Nothing of a stranger's is decoded here but plain samples, by table; anything else is refused.
"""

from __future__ import annotations

import array
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from appliance.api.http.form.sound import Encoding, Sound, wave_header

_FRAMES_AT_ONCE = 64 * 1024
# Legs of one call that differ by more than this in length were not recorded together.
_SAME_LENGTH_SECONDS = 1.0
# From narrow telephone sound, 8 kHz, to the widest of Opus, 48 kHz, it is 6. Two legs of one call differ by no more,
# and with a higher one a small file would be made into a huge one, sample by sample.
MOST_TIMES_FASTER = 8


@dataclass(frozen=True, slots=True)
class Leg:
    """One party's samples, in a file that is open."""

    file: BinaryIO
    sound: Sound


@dataclass(frozen=True, slots=True)
class JoinedForm:
    """What two legs become: the shorter one ends in silence, the one of the lower rate is brought to the higher."""

    encoding: Encoding
    sample_rate: int
    frames: int

    @classmethod
    def of(cls, left: Sound, right: Sound) -> JoinedForm:
        is_same = (left.encoding, left.sample_rate) == (right.encoding, right.sample_rate)
        rate = max(left.sample_rate, right.sample_rate)
        frames = max(one.frames * rate // one.sample_rate for one in (left, right))
        return cls(left.encoding if is_same else Encoding.PCM, rate, frames)

    @staticmethod
    def rates_fit(left: Sound, right: Sound) -> bool:
        """Whether the rates are near enough to be joined."""
        rates = left.sample_rate, right.sample_rate
        return max(rates) <= MOST_TIMES_FASTER * min(rates)

    @property
    def data_bytes(self) -> int:
        return 2 * self.encoding.sample_bytes * self.frames

    @property
    def header(self) -> bytes:
        return wave_header(self.encoding, self.sample_rate, 2, self.data_bytes)

    @property
    def bytes(self) -> int:
        """Of the whole file."""
        return len(self.header) + self.data_bytes


def warnings_of(left: Sound, right: Sound) -> tuple[str, ...]:
    """What whoever looks after the telephone system should know of these legs, caller's first."""
    told = [
        f"The header of the {name}'s leg is unfinished: it was sent before its recorder had closed it."
        for name, one in (("caller", left), ("called party", right))
        if one.is_unfinished
    ]
    told += [
        f"The header of the {name}'s leg tells of {one.claimed // one.frame_bytes / one.sample_rate:.1f} s, "
        f"{one.frames / one.sample_rate:.1f} s are there and are taken."
        for name, one in (("caller", left), ("called party", right))
        if one.claimed and not one.is_unfinished
    ]
    lengths = [one.frames / one.sample_rate for one in (left, right)]
    if abs(lengths[0] - lengths[1]) > _SAME_LENGTH_SECONDS:
        told.append(
            f"The two legs differ in length: the caller's has {lengths[0]:.1f} s, the called party's "
            f"{lengths[1]:.1f} s; both were taken to begin together."
        )
    if left.sample_rate != right.sample_rate:
        told.append(
            f"The two legs differ in their sample rates: {left.sample_rate} Hz and {right.sample_rate} Hz were joined."
        )
    return tuple(told)


def joined(left: Leg, right: Leg) -> Iterator[bytes]:
    """The recording, piece by piece. Raises OSError."""
    form = JoinedForm.of(left.sound, right.sound)
    yield form.header
    for first in range(0, form.frames, _FRAMES_AT_ONCE):
        count = min(_FRAMES_AT_ONCE, form.frames - first)
        samples = _samples(left, form, first, count), _samples(right, form, first, count)
        yield _interleaved(samples, form.encoding.sample_bytes)


def _interleaved(channels: tuple[bytes, bytes], width: int) -> bytes:
    together = bytearray(2 * len(channels[0]))
    for channel, samples in enumerate(channels):
        for byte in range(width):
            together[channel * width + byte :: 2 * width] = samples[byte::width]
    return bytes(together)


def _samples(leg: Leg, form: JoinedForm, first: int, count: int) -> bytes:
    """So many samples from the first one on, of the joined recording's kind."""
    if leg.sound.sample_rate == form.sample_rate:
        return _read(leg, form.encoding, first, count)
    return _interpolated(leg, form.sample_rate, first, count)


def _read(leg: Leg, encoding: Encoding, first: int, count: int) -> bytes:
    """Samples at the leg's own rate; silence where it has ended."""
    width = leg.sound.encoding.sample_bytes
    there = max(0, min(count, leg.sound.frames - first))
    raw = b""
    if there:
        leg.file.seek(leg.sound.start + first * width)
        raw = leg.file.read(there * width)
    raw += leg.sound.encoding.silence * (count - len(raw) // width)
    return raw if encoding is leg.sound.encoding else _as_pcm(raw, leg.sound.encoding)


def _interpolated(leg: Leg, rate: int, first: int, count: int) -> bytes:
    """PCM between the leg's samples, along straight lines: only legs of different rates need it."""
    own_rate = leg.sound.sample_rate
    begin = first * own_rate // rate
    end = (first + count - 1) * own_rate // rate + 2
    own = array.array("h")
    own.frombytes(_read(leg, Encoding.PCM, begin, end - begin))
    if sys.byteorder == "big":
        own.byteswap()
    made = array.array("h", bytes(2 * count))
    for index in range(count):
        at, rest = divmod((first + index) * own_rate, rate)
        one = own[at - begin]
        made[index] = one + (own[at - begin + 1] - one) * rest // rate
    if sys.byteorder == "big":
        made.byteswap()
    return made.tobytes()


def _as_pcm(raw: bytes, encoding: Encoding) -> bytes:
    low, high = _TABLES[encoding]
    together = bytearray(2 * len(raw))
    together[0::2], together[1::2] = raw.translate(low), raw.translate(high)
    return bytes(together)


def _ulaw(code: int) -> int:
    """ITU-T G.711: sign, three bits of exponent, four of mantissa, all inverted."""
    code = ~code & 0xFF
    magnitude = (((code & 0x0F) << 3) + 0x84 << (code >> 4 & 7)) - 0x84
    return -magnitude if code & 0x80 else magnitude


def _alaw(code: int) -> int:
    """ITU-T G.711: the same with every second bit inverted, and a linear first segment."""
    code ^= 0x55
    exponent, mantissa = code >> 4 & 7, (code & 0x0F) << 4
    magnitude = mantissa + 8 if exponent == 0 else mantissa + 0x108 << exponent - 1
    return magnitude if code & 0x80 else -magnitude


def _table(decode: list[int]) -> tuple[bytes, bytes]:
    """The low and the high byte of each code's sample."""
    return bytes(one & 0xFF for one in decode), bytes(one >> 8 & 0xFF for one in decode)


_TABLES = {
    Encoding.ULAW: _table([_ulaw(code) for code in range(256)]),
    Encoding.ALAW: _table([_alaw(code) for code in range(256)]),
}
