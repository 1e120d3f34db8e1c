"""What a customer's country and own numbers tell of a call: its numbers in E.164, and where it went."""

from __future__ import annotations

import phonenumbers
from msgspec.structs import replace

from appliance.domain.customer import Customer
from appliance.domain.own_numbers import are_own, bare
from appliance.messages.call_result import CallResult, PartiesResult

COUNTRIES = frozenset(phonenumbers.SUPPORTED_REGIONS)


def in_e164(number: str, country: str | None) -> str | None:
    """A number as the whole world dials it; None for an extension, a name, or where its country is not known."""
    parsed = _parsed(number, country)
    return None if parsed is None else phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _parsed(number: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    text = bare(number)
    if text is None:
        return None
    try:
        parsed = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_valid_number(parsed) else None


def _is_own(number: str | None, customer: Customer) -> bool:
    if number is None:
        return False
    parsed = _parsed(number, customer.country)
    forms = [bare(number)]
    if parsed is not None:
        forms.append(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
        forms.append(bare(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)))
    return are_own(customer.own_numbers, *forms)


def direction_told_by_numbers(caller: str, called: str, did: str | None, customer: Customer) -> str | None:
    """Where a call went, as the customer's own numbers tell; None where they do not."""
    if not customer.own_numbers:
        return None
    is_called = _is_own(called, customer)
    if _is_own(caller, customer):
        return "internal" if is_called else "outbound"
    return "inbound" if is_called or _is_own(did, customer) else None


def with_numbers(result: CallResult, caller: str, called: str, customer: Customer | None) -> CallResult:
    """The analysis with both parties' numbers in E.164: whatever a worker says of them, it knows none."""
    country = None if customer is None else customer.country
    parties = PartiesResult(
        caller=replace(result.parties.caller, number_e164=in_e164(caller, country)),
        called=replace(result.parties.called, number_e164=in_e164(called, country)),
    )
    return replace(result, parties=parties)
