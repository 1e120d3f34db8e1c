"""The certificate that the box made for itself is made anew before it ends, while the api runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from appliance.domain.clock import Clock
from appliance.errors import ApplianceError
from appliance.process.time_server import clock_is_awaited
from appliance.services.access.certificate import renew_if_it_ends
from appliance.services.access.own_names import names_of
from appliance.settings import Settings
from appliance.storage.folder.data_folder import DataFolder

logger = logging.getLogger(__name__)

# Before doctor and desktop warn of its end, with time for somebody whose clock or copy of it is old.
RENEW_BEFORE_DAYS = 60
LOOK_EVERY_SECONDS = 24 * 3600.0
# A box without a battery begins in another year, and a time server sets it a moment later. In an office that lets none
# through it is never set: then what it shows is taken, before the certificate ends.
LOOK_AT_CLOCK_EVERY_SECONDS = 30.0
CLOCK_LOOKS = 2880  # a day


async def renew_before_it_ends(
    settings: Settings,
    folder: DataFolder,
    now: Clock,
    shown_again: Callable[[], None],
    is_awaited: Callable[[], bool] = clock_is_awaited,
) -> None:
    """Look at once and every day, with a clock that is set: by a wrong one it would be made for other years.

    `shown_again` has the api read the new one; what is not ours is left alone.
    """
    while True:
        if settings.tls == "auto":
            clock_is_set = await _clock_is_set(is_awaited)
            await _renew_if_it_ends(settings, folder, now, shown_again, clock_is_set=clock_is_set)
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _clock_is_set(is_awaited: Callable[[], bool]) -> bool:
    """Once it is; False where that has taken too long."""
    for _ in range(CLOCK_LOOKS):
        if not await asyncio.to_thread(is_awaited):
            return True
        await asyncio.sleep(LOOK_AT_CLOCK_EVERY_SECONDS)
    return False


async def _renew_if_it_ends(
    settings: Settings, folder: DataFolder, now: Clock, shown_again: Callable[[], None], *, clock_is_set: bool
) -> None:
    try:
        names = await asyncio.to_thread(names_of, settings)
        pair = folder.certificate, folder.certificate_key
        renew = partial(renew_if_it_ends, *pair, now(), names, RENEW_BEFORE_DAYS, clock_is_set=clock_is_set)
        if await asyncio.to_thread(renew):
            logger.warning(
                "the certificate was to end, or not valid yet, and was made anew; its key's pin is the same, its "
                "SHA-256 is another: tell desktops, and workers that know the box by it (vbot certificate show)"
            )
            shown_again()
    except (ApplianceError, OSError) as error:
        logger.error("the certificate could not be made anew: %s", error)  # noqa: TRY400 - the operator's, not ours
    except Exception:
        logger.exception("the certificate could not be made anew")
