-- What insights are made of, beside the result itself: to read it out of the JSON of 50,000 results takes nine seconds. It
-- goes with the result. NULL in `keywords`: not yet read from the body; housekeeping does so, for these and for what an older
-- version has stored.
ALTER TABLE result ADD COLUMN keywords VARCHAR;
ALTER TABLE result ADD COLUMN caller_talk_seconds DOUBLE;
ALTER TABLE result ADD COLUMN called_talk_seconds DOUBLE;
ALTER TABLE result ADD COLUMN silence_seconds DOUBLE;
