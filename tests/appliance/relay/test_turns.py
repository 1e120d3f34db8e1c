"""Whose call is next: no customer's calls stand in another's way, whatever they cost."""

from __future__ import annotations

import time

from appliance.relay.turns import Turns, WaitingCall

MINUTE, DAY = 60 * 16_000, 24 * 3600 * 16_000  # bytes


def calls_of(customer_id: int, count: int, size: int, first_seq: int) -> list[WaitingCall]:
    return [WaitingCall(seq, f"{customer_id}-{seq}", customer_id, size) for seq in range(first_seq, first_seq + count)]


def worked_off(turns: Turns, waiting: list[WaitingCall], count: int) -> list[int]:
    """The customers whose calls are taken, one after the other."""
    left, found = list(waiting), []
    for _ in range(count):
        (call,) = turns.order(left, 1)
        turns.began(call)
        turns.ended(call.call_id, call.bytes / 16_000)
        left.remove(call)
        found.append(call.customer_id)
    return found


def test_one_customers_calls_go_in_the_order_in_which_they_came() -> None:
    waiting = calls_of(1, 5, MINUTE, 10)
    assert Turns().order(reversed(waiting), 10) == waiting


def test_who_comes_after_a_backlog_is_next_after_the_call_in_work() -> None:
    turns, backlog = Turns(), calls_of(1, 10, DAY, 0)
    turns.began(backlog[0])
    short = calls_of(2, 3, MINUTE, 100)
    assert turns.order([*backlog[1:], *short], 4) == [*short, backlog[1]]


def test_customers_with_the_same_to_do_go_one_after_the_other() -> None:
    waiting = [*calls_of(1, 4, MINUTE, 0), *calls_of(2, 4, MINUTE, 100), *calls_of(3, 4, MINUTE, 200)]
    assert worked_off(Turns(), waiting, 9) == [1, 2, 3] * 3


def test_what_was_longer_than_its_size_let_one_think_counts_when_it_was_analysed() -> None:
    turns, packed = Turns(), calls_of(1, 9, 500_000, 0)  # half a minute of WAV, or half an hour in a thrifty codec
    turns.began(packed[0])
    turns.ended(packed[0].call_id, 1800.0)
    short = calls_of(2, 20, MINUTE, 100)
    assert worked_off(turns, [*packed[1:], *short], 20) == [2] * 20


def test_what_no_recording_of_its_size_can_hold_is_not_charged_to_its_customer() -> None:
    """Said by a worker that was taken over: its customer would have come last for days."""
    turns, told_long = Turns(), calls_of(1, 9, 1000, 0)
    turns.began(told_long[0])
    turns.ended(told_long[0].call_id, 24 * 3600.0)
    short = calls_of(2, 20, MINUTE, 100)
    assert 1 in worked_off(turns, [*told_long[1:], *short], 20)


def test_who_had_the_machine_to_itself_owes_nothing_and_who_did_nothing_has_no_credit() -> None:
    turns = Turns()
    for call in calls_of(1, 50, MINUTE, 0):
        turns.began(call)
        turns.ended(call.call_id, 60.0)
    waiting = [*calls_of(1, 6, MINUTE, 100), *calls_of(2, 6, MINUTE, 200)]
    first = worked_off(turns, waiting, 12)
    assert sorted(first[:2]) == sorted(first[2:4]) == [1, 2]
    turns.rest()
    assert worked_off(turns, waiting, 2) == [1, 2]


def test_a_thousand_calls_of_no_length_are_not_for_nothing() -> None:
    waiting = [*calls_of(1, 1000, 0, 0), *calls_of(2, 2, MINUTE, 5000)]
    assert 2 in worked_off(Turns(), waiting, 3)


def test_a_hundred_customers_are_put_in_order_in_no_time() -> None:
    waiting = [call for customer in range(100) for call in calls_of(customer, 8, MINUTE, customer * 10)]
    began = time.thread_time()
    assert len(Turns().order(waiting, 8)) == 8
    assert time.thread_time() - began < 0.1
