"""The first steps with an appliance that has no customer yet."""
