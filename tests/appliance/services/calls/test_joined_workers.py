"""Who is joined, and how it ends: with its connections, its token, the api."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from appliance.domain.token import Role, Token
from appliance.errors import Unavailable
from appliance.services.calls import joined_workers
from appliance.services.calls.joined_workers import JoinedWorkers

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
TOKEN = Token(7, "gpu room", Role.WORKER, "hash", NOW, NOW + timedelta(days=1))
OTHER = replace(TOKEN, id=8, name="attic")


def nothing() -> None:
    """Nobody closes it."""


def test_a_worker_is_joined_as_long_as_one_of_its_connections_is_open() -> None:
    workers = JoinedWorkers(lambda: NOW)
    first = workers.connection(TOKEN, "gpu/cuda:0", "10.0.0.7", nothing)
    second = workers.connection(TOKEN, "gpu/cuda:0", "10.0.0.7", nothing)
    joined = first.__enter__()
    assert joined is not None, "it is new"
    assert second.__enter__() is None, "and then it is known"
    assert workers.of("gpu/cuda:0") == joined
    assert (joined.token.name, joined.address, joined.since) == ("gpu room", "10.0.0.7", NOW)
    first.__exit__(None, None, None)
    assert workers.of("gpu/cuda:0") == joined
    second.__exit__(None, None, None)
    assert workers.of("gpu/cuda:0") is None
    with workers.connection(TOKEN, "gpu/cuda:0", "10.0.0.7", nothing) as again:
        assert again is None, "the audit has it already"
    with workers.connection(OTHER, "gpu/cuda:0", "10.0.0.7", nothing) as by_another:
        assert by_another is not None


def test_who_could_not_be_written_down_is_new_once_more() -> None:
    workers = JoinedWorkers(lambda: NOW)
    with workers.connection(TOKEN, "gpu/cuda:0", "10.0.0.7", nothing) as first:
        assert first is not None
        workers.not_noted(first)
    for is_new in (True, False):
        with workers.connection(TOKEN, "gpu/cuda:0", "10.0.0.7", nothing) as again:
            assert (again is not None) is is_new


def test_a_revoked_token_ends_what_came_with_it_and_nothing_else() -> None:
    workers, ended = JoinedWorkers(lambda: NOW), list[str]()
    with (
        workers.connection(TOKEN, "a/cpu", "10.0.0.7", lambda: ended.append("a")),
        workers.connection(OTHER, "b/cpu", "10.0.0.8", lambda: ended.append("b")),
    ):
        workers.end(7)
        assert ended == ["a"]
        workers.close()
        assert ended[1:] in (["a", "b"], ["b", "a"])
        with pytest.raises(Unavailable), workers.connection(OTHER, "b/cpu", "10.0.0.8", nothing):
            pass


async def test_a_token_whose_time_is_over_lets_nobody_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joined_workers, "LOOK_FOR_EXPIRED_EVERY_SECONDS", 0.001)
    now = [NOW]
    workers, ended = JoinedWorkers(lambda: now[0]), asyncio.Event()
    looking = asyncio.create_task(workers.end_expired())
    with workers.connection(TOKEN, "a/cpu", "10.0.0.7", ended.set):
        await asyncio.sleep(0.02)
        assert not ended.is_set()
        now[0] += timedelta(days=2)
        await asyncio.wait_for(ended.wait(), 60)
    looking.cancel()


def test_connections_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joined_workers, "MOST_CONNECTIONS_OF_ONE_TOKEN", 2)
    monkeypatch.setattr(joined_workers, "MOST_CONNECTIONS", 3)
    workers = JoinedWorkers(lambda: NOW)
    with (
        workers.connection(TOKEN, "a/cpu", "x", nothing),
        workers.connection(TOKEN, "a/cpu", "x", nothing),
        workers.connection(OTHER, "b/cpu", "x", nothing),
    ):
        for token in (TOKEN, OTHER, replace(OTHER, id=9)):
            with pytest.raises(Unavailable), workers.connection(token, "c/cpu", "x", nothing):
                pass
    with workers.connection(TOKEN, "a/cpu", "x", nothing):
        pass
