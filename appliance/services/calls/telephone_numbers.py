"""What a customer's country and own numbers tell of a call: its numbers in E.164, and where it went."""

from __future__ import annotations

import re

import phonenumbers
from msgspec.structs import replace

from appliance.domain.call import Call
from appliance.domain.customer import Customer
from appliance.domain.own_numbers import are_own, bare, parse_entry
from appliance.messages.call_result import CallResult, PartiesResult

COUNTRIES = frozenset(phonenumbers.SUPPORTED_REGIONS)


def in_e164(number: str, country: str | None) -> str | None:
    """A number as the whole world dials it; None for an extension, a name, or where its country is not known.

    Where a prefix stands before numbers of the country (0, say) one without any may be an extension, which read as a
    number would be a stranger's.
    """
    parsed = _parsed(number, country) if _is_whole(bare(number), country) else None
    return None if parsed is None else phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _is_whole(text: str | None, country: str | None) -> bool:
    """Whether it begins as what is dialled for somebody outside."""
    if text is None or text.startswith("+") or country is None:
        return text is not None
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(country)
    prefix = None if metadata is None else metadata.national_prefix
    # North America's is its country code; nobody there needs it, and numbers have ten digits.
    if metadata is None or not prefix or prefix == str(metadata.country_code):
        return True
    abroad = metadata.international_prefix
    return text.startswith(prefix) or bool(abroad and re.match(abroad, text))


def _is_inside(number: str, extension: str | None, customer: Customer | None) -> bool:
    """Whether it is this extension, or one of the customer's own as they are dialled inside."""
    text = bare(number)
    if text is None:
        return False
    if extension is not None and text == bare(extension):
        return not text.startswith("+")
    if customer is None:
        return False
    short = [entry for entry in customer.own_numbers if _is_short(entry, customer.country)]
    return are_own(short, text)


def _is_short(entry: str, country: str | None) -> bool:
    """Whether an entry of one's own numbers has extensions: no prefix before them, and no number in the country."""
    first = parse_entry(entry).first
    return not _is_whole(first, country) or _parsed(first, country) is None


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


def with_numbers(result: CallResult, call: Call, customer: Customer | None) -> CallResult:
    """The analysis with both parties' numbers in E.164: whatever a worker says of them, it knows none."""

    def told(number: str) -> str | None:
        if _is_inside(number, call.extension, customer):
            return None
        return in_e164(number, None if customer is None else customer.country)

    parties = PartiesResult(
        caller=replace(result.parties.caller, number_e164=told(call.caller_number)),
        called=replace(result.parties.called, number_e164=told(call.called_number)),
    )
    return replace(result, parties=parties)
