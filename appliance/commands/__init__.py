"""The commands of `vbot`: `add_parser` says how it is called, `run` does it.

More than 14 modules: one for each command, as `vbot --help` lists them, beside the few that several need.
"""
