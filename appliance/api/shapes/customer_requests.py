"""The shapes of requests about customers, and the checks of what several fields say together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from appliance.api.shapes import text_schemas
from appliance.api.shapes.field_checks import (
    between,
    check_country,
    check_email,
    check_language,
    check_secret,
    check_text,
)
from appliance.api.shapes.requests import UNSET, Unset, described
from appliance.domain.masks import UNREADABLE
from appliance.domain.own_numbers import LONGEST_ENTRY as OWN_NUMBER_LENGTH
from appliance.domain.own_numbers import MOST_ENTRIES as MOST_OWN_NUMBERS
from appliance.domain.own_numbers import check_own_numbers
from appliance.domain.vocabulary import LONGEST_ENTRY, MOST_ENTRIES, check_vocabulary, tidied
from appliance.errors import InvalidRequest, Problem, TargetRefused
from appliance.messages.analyse_call import SentimentOfName
from appliance.webhooks.guard import check_url
from appliance.webhooks.trust import check_ca, check_fingerprint

ChannelName = Literal["left", "right"]
LONGEST_GRACE_SECONDS = 90 * 24 * 3600
LONGEST_RETENTION_DAYS = 36_500
HIGHEST_ALLOWANCE = 1_000_000
_IGNORED = Meta(
    description="Ignored: a client may send back what it was shown. Another value is told in `warnings`.",
    extra_json_schema={"readOnly": True},
)
_OF_THE_APPLIANCE = "null: the appliance's."


def _range(low: int, high: int) -> dict[str, Any]:
    return {"minimum": low, "maximum": high}


class Retention(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """How many days recordings and texts (with webhook bodies) are kept; null means the appliance's default."""

    recordings: Annotated[
        int | None,
        described(
            _range(0, LONGEST_RETENTION_DAYS), "Days that recordings are kept; 0: until the result is stored.", 30
        ),
    ] = None
    texts: Annotated[
        int | None,
        described(_range(0, LONGEST_RETENTION_DAYS), "Days that texts and webhook bodies are kept.", 365),
    ] = None


class _CustomerSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What may be set of a customer besides the contract's fields; null means the appliance's default."""

    webhook_url: Annotated[
        str | Unset | None,
        described(
            text_schemas.URL,
            "Where results are sent, http or https; null: nowhere, they wait.",
            "https://crm.example.com/vbot",
        ),
    ] = UNSET
    webhook_secret: Annotated[
        str | Unset,
        described(
            text_schemas.SECRET,
            "What webhooks are signed with: `whsec_` and base64 of at least 12 bytes. Absent: one is made.",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        ),
    ] = UNSET
    rate_limit_per_minute: Annotated[
        int | Unset | None,
        described(
            _range(1, HIGHEST_ALLOWANCE),
            f"Requests a minute with this key, from 1 to {HIGHEST_ALLOWANCE}; {_OF_THE_APPLIANCE}",
            100,
        ),
    ] = UNSET
    max_concurrent_calls: Annotated[
        int | Unset | None,
        described(
            _range(1, HIGHEST_ALLOWANCE),
            f"Calls accepted and not yet final at once, from 1 to {HIGHEST_ALLOWANCE}; {_OF_THE_APPLIANCE}",
            10,
        ),
    ] = UNSET
    max_storage_gb: Annotated[
        int | Unset | None,
        described(
            _range(1, HIGHEST_ALLOWANCE),
            f"GB of the disk that its recordings may take, from 1 to {HIGHEST_ALLOWANCE}; {_OF_THE_APPLIANCE}",
            500,
        ),
    ] = UNSET
    max_audio_hours_per_day: Annotated[
        int | Unset | None,
        described(
            _range(1, HIGHEST_ALLOWANCE),
            f"Hours of audio analysed in 24 hours, from 1 to {HIGHEST_ALLOWANCE}; {_OF_THE_APPLIANCE}",
            500,
        ),
    ] = UNSET
    retention_days: Annotated[
        int | Retention | Unset | None,
        described(
            _range(0, LONGEST_RETENTION_DAYS),
            f"Days that recordings are kept, or days of recordings and of texts, from 0 to {LONGEST_RETENTION_DAYS}; "
            f"{_OF_THE_APPLIANCE}",
            30,
        ),
    ] = UNSET
    webhook_ca: Annotated[
        str | Unset | None,
        described(
            text_schemas.CERTIFICATES,
            "PEM of the authority that signed the receiver's certificate; null: one that the box's machine trusts.",
            None,
        ),
    ] = UNSET
    webhook_fingerprint: Annotated[
        str | Unset | None,
        described(
            text_schemas.FINGERPRINT,
            "SHA-256 of the receiver's own self-signed certificate, in hex; null: an authority vouches for it.",
            None,
        ),
    ] = UNSET
    default_language: Annotated[
        str | Unset | None,
        described(
            text_schemas.LANGUAGE,
            "The language of calls that do not say theirs, an ISO 639 code; null: it is detected.",
            "en",
        ),
    ] = UNSET
    caller_channel: Annotated[
        ChannelName | Unset | None,
        Meta(description="The stereo channel that the caller speaks on; null: `left`.", examples=["left"]),
    ] = UNSET
    vocabulary: Annotated[
        list[Annotated[str, Meta(extra_json_schema=text_schemas.ENTRY)]] | Unset,
        Meta(
            description=f"Names and products that come up in its calls, as they are to be written; at most "
            f"{MOST_ENTRIES} of at most {LONGEST_ENTRY} characters; none unless given.",
            examples=[["Kowalczyk", "Velodyne"]],
            extra_json_schema={"maxItems": MOST_ENTRIES},
        ),
    ] = UNSET
    sentiment_of: Annotated[
        SentimentOfName | Unset | None,
        Meta(
            description="Whose moods are computed in its calls: of the `outside` party alone, of `both`, or of "
            f"`none`; {_OF_THE_APPLIANCE} It holds for calls that are not final yet, and for those that are analysed "
            "again.",
            examples=["outside"],
        ),
    ] = UNSET
    send_empty: Annotated[
        bool | Unset,
        Meta(
            description="Whether a webhook `call.empty` tells of calls in which nothing was recorded; false unless "
            "given.",
            examples=[False],
        ),
    ] = UNSET
    country: Annotated[
        str | Unset | None,
        described(
            {"pattern": "^[A-Z]{2}$", "format": "country-code"},
            "The country in which its numbers are read, two letters of ISO 3166: then they are also given in E.164; "
            "null: those alone that begin with `+`.",
            "DE",
        ),
    ] = UNSET
    own_numbers: Annotated[
        list[Annotated[str, Meta(extra_json_schema={"format": "own-number", "maxLength": OWN_NUMBER_LENGTH})]] | Unset,
        Meta(
            description="Its own numbers: each a number, a beginning and `*`, or two numbers and `..` between them. "
            f"They tell where a call went that does not say its `direction`. At most {MOST_OWN_NUMBERS}; none unless "
            "given.",
            examples=[["+4930123456", "+4930123*", "20..49"]],
            extra_json_schema={"maxItems": MOST_OWN_NUMBERS},
        ),
    ] = UNSET
    is_active: Annotated[
        bool | Unset, Meta(description="Whether the API key is accepted; true unless given.", examples=[True])
    ] = UNSET
    id: Annotated[Any, _IGNORED] = UNSET
    api_key: Annotated[Any, _IGNORED] = UNSET
    created_at: Annotated[Any, _IGNORED] = UNSET
    updated_at: Annotated[Any, _IGNORED] = UNSET
    warnings: Annotated[Any, _IGNORED] = UNSET
    webhook_disabled_reason: Annotated[Any, _IGNORED] = UNSET


class CreateCustomer(_CustomerSettings, kw_only=True):
    """A new customer: the contract's fields, and settings that the appliance's defaults do not suit."""

    name: Annotated[str, described(text_schemas.TEXT, "Who to ask for.", "Customer Name")]
    company_name: Annotated[str, described(text_schemas.TEXT, "The company.", "Company Name")]
    email: Annotated[
        str,
        described(text_schemas.EMAIL, "An e-mail address; it need not be unique.", "customer@example.com"),
    ]


class UpdateCustomer(_CustomerSettings, kw_only=True):
    """What is to be changed of a customer; what is absent stays as it is."""

    name: Annotated[str | Unset, described(text_schemas.TEXT, "Who to ask for.", "Updated Name")] = UNSET
    company_name: Annotated[str | Unset, described(text_schemas.TEXT, "The company.", "Updated Company")] = UNSET
    email: Annotated[
        str | Unset,
        described(text_schemas.EMAIL, "An e-mail address.", "updated@example.com"),
    ] = UNSET


class Rotation(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A rotation of an API key or webhook secret."""

    grace_seconds: Annotated[
        int,
        described(
            _range(0, LONGEST_GRACE_SECONDS),
            f"For how long the old one goes on working beside the new one; from 0 (it ends at once) to "
            f"{LONGEST_GRACE_SECONDS}.",
            3600,
        ),
    ] = 0


# What a client was shown may come back; of another value it is told how that is changed. A moment of the last change
# that is not the last one any more is no wish.
_UNCHANGEABLE = {
    "id": "the appliance gives it, and it stays",
    "api_key": "POST /api/customers/{id}/rotate-key makes another",
    "created_at": "it stays",
    "webhook_disabled_reason": "POST /api/customers/{id}/enable-webhook, or another `webhook_url`, ends it",
}
READ_ONLY = (*_UNCHANGEABLE, "updated_at", "warnings")


def sends_unchangeable(request: CreateCustomer | UpdateCustomer) -> bool:
    """Whether a field came that cannot be set."""
    return any(getattr(request, name) is not UNSET for name in _UNCHANGEABLE)


def ignored_fields(request: CreateCustomer | UpdateCustomer, *shown: msgspec.Struct) -> list[str]:
    """A sentence on each field that cannot be set and was sent otherwise than it was `shown`, with keys or without."""
    return [
        f"`{name}` was sent and is not changed: {how}."
        for name, how in _UNCHANGEABLE.items()
        if (sent := getattr(request, name)) is not UNSET and all(sent != getattr(one, name) for one in shown)
    ]


def customer_fields(request: CreateCustomer | UpdateCustomer) -> dict[str, Any]:
    """The fields that were given, checked; raises InvalidRequest naming every one that is wrong."""
    given = {
        name: value
        for name, value in msgspec.structs.asdict(request).items()
        if value is not UNSET and name not in READ_ONLY and value != UNREADABLE  # as it was shown
    }
    problems = []
    for name, value in given.items():
        check = _CHECKS.get(name)
        if check is None or value is None:
            continue
        try:
            check(value)
        except (ValueError, TargetRefused) as error:
            problems.append(Problem(name, str(error)))
    if problems:
        raise InvalidRequest(*problems)
    if "retention_days" in given:
        given |= _days_kept(given.pop("retention_days"))
    if "vocabulary" in given:
        given["vocabulary"] = tidied(given["vocabulary"])
    if "own_numbers" in given:
        given["own_numbers"] = tuple(" ".join(entry.split()) for entry in given["own_numbers"])
    return given


def _days_kept(value: int | Retention | None) -> dict[str, int | None]:
    """A number alone is about recordings."""
    if isinstance(value, Retention):
        return {"retention_days": value.recordings, "text_retention_days": value.texts}
    return {"retention_days": value, "text_retention_days": None}


def _check_retention(value: int | Retention) -> None:
    days = [value] if isinstance(value, int) else [value.recordings, value.texts]
    for count in days:
        if count is not None:
            between(0, LONGEST_RETENTION_DAYS)(count)


_CHECKS: dict[str, Callable[[Any], None]] = {
    "name": check_text,
    "company_name": check_text,
    "email": check_email,
    "webhook_url": check_url,
    "webhook_secret": check_secret,
    "rate_limit_per_minute": between(1, HIGHEST_ALLOWANCE),
    "max_concurrent_calls": between(1, HIGHEST_ALLOWANCE),
    "max_storage_gb": between(1, HIGHEST_ALLOWANCE),
    "max_audio_hours_per_day": between(1, HIGHEST_ALLOWANCE),
    "retention_days": _check_retention,
    "webhook_ca": check_ca,
    "webhook_fingerprint": check_fingerprint,
    "default_language": check_language,
    "vocabulary": check_vocabulary,
    "country": check_country,
    "own_numbers": check_own_numbers,
}


def grace_of(request: Rotation) -> timedelta:
    """The grace time of a rotation; raises InvalidRequest."""
    if not 0 <= request.grace_seconds <= LONGEST_GRACE_SECONDS:
        raise InvalidRequest(Problem("grace_seconds", f"must be from 0 to {LONGEST_GRACE_SECONDS}"))
    return timedelta(seconds=request.grace_seconds)
