"""What is kept on this computer: settings and known appliances, tokens, recordings for a moment."""
