"""What came of an attempt in words: each of the appliance's own reasons is known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from admin_gui.client.deliveries import Attempt
from admin_gui.models.webhook_advice import advice

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def an_attempt(status: int | None, error: str | None = None) -> Attempt:
    return Attempt(at=NOW, status=status, error=error)


def test_what_was_taken_needs_nothing() -> None:
    assert advice(an_attempt(204)) == ("It was taken.", "")


@pytest.mark.parametrize(
    ("error", "word"),
    [
        ("certificate not trusted: self-signed certificate", "SHA-256"),
        ("no TLS connection: wrong version number", "http://"),
        ("address 169.254.1.1 is refused: link-local", "VBOT_WEBHOOK_ALLOW"),
        ("connection refused", "port"),
        ("name not known: hooks.exampel.com", "DNS"),
        ("name cannot be looked up now: hooks.example.com", "DNS"),
        ("timed out after 15 s", "firewall"),
        ("network not reachable", "network"),
    ],
)
def test_why_no_answer_came(error: str, word: str) -> None:
    told, todo = advice(an_attempt(None, error))
    assert error not in told  # it has words of its own
    assert word in todo


def test_an_error_that_nobody_foresaw_is_told_as_it_is() -> None:
    assert advice(an_attempt(None, "the answer is not HTTP"))[0] == "No answer came: the answer is not HTTP."


@pytest.mark.parametrize("status", [302, 401, 404, 410, 429, 500])
def test_each_status_has_its_advice(status: int) -> None:
    told, todo = advice(an_attempt(status, None))
    assert str(status) in told
    assert todo
    assert sum(advice(an_attempt(other))[1] == todo for other in (302, 401, 404, 410, 429, 500)) == 1
