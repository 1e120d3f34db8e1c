"""Turns in, their texts out: the seam, and what every recognizer behind it shares."""
