"""Recordings on their way in and out: what the first bytes say, and files sent in pieces, off the event loop."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from tornado import iostream
from tornado.web import RequestHandler

from appliance.api.http.ranges import Part, wanted_part
from appliance.api.http.tornado_internals import mark_slow, stream_of
from appliance.errors import ApplianceError, DamagedFile, NotFound, Unavailable

logger = logging.getLogger(__name__)

FILE_CHUNK_BYTES = 256 * 1024
# A client that does not take a chunk in this time has gone; one that is so slow may come again for the rest.
UNREAD_LIMIT_SECONDS = 60.0
# Whoever takes a file at less than this, after its first minute, makes place where there is none for somebody else.
SLOW_BYTES_A_SECOND = 32 * 1024
SLOW_AFTER_SECONDS = 60.0
# As many first bytes as the longest signature below needs.
SIGNATURE_BYTES = 12
UNKNOWN_TYPE = "application/octet-stream"
ENDINGS = {
    "audio/wav": ".wav",
    "audio/x-w64": ".w64",
    "audio/flac": ".flac",
    "audio/ogg": ".ogg",
    "audio/aiff": ".aiff",
    "audio/basic": ".au",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/webm": ".webm",
    "audio/amr": ".amr",
    "audio/aac": ".aac",
    "audio/x-ms-wma": ".wma",
}


def recognised_type(head: bytes, *, is_told_to_be_bare: bool = False) -> str | None:
    """The media type of audio that the engine can open, or None for anything else.

    Where somebody says that there is no header (`is_told_to_be_bare`) only a signature of four bytes and more is one:
    two bytes as those before MPEG audio stand at the beginning of much plain u-law and PCM.

    Only the first bytes are looked at: what decoding alone shows becomes a failed call with a named error.
    """
    container, form = head[:4], head[8:12]
    # Layers II and III; what would be layer I is far more often a text in UTF-16.
    is_mpeg_audio = len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06 in (0x02, 0x04)
    is_adts = len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0
    has_tag = head[:3] == b"ID3" and (not is_told_to_be_bare or head[3:5] in (b"\x02\x00", b"\x03\x00", b"\x04\x00"))
    kinds = {
        "audio/wav": container in (b"RIFF", b"RF64", b"BW64", b"RIFX") and form == b"WAVE",
        "audio/x-w64": head[:12] == b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb",
        "audio/flac": container == b"fLaC",
        "audio/ogg": container == b"OggS",
        "audio/aiff": container == b"FORM" and form in (b"AIFF", b"AIFC"),
        "audio/basic": container == b".snd",
        "audio/mpeg": has_tag or (is_mpeg_audio and not is_told_to_be_bare),
        "audio/mp4": head[4:8] == b"ftyp",
        "audio/webm": container == b"\x1a\x45\xdf\xa3",
        "audio/amr": head[:5] == b"#!AMR",
        "audio/aac": is_adts and not is_told_to_be_bare,
        "audio/x-ms-wma": head[:8] == b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
    }
    return next((kind for kind, matches in kinds.items() if matches), None)


@dataclass(frozen=True, slots=True)
class Download:
    """A file to be sent. What is None follows from the file: its type and the ending of its name from the first bytes.

    `tag` stands for exactly these bytes; `name` is plain ASCII; of the file only the first `size` bytes are meant.
    `opened` opens what is not on the disk as it is to be sent. Of what is sent so many bytes are `proven` first: where
    they are damaged the answer is an error, and not one that breaks off.
    """

    path: Path
    name: str | None = None
    tag: str | None = None
    kind: str | None = None
    size: int | None = None
    opened: Callable[[], BinaryIO] | None = None
    proven: int = 0


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file as it is to be announced."""

    file: BinaryIO
    size: int
    kind: str
    name: str
    tag: str


async def send_file(handler: RequestHandler, download: Download) -> OSError | None:
    """Answer with a file, or the part of it that a GET asked for; HEAD with its headers alone.

    Raises NotFound when it is gone, RangeNotSatisfiable, Unavailable when it cannot be opened, DamagedFile where it is
    known in time. What the disk refuses later is returned: the client sees that the answer breaks off.
    """
    loop = asyncio.get_running_loop()
    opening = loop.run_in_executor(None, _open, download)
    try:
        opened = await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_close_unsent)  # the thread goes on, and nobody is left who would close it
        raise
    try:
        part = _wanted(handler, opened)
        if part is not None and handler.request.method != "HEAD":
            await loop.run_in_executor(None, _prove, opened.file, part, download.proven)
        _announce(handler, opened, part)
        if part is not None:
            # Now, for at the end of an answer Tornado makes a tag of its own.
            await flush(handler)
        if part is not None and handler.request.method != "HEAD":
            await loop.run_in_executor(None, opened.file.seek, part.start)
            left = whole = part.end - part.start
            began = loop.time()
            while left:
                chunk = await loop.run_in_executor(None, _read, opened.file, min(left, FILE_CHUNK_BYTES))
                left -= len(chunk)
                handler.write(chunk)
                await flush(handler)
                took = loop.time() - began
                if took > SLOW_AFTER_SECONDS and whole - left < took * SLOW_BYTES_A_SECOND:
                    mark_slow(handler.request)
    except (iostream.StreamClosedError, TimeoutError):
        stream_of(handler.request).close()
        return None
    except OSError as error:
        logger.error("cannot read %s: %s", download.path, error.strerror)  # noqa: TRY400 - the disk's, not ours
        stream_of(handler.request).close()
        return error
    finally:
        opened.file.close()
    handler.finish()
    return None


def _close_unsent(opening: asyncio.Future[_Opened]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().file.close()


def _read(file: BinaryIO, count: int) -> bytes:
    if chunk := file.read(count):
        return chunk
    raise OSError(errno.EIO, "its end is gone")


def _open(download: Download) -> _Opened:
    try:
        file = download.path.open("rb") if download.opened is None else download.opened()
    except FileNotFoundError:
        raise NotFound(f"{download.path.name} is gone") from None
    except OSError as error:
        raise _told(download.path, error) from error
    try:
        length, changed = file.seek(0, os.SEEK_END), os.fstat(file.fileno()).st_mtime_ns
        file.seek(0)
        kind = download.kind or recognised_type(file.read(SIGNATURE_BYTES)) or UNKNOWN_TYPE
    except OSError as error:
        file.close()
        raise _told(download.path, error) from error
    name = (download.name or download.path.name) + ENDINGS.get(kind, "")
    size = length if download.size is None else min(length, download.size)
    return _Opened(file, size, kind, name, download.tag or f"{changed:x}-{size:x}")


def _told(path: Path, error: OSError) -> ApplianceError:
    if error.errno == errno.EIO:
        return DamagedFile(error.strerror or "it cannot be read")
    return Unavailable(f"cannot read {path}: {error.strerror}")


def _prove(file: BinaryIO, part: Part, most_bytes: int) -> None:
    """Read the beginning of what is to be sent. Raises DamagedFile."""
    left = min(part.end - part.start, most_bytes)
    try:
        file.seek(part.start)
        while left:
            left -= len(_read(file, min(left, FILE_CHUNK_BYTES)))
    except OSError as error:
        raise DamagedFile(error.strerror or "it cannot be read") from error


def _wanted(handler: RequestHandler, opened: _Opened) -> Part | None:
    """What of the file is to follow, None for nothing; its tag is set."""
    tag = f'"{opened.tag}"'
    handler.set_header("Accept-Ranges", "bytes")
    handler.set_header("Etag", tag)
    if handler.check_etag_header():
        return None
    headers = handler.request.headers
    # A range of another file is of no use: `If-Range` says which one the client has the rest of. HEAD knows no ranges.
    is_meant = handler.request.method == "GET" and headers.get("If-Range", tag) == tag
    part = wanted_part(headers.get("Range", ""), opened.size) if is_meant else None
    if part is None:
        return Part(0, opened.size)
    handler.set_status(HTTPStatus.PARTIAL_CONTENT)
    return part


def _announce(handler: RequestHandler, opened: _Opened, part: Part | None) -> None:
    """Set the headers of what is to follow."""
    if part is None:
        handler.set_status(HTTPStatus.NOT_MODIFIED)
        return
    if handler.get_status() == HTTPStatus.PARTIAL_CONTENT:
        handler.set_header("Content-Range", part.content_range(opened.size))
    handler.set_header("Content-Type", opened.kind)
    handler.set_header("Content-Length", str(part.end - part.start))
    handler.set_header("Content-Disposition", f'attachment; filename="{opened.name}"')


async def flush(handler: RequestHandler) -> None:
    """Wait until the client has taken what was written; raises TimeoutError for one that does not."""
    async with asyncio.timeout(UNREAD_LIMIT_SECONDS):
        await handler.flush()
