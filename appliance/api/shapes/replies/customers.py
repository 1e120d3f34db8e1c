"""Customers, as an admin or (masked) a viewer sees them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from appliance.api.shapes.replies.basics import EXAMPLE_MOMENT
from appliance.domain.clock import contract_timestamp
from appliance.domain.customer import Customer
from appliance.domain.masks import UNREADABLE, mask_secret


class CustomerRetentionReply(msgspec.Struct, frozen=True, kw_only=True):
    """How many days recordings and texts (with webhook bodies) are kept; null means the appliance's default."""

    recordings: Annotated[int | None, Meta(description="Days that recordings are kept.", examples=[30])]
    texts: Annotated[int | None, Meta(description="Days that texts and webhook bodies are kept.", examples=[365])]


class CustomerReply(msgspec.Struct, frozen=True, kw_only=True):
    """A customer, with what is set for it."""

    id: Annotated[int, Meta(description="The customer's number; never given to another one.", examples=[1])]
    name: Annotated[str, Meta(description="Who to ask for.", examples=["Customer Name"])]
    company_name: Annotated[str, Meta(description="The company.", examples=["Company Name"])]
    email: Annotated[str, Meta(description="An e-mail address of the customer.", examples=["customer@example.com"])]
    api_key: Annotated[
        str,
        Meta(
            description="What the customer sends as X-API-Key; a viewer sees its end only.", examples=["api_key_here"]
        ),
    ]
    is_active: Annotated[bool, Meta(description="Whether the API key is accepted.", examples=[True])]
    created_at: Annotated[str, Meta(description="When the customer was created, UTC.", examples=[EXAMPLE_MOMENT])]
    updated_at: Annotated[str, Meta(description="When it was last changed, UTC.", examples=[EXAMPLE_MOMENT])]
    webhook_url: Annotated[
        str | None,
        Meta(
            description="Where results are sent; null: nowhere, they wait. A viewer does not see path and query.",
            examples=["https://crm.example.com/vbot"],
        ),
    ]
    webhook_secret: Annotated[
        str,
        Meta(
            description="What webhooks are signed with; a viewer sees its end only.",
            examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        ),
    ]
    webhook_disabled_reason: Annotated[
        str | None, Meta(description="Why nothing is sent at present, or null.", examples=[None])
    ]
    rate_limit_per_minute: Annotated[
        int | None,
        Meta(description="Requests a minute with this key; null: the appliance's default.", examples=[None]),
    ]
    max_concurrent_calls: Annotated[
        int | None,
        Meta(description="Calls accepted and not yet final at once; null: the appliance's default.", examples=[None]),
    ]
    max_storage_gb: Annotated[
        int | None,
        Meta(
            description="GB of the disk that its recordings may take; null: the appliance's default.", examples=[None]
        ),
    ]
    max_audio_hours_per_day: Annotated[
        int | None,
        Meta(description="Hours of audio analysed in 24 hours; null: the appliance's default.", examples=[None]),
    ]
    retention_days: Annotated[
        int | CustomerRetentionReply | None,
        Meta(
            description="Days that recordings are kept, or days of recordings and of texts; null: the default.",
            examples=[None],
        ),
    ]
    webhook_ca: Annotated[
        str | None,
        Meta(description="PEM of the authority that signed the receiver's certificate, or null.", examples=[None]),
    ]
    webhook_fingerprint: Annotated[
        str | None,
        Meta(description="SHA-256 of the receiver's own self-signed certificate, or null.", examples=[None]),
    ]
    default_language: Annotated[
        str | None,
        Meta(description="The language of calls that do not say theirs; null: it is detected.", examples=["en"]),
    ]
    caller_channel: Annotated[
        str | None,
        Meta(
            description="The stereo channel, `left` or `right`, that the caller speaks on; null: left.", examples=[None]
        ),
    ]
    vocabulary: Annotated[
        list[str],
        Meta(
            description="Names and products that come up in its calls, as they are to be written.",
            examples=[["Kowalczyk", "Velodyne"]],
        ),
    ]
    sentiment_of: Annotated[
        str | None,
        Meta(
            description="Whose moods are computed in its calls: of the `outside` party alone, of `both`, or of "
            "`none`; null: as the appliance is set.",
            examples=[None],
        ),
    ]
    send_empty: Annotated[
        bool,
        Meta(
            description="Whether a webhook `call.empty` tells of calls in which nothing was recorded.",
            examples=[False],
        ),
    ]
    country: Annotated[
        str | None, Meta(description="The country in which its numbers are read, or null.", examples=["DE"])
    ]
    own_numbers: Annotated[
        list[str],
        Meta(description="Its own numbers, which tell where a call went.", examples=[["+4930123*", "20..49"]]),
    ]
    warnings: Annotated[
        list[str] | msgspec.UnsetType,
        Meta(
            description="What was sent and is not changed, since it cannot be (only in the answer to such a request); "
            "which of its secrets cannot be read any more.",
            examples=[["`api_key` was sent and is not changed: POST /api/customers/{id}/rotate-key makes another."]],
        ),
    ] = msgspec.UNSET


class CustomersReply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A list of customers; `next_cursor` only where a page was asked for."""

    customers: Annotated[list[CustomerReply], Meta(description="The customers.")]
    next_cursor: Annotated[
        str | msgspec.UnsetType | None,
        Meta(description="Where the next page begins; null at the end; absent when all were asked for."),
    ] = msgspec.UNSET


def customer_reply(
    customer: Customer,
    *,
    api_key: str | None,
    webhook_secret: str | None,
    webhook_url: str | None,
    masked: bool,
    without_keys: bool = False,
) -> CustomerReply:
    """A customer as an admin sees it, maybe without keys, or (masked) a viewer.

    A secret that is None, or an address that is None where there is one, cannot be read any more: `warnings` say so,
    and the address is shown masked, since null means that there is none.
    """
    without_keys = masked or without_keys
    damaged = [
        f"`{name}` cannot be read any more: {how}."
        for name, how, is_damaged in (
            ("api_key", "POST /api/customers/{id}/rotate-key makes another", api_key is None),
            ("webhook_secret", "POST /api/customers/{id}/rotate-webhook-secret makes another", webhook_secret is None),
            ("webhook_url", "set it again", customer.webhook_url is not None and webhook_url is None),
        )
        if is_damaged
    ]
    masked_url = None if customer.webhook_url is None else customer.webhook_url.masked
    return CustomerReply(
        id=customer.id,
        name=customer.name,
        company_name=customer.company_name,
        email=customer.email,
        api_key=_shown_secret(api_key, without_keys=without_keys),
        is_active=customer.is_active,
        created_at=contract_timestamp(customer.created_at),
        updated_at=contract_timestamp(customer.updated_at),
        webhook_url=masked_url if masked or webhook_url is None else webhook_url,
        webhook_secret=_shown_secret(webhook_secret, without_keys=without_keys),
        webhook_disabled_reason=customer.webhook_disabled_reason,
        rate_limit_per_minute=customer.rate_limit_per_minute,
        max_concurrent_calls=customer.max_concurrent_calls,
        max_storage_gb=customer.max_storage_gb,
        max_audio_hours_per_day=customer.max_audio_hours_per_day,
        retention_days=_retention(customer),
        webhook_ca=customer.webhook_ca,
        webhook_fingerprint=customer.webhook_fingerprint,
        default_language=customer.default_language,
        caller_channel=customer.caller_channel,
        vocabulary=list(customer.vocabulary),
        sentiment_of=customer.sentiment_of,
        send_empty=customer.send_empty,
        country=customer.country,
        own_numbers=list(customer.own_numbers),
        warnings=damaged or msgspec.UNSET,
    )


def _shown_secret(secret: str | None, *, without_keys: bool) -> str:
    if secret is None:
        return UNREADABLE
    return mask_secret(secret) if without_keys else secret


def _retention(customer: Customer) -> int | CustomerRetentionReply | None:
    if customer.text_retention_days is None:
        return customer.retention_days
    return CustomerRetentionReply(recordings=customer.retention_days, texts=customer.text_retention_days)
