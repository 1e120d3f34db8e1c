"""Who speaks when in a mix of both parties on one channel."""
