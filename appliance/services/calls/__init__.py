"""A call from its acceptance to its final state, and what may be done with it afterwards."""
