"""What a worker that was taken over may put into the queue of reports: made up from a seed, none of it to be taken."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import msgspec

from appliance.messages.queue_names import REPORT_ACTOR, RESULTS_NAMESPACE, RESULTS_QUEUE
from appliance.messages.reports import WorkerReport

LIST = f"{RESULTS_NAMESPACE}:{RESULTS_QUEUE}"
BODIES = f"{LIST}.msgs"

NO_NUMBERS = (math.nan, math.inf, -math.inf, 1e308, -1, -0.5, 10**400, 2**64, "1.0", None, [1], {"0": 1}, "\ud800")
NO_TEXTS = (
    *("\ud800", "half a \udfff", "a\x00b", "\x1b[2J", "\x9b31m", "\u202egro.knab", "\u2066hidden\u2069", "\x08\x08"),
    *(1, math.nan, None, ["a"], {"a": "b"}, True),
)
NO_LISTS = ({}, "text", 7, None, [None], [[[]]], [math.inf], ["\ud800"], [{"start": 0}])
NO_STRUCTS = ([], "text", 7, None, math.nan)
# What says who reports; one of them changed, it is another's report, or nobody's.
HEAD = ("call_id", "revision", "attempt", "worker", "boot", "claim_token")
# What a report of an honest worker may lack, or have otherwise.
FREE = {"version"}


@dataclass(frozen=True, slots=True)
class Garbage:
    """A message in the queue: the id in its list, and what the hash beside it says under that id."""

    name: bytes
    data: bytes | None


def envelope(body: Any, **changes: Any) -> Garbage:
    """A message as Dramatiq sends it, but for these fields."""
    name = str(uuid4())
    message = {
        "queue_name": RESULTS_QUEUE,
        "actor_name": REPORT_ACTOR,
        "args": [],
        "kwargs": {"body": body},
        "options": {"redis_message_id": name},
        "message_id": str(uuid4()),
        "message_timestamp": 1,
        **changes,
    }
    return Garbage(name.encode(), json.dumps(message).encode())


def hostile(seed: int, claimed: list[WorkerReport], others: list[WorkerReport]) -> Iterator[Garbage]:
    """For ever. `claimed` it could prove, `others` (of calls that wait, or are in other hands) it could not."""
    dice = random.Random(seed)
    while True:
        kind = dice.random()
        if kind < 0.15:
            yield _no_message(dice, msgspec.to_builtins(dice.choice(claimed)))
        elif kind < 0.55:
            yield envelope(_forged(dice, msgspec.to_builtins(dice.choice(claimed + others))))
        elif kind < 0.7:
            report = msgspec.to_builtins(dice.choice(others))
            yield envelope({**report, "claim_token": dice.choice(("", "0" * 64, "\ud800", uuid4().hex * 2))})
        else:
            yield envelope(_impossible(dice, msgspec.to_builtins(dice.choice(claimed))))


def _no_message(dice: random.Random, body: Any) -> Garbage:
    whole = envelope(body)
    assert whole.data is not None
    changes: list[dict[str, Any]] = [
        {"queue_name": "another"},
        {"actor_name": "os.system"},
        {"args": ["id"]},
        {"kwargs": {}},
        {"kwargs": {"body": body, "more": 1}},
        {"kwargs": {"body": [1]}},
        {"options": {}},
        {"options": []},
        {"options": {"redis_message_id": "another's"}},
        {"options": {"redis_message_id": whole.name.decode(), "eta": 10**15}},
        {"options": {"redis_message_id": "\ud800"}},
        {"message_id": []},
        {"message_timestamp": "now"},
        {"more": 1},
    ]
    choice = dice.randrange(len(changes) + 5)
    match choice - len(changes):
        case 0:
            return Garbage(whole.name, dice.randbytes(dice.randrange(200)))
        case 1:
            return Garbage(whole.name, whole.data[: dice.randrange(len(whole.data))])
        case 2:
            return Garbage(whole.name, None)
        case 3:
            return Garbage(dice.randbytes(12), b"[" * 100_000)
        case 4:
            return Garbage(whole.name, dice.choice((b"null", b"[]", b"1", b'"text"', b"")))
        case _:
            return envelope(body, **changes[choice])


def _forged(dice: random.Random, body: Any) -> Any:
    """Another's, or nobody's."""
    name = dice.choice(HEAD)
    values: tuple[Any, ...] = ("", "another", uuid4().hex, *NO_TEXTS)
    if name in ("revision", "attempt"):
        values = (0, 99, *NO_NUMBERS)
    return {**body, name: dice.choice([value for value in values if value != body[name]])}


def _impossible(dice: random.Random, body: Any) -> Any:
    """The same with one thing in it that cannot be: a number, a text, a list, or its kind."""
    place, key = dice.choice([one for one in _places(body) if not (one[0] is body and one[1] in {*HEAD, *FREE})])
    place[key] = dice.choice(_impossible_instead_of(key, place[key]))
    return body


def _impossible_instead_of(key: Any, value: Any) -> tuple[Any, ...]:
    if key == "type":
        return ("prophecy", 1, None)
    if isinstance(value, bool):
        return ("yes", 2, math.nan, None)
    if isinstance(value, int | float):
        # A score may lie below nothing, and be none.
        may_be = (-1, -0.5, None) if key == "sentiment_score" else ()
        return tuple(one for one in NO_NUMBERS if one not in may_be)
    if isinstance(value, str):
        may_be_none = key in ("sentiment", "sentiment_basis")
        return tuple(one for one in NO_TEXTS if not (may_be_none and one is None))
    if isinstance(value, list):
        # To `words`, an empty struct is one more wrong kind, as everywhere.
        return NO_LISTS
    return tuple(one for one in NO_STRUCTS if not (key == "conversation" and one is None))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a body, as what holds it and its key there."""
    pairs = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    for key, one in pairs:
        yield value, key
        if isinstance(one, dict | list):
            yield from _places(one)
