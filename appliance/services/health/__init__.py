"""How the appliance stands, and how those who watch it are told."""
