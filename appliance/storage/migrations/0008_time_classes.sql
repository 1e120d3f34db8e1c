-- The times to a result of days long over, as counts by class instead of one by one: with a million of them, sorting the
-- list for the percentiles of a year took longer than all the rest. A class is 2 % wide (appliance.storage.figures.time_classes);
-- the percentiles of one day itself are kept as they were. No key, as for `daily_figures`.

CREATE TABLE daily_times (
    day         DATE NOT NULL,
    customer_id INTEGER NOT NULL,     -- -1: all customers together
    class       SMALLINT NOT NULL,
    calls       BIGINT NOT NULL,
    seconds     DOUBLE NOT NULL       -- all of them together: so each class knows its mean
);
INSERT INTO daily_times
SELECT day, customer_id, floor(ln(greatest(time, 0.001)) / ln(1.02))::SMALLINT AS class, count(*), sum(time)
FROM (SELECT day, customer_id, unnest(times_to_result)::DOUBLE AS time FROM daily_figures)
GROUP BY ALL ORDER BY ALL;

ALTER TABLE daily_figures ADD COLUMN time_to_result_p50_seconds DOUBLE;
ALTER TABLE daily_figures ADD COLUMN time_to_result_p95_seconds DOUBLE;
UPDATE daily_figures SET time_to_result_p50_seconds = list_aggregate(times_to_result, 'quantile_disc', 0.5),
                         time_to_result_p95_seconds = list_aggregate(times_to_result, 'quantile_disc', 0.95);
ALTER TABLE daily_figures DROP COLUMN times_to_result;
