"""How the appliance stands."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from appliance import __version__
from appliance.api.shapes.replies.basics import EXAMPLE_MOMENT, moment
from appliance.api.shapes.replies.failures import (
    FAILURES,
    DamagedRecordingsReply,
    FailuresReply,
    damaged_recordings_reply,
    failures_reply,
)
from appliance.api.shapes.replies.telephone_systems import (
    RefusedPostsReply,
    SilentPbxReply,
    refused_posts_reply,
    silent_pbxs_reply,
)
from appliance.api.shapes.replies.workers import WorkerReply, worker_reply
from appliance.domain.clock import contract_timestamp
from appliance.domain.health import HealthStatus
from appliance.domain.system import Certificate, CertificateState, ComponentState, System


class ComponentReply(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the appliance."""

    name: Annotated[
        str,
        Meta(
            description="`api`, `database`, `disk`, `queue`, `worker`, `results` (whether they are stored, and which "
            "reports of workers were not taken), `calls` (how those of the last hour ended), `relay`, `deliverer`, "
            "`housekeeping`, `webhooks`, `addresses` (only where webhooks would go over plain HTTP to a public "
            "address), `clock` (against those of the webhooks' receivers), `certificate` (not with TLS off), `backups` "
            "or `audit` (only where its chain is broken).",
            examples=["queue"],
        ),
    ]
    state: Annotated[
        ComponentState,
        Meta(description="`warning`: it works, and somebody should look at it.", examples=[ComponentState.OK]),
    ]
    reason: Annotated[str, Meta(description="Why, in words for people.", examples=["It answers."])]


class QueueReply(msgspec.Struct, frozen=True, kw_only=True):
    """What waits for a worker."""

    waiting: Annotated[int, Meta(description="Calls that no worker has in hand yet.", examples=[3])]
    oldest_age_seconds: Annotated[
        float | None, Meta(description="How long the first of them has been waiting; null: none waits.", examples=[7.5])
    ]
    came_last_hour: Annotated[
        int,
        Meta(description="Calls that came or were given in again in the last hour, each once.", examples=[42]),
    ]
    done_last_hour: Annotated[
        int, Meta(description="Calls that became final in the last 60 minutes, whenever they came.", examples=[40])
    ]


class CallsTodayReply(msgspec.Struct, frozen=True, kw_only=True):
    """Calls since midnight UTC, and those that are not final."""

    accepted: Annotated[int, Meta(description="Accepted since midnight UTC.", examples=[140])]
    completed: Annotated[int, Meta(description="Completed since midnight UTC, without the empty ones.", examples=[130])]
    empty: Annotated[
        int, Meta(description="Since midnight UTC, calls in which nothing was recorded: nobody answered.", examples=[5])
    ]
    failed: Annotated[int, Meta(description="Failed since midnight UTC.", examples=[1])]
    processing: Annotated[int, Meta(description="In a worker's hands now.", examples=[1])]
    waiting: Annotated[int, Meta(description="Waiting for a worker now.", examples=[3])]


class DataFolderReply(msgspec.Struct, frozen=True, kw_only=True):
    """The room that the data folder takes."""

    recordings_bytes: Annotated[
        int, Meta(description="Bytes of recordings, as of the last minute.", examples=[53687091200])
    ]
    database_bytes: Annotated[int, Meta(description="Bytes of the database.", examples=[2147483648])]
    backups_bytes: Annotated[int, Meta(description="Bytes of backups.", examples=[8589934592])]


class DiskReply(msgspec.Struct, frozen=True, kw_only=True):
    """The disk that the data folder lies on."""

    total_bytes: Annotated[int, Meta(description="Its size in bytes.", examples=[500107862016])]
    free_bytes: Annotated[int, Meta(description="Bytes that are free.", examples=[241591910400])]
    floor_bytes: Annotated[
        int, Meta(description="With fewer free bytes than this no calls are accepted.", examples=[209715200])
    ]
    data_folder: Annotated[DataFolderReply, Meta(description="The room that the data folder takes.")]


class CertificateReply(msgspec.Struct, frozen=True, kw_only=True):
    """The certificate of the api."""

    fingerprint_sha256: Annotated[
        str, Meta(description="Its SHA-256, to compare with what a client sees.", examples=[":".join(["AB"] * 32)])
    ]
    public_key_pin: Annotated[
        str,
        Meta(
            description="The SHA-256 of its public key as curl's --pinnedpubkey takes it; it outlives a renewal.",
            examples=["sha256//" + "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="],
        ),
    ]
    not_after: Annotated[str, Meta(description="When it expires, UTC.", examples=["2034-03-14T12:00:00Z"])]
    days_left: Annotated[int, Meta(description="Whole days until then; negative: it has expired.", examples=[3649])]
    ends_soon: Annotated[bool, Meta(description="Whether it is in its last quarter and 30 days.", examples=[False])]
    subject_alternative_names: Annotated[
        list[str], Meta(description="The names and addresses that it holds for.", examples=[["vbot", "192.168.1.20"]])
    ]


class BackupsSeenReply(msgspec.Struct, frozen=True, kw_only=True):
    """How backups fare."""

    last_done_at: Annotated[
        str | None, Meta(description="Of when the last good one is, UTC, or null.", examples=[EXAMPLE_MOMENT])
    ]
    last_error: Annotated[
        str | None, Meta(description="Why the last one failed; null when it did not.", examples=[None])
    ]
    next_due_at: Annotated[
        str | None,
        Meta(description="When the next one is made, UTC; null: none is.", examples=["2024-03-15T12:00:00Z"]),
    ]
    kept: Annotated[int, Meta(description="How many there are.", examples=[7])]


class DisabledEndpointReply(msgspec.Struct, frozen=True, kw_only=True):
    """A customer whose webhooks rest."""

    customer_id: Annotated[int, Meta(description="The customer.", examples=[123])]
    customer_name: Annotated[str, Meta(description="Its name.", examples=["Customer Name"])]
    reason: Annotated[str, Meta(description="Why they rest.", examples=["the receiver answered 410 Gone"])]
    failing_since: Annotated[
        str | None, Meta(description="Since when no attempt succeeded, UTC, or null.", examples=[EXAMPLE_MOMENT])
    ]
    waiting: Annotated[int, Meta(description="Webhooks that are sent once it is enabled again.", examples=[3])]


class DeliveriesSeenReply(msgspec.Struct, frozen=True, kw_only=True):
    """How webhooks fare."""

    pending: Annotated[int, Meta(description="Not tried yet.", examples=[0])]
    retrying: Annotated[int, Meta(description="Tried, and tried again later.", examples=[2])]
    failed_last_24_hours: Annotated[
        int, Meta(description="Of those made in the last 24 hours: given up after all retries.", examples=[0])
    ]
    resting: Annotated[
        int,
        Meta(
            description="Webhooks that rest since a restore, because they may have been sent after the backup was "
            "made; `POST /api/deliveries/redeliver` with the state `disabled` sends them.",
            examples=[0],
        ),
    ]
    disabled_endpoints: Annotated[list[DisabledEndpointReply], Meta(description="Customers whose webhooks rest.")]


class DroppedReportsReply(msgspec.Struct, frozen=True, kw_only=True):
    """How many reports of workers were not taken since the api was started, by the reason."""

    unproven: Annotated[
        int,
        Meta(
            description="Without the token that the claim of their call was answered with: forged, or of a worker of "
            "an older version.",
            examples=[0],
        ),
    ]
    outdated: Annotated[
        int, Meta(description="Of an attempt that is over, or in other hands; nothing to look after.", examples=[0])
    ]
    malformed: Annotated[int, Meta(description="No reports at all.", examples=[0])]
    unstorable: Annotated[
        int, Meta(description="Of what can never be stored; their attempts have failed.", examples=[0])
    ]
    given_up: Annotated[
        int, Meta(description="That could not be stored for too long; their calls are queued again.", examples=[0])
    ]


class RetentionReply(msgspec.Struct, frozen=True, kw_only=True):
    """How long things are kept, where a customer has no setting of its own."""

    recordings_days: Annotated[int, Meta(description="Days that recordings are kept.", examples=[30])]
    texts_days: Annotated[int, Meta(description="Days that results and webhook bodies are kept.", examples=[365])]


class LimitsReply(msgspec.Struct, frozen=True, kw_only=True):
    """What may be asked for, where a customer has no setting of its own."""

    rate_limit_per_minute: Annotated[int, Meta(description="Requests a minute with one API key.", examples=[100])]
    max_concurrent_calls: Annotated[
        int, Meta(description="Calls of one customer accepted and not yet final.", examples=[10])
    ]
    max_storage_bytes: Annotated[
        int, Meta(description="What one customer's recordings may take of the disk.", examples=[536870912000])
    ]
    max_audio_hours_per_day: Annotated[
        int, Meta(description="Hours of one customer's audio that are analysed in 24 hours.", examples=[500])
    ]
    max_recording_bytes: Annotated[int, Meta(description="The longest recording taken.", examples=[536870912])]


class SystemReply(msgspec.Struct, frozen=True, kw_only=True):
    """How the appliance stands at this moment."""

    version: Annotated[str, Meta(description="The version of vBot.", examples=[__version__])]
    boot_id: Annotated[
        str, Meta(description="Names this life of the api; another one after a restart.", examples=["8c1f0b2a9d3e"])
    ]
    started_at: Annotated[str, Meta(description="When the api started, UTC.", examples=[EXAMPLE_MOMENT])]
    uptime_seconds: Annotated[float, Meta(description="For how long it has been running.", examples=[86400.5])]
    time: Annotated[str, Meta(description="The appliance's clock, UTC.", examples=[EXAMPLE_MOMENT])]
    health: Annotated[HealthStatus, Meta(description="The word that `GET /health` answers.", examples=["healthy"])]
    reasons: Annotated[
        list[str],
        Meta(
            description="What somebody should look at: the reasons of all components that are not `ok`.", examples=[[]]
        ),
    ]
    components: Annotated[list[ComponentReply], Meta(description="The parts of the appliance.")]
    queue: Annotated[QueueReply, Meta(description="What waits for a worker.")]
    calls_today: Annotated[CallsTodayReply, Meta(description="Calls since midnight UTC, and those not final.")]
    workers: Annotated[list[WorkerReply], Meta(description="The workers by name; one that is gone, for a day more.")]
    disk: Annotated[DiskReply, Meta(description="The disk that the data folder lies on.")]
    certificate: Annotated[CertificateReply | None, Meta(description="The certificate of the api; null with TLS off.")]
    backups: Annotated[BackupsSeenReply, Meta(description="How backups fare.")]
    deliveries: Annotated[DeliveriesSeenReply, Meta(description="How webhooks fare.")]
    failures: Annotated[FailuresReply, Meta(description=FAILURES)]
    dropped_reports: Annotated[
        DroppedReportsReply, Meta(description="Reports of workers that were not taken since the api was started.")
    ]
    silent_pbxs: Annotated[
        list[SilentPbxReply],
        Meta(
            description="Customers whose telephone system has fallen silent when it usually sends calls, until the "
            "next call comes. What is usual, by the hour of the week in local time, is learned from the "
            "8 weeks before (4 at least). It takes 20 missing calls and 90 minutes of working time; who was not heard "
            "of for 28 days is not spoken of. A public holiday is a silence like any other."
        ),
    ]
    refused_posts: Annotated[
        list[RefusedPostsReply],
        Meta(
            description="Customers whose posts to `/api/process-call` were refused in the last hour through a fault of "
            "their own, until the next one is accepted; the most often refused first."
        ),
    ]
    damaged_recordings: Annotated[
        DamagedRecordingsReply, Meta(description="Recordings that were found damaged in the last 24 hours.")
    ]
    retention: Annotated[RetentionReply, Meta(description="How long things are kept.")]
    limits: Annotated[LimitsReply, Meta(description="What may be asked for.")]
    settings: Annotated[
        dict[str, Any],
        Meta(
            description="All other settings, by name; none that is secret.",
            examples=[{"asr_model": "whisper-base", "device": "auto", "lease_seconds": 900.0}],
        ),
    ]


def system_reply(found: System) -> SystemReply:
    """How the appliance stands, as it is shown."""
    oldest = found.oldest_waiting_since
    disk, deliveries, limits = found.disk, found.deliveries, found.limits
    return SystemReply(
        version=__version__,
        boot_id=found.boot_id,
        started_at=contract_timestamp(found.started_at),
        uptime_seconds=round(found.uptime_seconds, 1),
        time=contract_timestamp(found.now),
        health=found.health,
        reasons=found.reasons,
        components=[msgspec.convert(one, ComponentReply, from_attributes=True) for one in found.components],
        queue=QueueReply(
            waiting=found.calls.waiting,
            oldest_age_seconds=None if oldest is None else max(0.0, round((found.now - oldest).total_seconds(), 1)),
            came_last_hour=found.last_hour.came,
            done_last_hour=found.last_hour.done,
        ),
        calls_today=msgspec.convert(found.calls, CallsTodayReply, from_attributes=True),
        workers=[worker_reply(worker) for worker in found.workers],
        disk=DiskReply(
            total_bytes=disk.total_bytes,
            free_bytes=disk.free_bytes,
            floor_bytes=disk.floor_bytes,
            data_folder=msgspec.convert(disk, DataFolderReply, from_attributes=True),
        ),
        certificate=None if found.certificate is None else _certificate(found.certificate, found.now),
        backups=BackupsSeenReply(
            last_done_at=moment(found.backups.last_done_at),
            last_error=found.backups.last_error,
            next_due_at=moment(found.backups.next_due_at),
            kept=found.backups.kept,
        ),
        deliveries=DeliveriesSeenReply(
            pending=deliveries.pending,
            retrying=deliveries.retrying,
            failed_last_24_hours=deliveries.failed_last_24_hours,
            resting=deliveries.resting,
            disabled_endpoints=[
                DisabledEndpointReply(
                    customer_id=one.customer_id,
                    customer_name=one.customer_name,
                    reason=one.reason,
                    failing_since=moment(one.failing_since),
                    waiting=one.waiting,
                )
                for one in deliveries.disabled_endpoints
            ],
        ),
        failures=failures_reply(found.failures),
        dropped_reports=DroppedReportsReply(**{reason.value: count for reason, count in found.dropped_reports.items()}),
        silent_pbxs=silent_pbxs_reply(found.silent_pbxs),
        refused_posts=refused_posts_reply(found.refused_posts),
        damaged_recordings=damaged_recordings_reply(found.damaged_recordings),
        retention=msgspec.convert(found.retention, RetentionReply, from_attributes=True),
        limits=msgspec.convert(limits, LimitsReply, from_attributes=True),
        settings=dict(found.settings),
    )


def _certificate(certificate: Certificate, now: datetime) -> CertificateReply:
    return CertificateReply(
        fingerprint_sha256=certificate.fingerprint_sha256,
        public_key_pin=certificate.public_key_pin,
        not_after=contract_timestamp(certificate.not_after),
        days_left=certificate.days_left(now),
        ends_soon=certificate.state_at(now) is CertificateState.ENDS_SOON,
        subject_alternative_names=list(certificate.subject_alternative_names),
    )
