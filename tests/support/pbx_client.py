"""`vbot-post` under test, as a program and as a module, and a stand-in for the box that answers as told."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Self

from python_multipart.multipart import MultipartParser, parse_options_header

from tests.support.processes import wait_until

PROGRAM = Path(__file__).parents[2] / "packaging/pbx/vbot-post"
KEY = "vbot_test-key-that-nobody-may-see"


def load_client() -> ModuleType:
    """The program as a module: it is one file, without an ending."""
    loader = importlib.machinery.SourceFileLoader("vbot_post", str(PROGRAM))
    spec = importlib.util.spec_from_loader("vbot_post", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = before
    return module


@dataclass(frozen=True)
class Sent:
    """One recording as it came in."""

    fields: dict[str, str]
    audio: bytes
    headers: dict[str, str]

    @property
    def idempotency_key(self) -> str:
        return self.headers["idempotency-key"]


@dataclass(frozen=True)
class Says:
    """What the box answers."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None


def parse_form(content_type: str, body: bytes) -> tuple[dict[str, str], bytes]:
    """The fields and the file, as the box's own parser reads them."""
    _, options = parse_options_header(content_type)
    parts: list[tuple[bytearray, bytearray]] = []
    callbacks: Any = {
        "on_part_begin": lambda: parts.append((bytearray(), bytearray())),
        "on_header_value": lambda data, start, end: parts[-1][0].extend(data[start:end] + b";"),
        "on_part_data": lambda data, start, end: parts[-1][1].extend(data[start:end]),
    }
    parser = MultipartParser(options[b"boundary"], callbacks)
    parser.write(body)
    parser.finalize()
    fields, audio = {}, b""
    for head, data in parts:
        _, disposition = parse_options_header(bytes(head))
        if disposition[b"name"] == b"file":
            audio = bytes(data)
        else:
            fields[disposition[b"name"].decode()] = data.decode()
    return fields, audio


class StandInBox:
    """The box's door: knows one key, remembers every recording, answers 200 unless told otherwise.

    As the real one it takes a recording that it has under the same idempotency key for the same call.
    """

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.calls: dict[str, Sent] = {}  # by idempotency key: what it would make a call of
        self.tries = 0
        self.key = KEY
        self.knows: list[str] = []  # fields that its OpenAPI document names besides
        self.in_hand: list[dict[str, Any]] = []  # what it says of calls, the newest first
        self.answer: Callable[[Sent], Says] = lambda sent: Says()
        box = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                place, _, query = self.path.partition("?")
                if place.startswith("/api/calls"):
                    state = query.rpartition("state=")[2]
                    if place == "/api/calls":
                        listed = [call for call in box.in_hand if call["state"] == state]
                        self._reply(200, {"calls": listed, "next_cursor": None})
                    else:
                        self._reply(200, {**box.in_hand[0], "call_id": place.rpartition("/")[2]})
                    return
                form: dict[str, Any] = {"properties": {name: {} for name in ("file", "caller_number", *box.knows)}}
                content = {"multipart/form-data": {"schema": {"$ref": "#/components/schemas/Form"}}}
                route = {"post": {"requestBody": {"content": content}}}
                self._reply(200, {"paths": {"/api/process-call": route}, "components": {"schemas": {"Form": form}}})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                box.tries += 1
                if self.headers["X-API-Key"] != box.key:
                    self._reply(401, {"status": "error", "message": "Invalid API key"})
                    return
                headers = {name.lower(): value for name, value in self.headers.items()}
                sent = Sent(*parse_form(self.headers["Content-Type"], body), headers)
                says = box.answer(sent)
                if says.status == 200 and says.body is None:
                    box.sent.append(sent)
                    box.calls.setdefault(sent.idempotency_key, sent)
                    said = {"status": "success", "message": "Call processing started", "call_id": sent.idempotency_key}
                    self._reply(200, said)
                elif says.status:
                    self._reply(says.status, {"status": "error", "message": "as told"}, says.headers, says.body)
                else:
                    self.close_connection = True  # without a word, though it may have the call
                    box.sent.append(sent)
                    box.calls.setdefault(sent.idempotency_key, sent)

            def _reply(
                self,
                status: int,
                said: dict[str, Any],
                headers: dict[str, str] | None = None,
                body: bytes | None = None,
            ) -> None:
                body = json.dumps(said).encode() if body is None else body
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = False
            request_queue_size = 64

            def handle_error(self, *_: Any) -> None:
                pass  # a client that was killed

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def waits_for(self, count: int, seconds: float = 60) -> list[Sent]:
        """Until so many calls have come; fails when they do not."""
        came = wait_until(lambda: len(self.calls) >= count, seconds, 0.05)
        assert came, f"want {count} calls within {seconds:g} s, have {len(self.calls)}"
        return list(self.sent)


@dataclass
class Installation:
    """A PBX on which `vbot-post` is set up: config, key, spool and the telephone system's own folder."""

    folder: Path
    url: str
    settings: dict[str, str] = field(default_factory=dict)
    key: str = KEY
    python: str | None = None  # which runs it in the shell's choice's place

    def __post_init__(self) -> None:
        for path in (self.folder, self.monitor):
            path.mkdir(parents=True, exist_ok=True)
        self.key_file.write_text(self.key + "\n")
        self.key_file.chmod(0o600)
        self.write_config()

    def write_config(self) -> None:
        places = {
            "url": self.url,
            "key_file": str(self.key_file),
            "spool": str(self.spool),
            "monitor": str(self.monitor),
            "cdr_csv": str(self.folder / "Master.csv"),
            "freepbx_conf": str(self.folder / "freepbx.conf"),
            "issabel_conf": str(self.folder / "amportal.conf"),
            "fusionpbx_conf": str(self.folder / "fusionpbx.conf"),
            "recordings": str(self.monitor),
            "xml_cdr": str(self.folder / "xml_cdr"),
        }
        lines = [f"{name} = {value}\n" for name, value in {**places, **self.settings}.items()]
        self.config.write_text("# of a test\n" + "".join(lines))

    @property
    def config(self) -> Path:
        return self.folder / "config"

    @property
    def key_file(self) -> Path:
        return self.folder / "key"

    @property
    def spool(self) -> Path:
        return Path(self.settings.get("spool", self.folder / "spool"))

    @property
    def monitor(self) -> Path:
        return self.folder / "monitor"

    def command(self, *words: str | bytes | Path) -> list[str | bytes | Path]:
        """What runs it."""
        begin = [self.python, "-sE", str(PROGRAM)] if self.python else [str(PROGRAM)]
        return [*begin, "--config", str(self.config), *words]

    def run(self, *words: str | bytes | Path, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        return subprocess.run(
            self.command(*words),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def recording(self, name: str, audio: bytes) -> Path:
        """A closed recording of the PBX's."""
        path = self.monitor / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(audio)
        return path

    def waiting(self) -> list[str]:
        """The jobs in the spool."""
        return sorted(path.name for path in self.spool.glob("wait/*.job"))

    def rejected(self) -> dict[str, str]:
        """The rejected jobs and why."""
        return {path.stem: path.read_text() for path in self.spool.glob("rejected/*.why")}

    def is_idle(self) -> bool:
        """Whether nothing waits."""
        return not self.waiting()


def tone(number: int, frames: int = 400) -> bytes:
    """A short mono WAV of 16-bit samples at 8 kHz, another one for each number."""
    samples = struct.pack("<I", number) * (frames // 2)
    return wav_of(samples)


def wav_of(samples: bytes, *, channels: int = 1, form: int = 1, width: int = 2, rate: int = 8000) -> bytes:
    """A header and these samples."""
    block = channels * width
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, form, channels, rate, rate * block, block, 8 * width)
    data = struct.pack("<4sI", b"data", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", 4 + len(head) + len(data)) + b"WAVE" + head + data
