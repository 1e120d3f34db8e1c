"""The commands of `vbot`, a module each (hence so many): `add_parser` says how it is called, `run` does it."""
