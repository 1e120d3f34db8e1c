-- What statistics are made of, on the call itself: the result that says it is erased when its time is over.
ALTER TABLE call ADD COLUMN speech_seconds DOUBLE;
ALTER TABLE call ADD COLUMN sentiment VARCHAR;
ALTER TABLE call ADD COLUMN time_to_result_seconds DOUBLE;  -- from acceptance to the first result
UPDATE call SET speech_seconds = result.speech_seconds, sentiment = result.sentiment
FROM result WHERE result.call_id = call.call_id AND result.revision = call.revision;
UPDATE call SET time_to_result_seconds = greatest(0, epoch_us(finished_at) - epoch_us(received_at)) / 1e6
WHERE state = 'completed' AND revision = 1;

-- What still counts of calls and deliveries that were erased on demand: nothing in it tells which ones they were.
CREATE TABLE erased_call (
    received_at            TIMESTAMPTZ NOT NULL,  -- the hour
    customer_id            INTEGER NOT NULL,
    state                  VARCHAR NOT NULL,
    duration_seconds       DOUBLE,
    speech_seconds         DOUBLE,
    sentiment              VARCHAR,
    time_to_result_seconds DOUBLE
);
CREATE TABLE erased_delivery (
    created_at  TIMESTAMPTZ NOT NULL,  -- the hour
    customer_id INTEGER NOT NULL,
    event       VARCHAR NOT NULL,
    state       VARCHAR NOT NULL
);

-- The figures of days (UTC) that are over for long. No key: DuckDB refuses to replace a row under one in one
-- transaction, and a day is always replaced whole.
CREATE TABLE daily_figures (
    day                   DATE NOT NULL,
    customer_id           INTEGER NOT NULL,       -- -1: all customers together
    accepted              BIGINT NOT NULL,
    completed             BIGINT NOT NULL,
    failed                BIGINT NOT NULL,
    audio_seconds         DOUBLE NOT NULL,
    speech_seconds        DOUBLE NOT NULL,
    positive              BIGINT NOT NULL,
    neutral               BIGINT NOT NULL,
    negative              BIGINT NOT NULL,
    deliveries_pending    BIGINT NOT NULL,
    deliveries_retrying   BIGINT NOT NULL,
    deliveries_delivered  BIGINT NOT NULL,
    deliveries_failed     BIGINT NOT NULL,
    deliveries_disabled   BIGINT NOT NULL,
    times_to_result       FLOAT[] NOT NULL        -- seconds, of each completed call: percentiles cannot be summed up
);
