"""What is told of one call: its warnings, and what its revisions came to."""
