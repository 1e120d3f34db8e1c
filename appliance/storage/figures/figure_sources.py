"""What the figures of a time are read from, as SQL: daily rows where there are any, calls and deliveries where not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from appliance.domain.statistics import Bucket, Wanted, midnight
from appliance.storage.figures.time_classes import CLASS_OF_TIME

# Of all customers together, where a customer's id would stand.
ALL_CUSTOMERS = -1

PERCENTILES = {"time_to_result_p50_seconds": 50, "time_to_result_p95_seconds": 95}
EXACT_PERCENTILES = ", ".join(
    f"quantile_disc(time_to_result_seconds, {percent / 100}) AS {name}" for name, percent in PERCENTILES.items()
)
DELIVERY_STATES = ("pending", "retrying", "delivered", "failed", "disabled")

# What counts, with `second` as whole seconds since 1970. Of what was erased only the hour is known.
_CALLS = """
    SELECT epoch_us(received_at) // 1000000 AS second, customer_id, state, coalesce(empty, false) AS is_empty,
           duration_seconds, speech_seconds, sentiment, time_to_result_seconds
    FROM {table} WHERE received_at >= $since AND received_at < $until"""
_DELIVERIES = """
    SELECT epoch_us(created_at) // 1000000 AS second, customer_id, state
    FROM {table} WHERE created_at >= $since AND created_at < $until AND event <> 'webhook.test'"""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the figures of a time are read from: until `seam` from daily rows, then from calls and deliveries.

    `figures` and `times` are queries of partial sums, with `parameters`.
    """

    wanted: Wanted
    hours_since: datetime
    seam: datetime

    @classmethod
    def of(cls, wanted: Wanted, hours_since: datetime, rolled_until: date | None) -> Sources:
        """Those of this time: of days before `rolled_until` there are daily rows, and hours from `hours_since` on."""
        # Not beyond it, whatever the fact says: it was written while the clock was ahead.
        seam = min(hours_since, midnight(rolled_until)) if rolled_until is not None else wanted.since
        return cls(wanted, hours_since, max(wanted.since, min(seam, wanted.until)))

    @property
    def rolled(self) -> bool:
        """Whether any of it is read from daily rows."""
        return self.seam > self.wanted.since

    @property
    def parameters(self) -> dict[str, Any]:
        made: dict[str, Any] = {"since": self.seam, "until": self.wanted.until}
        if self.rolled:
            made |= {"first_day": self.wanted.since.date(), "rolled_until": self.seam.date()}
        if self.wanted.customer_id is not None:
            made["customer"] = self.wanted.customer_id
        if self.wanted.only is not None:
            made["only"] = list(self.wanted.only)
        return made

    @property
    def figures(self) -> str:
        return f"{self._rolled_figures} UNION ALL BY NAME {self._live_figures}" if self.rolled else self._live_figures

    @property
    def times(self) -> str:
        """By class and customer."""
        live = f"""
            SELECT {self.customer} AS customer_id, {CLASS_OF_TIME} AS class, count(*) AS calls,
                   sum(time_to_result_seconds) AS seconds
            FROM ({self.calls}) WHERE time_to_result_seconds IS NOT NULL GROUP BY 1, 2"""  # noqa: S608
        rolled = f"SELECT * EXCLUDE (day){self._together()} FROM daily_times {self._rolled_where}"  # noqa: S608
        return f"{rolled} UNION ALL {live}" if self.rolled else live

    @property
    def keys(self) -> str:
        """Which rows there are, each maybe more than once."""
        key = f"{self._start} AS start, {self.customer} AS customer_id"
        live = f"SELECT {key} FROM ({self.calls}) UNION ALL SELECT {key} FROM ({self._deliveries})"  # noqa: S608
        rolled = f"SELECT start, customer_id FROM ({self._rolled_figures})"  # noqa: S608
        return f"{rolled} UNION ALL {live}" if self.rolled else live

    @property
    def calls(self) -> str:
        """The calls that are not read from daily rows."""
        return " UNION ALL ".join(_CALLS.format(table=table) + self._whose for table in ("call", "erased_call"))

    @property
    def _deliveries(self) -> str:
        tables = ("delivery", "erased_delivery")
        return " UNION ALL ".join(_DELIVERIES.format(table=table) + self._whose for table in tables)

    @property
    def _whose(self) -> str:
        one = "" if self.wanted.customer_id is None else " AND customer_id = $customer"
        return one if self.wanted.only is None else f"{one} AND list_contains($only::INTEGER[], customer_id)"

    @property
    def _of_some(self) -> bool:
        """Whether a row is of several customers, but not of all."""
        return self.wanted.only is not None and self.wanted.customer_id is None and not self.wanted.by_customer

    def _together(self, *unknown: str) -> str:
        """Of the daily rows of some customers, those of each are one row: what cannot be added up is unknown then."""
        if not self._of_some:
            return ""
        return f" REPLACE ({', '.join([f'{ALL_CUSTOMERS} AS customer_id', *(f'NULL AS {name}' for name in unknown)])})"

    @property
    def customer(self) -> str:
        """Whose a row is, as an expression."""
        whole = not self.wanted.by_customer and self.wanted.customer_id is None
        return str(ALL_CUSTOMERS) if whole else "customer_id"

    @property
    def _start(self) -> str:
        of_days = f"second < {int(self.hours_since.timestamp())}"
        return {
            Bucket.RANGE: f"{int(self.wanted.since.timestamp())}",
            Bucket.DAY: "second - second % 86400",
            Bucket.HOUR: f"second - second % CASE WHEN {of_days} THEN 86400 ELSE 3600 END",
        }[self.wanted.bucket]

    @property
    def _rolled_where(self) -> str:
        whose = f"customer_id = {ALL_CUSTOMERS}"
        if self.wanted.by_customer:
            whose = f"customer_id <> {ALL_CUSTOMERS}"
        if self.wanted.customer_id is not None:
            whose = "customer_id = $customer"
        if self.wanted.only is not None:
            each = f"customer_id <> {ALL_CUSTOMERS}" if self.wanted.customer_id is None else whose
            whose = f"{each} AND list_contains($only::INTEGER[], customer_id)"
        return f"WHERE day >= $first_day AND day < $rolled_until AND {whose}"

    @property
    def _rolled_figures(self) -> str:
        in_range = self.wanted.bucket is Bucket.RANGE
        start = self._start if in_range else "epoch_us(day::TIMESTAMP) // 1000000"
        together = self._together(*PERCENTILES)
        return f"SELECT {start} AS start, * EXCLUDE (day){together} FROM daily_figures {self._rolled_where}"  # noqa: S608

    @property
    def _live_figures(self) -> str:
        by_state = ", ".join(f"count(*) FILTER (state = '{name}') AS deliveries_{name}" for name in DELIVERY_STATES)
        return f"""
            SELECT {self._start} AS start, {self.customer} AS customer_id, count(*) AS accepted,
                   count(*) FILTER (state = 'completed' AND NOT is_empty) AS completed,
                   count(*) FILTER (is_empty) AS empty, count(*) FILTER (state = 'failed') AS failed,
                   sum(duration_seconds) AS audio_seconds, sum(speech_seconds) AS speech_seconds,
                   count(*) FILTER (sentiment = 'positive') AS positive,
                   count(*) FILTER (sentiment = 'neutral') AS neutral,
                   count(*) FILTER (sentiment = 'negative') AS negative, {EXACT_PERCENTILES}
            FROM ({self.calls}) GROUP BY 1, 2
            UNION ALL BY NAME
            SELECT {self._start} AS start, {self.customer} AS customer_id, {by_state}
            FROM ({self._deliveries}) GROUP BY 1, 2"""  # noqa: S608
