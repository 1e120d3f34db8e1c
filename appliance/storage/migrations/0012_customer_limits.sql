-- How much of the disk a customer's recordings may take, and how much audio of a day is analysed; NULL: as the
-- appliance is set.
ALTER TABLE customer ADD COLUMN max_storage_gb INTEGER;
ALTER TABLE customer ADD COLUMN max_audio_hours_per_day INTEGER;
-- What was analysed lately, each revision and also of calls that were erased since: what they cost was spent.
CREATE TABLE analysed_audio (
    customer_id INTEGER NOT NULL,
    "at"        TIMESTAMPTZ NOT NULL,
    seconds     DOUBLE NOT NULL
);
