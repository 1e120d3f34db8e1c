"""Results that did not go out are no calm nought on the overview: they are counted, in red, with the way to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot

from admin_gui.app_context import AppContext
from admin_gui.client.system import Component, DeliveriesSeen, DisabledEndpoint, FailedWebhooks, Health, System
from admin_gui.models.health import Verdict, verdict
from admin_gui.pages.overview.cards import AttentionCard, HealthCard
from admin_gui.pages.overview.tiles import Tiles
from admin_gui.session import Snapshot
from admin_gui.text import formats
from tests.admin_gui.conftest import shown
from tests.admin_gui.driving import click

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SINCE = NOW - timedelta(minutes=5)
HARBOUR = DisabledEndpoint(
    customer_id=7, customer_name="Harbour Legal", reason="the receiver answered 410 Gone", failing_since=SINCE
)
OTHER = DisabledEndpoint(customer_id=8, customer_name="Ada", reason="the receiver answered 410 Gone")
NOTE = Component(name="note", state="warning", reason="Still there.")


def held(endpoint: DisabledEndpoint, waiting: int) -> DisabledEndpoint:
    return DisabledEndpoint(
        customer_id=endpoint.customer_id,
        customer_name=endpoint.customer_name,
        reason=endpoint.reason,
        failing_since=endpoint.failing_since,
        waiting=waiting,
    )


def system(deliveries: DeliveriesSeen, *more: Component) -> System:
    return System(
        components=[Component(name="webhooks", state="warning", reason="Some."), *more], deliveries=deliveries
    )


def verdict_of(deliveries: DeliveriesSeen, *more: Component) -> Verdict:
    return verdict(Health(status="healthy"), system(deliveries, *more), NOW)


@pytest.mark.parametrize(
    ("deliveries", "number", "note", "color", "link"),
    [
        (DeliveriesSeen(), "0", "", "", "webhooks?state=failed&time=day"),
        (
            DeliveriesSeen(disabled_endpoints=[held(HARBOUR, 3)]),
            "3",
            "3 on hold, 1 endpoint(s) disabled",
            "bad",
            "webhooks?state=disabled&customer_id=7",
        ),
        (
            DeliveriesSeen(disabled_endpoints=[held(HARBOUR, 3), held(OTHER, 2)]),
            "5",
            "5 on hold, 2 endpoint(s) disabled",
            "bad",
            "webhooks?state=disabled",
        ),
        (DeliveriesSeen(retrying=2), "2", "2 retrying", "warn", "webhooks?state=retrying"),
        (DeliveriesSeen(failed_last_24_hours=4), "4", "4 failed", "bad", "webhooks?state=failed&time=day"),
        (
            DeliveriesSeen(failed_last_24_hours=4, retrying=2, disabled_endpoints=[held(HARBOUR, 3)]),
            "9",
            "4 failed, 3 on hold, 2 retrying, 1 endpoint(s) disabled",
            "bad",
            "webhooks?view=endpoints",
        ),
        # An appliance that does not count what is on hold.
        (
            DeliveriesSeen(disabled_endpoints=[HARBOUR]),
            "0",
            "1 endpoint(s) disabled",
            "bad",
            "webhooks?view=endpoints",
        ),
    ],
)
def test_what_did_not_go_out_is_counted_in_its_colour_and_a_click_leads_to_it(
    qtbot: QtBot, context: AppContext, deliveries: DeliveriesSeen, number: str, note: str, color: str, link: str
) -> None:
    tiles, went = shown(qtbot, Tiles(context)), list[str]()
    context.navigation_requested.connect(lambda place, _instead: went.append(str(place)))
    tiles.show_system(system(deliveries), NOW)
    assert (tiles.webhooks.number, tiles.webhooks.note) == (number, note)
    expected = f"color: {context.theme.colors.tone(color)};" if color else ""  # type: ignore[arg-type]
    assert tiles.webhooks._number.styleSheet() == expected
    click(tiles.webhooks.button)
    assert went == [link]


@pytest.mark.parametrize(
    ("deliveries", "title"),
    [
        (
            DeliveriesSeen(disabled_endpoints=[held(HARBOUR, 3)]),
            f"Results not delivered to Harbour Legal since {formats.short_moment(SINCE, NOW)}: 3",
        ),
        (DeliveriesSeen(disabled_endpoints=[held(OTHER, 2)]), "Results not delivered to Ada: 2"),
        (DeliveriesSeen(disabled_endpoints=[HARBOUR]), "No webhooks are sent to Harbour Legal"),
        (DeliveriesSeen(failed_last_24_hours=3), "Results not delivered in the last 24 hours: 3"),
        (
            DeliveriesSeen(
                failed_last_24_hours=6,
                failed_of_customers=[FailedWebhooks(customer_id=n, customer_name=f"C{n}", count=2) for n in range(3)],
            ),
            "Results not delivered to C0, C1 and 1 more in the last 24 hours: 6",
        ),
    ],
)
def test_the_headline_is_the_worst_with_the_customers_name_and_before_any_advice(
    qtbot: QtBot, deliveries: DeliveriesSeen, title: str
) -> None:
    found = verdict_of(deliveries, NOTE)
    assert (found.tone, found.title) == ("bad", title)


def test_what_is_tried_again_needs_a_look(qtbot: QtBot) -> None:
    found = verdict_of(DeliveriesSeen(retrying=2))
    assert (found.tone, found.title) == ("warn", "Results not taken yet, and tried again: 2")


def test_advice_alone_is_calm(qtbot: QtBot, context: AppContext) -> None:
    given = System(components=[NOTE])
    found = verdict(Health(status="healthy"), given, NOW)
    assert (found.tone, found.title) == ("good", "All is well; something is left to be done some day")
    card = shown(qtbot, AttentionCard(context))
    card.show_findings(found.findings)
    (line,) = card._lines
    pill = line.light
    assert (pill.text, pill.tone) == ("some day", "calm")


def test_the_card_says_the_matter_and_below_it_why(qtbot: QtBot, context: AppContext) -> None:
    card = shown(qtbot, HealthCard(context))
    given = system(DeliveriesSeen(disabled_endpoints=[held(HARBOUR, 3)]), NOTE)
    health = Health(status="healthy")
    card.show_verdict(verdict(health, given, NOW), Snapshot(health, given), context.session)
    assert card.light.tone == "bad"
    assert card.title.text().startswith("Results not delivered to Harbour Legal since")
    assert card.detail.text().startswith("No webhooks are sent to Harbour Legal: the receiver answered 410 Gone")
