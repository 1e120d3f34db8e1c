"""What the JSON Schemas say of texts is what the checks accept: a client made from the document is never refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from appliance.api.shapes import text_schemas
from appliance.api.shapes.customer_requests import CreateCustomer, customer_fields
from appliance.api.shapes.field_checks import check_language, check_text
from appliance.errors import InvalidRequest
from appliance.webhooks.signing import new_secret
from appliance.webhooks.trust import check_fingerprint

DIGEST = "0123456789abcdefABCDEF0123456789" * 2
LONG = "x" * (text_schemas.LONGEST_TEXT + 1)


def check_secret(text: str) -> None:
    customer_fields(CreateCustomer(name="A", company_name="B", email="a@example.com", webhook_secret=text))


def fits(schema: dict[str, Any], text: str) -> bool:
    """Whether a text is as the schema says; in ECMAScript, unlike in Python, `$` is the very end."""
    assert schema["pattern"].endswith("$")
    found: bool = Draft202012Validator({**schema, "pattern": schema["pattern"][:-1] + r"\Z"}).is_valid(text)
    return found


def accepted(check: Callable[[str], object], text: str) -> bool:
    try:
        check(text)
    except (ValueError, InvalidRequest):
        return False
    return True


@given(
    st.text(max_size=8)
    | st.text("\t\r\n\x00\x7f \x80\u2028\u202eaä", max_size=8)
    | st.integers(190, 210).map("x".__mul__)
)
@example(" ")
@example("+49 30 1")
@example("1\n")
def test_names_and_numbers(text: str) -> None:
    # White space that only Python, or only ECMAScript, knows is nobody's name.
    if text.strip("\x85\ufeff"):
        assert fits(text_schemas.TEXT, text) == accepted(check_text, text)


@given(st.text("aBz", max_size=5))
def test_languages(text: str) -> None:
    assert fits(text_schemas.LANGUAGE, text) == accepted(check_language, text)


@pytest.mark.parametrize(
    ("text", "good"),
    [
        (DIGEST, True),
        (":".join(DIGEST[place : place + 2] for place in range(0, 64, 2)), True),
        (DIGEST[:-1], False),
        (DIGEST + "0", False),
        (DIGEST.replace("f", "g"), False),
        (f"{DIGEST[:3]}:{DIGEST[3:]}", False),
        (f":{DIGEST}", False),
        (f"{DIGEST}:", False),
        ("", False),
    ],
)
def test_fingerprints(text: str, good: bool) -> None:
    assert (fits(text_schemas.FINGERPRINT, text), accepted(check_fingerprint, text)) == (good, good)


@given(st.sampled_from(["whsec_", "", "whsec"]), st.text("Aa0+/", max_size=24), st.sampled_from(["", "=", "==", "-"]))
@example("whsec_", "A" * 14, "==")
@example("whsec_", "A" * 15, "=")
@example("whsec_", "0" * 16, "=")
@example("whsec_", "A" * 192, "")
@example("whsec_", "A" * 196, "")
def test_secrets(prefix: str, body: str, end: str) -> None:
    text = prefix + body + end
    assert fits(text_schemas.SECRET, text) == accepted(check_secret, text)


def test_a_secret_of_ours_is_a_secret() -> None:
    assert fits(text_schemas.SECRET, new_secret())
