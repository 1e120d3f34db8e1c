"""Dramatiq over Valkey: calls out to the workers, reports back. A queue and nothing else; it may be wiped any time."""
