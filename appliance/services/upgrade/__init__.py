"""What is known of an upgrade: which versions lie here, how far the one in hand is, how the last one ended."""
