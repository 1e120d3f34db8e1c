"""The certificate that the box made for itself is made anew before it ends, while the api runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from appliance.domain.clock import Clock
from appliance.errors import ApplianceError
from appliance.services.access.certificate import renew_if_it_ends
from appliance.services.access.own_names import names_of
from appliance.settings import Settings
from appliance.storage.folder.data_folder import DataFolder

logger = logging.getLogger(__name__)

# Before doctor and desktop warn of its end, with time for somebody whose clock or copy of it is old.
RENEW_BEFORE_DAYS = 60
LOOK_EVERY_SECONDS = 24 * 3600.0


async def renew_before_it_ends(
    settings: Settings, folder: DataFolder, now: Clock, shown_again: Callable[[], None]
) -> None:
    """Look at once and every day. `shown_again` has the api read the new one; what is not ours is left alone."""
    while True:
        if settings.tls == "auto":
            await _renew_if_it_ends(settings, folder, now, shown_again)
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _renew_if_it_ends(
    settings: Settings, folder: DataFolder, now: Clock, shown_again: Callable[[], None]
) -> None:
    try:
        names = await asyncio.to_thread(names_of, settings)
        pair = folder.certificate, folder.certificate_key
        if await asyncio.to_thread(renew_if_it_ends, *pair, now(), names, RENEW_BEFORE_DAYS):
            logger.warning(
                "the certificate was to end: it was made anew; its key's pin is the same, its SHA-256 is another, "
                "which desktops have to be told, and workers that know the box by it (vbot certificate show)"
            )
            shown_again()
    except (ApplianceError, OSError) as error:
        logger.error("the certificate could not be made anew: %s", error)  # noqa: TRY400 - the operator's, not ours
    except Exception:
        logger.exception("the certificate could not be made anew")
