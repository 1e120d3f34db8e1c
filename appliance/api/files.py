"""Recordings on their way in and out: what the first bytes say, and files read in pieces off the event loop."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from tornado import iostream
from tornado.web import RequestHandler

from appliance.errors import NotFound

FILE_CHUNK_BYTES = 256 * 1024
# As many first bytes as the longest signature below needs.
SIGNATURE_BYTES = 12


def media_type(head: bytes) -> str:
    """The media type of a recording by its first bytes."""
    return recognised_type(head) or "application/octet-stream"


def recognised_type(head: bytes) -> str | None:
    """The media type of audio that the engine can open, or None for anything else.

    Only the first bytes are looked at: what decoding alone shows becomes a failed call with a named error.
    """
    container, form = head[:4], head[8:12]
    # Layers II and III; what would be layer I is far more often a text in UTF-16.
    is_mpeg_audio = len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06 in (0x02, 0x04)
    kinds = {
        "audio/wav": container in (b"RIFF", b"RF64", b"BW64") and form == b"WAVE",
        "audio/flac": container == b"fLaC",
        "audio/ogg": container == b"OggS",
        "audio/aiff": container == b"FORM" and form in (b"AIFF", b"AIFC"),
        "audio/basic": container == b".snd",
        "audio/mpeg": head[:3] == b"ID3" or is_mpeg_audio,
        "audio/mp4": head[4:8] == b"ftyp",
        "audio/webm": container == b"\x1a\x45\xdf\xa3",
        "audio/amr": head[:5] == b"#!AMR",
    }
    return next((kind for kind, matches in kinds.items() if matches), None)


async def send_file(handler: RequestHandler, path: Path, kind: str | None = None) -> None:
    """Answer with a file, piece by piece; its first bytes say what it is where `kind` does not."""
    loop = asyncio.get_running_loop()
    try:
        file = await loop.run_in_executor(None, path.open, "rb")
    except FileNotFoundError:
        raise NotFound(f"{path.name} is gone") from None
    try:
        chunk: bytes = await loop.run_in_executor(None, file.read, FILE_CHUNK_BYTES)
        handler.set_header("Content-Type", kind or media_type(chunk))
        handler.set_header("Content-Length", str(os.fstat(file.fileno()).st_size))
        handler.set_header("Content-Disposition", "attachment")
        while chunk:
            handler.write(chunk)
            await handler.flush()
            chunk = await loop.run_in_executor(None, file.read, FILE_CHUNK_BYTES)
    except iostream.StreamClosedError:
        return
    finally:
        file.close()
    handler.finish()
