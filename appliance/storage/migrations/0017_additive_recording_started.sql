-- When a call's recording began, where that is not when its parties were connected.
ALTER TABLE call ADD COLUMN recording_started_at TIMESTAMPTZ;
