"""The tests: they mirror the sources; `end_to_end` and `faults` run whole appliances."""
