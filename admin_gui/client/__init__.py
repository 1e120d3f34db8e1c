"""The typed client of the appliance's HTTP API: no Qt, no windows, usable from any Python program."""
