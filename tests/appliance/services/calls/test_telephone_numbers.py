"""Numbers in E.164, and what a customer's own numbers tell of a call."""

from __future__ import annotations

import random

import pytest

from appliance.domain.own_numbers import bare, check_own_numbers
from appliance.services.calls.empty_calls import empty_result
from appliance.services.calls.telephone_numbers import direction_told_by_numbers, in_e164, with_numbers
from tests.appliance.builders import a_call, a_customer

OWN = ("+4930 901820..+4930 901829", "+4940123*", "20..49", "0800 1234567")
OFFICE = a_customer(country="DE", own_numbers=OWN)

WORLD = [
    ("+49 30 123456", None, "+4930123456"),
    ("030/123 456", "DE", "+4930123456"),
    ("0049 30 123456", "DE", "+4930123456"),
    ("030 123456", None, None),
    ("(415) 555-0100", "US", "+14155550100"),
    ("sip:+4930123456@pbx.lan;user=phone", None, "+4930123456"),
    ("tel:+49-30-123456", None, "+4930123456"),
    ("201", "DE", None),
    ("30123456", "DE", None),
    ("2011234", "DE", None),
    ("49 30 123456", "DE", None),
    ("+39 02 1234567", "IT", "+39021234567"),
    ("02 1234567", "IT", "+39021234567"),
    ("8 495 1234567", "RU", "+74951234567"),
    ("anonymous", "DE", None),
    ("Ada 030123456", "DE", None),
    ("٣٠١٢٣٤٥٦", "DE", None),
    ("", "DE", None),
    ("+" + "9" * 200, "DE", None),
]


@pytest.mark.parametrize(("number", "country", "expected"), WORLD)
def test_a_number_is_given_as_the_world_dials_it(number: str, country: str | None, expected: str | None) -> None:
    assert in_e164(number, country) == expected


INSIDE = [
    ("021234567", "021234567", "IT", (), None),
    ("021234567", "201", "IT", (), "+39021234567"),
    ("021234567", None, "IT", ("0212345*",), "+39021234567"),
    ("4155550100", "4155550100", "US", (), None),
    ("+4930901825", "+4930901825", "DE", OWN, "+4930901825"),
    ("21", None, "DE", OWN, None),
    ("08001234567", None, "DE", OWN, "+498001234567"),
    ("31000", None, "NO", ("31*",), None),
]


@pytest.mark.parametrize(("number", "extension", "country", "own", "expected"), INSIDE)
def test_an_extension_is_no_stranger_s_number(
    number: str, extension: str | None, country: str, own: tuple[str, ...], expected: str | None
) -> None:
    call = a_call("id", caller_number=number, called_number=number, extension=extension)
    told = with_numbers(empty_result(1.0, []), call, a_customer(country=country, own_numbers=own))
    assert (told.parties.caller.number_e164, told.parties.called.number_e164) == (expected, expected)


WAYS = [
    ("040 999999", "030 901825", None, "inbound"),
    ("201", "+4940999999", None, None),
    ("21", "+4940999999", None, "outbound"),
    ("21", "030901820", None, "internal"),
    ("anonymous", "21", None, "inbound"),
    ("anonymous", "group 5", "+49 30 901820", "inbound"),
    ("030 901830", "030 901819", None, None),
    ("+49401239", "+4940999999", None, "outbound"),
    ("+49 800 1234567", "+4940999999", None, "outbound"),
    ("anonymous", "anonymous", None, None),
]


@pytest.mark.parametrize(("caller", "called", "did", "expected"), WAYS)
def test_the_customer_s_own_numbers_tell_where_a_call_went(
    caller: str, called: str, did: str | None, expected: str | None
) -> None:
    assert direction_told_by_numbers(caller, called, did, OFFICE) == expected


def test_without_own_numbers_nothing_is_told() -> None:
    assert direction_told_by_numbers("21", "22", None, a_customer(country="DE")) is None


WRONG = [
    (["x"], "entry 1 must be a number, its beginning and *, or two numbers and .. between them"),
    (["20", "30..20"], "entry 2 must go from a number to a higher one of as many digits"),
    (["20..200"], "entry 1 must go from a number to a higher one of as many digits"),
    (["1" * 61], "entry 1 must have at most 60 characters"),
    (["*"], "entry 1 must be a number, its beginning and *, or two numbers and .. between them"),
    (["1"] * 201, "must have at most 200 entries"),
]


@pytest.mark.parametrize(("entries", "problem"), WRONG)
def test_what_is_no_number_of_one_s_own_is_named(entries: list[str], problem: str) -> None:
    with pytest.raises(ValueError, match="must") as caught:
        check_own_numbers(entries)
    assert str(caught.value) == problem


@pytest.mark.slow
def test_ten_thousand_hostile_numbers_end_in_a_number_or_in_none() -> None:
    """Seeded."""
    chance = random.Random(17)
    pieces = [
        "+",
        "0",
        "49",
        "30",
        "`id`",
        "$(x)",
        "\x00",
        "\u202e",
        "sip:",
        "@",
        ";",
        " ",
        "-",
        "*",
        "९",
        "a",
        "\n",
        "%",
    ]
    for _ in range(10_000):
        number = "".join(chance.choice(pieces) for _ in range(chance.randrange(30)))
        told = in_e164(number, chance.choice([None, "DE", "US"]))
        assert told is None or (told.startswith("+") and told[1:].isascii() and told[1:].isdigit() and len(told) <= 16)
        assert (bare(number) or "0").isascii()
        assert direction_told_by_numbers(number, number, number, OFFICE) in (None, "internal", "inbound", "outbound")
