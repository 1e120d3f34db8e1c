"""The api's end of the way by which a worker on another machine reaches the queue.

It is that worker's connection to the queue, as the user `vbot-joined`. The api logs in, so the worker is never told the
password; and the worker cannot become another user, because no command that could do that is passed on.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from pathlib import Path
from typing import Any

import redis
import redis.connection

from appliance.errors import ApplianceError, Unavailable
from appliance.messages.bounds import MAX_CALLS_IN_HAND, MAX_MESSAGE_BYTES
from appliance.queue.access import RIGHTS, Credentials, Role

CONNECT_SECONDS = 5.0
# Those that the user may send. Valkey lets everybody send AUTH and RESET, which lead to another user: not in here.
COMMANDS = frozenset(right[1:].partition("|")[0].upper() for right in re.findall(r"\+[a-z|]+", RIGHTS[Role.JOINED]))
# `HELLO 3`; with more words it logs in.
_MOST_WORDS_OF_HELLO = 2
_COUNT = re.compile(rb"\*([1-9][0-9]{0,6})\r\n")
_LENGTH = re.compile(rb"\$(0|[1-9][0-9]{0,9})\r\n")
_LONGEST_LINE = 16
# What no worker of ours exceeds: it puts back all calls that it holds at once, and reports in one word.
MOST_WORDS = MAX_CALLS_IN_HAND + 64
MOST_BYTES = MAX_MESSAGE_BYTES + 1024 * 1024
_LONGEST_NAME = max(map(len, COMMANDS))
_END = b"\r\n"


class ForeignCommand(ApplianceError):
    """What came is no command that a joined worker sends."""


class CommandGuard:
    """Reads along what a worker sends to the queue, and passes on whole commands of its role alone.

    It takes the form that clients write (arrays of bulk strings, no leading zeros) and nothing else, so that it reads
    the same commands as the server behind it.
    """

    def __init__(self) -> None:
        self._line = bytearray()  # of what is not whole yet: a count, a length, a name, an end
        self._held = bytearray()  # of a command whose name is not known yet
        self._words_left = 0
        self._words = 0
        self._bytes_left = 0
        self._bytes = 0  # of the command's words by now
        self._expects = self._count

    def passed(self, data: bytes) -> bytes:
        """As much of what has come by now as may go on. Raises ForeignCommand."""
        out = bytearray()
        rest = memoryview(data)
        while rest:
            taken = self._expects(rest, out)
            rest = rest[taken:]
        return bytes(out)

    def _count(self, data: memoryview, out: bytearray) -> int:
        """`*3\\r\\n`: of how many words the next command is."""
        taken, found = self._read_line(data, _COUNT)
        if found is not None:
            if found > MOST_WORDS:
                raise ForeignCommand(f"a command of {found} words is not passed on")
            self._words = self._words_left = found
            self._bytes = 0
            self._held += b"*%d\r\n" % found
            self._expects = self._length
        return taken

    def _length(self, data: memoryview, out: bytearray) -> int:
        """`$5\\r\\n`: of how many bytes the next word is."""
        taken, found = self._read_line(data, _LENGTH)
        if found is None:
            return taken
        self._bytes_left = found
        self._bytes += found
        if self._bytes > MOST_BYTES:
            raise ForeignCommand(f"a command of {self._bytes} bytes is not passed on")
        if self._words_left == self._words:
            if found > _LONGEST_NAME:
                raise ForeignCommand("a command of that length is not passed on")
            self._held += b"$%d\r\n" % found
            self._expects = self._name
        else:
            out += b"$%d\r\n" % found
            self._expects = self._word if found else self._end
        return taken

    def _name(self, data: memoryview, out: bytearray) -> int:
        taken = min(self._bytes_left - len(self._line), len(data))
        self._line += data[:taken]
        if len(self._line) == self._bytes_left:
            name = bytes(self._line).decode("latin-1").upper()
            if name not in COMMANDS or (name == "HELLO" and self._words > _MOST_WORDS_OF_HELLO):
                raise ForeignCommand(f"{name!a} of {self._words} words is not passed on")
            out += self._held + self._line
            self._held.clear()
            self._line.clear()
            self._expects = self._end
        return taken

    def _word(self, data: memoryview, out: bytearray) -> int:
        taken = min(self._bytes_left, len(data))
        out += data[:taken]
        self._bytes_left -= taken
        if not self._bytes_left:
            self._expects = self._end
        return taken

    def _end(self, data: memoryview, out: bytearray) -> int:
        """The server skips two bytes behind each word, whatever they are."""
        taken = min(len(_END) - len(self._line), len(data))
        self._line += data[:taken]
        if not _END.startswith(self._line):
            raise ForeignCommand("a word does not end where it should")
        if len(self._line) == len(_END):
            out += _END
            self._line.clear()
            self._words_left -= 1
            self._expects = self._length if self._words_left else self._count
        return taken

    def _read_line(self, data: memoryview, form: re.Pattern[bytes]) -> tuple[int, int | None]:
        """How many bytes were taken, and the number, once the line is whole."""
        head = bytes(data[:_LONGEST_LINE])
        end = head.find(b"\n")
        taken = len(head) if end < 0 else end + 1
        self._line += head[:taken]
        if end < 0 and len(self._line) < _LONGEST_LINE:
            return taken, None
        found = form.fullmatch(bytes(self._line))
        if found is None:
            raise ForeignCommand("what came is no command")
        self._line.clear()
        return taken, int(found[1])


async def open_as_joined(url: str, access: Path | None) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the queue, logged in as a joined worker. Raises Unavailable."""
    if access is None:
        raise Unavailable("the queue has no users: see VBOT_QUEUE_ACCESS")
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            logins = {role: Credentials(access, role).get_credentials for role in (Role.API, Role.JOINED)}
            options = redis.connection.parse_url(url)  # type: ignore[no-untyped-call]
            reader, writer = await _connect(options)
            try:
                if options.get("db"):  # which only the api may choose; it stays chosen for who logs in next
                    await _ask(reader, writer, "AUTH", *await asyncio.to_thread(logins[Role.API]))
                    await _ask(reader, writer, "SELECT", str(options["db"]))
                await _ask(reader, writer, "AUTH", *await asyncio.to_thread(logins[Role.JOINED]))
            except BaseException:
                writer.close()
                raise
    except (OSError, EOFError, redis.RedisError, ValueError) as error:  # TimeoutError is an OSError
        raise Unavailable(f"the queue is not reachable for a joined worker: {error}") from error
    return reader, writer


async def _connect(options: Any) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if "path" in options:
        return await asyncio.open_unix_connection(options["path"])
    secure = options.get("connection_class") is redis.connection.SSLConnection
    context = ssl.create_default_context(cafile=options.get("ssl_ca_certs")) if secure else None
    return await asyncio.open_connection(options.get("host", "localhost"), options.get("port", 6379), ssl=context)


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *words: str) -> None:
    parts = [f"*{len(words)}\r\n", *(f"${len(word.encode())}\r\n{word}\r\n" for word in words)]
    writer.write("".join(parts).encode())
    await writer.drain()
    answer = await reader.readline()
    if answer != b"+OK\r\n":
        # Of AUTH the answer names the user alone.
        raise redis.ConnectionError(f"{words[0]}: {answer.decode(errors='replace').strip() or 'no answer'}")
