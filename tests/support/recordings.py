"""Recordings as telephone systems make them, good and broken. Standard library only."""

from __future__ import annotations

import array
import functools
import io
import random
import struct
import wave
from collections.abc import Iterator
from pathlib import Path

CONVERSATION = Path(__file__).parents[2] / "appliance/demo/conversation.wav"  # 30 s, mono, 16 kHz, two parties
SPEECH = Path(__file__).parents[1] / "data/speech"  # clips of two people, likewise


def wav(samples: bytes, *, rate: int = 16000, channels: int = 1) -> bytes:
    """Put a header before 16-bit samples."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples)
    return target.getvalue()


@functools.cache
def conversation_samples(start: float = 0.0, end: float = 30.0) -> bytes:
    """Return a stretch, in seconds, of the real conversation as 16-bit samples at 16 kHz."""
    with wave.open(str(CONVERSATION)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 16000)
        file.setpos(round(start * 16000))
        return bytes(file.readframes(round((end - start) * 16000)))


@functools.cache
def conversation(start: float = 0.0, end: float = 30.0) -> bytes:
    """Return a stretch of the real conversation as a recording."""
    return wav(conversation_samples(start, end))


def two_voices() -> bytes:
    """Return two real speakers who take turns on one channel: who reads Austen begins, who names cards answers."""
    pieces = []
    for name in ("austen-0870", "cards-005", "austen-0890", "cards-005"):
        with wave.open(str(SPEECH / f"{name}.wav")) as file:
            clip = array.array("h", file.readframes(file.getnframes()))
        loudest = max(map(abs, clip))
        pieces.append(array.array("h", (sample * 10_000 // loudest for sample in clip)).tobytes())
    pause = bytes(2 * 16000 // 5)
    return wav(pause.join(pieces))


def silence(seconds: float = 3.0, *, rate: int = 8000) -> bytes:
    """Return a recording in which nobody speaks. Each has other bytes: a faint hiss far below speech."""
    hiss = random.Random()
    return wav(array.array("h", (hiss.randint(-1, 1) for _ in range(round(seconds * rate)))).tobytes(), rate=rate)


@functools.cache
def stereo_conversation() -> bytes:
    """Return two legs: the caller (left) speaks first, the called party (right) answers."""
    left = conversation_samples(0.0, 10.0)
    right = conversation_samples(10.0, 20.0)
    quiet = bytes(len(left))
    pair = array.array("h", bytes(4 * len(left)))
    pair[0::2] = array.array("h", left + quiet)
    pair[1::2] = array.array("h", quiet + right)
    return wav(pair.tobytes(), channels=2)


def broken() -> bytes:
    """Return random bytes behind the twelve bytes with which every WAV begins."""
    noise = random.Random().randbytes(20_000)
    return b"RIFF" + struct.pack("<I", len(noise) + 4) + b"WAVE" + noise


def interrupted() -> bytes:
    """Return what a PBX that crashed leaves: the sizes in the header are 0, the samples are there."""
    whole = bytearray(conversation(0.0, 5.0))
    whole[4:8] = whole[40:44] = bytes(4)
    return bytes(whole)


def silent_wav_stream(size: int, block: int = 1024 * 1024) -> Iterator[bytes]:
    """Yield a WAV of about so many bytes of silence without ever holding it."""
    header = bytearray(wav(b"", rate=48000, channels=2))
    header[4:8] = struct.pack("<I", size + 36)
    header[40:44] = struct.pack("<I", size)
    yield bytes(header)
    zeros = bytes(block)
    for _ in range(size // block):
        yield zeros
