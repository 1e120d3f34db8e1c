"""The sentiment of each party and of the call."""
