"""What tables show: rows without HTTP."""
