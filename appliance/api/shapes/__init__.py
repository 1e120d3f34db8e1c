"""What requests and replies look like: msgspec structs that validate, write, and describe themselves."""
