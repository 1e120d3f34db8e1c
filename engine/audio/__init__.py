"""A recording's file, opened: what is in it is named, repaired, decoded and read piece by piece."""
