-- Whose calls a viewer may see: '*' for everybody's, else a JSON list of customers' ids. What cannot be read counts as
-- nobody's: a row that a repair brought back without it opens nothing.
ALTER TABLE token ADD COLUMN customers VARCHAR DEFAULT '*';
