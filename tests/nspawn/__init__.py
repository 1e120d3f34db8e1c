"""Boxes with a real systemd, in systemd-nspawn: README.md beside this says what they are made of."""
