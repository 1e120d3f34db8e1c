"""What must not leave the house is taken out of a text, and the rest of it stays."""

from __future__ import annotations

from secrets import token_hex, token_urlsafe

import pytest

from appliance.domain.redaction import ADDRESS, CUSTOMER, LEFT_OUT, NUMBER, Redactor, names_in
from appliance.storage.folder.keys import new_admin_token, new_api_key, new_recovery_key
from appliance.webhooks.signing import new_secret


@pytest.mark.parametrize(
    "make",
    [
        new_admin_token,
        new_api_key,
        new_recovery_key,
        new_secret,
        lambda: token_hex(32),
        lambda: token_urlsafe(24) + "0a",  # one in 230 has no digit, and may be a long word
    ],
)
def test_no_secret_of_ours_stays(make: object) -> None:
    secret = make()  # type: ignore[operator]
    assert Redactor().text(f"it was {secret}, they say") == f"it was {LEFT_OUT}, they say"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("from +49 30 555 01-00 today", f"from {NUMBER} today"),
        ("from 030/5550100 today", f"from {NUMBER} today"),
        ("from 493055501000 today", f"from {NUMBER} today"),
        ("ask ada.b+c@example.com now", f"ask {ADDRESS} now"),
        (
            "POST https://user:pw@crm.example:8443/hook/s3cret?token=x said 410",
            "POST https://crm.example:8443 said 410",
        ),
        ("redis://:a-password@10.0.0.7:6379/0 refused", "redis://10.0.0.7:6379 refused"),
        ("Authorization: Bearer abcdefghijklmnop", f"Authorization: Bearer {LEFT_OUT}"),
        ("webhooks of Ada Example, Example", f"webhooks of {CUSTOMER}, {CUSTOMER}"),
    ],
)
def test_what_is_somebodys_is_taken_out(text: str, left: str) -> None:
    assert Redactor(["Example", "Ada Example"]).text(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-27 17:26:45 vbot-api[1234567]: call 0b6f7a3e-52c5-4c4e-9d3b-6f0c3a0d1e2f attempt 1: 4.2 s",
        "listening on 0.0.0.0:8443; 63.4 MB of 117.9 GB are free",
        "/opt/vbot/lib/python3.13/site-packages/appliance/relay/relay.py line 153",
        "Examples are no customer",
    ],
)
def test_what_helps_stays(text: str) -> None:
    assert Redactor(["Example"]).text(text) == text


def test_of_a_traceback_the_way_stays_and_what_it_quotes_goes() -> None:
    text = (
        "it broke\nTraceback (most recent call last):\n  File \"a.py\", line 1\nduckdb.Error: value 'words' of a call"
    )
    assert Redactor().message(text) == text.replace("value 'words' of a call", LEFT_OUT)


def test_a_replys_names_are_found_and_left_out_wherever_they_stand() -> None:
    reply = {
        "reasons": ["Webhooks rest: of Meier."],
        "deliveries": {"disabled_endpoints": [{"customer_id": 7, "customer_name": "Meier"}]},
        "failures": [{"example": "what was said", "count": 3, "customer_name": None}],
    }
    assert names_in(reply) == {"Meier"}
    assert Redactor(names_in(reply)).everything(reply) == {
        "reasons": [f"Webhooks rest: of {CUSTOMER}."],
        "deliveries": {"disabled_endpoints": [{"customer_id": 7, "customer_name": LEFT_OUT}]},
        "failures": [{"example": LEFT_OUT, "count": 3, "customer_name": LEFT_OUT}],
    }


def test_where_nobody_knows_the_names_only_the_way_of_a_traceback_stays() -> None:
    said = (
        "it stumbled over Ada Example\nTraceback (most recent call last):\n"
        '  File "/opt/vbot/current/a.py", line 7, in read\n    raise ValueError(name)\n'
        "  by Ada\nValueError: Ada Example"
    )
    way = 'Traceback (most recent call last):\n  File "/opt/vbot/current/a.py", line 7, in read'
    assert Redactor().way(said) == way
    assert Redactor().way("the endpoints of Ada Example are failing") == LEFT_OUT
