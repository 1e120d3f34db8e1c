"""The outbox: which calls wait to be sent, and that they were."""

from __future__ import annotations

from dataclasses import replace

from appliance.domain.call import Call, CallState
from appliance.domain.live_event import CallChanged
from appliance.relay.turns import WaitingCall
from appliance.services.events.changes import Changes
from appliance.storage.database import Connection
from appliance.storage.tables import calls


def next_of_each(tx: Connection, most: int) -> list[WaitingCall]:
    """The oldest calls of each customer that are not in the queue yet, about so many of all."""
    return [waiting_call(row) for row in calls.oldest_received(tx, most)]


def waiting_call(row: calls.CallSize) -> WaitingCall:
    return WaitingCall(row.seq, row.call_id, row.customer_id, row.bytes)


def mark_queued(tx: Connection, sent: list[Call]) -> Changes:
    """What has become of them: a call that somebody claimed meanwhile has moved on already."""
    marked = calls.mark_queued(tx, sent)
    return [CallChanged(replace(call, state=CallState.QUEUED)) for call in sent if call.call_id in marked]
