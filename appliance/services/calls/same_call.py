"""Whether other audio under an id that is known is of the same call: unique ids of telephone systems are not always.

Two systems under one key count alike, and the recordings of one call after another may share its id.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from appliance.domain.call import Call
from appliance.domain.clock import contract_timestamp
from appliance.errors import Conflict
from appliance.storage.database import Connection
from appliance.storage.tables import calls

# One clock's moment, rounded or cut to seconds.
SAME_START = timedelta(seconds=2)

# What describes a call. What was made of its recording stays as it was made.
_DESCRIBING = ("linked_id", "agent", "extension", "queue", "did", "disposition", "answered_at", "bridged_at")


def described_anew(known: Call, come: Call) -> tuple[Call, tuple[str, ...]]:
    """The call as its telephone system describes it now, and which fields of it are other ones.

    `come` is the same recording, sent once more, by a telephone system that knows more than when it hung up. What it
    does not say stays. Where numbers or start contradict the call, nothing that it says is believed.
    """
    if not (_are_tied(known, come) or (_numbers_agree(known, come) and _starts_agree(known, come))):
        return known, ()
    said = {name: getattr(come, name) for name in _DESCRIBING}
    if known.linked_id is not None:  # other recordings of the call come under it
        del said["linked_id"]
    changed = {name: value for name, value in said.items() if value is not None and value != getattr(known, name)}
    return (replace(known, **changed), tuple(changed)) if changed else (known, ())


def check_is_same_call(known: Call, come: Call) -> None:
    """Raise Conflict, naming both, where what comes under a call's id is told to be of another call.

    `come` is what it would be as a call of its own. A start that was not sent contradicts nothing.
    """
    if _are_tied(known, come) or (_numbers_agree(known, come) and _starts_agree(known, come)):
        return
    field, name = "external_id", come.external_id
    if name is None or name != known.external_id:
        field, name = "Idempotency-Key", come.idempotency_key
    raise Conflict(
        field,
        f"{name} is the id of call {known.call_id} ({_described(known)}); this is another call ({_described(come)}): "
        "send it under an id of its own, or with the `linked_id` that ties both together",
    )


def id_between(tx: Connection, come: Call, id_of_others: str) -> str | None:
    """Under which id a call goes: that of others where its own is a call's between others, or it came so before."""
    if come.external_id is None:
        return None
    first = calls.by_external_id(tx, come.customer_id, come.external_id)
    if first is None:
        return id_of_others if calls.by_external_id(tx, come.customer_id, id_of_others) else come.external_id
    return come.external_id if _numbers_agree(first, come) else id_of_others


def _are_tied(known: Call, come: Call) -> bool:
    """Whether the PBX says that they are one: of a first recording, the linked id is its own unique id."""
    if come.linked_id is None:
        return False
    return come.linked_id in (known.linked_id, known.external_id)


def _numbers_agree(known: Call, come: Call) -> bool:
    return (known.caller_number, known.called_number) == (come.caller_number, come.called_number)


def _starts_agree(known: Call, come: Call) -> bool:
    if known.call_started_at is None or come.call_started_at is None:
        return True
    return abs(known.call_started_at - come.call_started_at) < SAME_START


def _described(call: Call) -> str:
    return f"{call.caller_number} to {call.called_number}, {_moment(call.call_started_at)}"


def _moment(at: datetime | None) -> str:
    return "its start not sent" if at is None else f"started {contract_timestamp(at)}"
