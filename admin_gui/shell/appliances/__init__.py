"""The appliances beside each other: how each stands, and going from one to the other."""
