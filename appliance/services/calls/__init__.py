"""A call from its acceptance to its final state, and what may be done with it afterwards.

More than 14 modules: one for each use case, beside the few that several need.
"""
