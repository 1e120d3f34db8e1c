"""Host names to addresses, off the event loop, judged before anything connects to them."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

from appliance.webhooks.guard import AddressPolicy, written

Lookup = Callable[[str, int], list[str]]


class AddressRefused(OSError):
    """The address that a name, or a number in a URL, stands for is none that we connect to."""

    def __init__(self, address: str, reason: str) -> None:
        self.sentence = f"address {written(address)} is refused: {reason}"
        super().__init__(None, self.sentence)


def system_lookup(host: str, port: int) -> list[str]:
    """Ask the system's resolver; blocks. Raises socket.gaierror."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    except UnicodeError as error:
        raise socket.gaierror(socket.EAI_NONAME, "not a host name") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def look_up(lookup: Lookup, host: str, port: int) -> list[str]:
    """The addresses of a name, asked for in a daemon thread of its own. Raises OSError.

    Not in the loop's executor: a silent name server holds a look-up for half a minute, and a pool of such
    threads would hold up everything else that uses it, and the end of the process as well.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def settle(set_answer: Callable[[Any], None], value: object) -> None:
        if not answer.done():
            set_answer(value)

    def ask() -> None:
        try:
            outcome: tuple[Callable[[Any], None], object] = (answer.set_result, lookup(host, port))
        except OSError as error:
            outcome = (answer.set_exception, error)
        try:
            loop.call_soon_threadsafe(settle, *outcome)
        except RuntimeError:
            pass  # the loop closed meanwhile: nobody waits

    threading.Thread(target=ask, name=f"dns {host}", daemon=True).start()
    return await answer


class GuardedResolver(AbstractResolver):
    """Looks names up and lets through only permitted addresses."""

    def __init__(self, policy: AddressPolicy, lookup: Lookup = system_lookup) -> None:
        self._policy = policy
        self._lookup = lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the permitted addresses of this name. Raises AddressRefused when it has only others."""
        addresses = await look_up(self._lookup, host, port)
        refusals = {address: self._policy.refusal(address) for address in addresses}
        permitted = [address for address, reason in refusals.items() if reason is None]
        if not permitted:
            for address, reason in refusals.items():
                raise AddressRefused(address, str(reason))
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in permitted
        ]

    async def close(self) -> None:
        """Nothing is held."""
