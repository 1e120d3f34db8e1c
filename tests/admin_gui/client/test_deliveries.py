"""Sending several webhooks again: one that is refused keeps none back, and nobody is asked in vain."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable

import msgspec
import pytest

from admin_gui.client.appliance import Appliance
from admin_gui.client.deliveries import Delivery
from admin_gui.client.transport.connection import Connection
from admin_gui.client.transport.errors import (
    ClientError,
    Conflict,
    NotAuthorised,
    NotFound,
    Stopped,
    Unanswered,
    Unreachable,
)
from admin_gui.client.transport.stop import Stop, no_progress
from tests.admin_gui.misbehaving import MisbehavingServer, answer

SIX = [Delivery(id=str(n), call_id="c", customer_id=1, event="call.completed", state="delivered") for n in range(6)]


def test_news_of_an_earlier_attempt_change_nothing() -> None:
    once, twice = (msgspec.structs.replace(SIX[0], state=f"after {count}", attempts_made=count) for count in (1, 2))
    assert twice.told_anew(once) == twice
    assert once.told_anew(twice) == twice
    again = msgspec.structs.replace(twice, state="pending")
    assert twice.told_anew(again) == again, "it is sent again"


def test_what_an_event_does_not_tell_stays_known() -> None:
    known = msgspec.structs.replace(SIX[0], caller_number="1", called_number="2", attempts_made=1)
    news = msgspec.structs.replace(SIX[0], state="retrying", attempts_made=2)
    assert known.told_anew(news) == msgspec.structs.replace(news, caller_number="1", called_number="2")
    late = msgspec.structs.replace(known, attempts_made=1, state="pending")
    assert news.told_anew(late) == msgspec.structs.replace(news, caller_number="1", called_number="2")


def queued(first: str) -> bytes:
    number = first.split("/")[3]
    told = {"id": number, "call_id": "c", "customer_id": 1, "event": "call.completed", "state": "pending"}
    return answer("200 OK", json.dumps(told).encode())


def refusing(status: str) -> Callable[[socket.socket, str], None]:
    """All but the third are taken."""

    def script(connection: socket.socket, first: str) -> None:
        refused = answer(status, b'{"message": "no"}') if status else b""
        connection.sendall(refused if "/2/" in first else queued(first))
        if not status and "/2/" in first:
            connection.shutdown(socket.SHUT_RDWR)

    return script


@pytest.mark.parametrize(
    ("status", "kind", "sent", "asked"),
    [
        ("409 Conflict", Conflict, "01345", 6),
        ("404 Not Found", NotFound, "01345", 6),
        ("401 Unauthorized", NotAuthorised, "01", 3),
        ("", Unanswered, "01", 3),  # of the others nobody was asked
    ],
)
def test_the_others_are_sent_unless_it_would_be_the_same_with_each(
    status: str, kind: type[ClientError], sent: str, asked: int
) -> None:
    with MisbehavingServer(refusing(status)) as server:
        appliance = Appliance(Connection(server.url, "token"))
        result = appliance.deliveries.redeliver_each(SIX, no_progress, Stop())
        appliance.close()
    assert "".join(one.id for one in result.sent) == sent
    assert sorted([one.id for one in result.sent] + [one.id for one, _ in result.not_sent]) == list("012345")
    first, *others = [type(error) for _, error in result.not_sent]
    assert first == kind
    assert set(others) <= {Unreachable if kind is Unanswered else kind}
    assert len(server.requests) == asked


def test_it_is_stopped_between_two() -> None:
    stop = Stop()
    with MisbehavingServer(lambda connection, first: connection.sendall(queued(first))) as server:
        appliance = Appliance(Connection(server.url, "token"))
        with pytest.raises(Stopped):
            appliance.deliveries.redeliver_each(SIX, lambda done, _: stop.request() if done == 3 else None, stop)
        appliance.close()
    assert len(server.requests) == 4
