"""What the process is set up with before models are loaded, and how their weights are read."""
