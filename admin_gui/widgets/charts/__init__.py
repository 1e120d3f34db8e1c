"""Numbers that are painted."""
