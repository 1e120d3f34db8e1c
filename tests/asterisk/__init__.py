"""Calls on a real Asterisk, from the dial plan to the verified webhook; loopback alone."""
