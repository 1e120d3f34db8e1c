"""Requests with typed answers, and downloads."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from admin_gui.client.transport.errors import CutShort, UnexpectedAnswer
from admin_gui.client.transport.stop import Progress, Stop, no_progress

if TYPE_CHECKING:
    import requests

    from admin_gui.client.transport.pinned import Transport

T = TypeVar("T")

# msgspec builds what it knows of a type when it first reads one, and not safely (0.22.0): a second thread that reads
# the same type meanwhile ends the process.
reading_types = threading.Lock()

DOWNLOAD_CHUNK_BYTES = 256 * 1024
# A download's pieces come at once; the first may wait for a disk.
DOWNLOAD_READ_SECONDS = 60.0
# What was sent is on a disk before it is answered.
UPLOAD_READ_SECONDS = 120.0
# Of the name that an answer gives to what it holds.
_ENDING = re.compile(r'filename="[^"]*(\.[a-z0-9]{1,5})"')


class Requests:
    """Requests with typed answers. Every error is a ClientError."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    def get(self, path: str, kind: type[T], **params: Any) -> T:
        """GET; parameters that are None are left out."""
        return self._decoded(self.transport.send("GET", path, params=params).content, kind)

    def post(self, path: str, kind: type[T], body: Any = None, *, read_seconds: float | None = None) -> T:
        return self._decoded(self.transport.send("POST", path, json=body, read_seconds=read_seconds).content, kind)

    def post_file(self, path: str, kind: type[T], file: bytes, form: dict[str, str], headers: dict[str, str]) -> T:
        """POST a file with a form's other fields."""
        sent = self.transport.send(
            "POST", path, form=form, file=file, headers=headers, read_seconds=UPLOAD_READ_SECONDS
        )
        return self._decoded(sent.content, kind)

    def put(self, path: str, kind: type[T], body: Any) -> T:
        return self._decoded(self.transport.send("PUT", path, json=body).content, kind)

    def patch(self, path: str, kind: type[T], body: Any) -> T:
        return self._decoded(self.transport.send("PATCH", path, json=body).content, kind)

    def delete(self, path: str, kind: type[T]) -> T:
        return self._decoded(self.transport.send("DELETE", path).content, kind)

    def download(
        self, path: str, file: Path, progress: Progress = no_progress, stop: Stop | None = None, **params: Any
    ) -> Path:
        """Save what the path answers; the file is there whole or not at all. Raises Stopped when asked to stop."""
        aside = file.with_name(f".{file.name}.part")
        try:
            with aside.open("wb") as out:
                self._copy(path, params, out.write, progress, stop)
            aside.replace(file)
        finally:
            aside.unlink(missing_ok=True)
        return file

    def download_as_told(self, path: str, file: Path, stop: Stop | None = None) -> Path:
        """The same, with the ending that the appliance gives it."""
        answer = self._answer(path, {})
        with answer:
            told = _ENDING.search(answer.headers.get("Content-Disposition", ""))
            file = file.with_name(file.name + (told[1] if told else ""))
            aside = file.with_name(f".{file.name}.part")
            try:
                with aside.open("wb") as out:
                    self._take(answer, out.write, no_progress, stop)
                aside.replace(file)
            finally:
                aside.unlink(missing_ok=True)
        return file

    def fetch(self, path: str, progress: Progress = no_progress, stop: Stop | None = None, **params: Any) -> bytes:
        """What the path answers, as bytes."""
        collected = io.BytesIO()  # gives out what it holds without a second copy of it, which may be hundreds of MB
        self._copy(path, params, collected.write, progress, stop)
        return collected.getvalue()

    def _copy(
        self,
        path: str,
        params: dict[str, Any],
        write: Callable[[bytes], Any],
        progress: Progress,
        stop: Stop | None,
    ) -> None:
        with self._answer(path, params) as answer:
            self._take(answer, write, progress, stop)

    def _answer(self, path: str, params: dict[str, Any]) -> requests.Response:
        return self.transport.send("GET", path, params=params, stream=True, read_seconds=DOWNLOAD_READ_SECONDS)

    def _take(
        self, answer: requests.Response, write: Callable[[bytes], Any], progress: Progress, stop: Stop | None
    ) -> None:
        length = answer.headers.get("Content-Length", "")
        total = int(length) if length.isdigit() else None
        done = 0
        chunks = answer.iter_content(DOWNLOAD_CHUNK_BYTES)
        while True:
            if stop is not None:
                stop.check()
            try:
                chunk = next(chunks, b"")
            except Exception as error:
                raise self.transport.client_error(error) from error
            if not chunk:
                break
            self.transport.note_contact()
            write(chunk)
            done += len(chunk)
            progress(done, total)
        if total is not None and done < total and "Content-Encoding" not in answer.headers:
            raise CutShort

    @staticmethod
    def _decoded(body: bytes, kind: type[T]) -> T:
        try:
            with reading_types:
                return msgspec.json.decode(body, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise UnexpectedAnswer(str(error)) from error
