"""What ends is told of in the last quarter of its life, and so long before at most."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from appliance.domain.system import Certificate, CertificateState
from appliance.domain.token import Role, Token

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def token(life: timedelta | None) -> Token:
    expires_at = None if life is None else NOON + life
    return Token(1, "grafana", Role.VIEWER, "hash", NOON, expires_at)


@pytest.mark.parametrize(("life_days", "told_after_days"), [(1, 0.75), (30, 22.5), (40, 30), (90, 76), (365, 351)])
def test_a_token_is_told_of_in_its_last_quarter_and_in_its_last_14_days(
    life_days: float, told_after_days: float
) -> None:
    made = token(life_days * DAY)
    told_at = NOON + told_after_days * DAY
    assert not made.ends_soon(NOON)
    assert not made.ends_soon(told_at)
    assert made.ends_soon(told_at + timedelta(minutes=1))
    assert not made.ends_soon(NOON + life_days * DAY), "it has ended"


def test_a_token_that_never_ends_does_not_end_soon() -> None:
    assert not token(None).ends_soon(NOON + 9999 * DAY)


def test_a_token_that_was_revoked_does_not_end_soon() -> None:
    made = Token(1, "grafana", Role.VIEWER, "hash", NOON, NOON + 30 * DAY, revoked_at=NOON)
    assert not made.ends_soon(NOON + 29 * DAY)


@pytest.mark.parametrize(("life_days", "told_after_days"), [(6, 4.5), (90, 67.5), (365, 335), (3650, 3620)])
def test_a_certificate_is_told_of_in_its_last_quarter_and_in_its_last_30_days(
    life_days: float, told_after_days: float
) -> None:
    made = Certificate("AB", "sha256//", NOON, NOON + life_days * DAY, (), may_sign_others=False)
    told_at = NOON + told_after_days * DAY
    assert made.state_at(told_at) is CertificateState.VALID
    assert made.state_at(told_at + timedelta(minutes=1)) is CertificateState.ENDS_SOON
