-- Calls that may have brought a worker down: each is given out so that its worker holds nothing beside it.
ALTER TABLE call ADD COLUMN alone BOOLEAN DEFAULT false;
