"""A damaged database made whole again, on copies of its files."""
