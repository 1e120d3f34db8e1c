"""Trains the heads of engine/language, and takes silero's weights out of its package. Run by hand; not in the wheel."""
