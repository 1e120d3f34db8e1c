"""What time it is where webhooks are taken, against this box's clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from appliance.domain.system import ComponentState
from appliance.services.health.peer_clocks import FORGET_AFTER_SECONDS, MOST_PEERS, PeerClock, PeerClocks, clock
from tests.appliance.builders import NOON, FakeClock

OK, WARNING, FAILED = ComponentState.OK, ComponentState.WARNING, ComponentState.FAILED


def peers(*seconds: float) -> list[PeerClock]:
    return [PeerClock(f"{n}.lan", timedelta(seconds=ahead)) for n, ahead in enumerate(seconds)]


@pytest.mark.parametrize(
    ("ahead", "state", "says"),
    [
        ((), OK, "No webhook was answered of late that it could be compared with."),
        ((0.5, -59), OK, "It agrees with 2 servers that took webhooks."),
        ((0.5, 7200), OK, "It agrees with 1 server that took webhooks."),  # that one is wrong itself
        ((90,), WARNING, "This box's clock is 90 s ahead of that of 0.lan: one of the two is wrong."),
        ((-86400 * 3,), WARNING, "This box's clock is 3 days behind that of 0.lan: one of the two is wrong."),
        ((200, 210, 0), WARNING, "This box's clock is 3 minutes ahead of that of 0.lan, 1.lan."),
        (
            (-7300, -7300, -7300, -7300),
            FAILED,
            "This box's clock is 2 hours behind that of 0.lan, 1.lan, 2.lan and others: webhooks are refused for their "
            "signature's time.",
        ),
    ],
)
def test_it_is_off_where_most_servers_say_so(ahead: tuple[float, ...], state: ComponentState, says: str) -> None:
    component = clock(peers(*ahead))
    assert (component.name, component.state, component.reason) == ("clock", state, says)


def test_a_clock_that_was_set_right_is_right_before_the_next_reply() -> None:
    box, uptime = FakeClock(NOON + timedelta(hours=1)), [100.0]
    clocks = PeerClocks(box, lambda: uptime[0])
    clocks.saw("crm.lan", "192.0.2.7", NOON)
    uptime[0] += 60
    box.advance(seconds=60)
    assert clocks.current() == (PeerClock("crm.lan", timedelta(hours=1)),)
    box.advance(hours=-1)
    assert clocks.current() == (PeerClock("crm.lan", timedelta()),)
    uptime[0] += FORGET_AFTER_SECONDS
    assert clocks.current() == ()


def test_one_server_under_several_names_has_one_vote() -> None:
    clocks = PeerClocks(FakeClock(NOON + timedelta(hours=1)), lambda: 0.0)
    for name in ("crm.lan", "crm.example.lan", "192.0.2.7"):
        clocks.saw(name, "192.0.2.7", NOON)
    assert clocks.current() == (PeerClock("192.0.2.7", timedelta(hours=1)),)
    component = clock(clocks.current())
    assert component.state is WARNING
    assert component.reason.endswith("one of the two is wrong.")


def test_it_does_not_grow_with_the_servers_that_there_are() -> None:
    clocks = PeerClocks(FakeClock(), lambda: 0.0)
    for number in range(MOST_PEERS + 5):
        clocks.saw(f"{number}.lan", f"192.0.{number // 256}.{number % 256}", NOON)
    assert len(clocks.current()) == MOST_PEERS
    assert clocks.current()[0].host == "5.lan"
