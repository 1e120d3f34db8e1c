"""The shapes of requests, and the checks that a shape alone cannot make."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeVar

import email_validator
import msgspec
from standardwebhooks import Webhook
from tornado.web import RequestHandler

from appliance.domain.call import CallState
from appliance.domain.delivery import DeliveryState
from appliance.domain.token import Role
from appliance.errors import InvalidRequest, NotFound, Problem, TargetRefused
from appliance.storage.calls import CallFilter
from appliance.storage.deliveries import DeliveryFilter
from appliance.webhooks.guard import check_url
from appliance.webhooks.trust import check_ca, check_fingerprint

T = TypeVar("T")

LONGEST_TEXT = 200
DEFAULT_LIMIT = 100
HIGHEST_LIMIT = 500
HIGHEST_ID = 2**31 - 1
_LANGUAGE = re.compile(r"[a-z]{2,3}")

Unset = msgspec.UnsetType
UNSET = msgspec.UNSET
ChannelName = Literal["left", "right"]


class Retention(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """How many days recordings and texts (with webhook bodies) are kept; null means the appliance's default."""

    recordings: int | None = None
    texts: int | None = None


class _CustomerSettings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What may be set of a customer besides the contract's fields; null means the appliance's default."""

    webhook_url: str | Unset | None = UNSET
    webhook_secret: str | Unset = UNSET
    rate_limit_per_minute: int | Unset | None = UNSET
    max_concurrent_calls: int | Unset | None = UNSET
    retention_days: int | Retention | Unset | None = UNSET
    webhook_ca: str | Unset | None = UNSET
    webhook_fingerprint: str | Unset | None = UNSET
    default_language: str | Unset | None = UNSET
    caller_channel: ChannelName | Unset | None = UNSET
    is_active: bool | Unset = UNSET
    # Read-only: a client may send back what it was shown; it changes nothing.
    id: Any = UNSET
    api_key: Any = UNSET
    created_at: Any = UNSET
    updated_at: Any = UNSET
    webhook_disabled_reason: Any = UNSET


class CreateCustomer(_CustomerSettings, kw_only=True):
    """POST /api/customers."""

    name: str
    company_name: str
    email: str


class UpdateCustomer(_CustomerSettings, kw_only=True):
    """PUT /api/customers/{id}: absent = unchanged."""

    name: str | Unset = UNSET
    company_name: str | Unset = UNSET
    email: str | Unset = UNSET


class CreateToken(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """POST /api/tokens."""

    role: Role
    name: str = ""
    expires_at: datetime | None = None


class Rotation(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """POST …/rotate-key and …/rotate-webhook-secret: for how long the old one goes on working."""

    grace_seconds: int = 0


class RedeliverMany(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """POST /api/deliveries/redeliver."""

    customer_id: int | None = None
    call_id: str | None = None
    state: DeliveryState | None = None
    since: datetime | None = None
    until: datetime | None = None
    dry_run: bool = False


LONGEST_GRACE_SECONDS = 90 * 24 * 3600

READ_ONLY = ("id", "api_key", "created_at", "updated_at", "webhook_disabled_reason")


def customer_fields(request: CreateCustomer | UpdateCustomer) -> dict[str, Any]:
    """The fields that were given, checked; raises InvalidRequest naming every one that is wrong."""
    given = {
        name: value
        for name, value in msgspec.structs.asdict(request).items()
        if value is not UNSET and name not in READ_ONLY
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
    return given


def _days_kept(value: int | Retention | None) -> dict[str, int | None]:
    """A number alone is about recordings."""
    if isinstance(value, Retention):
        return {"retention_days": value.recordings, "text_retention_days": value.texts}
    return {"retention_days": value, "text_retention_days": None}


def check_text(value: str) -> None:
    """A name or number for people: not blank, not long, no control characters."""
    if not value.strip():
        raise ValueError("must not be empty")
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"must have at most {LONGEST_TEXT} characters")
    if any(ord(character) < 32 or ord(character) == 127 or 0xD800 <= ord(character) <= 0xDFFF for character in value):
        raise ValueError("must not contain control characters")


def check_language(value: str) -> None:
    """An ISO 639 code, such as "en"."""
    if not _LANGUAGE.fullmatch(value):
        raise ValueError('must be a language code such as "en"')


def _check_email(value: str) -> None:
    try:
        email_validator.validate_email(value, check_deliverability=False)
    except email_validator.EmailNotValidError as error:
        raise ValueError(str(error)) from None


def _check_secret(value: str) -> None:
    try:
        Webhook(value)
    except Exception:  # noqa: BLE001 - whatever the library finds wrong with it
        raise ValueError("must be whsec_ and base64") from None
    if not value.startswith("whsec_") or not 24 <= len(value) <= LONGEST_TEXT:
        raise ValueError("must be whsec_ and base64 of at least 12 bytes")


def _between(low: int, high: int) -> Callable[[int], None]:
    def check(value: int) -> None:
        if not low <= value <= high:
            raise ValueError(f"must be from {low} to {high}")

    return check


def _check_retention(value: int | Retention) -> None:
    days = [value] if isinstance(value, int) else [value.recordings, value.texts]
    for count in days:
        if count is not None:
            _between(0, 36_500)(count)


_CHECKS: dict[str, Callable[[Any], None]] = {
    "name": check_text,
    "company_name": check_text,
    "email": _check_email,
    "webhook_url": check_url,
    "webhook_secret": _check_secret,
    "rate_limit_per_minute": _between(1, 1_000_000),
    "max_concurrent_calls": _between(1, 1_000_000),
    "retention_days": _check_retention,
    "webhook_ca": check_ca,
    "webhook_fingerprint": check_fingerprint,
    "default_language": check_language,
}


def grace_of(request: Rotation) -> timedelta:
    """The grace time of a rotation; raises InvalidRequest."""
    if not 0 <= request.grace_seconds <= LONGEST_GRACE_SECONDS:
        raise InvalidRequest(Problem("grace_seconds", f"must be from 0 to {LONGEST_GRACE_SECONDS}"))
    return timedelta(seconds=request.grace_seconds)


def path_id(text: str) -> int:
    """A numeric id in a path; what cannot be one does not exist."""
    if not (text.isascii() and text.isdigit()) or int(text[:12]) > HIGHEST_ID:
        raise NotFound(f"there is nothing with id {text[:20]}")
    return int(text)


def parse_moment(text: str) -> datetime:
    """An ISO 8601 moment; one without a zone is UTC."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Where a page begins and how long it is."""

    before: int | None
    limit: int


class Query:
    """The query of a list; collects every problem before it raises."""

    def __init__(self, handler: RequestHandler) -> None:
        self._handler = handler
        self._problems: list[Problem] = []

    def has(self, name: str) -> bool:
        return bool(self._handler.get_query_arguments(name))

    def value(self, name: str, parse: Callable[[str], T], problem: str) -> T | None:
        """One parameter, or None when it is absent."""
        text = self._handler.get_query_argument(name, None)
        if text is None:
            return None
        try:
            return parse(text)
        except (ValueError, OverflowError):
            self._problems.append(Problem(name, problem))
            return None

    def page(self) -> PageRequest:
        limit = self.value("limit", _limit, f"must be from 1 to {HIGHEST_LIMIT}")
        before = self.value("cursor", _cursor, "is not a cursor that we gave out")
        self.finish()
        return PageRequest(before, DEFAULT_LIMIT if limit is None else limit)

    def finish(self) -> None:
        """Raise InvalidRequest when something was wrong."""
        if self._problems:
            raise InvalidRequest(*self._problems)


def _limit(text: str) -> int:
    limit = int(text)
    if not 1 <= limit <= HIGHEST_LIMIT:
        raise ValueError
    return limit


def _cursor(text: str) -> int:
    number = int(text)
    if not 0 < number < 2**63:
        raise ValueError
    return number


def _row_id(text: str) -> int:
    number = int(text)
    if not 0 <= number <= HIGHEST_ID:
        raise ValueError
    return number


_MOMENT = "must be a moment such as 2026-11-24T12:00:00Z"


def call_filter(query: Query) -> CallFilter:
    """The filters of GET /api/calls."""
    return CallFilter(
        customer_id=query.value("customer_id", _row_id, "must be a customer's id"),
        state=query.value("state", CallState, f"must be one of {', '.join(CallState)}"),
        since=query.value("since", parse_moment, _MOMENT),
        until=query.value("until", parse_moment, _MOMENT),
        number=query.value("number", str, ""),
        call_id=query.value("call_id", str, ""),
    )


def delivery_filter(query: Query) -> DeliveryFilter:
    """The filters of GET /api/deliveries."""
    return DeliveryFilter(
        customer_id=query.value("customer_id", _row_id, "must be a customer's id"),
        call_id=query.value("call_id", str, ""),
        state=query.value("state", DeliveryState, f"must be one of {', '.join(DeliveryState)}"),
        since=query.value("since", parse_moment, _MOMENT),
        until=query.value("until", parse_moment, _MOMENT),
    )
