"""Connecting to an appliance: finding it, trusting its certificate, the token."""
