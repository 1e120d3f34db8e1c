"""How the appliance stands, and what is published to those who watch it."""
