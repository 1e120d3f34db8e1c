"""The pages of the program, a folder a subject; registry.py lists them."""
