"""What is done with several rows of a tab at once."""
