"""What workers ask of the api itself: recordings, leases, and from other machines the way to the queue."""
