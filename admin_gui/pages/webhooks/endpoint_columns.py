"""The columns of the table of endpoints."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from admin_gui.client.stats import EndpointFigures
from admin_gui.models.endpoints.endpoint import Endpoint
from admin_gui.models.endpoints.texts import latency
from admin_gui.models.table.columns import Column
from admin_gui.models.webhook_advice import why_disabled
from admin_gui.text import formats

translate = QCoreApplication.translate


def endpoint_columns(now: Callable[[], datetime]) -> list[Column[Endpoint]]:
    """`now` is the appliance's clock."""
    return [
        Column(
            "customer",
            translate("EndpointsTable", "Customer"),
            lambda one: one.customer.company_name,
            sort=lambda one: one.customer.company_name,
            width=150,
            middle=True,
        ),
        Column(
            "state",
            translate("EndpointsTable", "State"),
            _word,
            tone=lambda one: one.tone,
            sort=lambda one: one.state,
            tooltip=lambda one: why_disabled(one.customer.webhook_disabled_reason),
            width=130,
        ),
        Column(
            "share",
            translate("EndpointsTable", "Delivered, 24 h"),
            lambda one: formats.percent(one.share_delivered),
            sort=lambda one: one.share_delivered,
            right=True,
            width=120,
        ),
        _moment("success", translate("EndpointsTable", "Last success"), now, lambda one: one.last_success_at, 8),
        _moment("since", translate("EndpointsTable", "Failing since"), now, lambda one: one.failing_since, 9),
        _latency(
            "median",
            translate("EndpointsTable", "Latency"),
            translate("EndpointsTable", "Half of the answers of the last 24 hours took no longer"),
            lambda one: one.latency_p50_ms,
            7,
        ),
        _latency(
            "slowest",
            translate("EndpointsTable", "Slowest 5 %"),
            translate("EndpointsTable", "The slowest 5 % of the answers of the last 24 hours took this long or longer"),
            lambda one: one.latency_p95_ms,
            5,
        ),
        _count("delivered", translate("EndpointsTable", "Delivered"), 4),
        _count("pending", translate("EndpointsTable", "Pending"), 3),
        _count("retrying", translate("EndpointsTable", "Retrying"), 2),
        _count("failed", translate("EndpointsTable", "Failed"), 6),
        Column(
            "url",
            translate("EndpointsTable", "Address"),
            lambda one: one.customer.webhook_url or formats.DASH,
            sort=lambda one: one.customer.webhook_url,
            tooltip=lambda one: one.customer.webhook_url or "",
            width=160,
            middle=True,
            yields=1,
        ),
    ]


def _word(endpoint: Endpoint) -> str:
    words = {
        "none": translate("EndpointsTable", "no address"),
        "disabled": translate("EndpointsTable", "disabled"),
        "failing": translate("EndpointsTable", "failing"),
        "healthy": translate("EndpointsTable", "healthy"),
        "quiet": translate("EndpointsTable", "nothing sent"),
    }
    return words[endpoint.state]


def _count(key: str, title: str, yields: int) -> Column[Endpoint]:
    return Column(
        key,
        title,
        lambda one: formats.number(getattr(one.counts, key)),
        sort=lambda one: getattr(one.counts, key),
        right=True,
        width=95,
        yields=yields,
    )


def _moment(
    key: str,
    title: str,
    now: Callable[[], datetime],
    moment: Callable[[EndpointFigures], datetime | None],
    yields: int,
) -> Column[Endpoint]:
    """How long ago; the moment itself is in the tooltip, and in what is exported."""

    def at(endpoint: Endpoint) -> datetime | None:
        return None if endpoint.figures is None else moment(endpoint.figures)

    return Column(
        key,
        title,
        lambda one: formats.DASH if at(one) is None else formats.rough_age(at(one), now()),
        sort=at,
        tooltip=lambda one: formats.utc_tooltip(at(one)),
        export=lambda one: "" if (value := at(one)) is None else value.isoformat(),
        width=112,
        yields=yields,
    )


def _latency(
    key: str, title: str, meaning: str, milliseconds: Callable[[EndpointFigures], int | None], yields: int
) -> Column[Endpoint]:
    def took(endpoint: Endpoint) -> int | None:
        return None if endpoint.figures is None else milliseconds(endpoint.figures)

    return Column(
        key, title, lambda one: latency(took(one)), sort=took, meaning=meaning, right=True, width=90, yields=yields
    )
