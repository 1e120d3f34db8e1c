"""The appliance itself: a tab a module."""
