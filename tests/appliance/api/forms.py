"""Multipart bodies as a PBX sends them, good and broken."""

from __future__ import annotations

from tests.appliance.builders import a_recording

BOUNDARY = "vbotboundary"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"
AUDIO = a_recording(bytes(range(256)) * 8)
NUMBERS = {"caller_number": "+15550100", "called_number": "+15550199"}


def part(name: str, content: bytes | str, *, file: bool = False) -> bytes:
    """One part of a form."""
    named = f'; filename="{name}.wav"\r\nContent-Type: audio/wav' if file else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + (content.encode() if isinstance(content, str) else content) + b"\r\n"


def closing() -> bytes:
    """The line that ends a form."""
    return f"--{BOUNDARY}--\r\n".encode()


def a_form(audio: bytes | None = AUDIO, **fields: bytes | str) -> bytes:
    """A whole form: the two numbers unless others are given, then the recording."""
    parts = [part(name, value) for name, value in {**NUMBERS, **fields}.items()]
    if audio is not None:
        parts.append(part("file", audio, file=True))
    return b"".join(parts) + closing()
