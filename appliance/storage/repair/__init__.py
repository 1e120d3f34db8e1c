"""Whether what the folder holds is whole; a damaged database made whole again, on copies of its files."""
