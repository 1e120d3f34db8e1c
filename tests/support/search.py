"""Looking for what must not be there: in texts, in every process's command line, in what is said to the queue."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import redis

from appliance.storage.file_format.encryption import DatabaseKey
from appliance.storage.opening import locked


@dataclass
class Known:
    """Texts that are looked for, by name, in every form in which they might be written."""

    texts: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, text: str) -> str:
        """Look for this one too."""
        assert len(text) >= 8, f"{name} is too short to be looked for"
        self.texts[name] = text
        return text

    def found_in(self, content: bytes | str, *, but: Iterable[str] = ()) -> list[str]:
        """The names of what is in there."""
        data = content if isinstance(content, bytes) else content.encode()
        return [
            name for name, text in self.texts.items() if name not in but and any(one in data for one in _forms(text))
        ]


def _forms(text: str) -> list[bytes]:
    return [form.encode() for form in (text, quote(text, safe=""), json.dumps(text)[1:-1])]


class CommandLines(threading.Thread):
    """Looks at the command line of every process on the machine, again and again."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._seen: set[bytes] = set()
        self._ending = threading.Event()

    def run(self) -> None:
        while not self._ending.wait(0.02):
            for entry in Path("/proc").iterdir():
                if entry.name.isdigit():
                    with contextlib.suppress(OSError):
                        self._seen.add((entry / "cmdline").read_bytes())

    def end(self) -> bytes:
        """All that were seen."""
        self._ending.set()
        self.join(timeout=10)
        return b"\n".join(self._seen)


class QueueTraffic(threading.Thread):
    """Everything that is said to the queue on this socket, as its server tells it."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self._said: list[str] = []
        self._client = redis.Redis(unix_socket_path=str(path))

    @property
    def said(self) -> str:
        return "\n".join(self._said)

    def run(self) -> None:
        # It ends with the server.
        with contextlib.suppress(redis.RedisError, OSError, ValueError), self._client.monitor() as monitor:
            for command in monitor.listen():
                self._said.append(str(command["command"]))


def left_in_queue(path: Path) -> str:
    """Everything that lies in the queue on this socket now."""
    client = redis.Redis(unix_socket_path=str(path), decode_responses=True)
    read = {
        "string": client.get,
        "hash": client.hgetall,
        "list": lambda name: client.lrange(name, 0, -1),
        "set": client.smembers,
        "zset": lambda name: client.zrange(name, 0, -1, withscores=True),
    }
    kinds = ((name, str(client.type(name))) for name in client.scan_iter())
    # What has ended between two looks is of the kind `none`.
    return "\n".join(repr((name, read[kind](name))) for name, kind in kinds if kind != "none")


def rows_of(file: Path, key: DatabaseKey | None) -> str:
    """Every row of every table of a database that nobody has open."""
    with locked(file, key=key, read_only=True) as connection:
        tables = [name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        rows = [row for name in tables for row in connection.execute(f'SELECT * FROM "{name}"').fetchall()]
    values = (value for row in rows for value in row)
    return "\n".join(value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in values)
