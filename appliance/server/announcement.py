"""The appliance says on the LAN that it is there (mDNS, `_vbot._tcp`): an administrator need not know its address.

Nothing that is announced is to be trusted: whoever is on the LAN can say the same. The desktop program offers the
address, and the administrator compares the certificate's fingerprint as with any other.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence

from zeroconf import Error as ZeroconfError
from zeroconf import InterfaceChoice, IPVersion, ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

from appliance import __version__
from appliance.process.own_addresses import addresses_of_the_lan
from appliance.settings import Listen

logger = logging.getLogger(__name__)

SERVICE_TYPE = "_vbot._tcp.local."
# A label of DNS holds no more.
LONGEST_LABEL_BYTES = 63
GOODBYE_SECONDS = 2.0


def service_of(listen: Listen, *, tls: bool, hostname: str, addresses: Sequence[str]) -> ServiceInfo:
    """What is announced: a name for people, addresses, port, and in the text whether it is TLS."""
    label = f"vBot on {hostname.partition('.')[0] or 'an appliance'}"
    host = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in hostname.partition(".")[0])
    return ServiceInfo(
        SERVICE_TYPE,
        f"{label.encode()[:LONGEST_LABEL_BYTES].decode(errors='ignore').replace('.', '-')}.{SERVICE_TYPE}",
        port=listen.port,
        properties={"version": __version__, "tls": "1" if tls else "0", "path": "/"},
        server=f"{(host.strip('-') or 'vbot')[:LONGEST_LABEL_BYTES]}.local.",
        parsed_addresses=list(addresses),
    )


def announced_addresses(listen: Listen) -> list[str]:
    """The addresses to name: the one that is listened on, or all that a machine of the office may come by."""
    if listen.host not in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not bound
        return [listen.local_host]
    return [str(address) for address in addresses_of_the_lan()]


async def announce(info: ServiceInfo, interfaces: Sequence[str] | None = None) -> None:
    """Announce it until cancelled, then say goodbye. Where that does not work it is logged, and all else goes on.

    `interfaces`: addresses of the interfaces to speak on; None: all.
    """
    zeroconf: AsyncZeroconf | None = None
    try:
        chosen = InterfaceChoice.All if interfaces is None else list(interfaces)
        zeroconf = AsyncZeroconf(interfaces=chosen, ip_version=IPVersion.V4Only)
        # Asks first whether somebody has the name already, and then takes another one.
        await zeroconf.async_register_service(info, allow_name_change=True)
        logger.info("announced on the network as %s", info.name.removesuffix(f".{SERVICE_TYPE}"))
        await asyncio.Event().wait()
    except (OSError, RuntimeError, ZeroconfError) as error:  # RuntimeError: there is no interface
        logger.warning("not announced on the network: %s", str(error) or type(error).__name__)
    finally:
        if zeroconf is not None:
            with contextlib.suppress(OSError, ZeroconfError, TimeoutError):
                async with asyncio.timeout(GOODBYE_SECONDS):
                    await zeroconf.async_close()
