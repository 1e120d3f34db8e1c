"""How much anybody may ask for."""

from __future__ import annotations

import time

import pytest

from appliance.errors import Allowance, RateLimitExceeded, TooManyFailedLogins
from appliance.services.access.limits import FAILED_LOGINS_PER_MINUTE, FailedLogins, RequestLimiter


class Seconds:
    """The clock that the library reads: its only seam is the module."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_800_000_000.0
        monkeypatch.setattr(time, "time", lambda: self.now)


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> Seconds:
    return Seconds(monkeypatch)


def refused(limiter: RequestLimiter, key: str = "key", per_minute: int = 3) -> Allowance:
    with pytest.raises(RateLimitExceeded) as error:
        limiter.count(key, per_minute)
    return error.value.allowance


def test_each_request_leaves_one_less_and_tells_when_a_place_frees(seconds: Seconds) -> None:
    limiter = RequestLimiter()
    assert limiter.count("key", 3) == Allowance(3, 2, 60)
    seconds.now += 10
    assert limiter.count("key", 3) == Allowance(3, 1, 50)
    seconds.now += 10.5
    assert limiter.count("key", 3) == Allowance(3, 0, 40)


def test_the_window_moves_with_every_request(seconds: Seconds) -> None:
    limiter = RequestLimiter()
    began = seconds.now
    for after in (0, 10, 20):
        seconds.now = began + after
        limiter.count("key", 3)
    seconds.now = began + 59.5
    assert refused(limiter) == Allowance(3, 0, 1)
    seconds.now = began + 60.5  # the first is out of the window, the others are not
    limiter.count("key", 3)
    assert refused(limiter) == Allowance(3, 0, 10)
    seconds.now = began + 70.5
    limiter.count("key", 3)
    assert refused(limiter).reset_seconds == 10


def test_no_minute_ever_holds_more_than_the_limit(seconds: Seconds) -> None:
    limiter, allowed = RequestLimiter(), []
    for _ in range(400):
        seconds.now += 0.5
        try:
            limiter.count("key", 10)
            allowed.append(seconds.now)
        except RateLimitExceeded:
            pass
    assert max(sum(1 for other in allowed if moment <= other < moment + 60) for moment in allowed) == 10


def test_a_refused_request_counts_for_nothing(seconds: Seconds) -> None:
    limiter = RequestLimiter()
    for _ in range(3):
        limiter.count("key", 3)
    for _ in range(50):
        seconds.now += 1
        refused(limiter)
    seconds.now += 10.5
    assert limiter.count("key", 3).remaining == 2


@pytest.mark.usefixtures("seconds")
def test_one_keys_requests_are_not_anothers() -> None:
    limiter = RequestLimiter()
    limiter.count("ada", 1)
    refused(limiter, "ada", 1)
    assert limiter.count("bob", 1).remaining == 0


def test_failed_logins_are_refused_from_the_sixty_first_in_a_minute_on_by_address(seconds: Seconds) -> None:
    logins = FailedLogins()
    for _ in range(FAILED_LOGINS_PER_MINUTE):
        logins.count("10.0.0.1")
    seconds.now += 12
    with pytest.raises(TooManyFailedLogins) as error:
        logins.count("10.0.0.1")
    assert error.value.retry_after_seconds == 48
    logins.count("10.0.0.2")
    seconds.now += 48.5
    logins.count("10.0.0.1")
