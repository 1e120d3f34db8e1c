"""The checks of single fields that a shape alone cannot make: each raises ValueError with a sentence."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

import email_validator

from appliance.api.shapes.text_schemas import LONGEST_TEXT
from appliance.domain.short_text import holds_unseen
from appliance.services.calls.telephone_numbers import COUNTRIES
from appliance.webhooks.signing import SECRET_PREFIX

SHORTEST_SECRET_BYTES = 12
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_DOMAINS_OF_THE_LAN = (".local", ".home.arpa")


def check_text(value: str) -> None:
    """A name for people: not blank, not long, nothing in it that is not seen."""
    if not value.strip():
        raise ValueError("must not be empty")
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"must have at most {LONGEST_TEXT} characters")
    if holds_unseen(value):
        raise ValueError("must not contain control characters")


def check_language(value: str) -> None:
    """An ISO 639 code, such as "en"."""
    if not _LANGUAGE.fullmatch(value):
        raise ValueError('must be a language code such as "en"')


def check_country(value: str) -> None:
    """A country whose numbers we can read."""
    if value not in COUNTRIES:
        raise ValueError('must be the two capital letters of a country, such as "DE"')


def check_email(value: str) -> None:
    """An e-mail address; whether anybody reads it is not asked."""
    # No public name server knows these (RFC 6762, RFC 8375), so that the library takes them for a mistake. Offices have
    # mail under them: what it checks besides is checked under a name that is as long.
    known = value[:-1] + "x" if value.lower().endswith(_DOMAINS_OF_THE_LAN) else value
    try:
        email_validator.validate_email(known, check_deliverability=False)
    except email_validator.EmailNotValidError as error:
        raise ValueError(str(error)) from None


def check_secret(value: str) -> None:
    """What webhooks are signed with, as Standard Webhooks writes it."""
    # Strictly: the library would drop what is no base64, and sign with what is left. Python lets superfluous `=` pass.
    encoded = value.removeprefix(SECRET_PREFIX)
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        raise ValueError("must be whsec_ and base64") from None
    if len(encoded) % 4:
        raise ValueError("must be whsec_ and base64")
    if not value.startswith(SECRET_PREFIX) or len(key) < SHORTEST_SECRET_BYTES or len(value) > LONGEST_TEXT:
        raise ValueError(f"must be whsec_ and base64 of at least {SHORTEST_SECRET_BYTES} bytes")


def between(low: int, high: int) -> Callable[[int], None]:
    """A check that a number lies within these bounds, both included."""

    def check(value: int) -> None:
        if not low <= value <= high:
            raise ValueError(f"must be from {low} to {high}")

    return check
