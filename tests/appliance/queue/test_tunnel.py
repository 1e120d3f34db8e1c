"""What of a joined worker's bytes goes on to the queue: whole commands of its role, no way to become another."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from appliance.messages.bounds import MAX_MESSAGE_BYTES
from appliance.queue.tunnel import COMMANDS, MOST_BYTES, MOST_WORDS, CommandGuard, ForeignCommand, open_as_joined


def command(*words: bytes) -> bytes:
    """As clients write it."""
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def send(data: bytes, cuts: int, out: bytearray) -> None:
    """In pieces of this size; what goes on is noted in `out`."""
    guard = CommandGuard()
    for start in range(0, len(data), cuts):
        out += guard.passed(data[start : start + cuts])


GOOD = (
    command(b"HELLO", b"3")
    + command(b"CLIENT", b"SETINFO", b"LIB-NAME", b"redis-py")
    + command(b"blmove", b"a", b"a", b"0.5", b"LEFT", b"LEFT")
    + command(b"HSET", b"calls", b"id", b"*1\r\n$4\r\nAUTH\r\n" * 9, b"", b"x" * 5_000)
    + command(b"EVALSHA", b"f" * 40, b"1", b"dramatiq", b"\r\n")
    + command(b"MULTI")
    + command(b"EXEC")
)


def test_what_a_worker_sends_goes_through_unchanged_however_it_is_cut() -> None:
    chance = random.Random(16)
    for longest in (1, 3, 17, 700, len(GOOD)):
        guard, out, rest = CommandGuard(), b"", GOOD
        while rest:
            size = chance.randint(1, longest)
            out += guard.passed(rest[:size])
            rest = rest[size:]
        assert out == GOOD


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(command(b"AUTH", b"default", b"x"), id="another user"),
        pytest.param(command(b"auth", b"x"), id="in small letters"),
        pytest.param(command(b"HELLO", b"3", b"AUTH", b"default", b"x"), id="with a greeting"),
        pytest.param(command(b"RESET"), id="back to the first user"),
        pytest.param(command(b"FLUSHALL"), id="empty the queue"),
        pytest.param(command(b"CONFIG", b"GET", b"*"), id="look at the server"),
        pytest.param(command(b"SCRIPT", b"LOAD", b"return 1"), id="a script"),
        pytest.param(command(b"SELECT", b"1"), id="another database"),
        pytest.param(b"*9999999\r\n$4\r\nPING\r\n", id="millions of words"),
        pytest.param(b"*4\r\n$4\r\nHSET\r\n$1\r\na\r\n$1\r\nb\r\n$9999999999\r\n", id="a word of gigabytes"),
        pytest.param(command(b""), id="no name"),
        pytest.param(command(b"A" * 100_000), id="an endless name"),
        pytest.param(b"AUTH default x\r\n", id="a line"),
        pytest.param(b"\r\n*1\r\n$5\r\nRESET\r\n", id="an empty line before"),
        pytest.param(b"*0\r\n", id="nothing"),
        pytest.param(b"*-1\r\n", id="less than nothing"),
        pytest.param(b"*01\r\n$4\r\nPING\r\n", id="another way to write a number"),
        pytest.param(b"*+1\r\n$4\r\nPING\r\n", id="a sign"),
        pytest.param(b"*1\n$4\r\nPING\r\n", id="half of an end"),
        pytest.param(b"*2\r\n$4\r\nPING\r\n$3\r\nabcd\r\n", id="a word that is longer than it says"),
        pytest.param(b"*2\r\n$4\r\nPING\r\n$-1\r\n", id="a word of less than no length"),
        pytest.param(b"*2\r\n$4\r\nPING\r\n*1\r\n$5\r\nRESET\r\n", id="a command within a command"),
        pytest.param(b"*99999999999999999999\r\n", id="a number without end"),
        pytest.param(b"x" * 1000, id="nothing of the kind"),
    ],
)
def test_nothing_of_what_it_may_not_send_goes_on(bad: bytes) -> None:
    for cuts in (len(bad), 1):
        out = bytearray()
        with pytest.raises(ForeignCommand):
            send(bad, cuts, out)
        for name in (b"AUTH", b"RESET", b"FLUSHALL", b"CONFIG", b"SCRIPT", b"default"):
            assert name not in out.upper(), "a part of it went on"


def test_the_longest_report_goes_through_and_a_longer_command_does_not() -> None:
    guard = CommandGuard()
    for length in (MAX_MESSAGE_BYTES, MAX_MESSAGE_BYTES):  # each is counted for itself
        guard.passed(b"*4\r\n$4\r\nHSET\r\n$1\r\na\r\n$1\r\nb\r\n$%d\r\n" % length)
        guard.passed(bytes(length))
        guard.passed(b"\r\n")
    words = b"$%d\r\n%s\r\n" % (MOST_BYTES // 2, bytes(MOST_BYTES // 2))
    with pytest.raises(ForeignCommand):
        guard.passed(b"*4\r\n$4\r\nHSET\r\n" + words + words)
    CommandGuard().passed(command(b"SREM", *([b"x"] * (MOST_WORDS - 1))))
    with pytest.raises(ForeignCommand):
        CommandGuard().passed(command(b"SREM", *([b"x"] * MOST_WORDS)))


def test_only_the_commands_of_the_role_are_let_through() -> None:
    assert {"PING", "HELLO", "EVALSHA", "BLMOVE", "HSET", "CLIENT", "SADD"} <= COMMANDS
    assert not COMMANDS & {
        "AUTH",
        "RESET",
        "ACL",
        "SCRIPT",
        "KEYS",
        "FLUSHALL",
        "CONFIG",
        "SUBSCRIBE",
        "MONITOR",
        "GET",
        "SELECT",
    }


async def test_the_api_chooses_the_database_before_it_hands_over(tmp_path: Path) -> None:
    """As itself: whoever joins has no right to."""
    for role in ("api", "joined"):
        (tmp_path / f"{role}.password").write_text(f"secret of {role}")
    heard: list[bytes] = []
    ended = asyncio.Semaphore(0)

    async def queue(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readline():
            heard.append(
                b" ".join([(await reader.readline(), await reader.readline())[1].strip() for _ in range(int(head[1:]))])
            )
            writer.write(b"+OK\r\n")
        writer.close()
        await writer.wait_closed()
        ended.release()

    async with await asyncio.start_server(queue, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        for database in ("/3", ""):
            _, writer = await open_as_joined(f"redis://127.0.0.1:{port}{database}", tmp_path)
            writer.close()
            await asyncio.wait_for(ended.acquire(), 60)
    login = b"AUTH vbot-joined secret of joined"
    assert heard == [b"AUTH vbot-api secret of api", b"SELECT 3", login, login]
