"""How each party felt."""
