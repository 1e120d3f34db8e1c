"""The commands of `vbot`, a module each: `add_parser` says how it is called, `run` does it."""
