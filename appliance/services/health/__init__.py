"""How the appliance stands: its parts, its figures, its log, and what fails."""
