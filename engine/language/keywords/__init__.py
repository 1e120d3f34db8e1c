"""What the call is about, in a dozen phrases."""
