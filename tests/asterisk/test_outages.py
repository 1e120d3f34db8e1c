"""The PBX killed, the box away, too many calls at once, keys, a full spool: every call arrives, once, as itself."""

from __future__ import annotations

from typing import Any

import pytest

from tests.asterisk.books import Expected
from tests.asterisk.office import MONITOR, SPOOL, Office
from tests.asterisk.table import Row, record
from tests.support.processes import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.asterisk, pytest.mark.timeout(3600)]

SHORT = ("short-caller", "austen-0880", "cards-005")
OTHER = ("other-caller", "austen-0890", "austen-0930")


def short_calls(office: Office, count: int) -> None:
    """So many at once, of two kinds."""
    for number in range(count):
        if number % 2:
            office.call("111", *OTHER)
        else:
            office.call("110", *SHORT)


def check(row: Row, count: int) -> None:
    """All arrived, once, each as itself."""
    counts = (row.sent, row.accepted, row.webhooks, row.lost, row.doubled, row.wrong)
    assert counts == (count, count, count, 0, 0, 0)


def test_three_commands_lead_to_the_first_webhook(installed: Office) -> None:
    """A FreePBX-like dial plan that has `vbot-post --freepbx ^{UNIQUEID}` in it; package, set-up, check."""
    installed.typed[1:] = []
    installed.set_up()
    said = installed.type("vbot-post", "--check")
    assert "ok     certificate  pinned" in said
    (body,) = installed.webhooks(1)
    assert body["caller_number"] == "vbot-post --check"
    number = installed.call("freepbx*114", "quiet", "cards-005")
    installed.wait_for_end()
    installed.until_sent()
    assert installed.webhooks(2)[1]["caller_number"] == number
    assert len(installed.typed) == 3, installed.typed


def test_what_was_recorded_when_the_pbx_was_killed_in_the_call_is_found(office: Office, record_property: Any) -> None:
    office.set(sweep=f"{MONITOR} --names asterisk --older 60")
    office.call("110", *SHORT)
    office.wait_for_end()
    office.call("101", "caller", arrives=False)
    office.wait_for_talk()
    (unique_id,) = {one[-1] for one in office.pbx.channels() if one[2] == "101"}
    caller = office.machine.path(f"{MONITOR}/{unique_id}-caller.wav")
    assert wait_until(lambda: caller.exists() and caller.stat().st_size > 140_000, 60, 0.1), "nine seconds"
    office.pbx.kill()
    wait_until(office.ends.is_idle, 90, 0.5)
    office.pbx.start()
    office.call("111", *OTHER)
    office.wait_for_end()
    office.send("+65m")  # the timer, an hour later
    office.until_sent("+65m")
    calls = office.all_final()
    swept = next(call for call in calls if call["external_id"] == unique_id)
    assert swept["caller_number"] == "anonymous", "the hook never ran: only the file tells of the call"
    office.expected.insert(1, Expected("anonymous", ("austen-0870",), unique_id))
    row, bodies = office.arrived("PBX killed -9 in a call")
    record(row, record_property)
    check(row, 3)
    assert row.without_party == 0
    assert row.error_rate is not None
    assert row.error_rate <= 0.35, [body["transcription"] for body in bodies]


def test_a_box_that_is_down_for_an_hour_gets_all_of_it_when_it_is_back(office: Office, record_property: Any) -> None:
    office.set(url="https://127.0.0.1:9")  # nobody is there
    short_calls(office, 4)
    office.wait_for_end()
    for minutes in (5, 20, 40, 60):
        office.send(f"+{minutes}m")
    assert office.waiting() == 4
    assert "no answer" in office.status()
    office.set(url=office.box.url)
    row, _ = office.arrived("box down for an hour", "+66m")
    record(row, record_property)
    check(row, 4)


def test_more_calls_than_the_customer_may_have_wait_their_turn(office: Office, record_property: Any) -> None:
    office.set_up(max_concurrent_calls=1)
    short_calls(office, 4)
    row, _ = office.arrived("429: one call at a time")
    record(row, record_property)
    check(row, 4)


@pytest.mark.parametrize("kind", ["wrong key", "rotated key"])
def test_a_key_that_no_longer_holds_stops_all_and_loses_nothing(
    kind: str, office: Office, record_property: Any
) -> None:
    key = office.customer.key
    if kind == "wrong key":
        office.use_key("vbot_not-the-key-of-anybody")
    else:
        answer = office.box.admin("POST", f"/api/customers/{office.customer.id}/rotate-key", json={})
        assert answer.status_code == 200, answer.text
        key = answer.json()["api_key"]
        office.customer.record["api_key"] = key
    short_calls(office, 2)
    office.wait_for_end()
    assert "STOPPED" in office.status()
    assert office.waiting() == 2
    assert office.box.request("GET", "/api/calls", key=key).json()["calls"] == []
    office.use_key(key)
    row, _ = office.arrived(kind)
    record(row, record_property)
    check(row, 2)
    assert "STOPPED" not in office.status()


def test_a_full_spool_leaves_recordings_where_they_lie_and_a_sweep_finds_what_no_hook_could_tell(
    office: Office, record_property: Any
) -> None:
    office.set(min_free_mb="0", sweep=f"{MONITOR} --names asterisk --older 60")
    office.use_key("vbot_not-the-key-of-anybody")  # nothing can be sent meanwhile
    small = f"mount -t tmpfs -o size=512k,mode=700 tmpfs {SPOOL} && chown asterisk:asterisk {SPOOL}"
    office.machine.run("sh", "-c", small)
    try:
        short_calls(office, 2)
        office.wait_for_end()
        fill = f"dd if=/dev/zero of={SPOOL}/filler bs=4k count=999999 || true"
        office.machine.run("sh", "-c", fill)
        office.call("110", SHORT[0], arrives=False)
        office.wait_for_end()
        assert office.waiting() == 2, "the hook found no room for a word of the third"
        office.expected.append(Expected("anonymous", SHORT[1:]))
        office.machine.run("rm", f"{SPOOL}/filler")
        office.use_key(office.customer.key)
        office.send("+65m")
        row, _ = office.arrived("full spool", "+65m")
        record(row, record_property)
        check(row, 3)
    finally:
        office.machine.run("umount", SPOOL)
