"""The typed client of the appliance's HTTP API: no Qt, no windows, usable from any Python program.

What it answers are frozen structs that know nothing of each other's owners, so they form no cycles: `gc=False` keeps
Python's collector from walking through a hundred thousand of them while somebody scrolls.

More than 14 modules: one for each thing that the API tells of, looked up by its name.
"""
