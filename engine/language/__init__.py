"""What a transcript says of the call: sentences and their vectors, which all three analyses read."""
