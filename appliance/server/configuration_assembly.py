"""The settings as parts of the api follow them: from its start on, and as they are changed over the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from appliance.api.services import ConfigurationServices, Published, PublishedLimits
from appliance.domain.clock import utc_now
from appliance.server.basis import Basis
from appliance.server.next_start import check_next_start
from appliance.services.configuration.own_settings import OwnSettings, Restart
from appliance.services.deliveries.deliverer import Deliverer
from appliance.services.deliveries.retry_policy import RetryPolicy
from appliance.services.health.system import DescribeSystem
from appliance.services.upkeep.backups import Backups, BackupSchedule
from appliance.services.upkeep.housekeeping import Housekeeping
from appliance.settings import Settings


def retry_policy(settings: Settings) -> RetryPolicy:
    """When a webhook is tried again, and when its endpoint is given up."""
    return RetryPolicy(settings.webhook_retry_seconds, timedelta(days=settings.webhook_disable_after_days))


def backup_schedule(settings: Settings) -> BackupSchedule:
    """When a backup is made by itself, and how many are kept."""
    every = timedelta(hours=settings.backup_every_hours) if settings.backup_every_hours else None
    return BackupSchedule(every, settings.backup_keep)


def published_limits(settings: Settings) -> PublishedLimits:
    """What is told of them to whoever integrates."""
    return PublishedLimits(
        rate_limit_per_minute=settings.rate_limit_per_minute,
        max_concurrent_calls=settings.max_concurrent_calls,
        max_recording_bytes=settings.max_recording_bytes,
        webhook_retry_seconds=settings.webhook_retry_seconds,
        webhook_timeout_seconds=settings.webhook_timeout_seconds,
        sentiment_of=settings.sentiment_of,
        retention_days=settings.retention_days,
        max_storage_bytes=settings.max_storage_bytes,
        max_audio_hours_per_day=settings.max_audio_hours_per_day,
    )


def assemble_configuration(
    basis: Basis,
    housekeeping: Housekeeping,
    backups: Backups,
    deliverer: Deliverer,
    describe_system: DescribeSystem,
    published: Published,
    restart: Callable[[], None] | None,
) -> ConfigurationServices:
    """Put together; what follows a change without a restart is what the schema says of `at_once`."""

    def follow(settings: Settings) -> None:
        housekeeping.keep_for(settings.retention_days)
        backups.follow(backup_schedule(settings))
        deliverer.retry_by(retry_policy(settings))
        describe_system.follow(settings)
        published.limits = published_limits(settings)

    return ConfigurationServices(
        OwnSettings(basis.settings, basis.folder, basis.database, utc_now, follow),
        Restart(basis.database, utc_now, restart, partial(check_next_start, basis.settings.config_file)),
    )
