-- What an administrator has written on a call to find it again: one on each line. On the call itself, so that it goes
-- with the call.
ALTER TABLE call ADD COLUMN tags VARCHAR;
