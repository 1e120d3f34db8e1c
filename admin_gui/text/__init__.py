"""How numbers, moments, errors and the texts of other people are written."""
