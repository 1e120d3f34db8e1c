"""How it looks: colours, style sheet, light and dark."""
