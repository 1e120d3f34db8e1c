"""Answers in the api's place while that is being replaced: 503, and when to try again.

    python -m appliance.commands.upgrade.stand_in HOST PORT [CERTIFICATE KEY]

It says `loaded`, listens as soon as the address is free, beside an api that is started during an upgrade
(SO_REUSEPORT), and ends when its standard input does, so that it never outlives who started it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import sys

RETRY_AFTER_SECONDS = 5
TRY_EVERY_SECONDS = 0.02
# The sender has to read the answer, so what it is still sending is taken, over a slow line too, as long as we are here.
READ_SECONDS = 10.0  # for the head, and then from one piece to the next
_BODY = json.dumps({"status": "error", "message": "Service unavailable"}).encode()
_ANSWER = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json; charset=UTF-8\r\nConnection: close\r\n"
    + f"Retry-After: {RETRY_AFTER_SECONDS}\r\nContent-Length: {len(_BODY)}\r\n\r\n".encode()
    + _BODY
)


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One request: its head, our answer, the end."""
    with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), READ_SECONDS)
        writer.write(_ANSWER)
        await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
        while await asyncio.wait_for(reader.read(1 << 16), READ_SECONDS):
            pass
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def _stand_in(host: str, port: int, tls: ssl.SSLContext | None) -> None:
    over = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), over.set)
    while not over.is_set():
        try:
            hosts = ["::", "0.0.0.0"] if host == "::" else host or None  # noqa: S104 - as the api listens (Listen.hosts)
            server = await asyncio.start_server(answer, hosts, port, ssl=tls, reuse_port=True)
        except OSError:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), TRY_EVERY_SECONDS)
            continue
        await over.wait()
        server.close()
        # Whoever is being answered is answered.
        await asyncio.sleep(2 * TRY_EVERY_SECONDS)


def main(arguments: list[str]) -> int:
    """Until standard input ends."""
    host, port, *pair = arguments
    tls = None
    if pair:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*pair)
    print("loaded", flush=True)
    asyncio.run(_stand_in(host, int(port), tls))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
