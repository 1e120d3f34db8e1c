-- Calls in which nothing was recorded: completed, and counted apart. Calls that failed for that before stay failed: so
-- their customers were told.
ALTER TABLE call ADD COLUMN empty BOOLEAN DEFAULT false;
ALTER TABLE erased_call ADD COLUMN empty BOOLEAN DEFAULT false;
ALTER TABLE daily_figures ADD COLUMN empty BIGINT DEFAULT 0;
-- Whether a customer is told of such calls.
ALTER TABLE customer ADD COLUMN send_empty BOOLEAN DEFAULT false;
