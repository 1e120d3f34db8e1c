"""What is kept: the DuckDB file (opened here and nowhere else), its tables, recordings and keys on disk."""
