-- PBXs that have fallen silent, so that a restart tells nothing twice. No key: DuckDB refuses to replace a row under one
-- in one transaction.

CREATE TABLE silence (
    customer_id          INTEGER NOT NULL,
    last_call_at         TIMESTAMPTZ NOT NULL,
    silent_since         TIMESTAMPTZ NOT NULL,   -- since when it is longer than usual
    usual_gap_seconds    DOUBLE NOT NULL,
    usual_calls_per_hour DOUBLE NOT NULL
);
