-- A call as the PBX knows it: what ties its recordings together, who took it and where, what came of it and when.
ALTER TABLE call ADD COLUMN linked_id VARCHAR;
ALTER TABLE call ADD COLUMN agent VARCHAR;
ALTER TABLE call ADD COLUMN extension VARCHAR;
ALTER TABLE call ADD COLUMN queue VARCHAR;
ALTER TABLE call ADD COLUMN did VARCHAR;
ALTER TABLE call ADD COLUMN disposition VARCHAR;
ALTER TABLE call ADD COLUMN answered_at TIMESTAMPTZ;
ALTER TABLE call ADD COLUMN bridged_at TIMESTAMPTZ;
-- What was found, or put right, when its recording came: a JSON list.
ALTER TABLE call ADD COLUMN warnings VARCHAR;

-- In which country a customer's numbers are read (ISO 3166), and which numbers are its own: a JSON list.
ALTER TABLE customer ADD COLUMN country VARCHAR;
ALTER TABLE customer ADD COLUMN own_numbers VARCHAR;
