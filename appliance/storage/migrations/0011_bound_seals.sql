-- Each sealed value is sealed for its own table, column and row, and opens nowhere else. Those that are there already are sealed anew
-- when an api or a command opens the database with the key (appliance.services.upkeep.bound_seals); this fact tells how far that is.

DELETE FROM fact WHERE name = 'seals_bound_until';
