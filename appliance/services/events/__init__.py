"""What happens, published to those who watch."""
