"""The settings as an administrator sees them."""
