"""What the calls of a time say, beside those of another."""
